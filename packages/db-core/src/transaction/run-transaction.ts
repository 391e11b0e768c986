import { DatabaseError } from '../errors/database-error.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';
import { BoundConnection } from './bound-dialect.ts';

/** Settings that hold for one transaction, by name; a role is the setting `role`. */
export type LocalSettings = Readonly<Record<string, string>>;

export interface TransactionStart {
  readonly settings: LocalSettings;
  readonly readOnly: boolean;
}

/**
 * Runs `work` inside a transaction on `client`, and commits.
 *
 * Three things that go wrong elsewhere are kept right here: the first error wins, whatever the rollback does; a COMMIT
 * that answers ROLLBACK, because a failed statement's error was swallowed, is an error; and a connection that breaks
 * while committing is reported as what it is, unknown.
 *
 * @throws {DatabaseError} `COMMIT_ROLLED_BACK`, `COMMIT_UNKNOWN`, or whatever `work` throws.
 */
export async function runTransaction<T>(
  client: GuardedClient,
  start: TransactionStart,
  work: (connection: BoundConnection) => Promise<T>,
): Promise<T> {
  const connection = new BoundConnection(client);
  let result: T;
  try {
    await client.query(start.readOnly ? 'begin read only' : 'begin');
    await applySettings(client, start.settings);
    result = await work(connection);
  } catch (error) {
    connection.end();
    await rollBack(client);
    throw error;
  }
  connection.end();
  await commit(client);
  return result;
}

async function applySettings(client: GuardedClient, settings: LocalSettings): Promise<void> {
  const names = Object.keys(settings);
  if (names.length === 0) return;
  // `set local` takes no parameters; set_config(…, true) is the same and does.
  const calls = names.map((_, at) => `set_config($${String(2 * at + 1)}, $${String(2 * at + 2)}, true)`);
  await client.query(`select ${calls.join(', ')}`, Object.entries(settings).flat());
}

async function rollBack(client: GuardedClient): Promise<void> {
  // If it fails, the session is not clean and release destroys it, which rolls back too.
  await client.query('rollback').catch(() => undefined);
}

async function commit(client: GuardedClient): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query('commit'));
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === 'CONNECTION_LOST')) throw error;
    throw new DatabaseError(
      'COMMIT_UNKNOWN',
      'the connection broke while committing: look whether the change is there before you run it again',
      { cause: error },
    );
  }
  if (command !== 'COMMIT') {
    throw new DatabaseError(
      'COMMIT_ROLLED_BACK',
      'nothing was written: a statement had failed, and its error was caught inside the transaction',
    );
  }
}
