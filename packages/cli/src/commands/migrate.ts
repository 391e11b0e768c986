import { withAdministratorConnection } from '@agent-agency/db-core';
import {
  migrateDown,
  migrateUp,
  migrationStatus,
  type MigrateOptions,
  type PlannedMigration,
} from '@agent-agency/migrations';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig } from '../database.ts';
import { prepareDatabase } from '../prepare-database.ts';
import type { Terminal } from '../terminal.ts';
import { folderOf, type FolderOption } from './migrate-folder.ts';

export interface RunOptions extends FolderOption {
  readonly to?: number;
}

/** `agency-db migrate up`: also makes the key that tenant contexts are signed with, if there is none. */
export async function migrateUpCommand(
  { terminal, env }: CommandContext,
  options: RunOptions,
): Promise<void> {
  const config = databaseConfig(env);
  const migrate = runOf(terminal, options);
  // A database that stops half-way, or follows other files, may have no place for the key.
  const isWhole = options.to === undefined && options.directory === undefined;
  const { applied, madeContextKey } = isWhole
    ? await prepareDatabase(config, migrate)
    : {
        applied: await withAdministratorConnection(config, (connection) => migrateUp(connection, migrate)),
        madeContextKey: false,
      };
  terminal.print(
    applied.length === 0 ? 'nothing to do: every migration is applied' : `applied ${String(applied.length)}`,
  );
  if (madeContextKey) terminal.print('made a key for signing tenant contexts');
  terminal.printJson({ applied, madeContextKey });
}

/** `agency-db migrate down` */
export async function migrateDownCommand(
  { terminal, env }: CommandContext,
  options: RunOptions,
): Promise<void> {
  const undone = await withAdministratorConnection(databaseConfig(env), (connection) =>
    migrateDown(connection, runOf(terminal, options)),
  );
  terminal.print(undone.length === 0 ? 'nothing to undo' : `undid ${String(undone.length)}`);
  terminal.printJson({ undone });
}

/** `agency-db migrate status` */
export async function migrateStatusCommand(
  { terminal, env }: CommandContext,
  options: FolderOption,
): Promise<void> {
  const status = await withAdministratorConnection(databaseConfig(env), (connection) =>
    migrationStatus(connection, folderOf(options)),
  );
  if (status.length === 0) terminal.print('no migrations');
  for (const { name, applied } of status) {
    terminal.print(
      applied === undefined ? `pending  ${name}` : `applied  ${name}  ${applied.appliedAt.toISOString()}`,
    );
  }
  terminal.printJson({ migrations: status });
}

const WORDS = {
  up: { doing: 'applying', done: 'applied' },
  down: { doing: 'undoing', done: 'undid' },
} as const;

/** A run that says what it is going to do, what it is doing, and what it has done. */
function runOf(terminal: Terminal, { to, ...folder }: RunOptions): MigrateOptions {
  let rest: readonly PlannedMigration[] = [];
  const showNext = (): void => {
    const [next] = rest;
    if (next !== undefined) terminal.status(`${WORDS[next.direction].doing} ${next.name}`);
  };
  return {
    ...folderOf(folder),
    ...(to !== undefined && { to }),
    onPlan: (plan) => {
      rest = plan;
      if (plan[0]?.direction === 'down') terminal.note(`undoing ${plan.map(({ name }) => name).join(', ')}`);
      showNext();
    },
    onMigration: ({ direction, name, durationMs }) => {
      terminal.note(`${WORDS[direction].done} ${name} (${String(durationMs)} ms)`);
      rest = rest.slice(1);
      showNext();
    },
    onProgress: (event) => {
      if (event.kind === 'prepared') {
        terminal.note(`preparing ${event.name} (${String(event.durationMs)} ms): ${event.statement}`);
      } else {
        const seconds = String(event.delayMs / 1000);
        terminal.note(`others hold what ${event.name} has to lock: trying again in ${seconds} s`);
      }
    },
  };
}
