import { setTimeout as sleep } from 'node:timers/promises';
import { describeUrl } from './database-url.ts';
import { TestingError } from './errors.ts';
import { withSession } from './session.ts';
import type { SqlSession } from './session.ts';
import { runUtility } from './utility-statement.ts';

const pollMs = 10;
const patienceMs = 30_000;

/** Stops replay; what the primary writes from now on is received and not seen. */
export async function pauseReplay(url: string): Promise<void> {
  await withSession(url, async (session) => {
    await session.query('select pg_wal_replay_pause()');
    // It is a request: the record at hand is replayed to its end.
    await until(url, 'stop replaying', () => asks(session, "pg_get_wal_replay_pause_state() = 'paused'"));
  });
}

/** Lets replay go on. */
export async function resumeReplay(url: string): Promise<void> {
  await withSession(url, (session) => session.query('select pg_wal_replay_resume()'));
}

/** Makes every commit visible only so long after the primary made it. */
export async function delayReplay(url: string, delayMs: number): Promise<void> {
  const setting = `${String(delayMs)}ms`;
  await withSession(url, async (session) => {
    await runUtility(session, 'alter system set recovery_min_apply_delay = %L', [setting]);
    await session.query('select pg_reload_conf()');
  });
  // The server signals its replaying process before it lets in a session that sees the new value.
  const takenOver = `select from pg_settings where name = 'recovery_min_apply_delay' and setting = '${String(delayMs)}'`;
  await until(url, 'take over the delay', () =>
    withSession(url, (session) => asks(session, `exists (${takenOver})`)),
  );
}

/**
 * Waits until a replica has replayed all that has been committed on its primary so far.
 *
 * @throws TestingError `REPLICA_BEHIND` after 30 s
 */
export async function catchUp(url: string, primaryUrl: string): Promise<void> {
  const position = await withSession(primaryUrl, async (primary) => {
    // A commit that waits for the disk takes all earlier ones with it, also those that did not wait.
    await primary.query('set synchronous_commit = on');
    await primary.query("select pg_logical_emit_message(true, 'agent_agency', 'catch up')");
    const { rows } = await primary.query('select pg_current_wal_flush_lsn()::text as position');
    return String(rows[0]?.['position']);
  });
  await withSession(url, (session) =>
    until(url, `replay up to ${position}`, () => asks(session, `pg_last_wal_replay_lsn() >= '${position}'`)),
  );
}

async function asks(session: SqlSession, condition: string): Promise<boolean> {
  const { rows } = await session.query(`select ${condition} as holds`);
  return rows[0]?.['holds'] === true;
}

async function until(url: string, what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      const message = `the replica ${describeUrl(url)} did not ${what} in ${String(patienceMs)} ms: is it paused, delayed, or cut off?`;
      throw new TestingError('REPLICA_BEHIND', message);
    }
    await sleep(pollMs);
  }
}
