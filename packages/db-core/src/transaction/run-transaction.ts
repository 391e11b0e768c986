import { DatabaseError } from '../errors/database-error.ts';
import { fromBroken } from '../errors/from-postgres.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';
import { BoundConnection } from './bound-dialect.ts';

/** Settings that hold for one transaction, by name; a role is the setting `role`. */
export type LocalSettings = Readonly<Record<string, string>>;

export interface TransactionStart {
  /** The statement that begins it. */
  readonly begin: string;
  readonly settings: LocalSettings;
  /** Whom the database has to take the transaction for once the settings are made; undefined: nobody. */
  readonly tenantId: string | undefined;
}

/**
 * Runs `work` inside a transaction on `client`, and commits.
 *
 * Three things that go wrong elsewhere are kept right here: the first error wins, whatever the rollback does; a COMMIT
 * that answers ROLLBACK, because a failed statement's error was swallowed, is an error; and a connection that breaks
 * while committing is reported as what it is, unknown.
 *
 * @throws {DatabaseError} `TENANT_UNSET`, `COMMIT_ROLLED_BACK`, `COMMIT_UNKNOWN`, `CONNECTION_LOST`,
 *   `TRANSACTION_OVER` when `work` ended the transaction itself, or whatever `work` throws.
 */
export async function runTransaction<T>(
  client: GuardedClient,
  start: TransactionStart,
  work: (connection: BoundConnection) => Promise<T>,
): Promise<T> {
  const connection = new BoundConnection(client);
  let result: T;
  try {
    await client.query(start.begin);
    await applySettings(client, start);
    result = await work(connection);
  } catch (error) {
    connection.end();
    await rollBack(client);
    throw error;
  }
  connection.end();
  await commit(client, connection);
  return result;
}

/** One statement, so one round trip: the settings, and what the database makes of them. */
async function applySettings(client: GuardedClient, { settings, tenantId }: TransactionStart): Promise<void> {
  // `set local` takes no parameters; set_config(…, true) is the same and does.
  const columns = Object.keys(settings).map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`);
  if (tenantId !== undefined) columns.push('app.current_tenant_id() as tenant');
  const { rows } = await client.query(`select ${columns.join(', ')}`, Object.entries(settings).flat());
  if (tenantId === undefined || rows[0]?.['tenant'] === tenantId) return;
  // Without this a key that was rotated away, or a wrong clock, would look like a tenant without rows.
  throw new DatabaseError(
    'TENANT_UNSET',
    'the database does not accept the signed tenant context: compare DB_CONTEXT_KEY with its keys, and the clocks',
  );
}

async function rollBack(client: GuardedClient): Promise<void> {
  // If it fails, the session is not clean and release destroys it, which rolls back too.
  await client.query('rollback').catch(() => undefined);
}

async function commit(client: GuardedClient, connection: BoundConnection): Promise<void> {
  // A statement that was sent but not awaited belongs to the transaction, and so does its error.
  await client.settle();
  const cause = connection.firstError;
  if (client.isBroken()) throw fromBroken(cause);
  if (!client.isInTransaction()) {
    throw new DatabaseError('TRANSACTION_OVER', 'a statement ended the transaction before its time', {
      cause,
    });
  }
  const command = await sendCommit(client);
  if (command === 'COMMIT') return;
  throw new DatabaseError(
    'COMMIT_ROLLED_BACK',
    'nothing was written: a statement had failed, and its error was caught inside the transaction',
    { cause },
  );
}

async function sendCommit(client: GuardedClient): Promise<string> {
  try {
    return (await client.query('commit')).command;
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === 'CONNECTION_LOST')) {
      // The server has rolled back. This waits until it says so: only then the connection can be lent on.
      await rollBack(client);
      throw error;
    }
    throw new DatabaseError(
      'COMMIT_UNKNOWN',
      'the connection broke while committing: look whether the change is there before you run it again',
      { cause: error },
    );
  }
}
