import { cutPage, isBehind, type PlacedRow, placeOf, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Instant } from '../column-values.ts';
import { AgentRegistryError, parseInput } from '../errors.ts';
import { Page } from '../page.ts';
import { fromTaskRow, getTask, type Task, type TaskRow } from './task.ts';
import { TaskId } from './task-values.ts';

export const DeadLetterPage = Page;
export type DeadLetterPage = z.input<typeof DeadLetterPage>;

/**
 * Tasks that were given up, the latest first, each with what went wrong last.
 *
 * @returns `next` to be handed in as `after` for the next page; missing on the last one.
 * @throws {AgentRegistryError} `INVALID_INPUT`.
 */
export async function listDeadLetters(
  tx: TenantTransaction,
  page: DeadLetterPage = {},
): Promise<{ readonly tasks: Task[]; readonly next: string | undefined }> {
  const { limit, after } = parseInput(DeadLetterPage, page, 'the page');
  const instant = sql`completed_at`;
  const found = await sql<TaskRow & PlacedRow>`
    select *, ${placeOf(instant)}
    from task_queue
    where tenant_id = ${tx.tenantId} and status = 'failed' and ${isBehind(instant, after)}
    order by completed_at desc, id desc
    limit ${limit + 1}
  `.execute(tx);
  const { rows, next } = cutPage(found.rows, limit);
  return { tasks: rows.map(fromTaskRow), next };
}

export const Requeue = z.strictObject({
  taskId: TaskId,
  /** Default: now. */
  availableAt: Instant.optional(),
  /** Default: the one it has, unless it has passed: then none. */
  deadlineAt: Instant.optional(),
});
export type Requeue = z.input<typeof Requeue>;

/**
 * Puts a task that was given up back into the queue, with all its attempts before it. Its history stays. The capacity of
 * the queue does not apply: the task was let in before.
 *
 * @throws {AgentRegistryError} `TASK_NOT_FOUND`; `TASK_NOT_DEAD` when it was not given up; `INVALID_INPUT`.
 */
export async function requeueDeadLetter(tx: TenantTransaction, requeue: Requeue): Promise<void> {
  const { taskId, availableAt, deadlineAt } = parseInput(Requeue, requeue, 'the request');
  const { rows } = await sql`
    update task_queue as task
    set
      status = 'queued',
      attempts = 0,
      completed_at = null,
      available_at = coalesce(${availableAt ?? null}::timestamptz, clock_timestamp()),
      deadline_at = coalesce(
        ${deadlineAt ?? null}::timestamptz,
        case when task.deadline_at <= clock_timestamp() then 'infinity' else task.deadline_at end
      )
    where task.tenant_id = ${tx.tenantId} and task.task_id = ${taskId} and task.status = 'failed'
    returning task.task_id
  `.execute(tx);
  if (rows.length > 0) return;
  const { status } = await getTask(tx, taskId);
  throw new AgentRegistryError('TASK_NOT_DEAD', `the task is ${status}: only what has failed is put back`, {
    details: { status },
  });
}
