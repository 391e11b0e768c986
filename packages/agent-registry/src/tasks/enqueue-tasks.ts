import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Instant, Text } from '../column-values.ts';
import { AgentRegistryError, parseInput } from '../errors.ts';
import { JsonObject } from '../json-object.ts';
import { FIND_CONFLICTING_TASKS, INSERT_TASKS, type TaskToStore } from './queries/insert-tasks.ts';
import { readQueueSettings } from './queue-settings.ts';
import { RequiredCapabilities, toStoredCapabilities } from './required-capabilities.ts';
import { Positive, TaskId, TaskType, TimeoutMs } from './task-values.ts';

/** A task to put into the queue. */
export const TaskInput = z.strictObject({
  /** Unique in the tenant. Giving the same task again under the same id does nothing. */
  id: TaskId,
  type: TaskType,
  description: Text.max(100_000),
  /** 1–10, 10 is the most urgent. */
  priority: z.int().min(1).max(10).default(1),
  /** How long an attempt may take. Default: `default_timeout_ms` of the queue. */
  timeoutMs: TimeoutMs.optional(),
  /** How often it is tried at most. Default: once, and `max_retries` of the queue. */
  maxAttempts: z.int().min(1).max(1000).optional(),
  maxFiles: Positive.default(40),
  maxLinesOfCode: Positive.default(1500),
  /** What an agent has to declare to get it. */
  requiredCapabilities: RequiredCapabilities.prefault({}),
  metadata: JsonObject.prefault({}),
  /** Nobody gets it before. Default: now. */
  availableAt: Instant.optional(),
  /** When it has to be done: from then on it fails. Default: never. */
  deadlineAt: Instant.optional(),
});
export type TaskInput = z.input<typeof TaskInput>;

const MAX_TASKS = 10_000;

const Tasks = z
  .array(TaskInput)
  .max(MAX_TASKS)
  .superRefine((tasks, context) => {
    const places = new Map<string, number>();
    for (const [place, { id }] of tasks.entries()) {
      const first = places.get(id);
      if (first === undefined) places.set(id, place);
      else
        context.addIssue({ code: 'custom', path: [place, 'id'], message: `is the id of ${first} as well` });
    }
  });

/**
 * Puts tasks into the queue, all or none. Returns how many were new.
 *
 * A task that is there already, in whatever status, stays as it is if the same was to be done: type, description,
 * priority, budget, requirements and metadata, and timeout and attempts where they are given. When it may begin and has
 * to be done is not compared: whoever tries again computes it anew.
 *
 * `max_capacity` bounds what waits. While the queue is less than half full, callers at the same moment do not see each
 * other; above, they take turns until their transactions end, so that they cannot pass it together.
 *
 * **Shape** up to 10,000, no id twice. **Runs** one insert from `unnest`, in the order of the ids; a count up to the
 * capacity; a comparison if some were there. **Cost** linear in the tasks, and in what waits up to the capacity.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; `TASK_CONFLICT` when an id stands for another task;
 *   `QUEUE_FULL`. Nothing is written.
 * @example
 * await enqueueTasks(tx, [{ id: 'review-17', type: 'code-review', description: 'Review commit 17.', priority: 8 }]);
 */
export async function enqueueTasks(
  tx: TenantTransaction,
  tasks: readonly TaskInput[],
): Promise<{ created: number }> {
  const given = parseInput(Tasks, [...tasks], 'these tasks');
  if (given.length === 0) return { created: 0 };
  const settings = await readQueueSettings(tx);
  const toStore = given.map((task) => ({ ...task, ...stored(task) }));
  const { rows } = await INSERT_TASKS(tx.tenantId, toStore, settings).execute(tx);
  const created = new Set(rows.map((row) => row.task_id));
  await refuseConflicts(tx, toStore, created);
  if (created.size > 0) await refuseOverflow(tx, settings.maxCapacity);
  return { created: created.size };
}

function stored(task: z.output<typeof TaskInput>) {
  return {
    requiredCapabilities: JSON.stringify(toStoredCapabilities(task.requiredCapabilities)),
    metadata: JSON.stringify(task.metadata),
  };
}

async function refuseConflicts(
  tx: TenantTransaction,
  given: readonly TaskToStore[],
  created: ReadonlySet<string>,
): Promise<void> {
  const known = given.filter(({ id }) => !created.has(id));
  if (known.length === 0) return;
  const { rows } = await FIND_CONFLICTING_TASKS(tx.tenantId, known).execute(tx);
  if (rows.length === 0) return;
  const conflicting = new Set(rows.map((row) => row.task_id));
  const places = given.flatMap(({ id }, place) => (conflicting.has(id) ? [place] : []));
  throw new AgentRegistryError(
    'TASK_CONFLICT',
    `the ids of the tasks ${places.slice(0, 20).join(', ')} stand for other tasks: give new ones`,
    { details: { places } },
  );
}

async function refuseOverflow(tx: TenantTransaction, capacity: number): Promise<void> {
  let waiting = await countWaiting(tx, capacity + 1);
  if (waiting > capacity / 2) {
    const lock = `agent-registry/queue-capacity/${tx.tenantId}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
    waiting = await countWaiting(tx, capacity + 1);
  }
  if (waiting <= capacity) return;
  throw new AgentRegistryError('QUEUE_FULL', `more than ${capacity} tasks would wait: try again later`, {
    details: { capacity },
  });
}

async function countWaiting(tx: TenantTransaction, most: number): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::integer as waiting
    from (
      select from task_queue
      -- Every priority is; with it the planner uses the index of what is queued.
      where tenant_id = ${tx.tenantId} and status = 'queued' and priority >= 1
      limit ${most}
    ) as task
  `.execute(tx);
  return rows[0]?.waiting ?? 0;
}
