import type { MigrationConnection } from './connection.ts';
import type { Migration } from './migration-file.ts';
import { retrying, type RetryOptions } from './retry.ts';
import { outsideTransaction } from './session.ts';
import { statementFailed } from './statement-failed.ts';

interface PrepareOptions extends RetryOptions {
  readonly onStatement: (statement: string, durationMs: number) => void;
}

/**
 * Executes what a migration's companion asks for, a statement at a time, until it asks for nothing more.
 *
 * **Runs** as `agent_agency_owner`, outside a transaction: a statement may be one that PostgreSQL refuses in one, and
 * several with semicolons between them are one of their own. What has been done is in the catalogue only, where the
 * companion looks: the next run goes on where one was killed.
 *
 * @throws {MigrationError} `STATEMENT_FAILED`, also when the companion asks for what has just been done.
 */
export async function prepareMigration(
  connection: MigrationConnection,
  migration: Migration,
  options: PrepareOptions,
): Promise<void> {
  const { prepare } = migration;
  if (prepare === undefined) return;
  try {
    await outsideTransaction(connection, async () => {
      await connection.query('set role agent_agency_owner');
      let done: string | undefined;
      do {
        const before = done;
        // Asks anew after a failure: an index that was being made is a ruin then, and has to go first.
        done = await retrying(async () => {
          const statement = await nextStatement(connection, prepare);
          if (statement === undefined) return undefined;
          if (statement === before) throw new Error(`the companion asks again for: ${statement}`);
          const startedAt = performance.now();
          await connection.query(statement);
          options.onStatement(statement, Math.round(performance.now() - startedAt));
          return statement;
        }, options);
      } while (done !== undefined);
    });
  } catch (error) {
    throw statementFailed(migration, 'prepare', error);
  }
}

async function nextStatement(connection: MigrationConnection, query: string): Promise<string | undefined> {
  const { rows } = await connection.query(query);
  const [value] = Object.values(rows[0] ?? {});
  return typeof value === 'string' ? value : undefined;
}
