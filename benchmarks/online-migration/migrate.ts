import { setTimeout } from 'node:timers/promises';
import { migrateUp, type MigrateOptions } from '@agent-agency/migrations';
import { connect, withSession, type SqlSession } from '@agent-agency/testing';
import type { Phase } from './phases.ts';

/** What is known of a migration run. */
export interface MigrationRun {
  readonly phases: readonly Phase[];
  /** How often a lock was not to be had in time. */
  readonly retries: number;
  readonly kills: number;
  /** Whether 007 was there whole or not at all after every kill. */
  readonly isAllOrNothing: boolean;
}

/** Migrates to the head, and says when what ran. */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<MigrationRun> {
  return withSession(url, async (session) => {
    const watch = watchPhases();
    await migrateUp(session, { ...options, ...watch.options });
    return { phases: watch.phases, retries: watch.retries(), kills: 0, isAllOrNothing: true };
  });
}

/** The same, but the runner's session is ended `kills` times, after a random while; then it may complete. */
export async function migrateKilled(
  url: string,
  {
    kills,
    longestMs,
    random,
  }: { readonly kills: number; readonly longestMs: number; readonly random: () => number },
): Promise<MigrationRun> {
  return withSession(url, async (observer) => {
    const watch = watchPhases();
    let killed = 0;
    let isAllOrNothing = true;
    while (killed < kills) {
      const runner = await startRunner(url, watch.options);
      if (await Promise.race([runner.done, setTimeout(random() * longestMs, false)])) break;
      await observer.query('select pg_terminate_backend($1, 60000)', [runner.pid]);
      // It may have come to its end just before.
      if (await runner.done.catch(() => false)) break;
      killed += 1;
      isAllOrNothing &&= await isWholeOrNot(observer);
    }
    const rest = await migrate(url);
    return {
      phases: [...watch.phases, ...rest.phases],
      retries: watch.retries() + rest.retries,
      kills: killed,
      isAllOrNothing,
    };
  });
}

/** A runner in a session of its own. Nobody closes it: it is killed, or ends with the database. */
async function startRunner(
  url: string,
  options: MigrateOptions,
): Promise<{ pid: unknown; done: Promise<boolean> }> {
  const session = await connect(url);
  const { rows } = await session.query('select pg_backend_pid() as pid');
  const done = migrateUp(session, options).then(() => true);
  // Whoever killed it knows why.
  done.catch(() => undefined);
  return { pid: rows[0]?.['pid'], done };
}

async function isWholeOrNot(observer: SqlSession): Promise<boolean> {
  const { rows } = await observer.query(`
    select (to_regclass('tenants') is not null) = exists (select from __migrations__ where version = 7) as is_so`);
  return rows[0]?.['is_so'] === true;
}

/** Phases from what the runner reports; what was under way when it was killed is part of the next. */
function watchPhases() {
  const phases: Phase[] = [];
  let retries = 0;
  let since = performance.now();
  const enter = (name: string): void => {
    const endedAt = performance.now();
    const last = phases.at(-1)?.name === name ? phases.pop() : undefined;
    phases.push({ name, startedAt: last?.startedAt ?? since, endedAt });
    since = endedAt;
  };
  const options: MigrateOptions = {
    onMigration: ({ name }) => enter(name.slice(0, 3)),
    onProgress: (event) => {
      if (event.kind === 'waiting') retries += 1;
      else enter(`Prepare${event.name.slice(0, 3)}`);
    },
  };
  return { phases, options, retries: () => retries };
}
