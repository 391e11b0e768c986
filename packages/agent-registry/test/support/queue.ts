import type { TenantTransaction } from '@agent-agency/db-core';
import type { Application } from '@agent-agency/db-core/testing';
import { connect } from '@agent-agency/testing';
import { sql } from 'kysely';
import { beforeAll, vi } from 'vitest';
import {
  claimTasks,
  enqueueTasks,
  getTask,
  putAgents,
  type Claim,
  type ClaimedTask,
  type Task,
  type TaskInput,
} from '../../src/index.ts';

export const task = (id: string, fields: Partial<TaskInput> = {}): TaskInput => ({
  ...{ id, type: 'general', description: `Do ${id}.`, ...fields },
});

/** A tenant's queue, and its agent `worker`. */
export class Queue {
  readonly tenantId: string;
  readonly #app: Application;

  constructor(app: Application, tenantId: string) {
    this.#app = app;
    this.tenantId = tenantId;
  }

  static async create(app: Application, tenantId: string): Promise<Queue> {
    const queue = new Queue(app, tenantId);
    await queue.in((tx) =>
      putAgents(tx, [{ id: 'worker', name: 'Worker', modelFamily: 'test', lastActiveAt: new Date() }]),
    );
    return queue;
  }

  in<T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
    return this.#app.inTenant(this.tenantId, work);
  }

  enqueue(...tasks: TaskInput[]): Promise<{ created: number }> {
    return this.in((tx) => enqueueTasks(tx, tasks));
  }

  claim(claim: Partial<Claim> = {}): Promise<ClaimedTask[]> {
    return this.in((tx) => claimTasks(tx, { agentId: 'worker', ...claim }));
  }

  /** Enqueues one and claims it. */
  async take(id: string, fields: Partial<TaskInput> = {}): Promise<ClaimedTask> {
    await this.enqueue(task(id, { priority: 10, ...fields }));
    const [claimed] = await this.claim();
    if (claimed?.id !== id) throw new Error(`${claimed?.id} was claimed instead of ${id}`);
    return claimed;
  }

  get(id: string): Promise<Task> {
    return this.in((tx) => getTask(tx, id));
  }

  /** Changes tasks as nobody does, but time. */
  alter(change: string): Promise<unknown> {
    return this.in((tx) => sql.raw(`update task_queue set ${change}`).execute(tx));
  }

  declare(type: string, ...values: string[]): Promise<unknown> {
    return this.in((tx) =>
      sql`
        insert into agent_capabilities (agent_id, capability_type, capability_value)
        select 'worker', ${type}, unnest(${values}::text[])`.execute(tx),
    );
  }

  set(key: string, value: unknown): Promise<unknown> {
    return this.in((tx) =>
      sql`
        update queue_configuration set config_value = ${JSON.stringify(value)}::jsonb where config_key = ${key}
      `.execute(tx),
    );
  }

  /** All that is known of its tasks. */
  async rows(): Promise<unknown> {
    const { rows } = await this.in((tx) =>
      sql`
        select
          (select jsonb_agg(to_jsonb(it) order by id) from task_queue as it) as tasks,
          (select jsonb_agg(to_jsonb(it) order by id) from task_assignments as it) as assignments,
          (select jsonb_agg(to_jsonb(it) order by id) from task_execution_history as it) as attempts`.execute(
        tx,
      ),
    );
    return rows;
  }
}

/** Does something in a transaction of the queue that stays open until it is released. */
export async function holdOpen<T>(
  queue: Queue,
  work: (tx: TenantTransaction) => Promise<T>,
): Promise<{ readonly result: T; readonly release: () => Promise<void> }> {
  const done = Promise.withResolvers<T>();
  const over = Promise.withResolvers<undefined>();
  const ended = queue.in(async (tx) => {
    done.resolve(await work(tx));
    await over.promise;
  });
  ended.catch(done.reject);
  const release = async () => {
    over.resolve(undefined);
    await ended;
  };
  return { result: await done.promise, release };
}

/** Until a session of the database waits for a lock of another. */
export async function untilSomebodyWaits(app: Application): Promise<void> {
  const session = await connect(app.database.url);
  const waiting = `
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  try {
    await vi.waitUntil(async () => (await session.query(waiting)).rows.length > 0, { timeout: 10_000 });
  } finally {
    await session.close();
  }
}

/** Makes queues that no other test has; all tenants at once, because each on its own takes a connection. */
export function useQueues(app: Application, most: number): () => Promise<Queue> {
  const tenants: string[] = [];
  beforeAll(async () => {
    tenants.push(...(await app.newTenants(most)));
  });
  return () => {
    const tenantId = tenants.pop();
    if (tenantId === undefined) throw new Error(`the tests have more than ${most} queues`);
    return Queue.create(app, tenantId);
  };
}

export const ids = (tasks: readonly { readonly id: string }[]): string[] => tasks.map(({ id }) => id);
