import type { MigrationConnection } from './connection.ts';
import { enterMigration, removeMigration } from './journal.ts';
import type { Migration } from './migration-file.ts';
import { inTransaction, outsideTransaction } from './session.ts';
import { statementFailed } from './statement-failed.ts';

/** Which of a migration's two files runs. */
export type Direction = 'up' | 'down';

/**
 * How long a file waits for a lock, while others wait behind it. It is below `deadlock_timeout` (a second), so that of two
 * who wait for each other it is always the migration that gives way.
 */
const LOCK_TIMEOUT_MS = 500;

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
      if (migration.inTransaction) await connection.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await connection.query(migration[direction]);
      // The file may have taken on the service role, to see the rows of every tenant.
      await connection.query(becomeOwner);
      if (direction === 'up') await enterMigration(connection, migration, elapsedMs());
      else await removeMigration(connection, migration);
    });
  } catch (error) {
    throw statementFailed(migration, direction, error);
  }
  return elapsedMs();
}
