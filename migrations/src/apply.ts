import type { MigrationConnection } from './connection.ts';
import { enterMigration, removeMigration } from './journal.ts';
import { MigrationError } from './migration-error.ts';
import type { Migration } from './migration-file.ts';
import { inTransaction, outsideTransaction } from './session.ts';
import { sqlState } from './sql-state.ts';

/** Which of a migration's two files runs. */
export type Direction = 'up' | 'down';

/**
 * Runs one file as `agent_agency_owner` and changes the journal. Returns how long it took, in milliseconds.
 *
 * @throws {MigrationError} `STATEMENT_FAILED`
 */
export async function applyMigration(
  connection: MigrationConnection,
  migration: Migration,
  direction: Direction,
): Promise<number> {
  const startedAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  const within = migration.inTransaction ? inTransaction : outsideTransaction;
  const becomeOwner = `set ${migration.inTransaction ? 'local ' : ''}role agent_agency_owner`;
  try {
    await within(connection, async () => {
      await connection.query(becomeOwner);
      await connection.query(migration[direction]);
      // The file may have taken on the service role, to see the rows of every tenant.
      await connection.query(becomeOwner);
      if (direction === 'up') await enterMigration(connection, migration, elapsedMs());
      else await removeMigration(connection, migration);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError('STATEMENT_FAILED', `${migration.name} (${direction}) failed: ${reason}`, {
      details: { version: migration.version, sqlState: sqlState(error) ?? 'none' },
      cause: error,
    });
  }
  return elapsedMs();
}
