import { withAdministratorConnection } from '@agent-agency/db-core';
import { migrateDown, migrateUp, migrationStatus, type MigrationEvent } from '@agent-agency/migrations';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig } from '../database.ts';
import { prepareDatabase } from '../prepare-database.ts';
import type { Terminal } from '../terminal.ts';

/** `agency-db migrate up`: also makes the key that tenant contexts are signed with, if there is none. */
export async function migrateUpCommand(
  { terminal, env }: CommandContext,
  options: { to?: number },
): Promise<void> {
  const config = databaseConfig(env);
  const migrate = { ...options, onMigration: reportTo(terminal) };
  // A database that stops half-way has no place for the key yet.
  const { applied, madeContextKey } =
    options.to === undefined
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

/** `agency-db migrate down --to <n>` */
export async function migrateDownCommand(
  { terminal, env }: CommandContext,
  options: { to: number },
): Promise<void> {
  const undone = await withAdministratorConnection(databaseConfig(env), (connection) =>
    migrateDown(connection, { ...options, onMigration: reportTo(terminal) }),
  );
  terminal.print(undone.length === 0 ? 'nothing to undo' : `undid ${String(undone.length)}`);
  terminal.printJson({ undone });
}

/** `agency-db migrate status` */
export async function migrateStatusCommand({ terminal, env }: CommandContext): Promise<void> {
  const status = await withAdministratorConnection(databaseConfig(env), (connection) =>
    migrationStatus(connection),
  );
  for (const { name, applied } of status) {
    terminal.print(
      applied === undefined ? `pending  ${name}` : `applied  ${name}  ${applied.appliedAt.toISOString()}`,
    );
  }
  terminal.printJson({ migrations: status });
}

function reportTo(terminal: Terminal): (event: MigrationEvent) => void {
  return ({ direction, name, durationMs }) => {
    terminal.note(`${direction === 'up' ? 'applied' : 'undid'} ${name} (${String(durationMs)} ms)`);
  };
}
