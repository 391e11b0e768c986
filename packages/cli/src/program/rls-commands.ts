import type { Command } from 'commander';
import { rlsAuditCommand, type RlsAuditOptions } from '../commands/rls-audit.ts';
import { rlsProveCommand, type RlsProveOptions } from '../commands/rls-prove.ts';
import { examples, type Run } from './options.ts';

export function addRls(program: Command, run: Run): void {
  const rls = program
    .command('rls')
    .description('row level security: look for its holes, and prove that there are none');
  addRlsAudit(rls, run);
  addRlsProve(rls, run);
}

function addRlsAudit(rls: Command, run: Run): void {
  rls
    .command('audit')
    .description(
      'look in the catalogue of any PostgreSQL from 15 on for what row level security does not hold',
    )
    .option('--role <name...>', 'roles of the application; default: every login that is no superuser')
    .option('--schema <name...>', "schemas to look at; default: all but PostgreSQL's own")
    .option('--tenant-column <name...>', 'column that says whose a row is; default: found out')
    .option('--allow <file>', 'findings that are known, with their reason')
    .option('--sarif', 'a SARIF log, for code hosts')
    .option('--list-rules', 'what is looked for, why, and what to do instead')
    .addHelpText('after', AUDIT)
    .action((options: RlsAuditOptions) => run((context) => rlsAuditCommand(context, options)));
}

const AUDIT = `
It reads the catalogue, never rows, in a transaction that can write nothing; any login may. A rule that needs what the
login may not read says so.
A finding that is right as it is stands in the file of --allow, a line each, with a reason; * stands for anything:
  shared-table-readable public.countries: they are everybody's
Exit code 1 when there are errors.
${examples('rls audit', 'rls audit --role web_user --schema public --tenant-column account_id', 'rls audit --allow known.txt --sarif', 'rls audit --list-rules')}`;

function addRlsProve(rls: Command, run: Run): void {
  rls
    .command('prove')
    .description('try everything that roles can do to whose rows in every context, on a scratch database')
    .option('--mutate', 'weaken policies, grants and functions one at a time: each has to be noticed')
    .option('--only <name>', 'one relation or function, as the matrix names it')
    .option('--output <file>', 'the matrix as a Markdown document')
    .addHelpText('after', PROVE)
    .action((options: RlsProveOptions) => run((context) => rlsProveCommand(context, options)));
}

const PROVE = `
It makes a scratch database beside the one that the environment names (PGlite where it names none), migrates it, gives
tenants rows in every table, and compares what comes of every statement with a model that does not look at the policies.
What the model does not know is not proven. The login has to be a superuser: it becomes the roles.
Exit code 1 when something differs, is not proven, or a mutant is not noticed. --mutate takes some minutes.
${examples('rls prove', 'rls prove --only agent_profiles --mutate', 'rls prove --mutate --output docs/reference/isolation-matrix.md')}`;
