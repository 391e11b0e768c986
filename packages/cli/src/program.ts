import { createRequire } from 'node:module';
import { Command } from 'commander';
import { addDemo, addIngest, addSearch } from './program/data-commands.ts';
import { addContextKey, addDoctor, addMigrate, addUp } from './program/database-commands.ts';
import { addGraph } from './program/graph-commands.ts';
import { examples, type Run } from './program/options.ts';
import { addProvenance } from './program/provenance-commands.ts';
import { addRls } from './program/rls-commands.ts';
import { addTenant } from './program/tenant-commands.ts';

const { version: VERSION } = createRequire(import.meta.url)('../package.json') as {
  readonly version: string;
};

/** What the command line is made for: somebody who runs its commands and shows its text. */
export interface Surroundings {
  readonly run: Run;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** The command line, without anything of the process. Throws commander's errors where commander would end the process. */
export function createProgram({ run, writeOut, writeErr }: Surroundings): Command {
  // Commands inherit what is set before they are added.
  const program = new Command('agency-db')
    .description('The data layer of multi-agent systems on PostgreSQL.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut, writeErr })
    .showHelpAfterError('(add --help for examples)');
  for (const add of COMMANDS) add(program, run);
  program.addHelpText('after', FOOTER);
  addJsonOption(program);
  return program;
}

const COMMANDS = [
  addUp,
  addMigrate,
  addTenant,
  addContextKey,
  addDoctor,
  addRls,
  addIngest,
  addSearch,
  addGraph,
  addProvenance,
  addDemo,
] as const;

/** Commander takes the program's options wherever they stand; here they are repeated for each command's help. */
function addJsonOption(command: Command): void {
  command.option('--json', 'print one JSON document instead of text');
  for (const child of command.commands) addJsonOption(child);
}

const FOOTER = `${examples(
  'up                                        start a database; prints export DATABASE_URL=…',
  'migrate up',
  'tenant create acme',
  'ingest git . --tenant acme',
  'search "connection pool timeouts" --tenant acme --hops 2',
  'graph path "Ada Example" "Grace Example" --tenant acme',
  'provenance verify --tenant acme --json',
)}

Environment: DATABASE_URL (or DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD), DB_SSL, DB_CONTEXT_KEY.
Exit codes: 0 done · 1 a check failed · 2 wrong input · 3 the database · 70 a defect of this program · 130 Ctrl-C.`;
