import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationConnection } from './connection.ts';

/** Chosen at random, once: whoever migrates a database of this project holds this advisory lock. */
const ADVISORY_LOCK = '7203514982716530411';

const PAUSE_MS = 50;

/**
 * Runs `work` while no other runner works on this database; waits for one that does.
 *
 * It asks again and again: a session that waits inside the server holds a snapshot, for which the `create index
 * concurrently` of the one that works would wait in turn.
 */
export async function withLock<T>(connection: MigrationConnection, work: () => Promise<T>): Promise<T> {
  while (!(await tryLock(connection))) await sleep(PAUSE_MS);
  return withUndo(work, () => connection.query(`select pg_advisory_unlock(${ADVISORY_LOCK})`));
}

async function tryLock(connection: MigrationConnection): Promise<boolean> {
  const { rows } = await connection.query(`select pg_try_advisory_lock(${ADVISORY_LOCK}) as is_ours`);
  return rows[0]?.['is_ours'] === true;
}

/** Runs `work` in a transaction that finds and makes tables in `public`, wherever the login looks first. */
export async function inTransaction(
  connection: MigrationConnection,
  work: () => Promise<unknown>,
): Promise<void> {
  await connection.query('begin');
  try {
    await connection.query('set local search_path = public');
    await work();
  } catch (error) {
    // The first error wins: whoever reads it learns nothing from a rollback that failed as well.
    await connection.query('rollback').catch(() => undefined);
    throw error;
  }
  await connection.query('commit');
}

/** Runs `work` with the same search path, but outside a transaction; resets it and the role afterwards. */
export async function outsideTransaction(
  connection: MigrationConnection,
  work: () => Promise<unknown>,
): Promise<void> {
  await connection.query('set search_path = public');
  await withUndo(work, () => connection.query('reset role; reset search_path'));
}

/** Runs `work` and then `undo`, whatever happened. The first error wins: a lost connection fails both. */
async function withUndo<T>(work: () => Promise<T>, undo: () => Promise<unknown>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
  await undo();
  return result;
}
