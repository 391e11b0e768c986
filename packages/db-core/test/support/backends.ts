import { setTimeout as delay } from 'node:timers/promises';
import type { SqlSession } from '@agent-agency/testing';

/** Ends backends, from outside, and waits until they are gone. */
export async function terminate(admin: SqlSession, pids: readonly number[]): Promise<void> {
  await admin.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
  await until(async () => (await backends(admin, 'pid = any($1)', [pids])).length === 0);
}

/** Process ids of the application's backends in the session's database. */
export async function applicationBackends(admin: SqlSession): Promise<number[]> {
  return backends(admin, `usename = 'agent_agency_app'`);
}

export async function backends(
  admin: SqlSession,
  condition: string,
  values: readonly unknown[] = [],
): Promise<number[]> {
  const { rows } = await admin.query(
    `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
    values,
  );
  return rows.map((row) => Number(row['pid']));
}

/** Waits for something that another process is about to do. The test's own time limit ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}
