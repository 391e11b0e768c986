import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDataLayerError, type ConnectionPoolManager } from '@agent-agency/db-core';
import { TEST_CONTEXT_KEY, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { connect, type SqlSession } from '@agent-agency/testing';
import { enqueueTasks, putAgents, reclaimExpired } from '../../src/index.ts';

export interface Storm {
  readonly processes: number;
  readonly workers: number;
  readonly tasks: number;
  /** How many of the processes are killed, and started again. */
  readonly kills: number;
}

/** What `children/task-workers.ts` is told. */
export interface WorkersInput {
  readonly url: string;
  readonly tenantId: string;
  readonly agentIds: readonly string[];
  readonly leaseMs: number;
  readonly key: { readonly keyId: string; readonly secret: string };
}

/** Every figure is read from the database. */
export interface StormRecord {
  readonly tasks: number;
  readonly completed: number;
  /** Tasks that did not succeed exactly once. */
  readonly notOnce: number;
  /** Tasks whose effect, a row written together with their completion, is not there exactly once. */
  readonly effectsNotOnce: number;
  /** Leases that began before the one before them had ended, or left a number out. */
  readonly overlaps: number;
  /** Assignments and attempts that have no end. */
  readonly unended: number;
  readonly leases: number;
  /** Leases that were lost with their worker, or because it took too long. */
  readonly expired: number;
}

export interface StormResult extends StormRecord {
  readonly kills: number;
  readonly terminatedBackends: number;
  /** What workers met that they must not meet, a deadlock among it. */
  readonly errors: readonly string[];
}

const LEASE_MS = 500;
const TIME_LIMIT_MS = 600_000;

/**
 * Workers of several processes, which are killed while they work, as are their backends, do all tasks of a tenant.
 *
 * @param manager the application's; the tenant is new.
 */
export async function runStorm(
  database: DatabaseUnderTest,
  manager: ConnectionPoolManager,
  { tenantId, storm }: { readonly tenantId: string; readonly storm: Storm },
): Promise<StormResult> {
  const administrator = await connect(database.url);
  const fleet = new Fleet(database, tenantId, storm);
  try {
    await prepare(administrator, manager, { tenantId, storm });
    fleet.startAll();
    const disturbed = await disturb(administrator, fleet, { tenantId, storm, manager });
    await fleet.killAll();
    return { ...(await readRecord(administrator, tenantId)), ...disturbed, errors: fleet.errors };
  } finally {
    await fleet.killAll();
    await administrator.close();
  }
}

async function prepare(
  administrator: SqlSession,
  manager: ConnectionPoolManager,
  { tenantId, storm }: { readonly tenantId: string; readonly storm: Storm },
): Promise<void> {
  await administrator.query(`
    create table if not exists effects (task_id text not null);
    truncate effects;
    grant insert, select on effects to agent_agency_app`);
  await administrator.query(
    `update queue_configuration set config_value = case config_key when 'max_capacity' then '1000000'::jsonb else '20' end
     where tenant_id = $1 and config_key in ('max_capacity', 'retry_base_delay_ms', 'retry_max_delay_ms')`,
    [tenantId],
  );
  await manager.withTenant({ tenantId }, async (tx) => {
    const agent = (id: string) => ({ id, name: id, modelFamily: 'storm', lastActiveAt: new Date() });
    await putAgents(tx, agentIds(storm.workers).map(agent));
    for (let first = 0; first < storm.tasks; first += 10_000) {
      const count = Math.min(10_000, storm.tasks - first);
      await enqueueTasks(
        tx,
        Array.from({ length: count }, (_, place) => ({
          ...{ id: `task ${first + place}`, type: 'general' as const, description: 'Weather it.' },
          ...{ priority: 1 + (place % 10), maxAttempts: 1000 },
        })),
      );
    }
  });
}

/** Kills processes and backends until all is done. */
async function disturb(
  administrator: SqlSession,
  fleet: Fleet,
  given: { readonly tenantId: string; readonly storm: Storm; readonly manager: ConnectionPoolManager },
): Promise<{ kills: number; terminatedBackends: number }> {
  const { tenantId, storm, manager } = given;
  const begunAt = Date.now();
  let [kills, terminatedBackends, round] = [0, 0, 0];
  for (let done = 0; done < storm.tasks; round += 1) {
    if (Date.now() - begunAt > TIME_LIMIT_MS) throw new Error(`${done} of ${storm.tasks} tasks are done`);
    await sleep(25);
    done = await countDone(administrator, tenantId);
    // Evenly over the work, so that it is the same storm on a slow machine.
    if (kills < storm.kills && done >= (storm.tasks * (kills + 1)) / (storm.kills + 1)) {
      await fleet.replaceOne();
      kills += 1;
    }
    if (round % 10 === 9 && done < storm.tasks) terminatedBackends += await terminateOne(administrator);
    // Somebody has to be there when all workers are gone.
    await manager.withTenant({ tenantId }, (tx) => reclaimExpired(tx)).catch(unlessBroken);
  }
  return { kills, terminatedBackends };
}

async function countDone(administrator: SqlSession, tenantId: string): Promise<number> {
  const { rows } = await administrator.query(
    `select count(*)::int as done from task_queue where tenant_id = $1 and status = 'completed'`,
    [tenantId],
  );
  return Number(rows[0]?.['done']);
}

async function terminateOne(administrator: SqlSession): Promise<number> {
  const { rows } = await administrator.query(`
    select pg_terminate_backend(pid) from (
      select pid from pg_stat_activity
      where datname = current_database() and usename = 'agent_agency_app' order by random() limit 1
    ) as victim`);
  return rows.length;
}

function unlessBroken(error: unknown): void {
  if (
    !isDataLayerError(error) ||
    error.code === 'DEADLOCK' ||
    !(error.retryable || error.code === 'COMMIT_UNKNOWN')
  )
    throw error;
}

async function readRecord(administrator: SqlSession, tenantId: string): Promise<StormRecord> {
  const { rows } = await administrator.query(
    `with lease as (
       select
         *,
         lag(completed_at) over taken as previous_ended_at,
         row_number() over taken as place
       from task_assignments
       where tenant_id = $1
       window taken as (partition by task_id order by lease_token)
     )
     select
       (select count(*)::int from task_queue where tenant_id = $1) as "tasks",
       (select count(*)::int from task_queue where tenant_id = $1 and status = 'completed') as "completed",
       (
         select count(*)::int from task_queue as task
         where tenant_id = $1 and 1 <> (
           select count(*) from task_execution_history as attempt
           where attempt.tenant_id = $1 and attempt.task_id = task.task_id and attempt.success
         )
       ) as "notOnce",
       (
         select count(*)::int from task_queue as task
         where tenant_id = $1 and 1 <> (select count(*) from effects where effects.task_id = task.task_id)
       ) as "effectsNotOnce",
       (
         select count(*)::int from lease
         where place <> lease_token or (place > 1 and (previous_ended_at <= assigned_at) is not true)
       ) as "overlaps",
       (select count(*)::int from lease where completed_at is null)
         + (select count(*)::int from task_execution_history where tenant_id = $1 and completed_at is null) as "unended",
       (select count(*)::int from lease) as "leases",
       (select count(*)::int from lease where error_code = 'LEASE_EXPIRED') as "expired"`,
    [tenantId],
  );
  return rows[0] as unknown as StormRecord;
}

function agentIds(workers: number): string[] {
  return Array.from({ length: workers }, (_, place) => `worker ${place}`);
}

/** The processes. */
class Fleet {
  readonly errors: string[] = [];
  readonly #inputs: readonly WorkersInput[];
  readonly #running = new Map<number, { readonly process: ChildProcess; readonly ended: Promise<unknown> }>();

  constructor(database: DatabaseUnderTest, tenantId: string, { processes, workers }: Storm) {
    const { keyId, secret } = TEST_CONTEXT_KEY;
    this.#inputs = Array.from({ length: processes }, (_, place) => ({
      url: database.urlFor('agent_agency_app'),
      tenantId,
      agentIds: agentIds(workers).filter((_id, worker) => worker % processes === place),
      leaseMs: LEASE_MS,
      key: { keyId, secret: Buffer.from(secret).toString('hex') },
    }));
  }

  startAll(): void {
    for (const place of this.#inputs.keys()) this.#start(place);
  }

  /** Kills one that is chosen at random, without a warning, and starts another in its place. */
  async replaceOne(): Promise<void> {
    const place = Math.floor(Math.random() * this.#inputs.length);
    await this.#kill(place);
    this.#start(place);
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((place) => this.#kill(place)));
  }

  async #kill(place: number): Promise<void> {
    const child = this.#running.get(place);
    this.#running.delete(place);
    child?.process.kill('SIGKILL');
    await child?.ended;
  }

  #start(place: number): void {
    const script = fileURLToPath(new URL('../children/task-workers.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--conditions=@agent-agency/source', script, JSON.stringify(this.#inputs[place])],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    createInterface(child.stdout).on('line', (line) => this.errors.push(line));
    const ended = once(child, 'close').then(() => {
      // Not by us: it met something that it did not expect.
      if (this.#running.get(place)?.process === child)
        this.errors.push('a process of workers ended by itself');
    });
    this.#running.set(place, { process: child, ended });
  }
}
