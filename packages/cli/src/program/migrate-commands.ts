import { Option, type Command } from 'commander';
import { migrateCreateCommand } from '../commands/migrate-create.ts';
import type { FolderOption } from '../commands/migrate-folder.ts';
import { migrateLintCommand, type LintCommandOptions } from '../commands/migrate-lint.ts';
import { migratePlanCommand, type PlanOptions } from '../commands/migrate-plan.ts';
import { migrateVerifyCommand } from '../commands/migrate-verify.ts';
import {
  migrateDownCommand,
  migrateStatusCommand,
  migrateUpCommand,
  type RunOptions,
} from '../commands/migrate.ts';
import { examples, wholeNumber, type Run } from './options.ts';

const version = wholeNumber(0, 999);

/** What works on the database that the environment names. */
export function addMigrationRuns(migrate: Command, run: Run): void {
  migrate
    .command('up')
    .description('apply what is not applied yet; of several at the same time one works')
    .option('--to <number>', 'last migration to apply; default: all', version)
    .addOption(directoryOption())
    .addHelpText('after', examples('migrate up', 'migrate up --to 7'))
    .action((options: RunOptions) => run((context) => migrateUpCommand(context, options)));
  migrate
    .command('down')
    .description('undo the last migration, or all down to --to, newest first')
    .option('--to <number>', 'last migration to leave applied; 0 undoes all', version)
    .addOption(directoryOption())
    .addHelpText('after', DOWN)
    .action((options: RunOptions) => run((context) => migrateDownCommand(context, options)));
  migrate
    .command('status')
    .description('list migrations and when they were applied')
    .addOption(directoryOption())
    .addHelpText('after', examples('migrate status', 'migrate status --json'))
    .action((options: FolderOption) => run((context) => migrateStatusCommand(context, options)));
  migrate
    .command('plan')
    .description('show what up or down would do; writes nothing')
    .option('--to <number>', 'as for up or down', version)
    .option('--down', 'what down would do')
    .option('--statements', 'the first line of each statement')
    .option('--check', 'exit code 1 when there is anything to do, for CI')
    .addOption(directoryOption())
    .addHelpText(
      'after',
      examples('migrate plan', 'migrate plan --down --to 6 --statements', 'migrate plan --check'),
    )
    .action((options: PlanOptions) => run((context) => migratePlanCommand(context, options)));
}

/** What works on the files. */
export function addMigrationFiles(migrate: Command, run: Run): void {
  migrate
    .command('create <name>')
    .description('write the two files of a new migration with the next number; needs no database')
    .addOption(directoryOption())
    .addHelpText('after', CREATE)
    .action((name: string, options: FolderOption) =>
      run((context) => migrateCreateCommand(context, name, options)),
    );
  migrate
    .command('lint [files...]')
    .description(
      'look for locks, lost data and missing isolation in files, before they run; needs no database',
    )
    .option('--sarif', 'a SARIF log, for code hosts')
    .option('--list-rules', 'what is looked for, why, and what to do instead')
    .addOption(directoryOption())
    .addHelpText('after', LINT)
    .action((files: string[], options: LintCommandOptions) =>
      run((context) => migrateLintCommand(context, files, options)),
    );
  migrate
    .command('verify')
    .description('apply, undo and apply every migration on a scratch database, and compare its catalogue')
    .addOption(directoryOption())
    .addHelpText('after', VERIFY)
    .action((options: FolderOption) => run((context) => migrateVerifyCommand(context, options)));
}

function directoryOption(): Option {
  return new Option('--directory <folder>', 'folder of the migrations; default: those of the data layer');
}

const DOWN = `
What a migration made goes with the data in it: tables with their rows, columns with their values. There is no
question; \`migrate plan --down\` shows what would go. In scripts say --to, so that running twice does not undo two.
${examples('migrate down', 'migrate down --to 7', 'migrate down --to 0')}`;

const CREATE = `
The files hold a table that keeps the rules of the schema; put your own in its place. Without --directory they go to
the data layer's own migrations, in a checkout only: an installed package is replaced by the next installation. A folder
of your own is a whole sequence from 001, and a database follows one sequence: copy the data layer's files into it
first, and give the folder to every command.
${examples('migrate create add_invoices', 'migrate create "add invoices" --directory ./migrations')}`;

const LINT = `
Without files every migration of the folder is linted. The files before are read in any case, for what they make.
A rule that does not hold is allowed in the file, with a reason: -- lint: allow <rule> <reason>
Exit code 1 when there are errors.
${examples('migrate lint migrations/012_add_invoices.sql', 'migrate lint --json', 'migrate lint --list-rules')}`;

const VERIFY = `
Each migration has to undo exactly what it did: after every file the catalogue must be what it was at the same version
on the first way up. Exit code 1 and a diff when it is not. Rows are not compared.
The scratch database is made on the server of DATABASE_URL, whose own database is not touched, or without one on PGlite
in this process; it is dropped at the end.
${examples('migrate verify', 'migrate verify --directory ./migrations --json')}`;
