import { Option, type Command } from 'commander';
import { contextKeyCreateCommand } from '../commands/context-key.ts';
import { doctorCommand } from '../commands/doctor.ts';
import { upCommand, type UpOptions } from '../commands/up.ts';
import { addMigrationFiles, addMigrationRuns } from './migrate-commands.ts';
import { examples, wholeNumber, type Run } from './options.ts';

export function addUp(program: Command, run: Run): void {
  program
    .command('up')
    .description('start a database, migrate it, print its DATABASE_URL, and run until Ctrl-C')
    .addOption(
      new Option('--engine <engine>', 'embedded, or a real server')
        .choices(['embedded', 'server'])
        .default('embedded'),
    )
    .option('--port <port>', 'port on 127.0.0.1 (embedded); default: a free one', wholeNumber(0, 65_535))
    .option('--data <folder>', 'folder whose data lasts (embedded); without it everything is gone afterwards')
    .addHelpText('after', examples('up', 'up --port 54320 --data ./database', 'up --engine server --json'))
    .action((options: UpOptions) => run((context) => upCommand(context, options)));
}

export function addMigrate(program: Command, run: Run): void {
  const migrate = program.command('migrate').description('apply, undo, list, write and check migrations');
  addMigrationRuns(migrate, run);
  addMigrationFiles(migrate, run);
}

export function addContextKey(program: Command, run: Run): void {
  program
    .command('context-key')
    .description('keys that services sign tenant contexts with')
    .command('create')
    .description('install a new key and print it once')
    .addHelpText('after', examples('context-key create'))
    .action(() => run(contextKeyCreateCommand));
}

export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('look for what is wrong with the database; exit code 1 when something is')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(() => run(doctorCommand));
}
