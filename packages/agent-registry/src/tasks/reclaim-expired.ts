import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { timeout } from './lease.ts';
import { ENDED, endAttempts } from './queries/end-attempts.ts';
import { readQueueSettings, type QueueSettings } from './queue-settings.ts';
import { afterFailure } from './retry.ts';

export const Reclaim = z.strictObject({
  /** How many tasks at most, of each kind. */
  limit: z.int().min(1).max(10_000).default(1000),
});
export type Reclaim = z.input<typeof Reclaim>;

export interface Reclaimed {
  /** Tasks that wait for their next attempt. */
  readonly requeued: number;
  /** Tasks that were given up. */
  readonly failed: number;
}

/**
 * Takes tasks back from workers that are not heard of any more, and gives up tasks whose deadline has passed. To be called
 * every few seconds, by anybody and by several: they do not wait for each other.
 *
 * An attempt that ends so counts. Its task is tried again or becomes a dead letter as in `failTask`, with the code
 * - `LEASE_EXPIRED`: there was no heartbeat in time;
 * - `TIMED_OUT`: the attempt took longer than the task's timeout;
 * - `DEADLINE_EXCEEDED`: the deadline has passed, in the queue or at work. It is not tried again.
 *
 * **Runs** two statements with `for update skip locked`. **Cost** linear in the tasks that are worked on.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT`.
 */
export async function reclaimExpired(tx: TenantTransaction, reclaim: Reclaim = {}): Promise<Reclaimed> {
  const { limit } = parseInput(Reclaim, reclaim, 'the request');
  const settings = await readQueueSettings(tx);
  const taken = await RECLAIM_LEASES(tx.tenantId, limit, settings).execute(tx);
  const overdue = await FAIL_OVERDUE(tx.tenantId, limit).execute(tx);
  const requeued = taken.rows.filter((row) => row.status === 'queued').length;
  return { requeued, failed: taken.rows.length - requeued + overdue.rows.length };
}

const RECLAIM_LEASES = (tenantId: string, limit: number, settings: QueueSettings) => sql<{ status: string }>`
  with expired as materialized (
    select
      task.tenant_id,
      task.id,
      case
        when task.deadline_at <= statement_timestamp() then 'DEADLINE_EXCEEDED'
        when task.dequeued_at + ${timeout} <= statement_timestamp() then 'TIMED_OUT'
        else 'LEASE_EXPIRED'
      end as code
    from task_queue as task
    where task.tenant_id = ${tenantId}
      and task.status = 'dequeued'
      -- What was taken by hand has no lease, and the time of the attempt.
      and coalesce(task.lease_expires_at, task.dequeued_at + ${timeout}) <= statement_timestamp()
    limit ${limit}
    for update skip locked
  ),
  ended as (
    update task_queue as task
    set ${afterFailure(
      {
        isFinal: sql`(task.attempts >= task.max_attempts or expired.code = 'DEADLINE_EXCEEDED')`,
        code: sql`expired.code`,
        message: sql`case expired.code
          when 'DEADLINE_EXCEEDED' then 'the deadline passed while it was worked on'
          when 'TIMED_OUT' then 'the attempt took longer than the timeout'
          else 'the worker was not heard of in time'
        end`,
      },
      settings,
    )}
    from expired
    where task.tenant_id = expired.tenant_id and task.id = expired.id
    returning ${ENDED}
  ),
  ${endAttempts()}
  select status from ended
`;

const FAIL_OVERDUE = (tenantId: string, limit: number) => sql`
  with overdue as materialized (
    select tenant_id, id
    from task_queue
    where tenant_id = ${tenantId}
      and status = 'queued'
      and deadline_at < 'infinity'
      and deadline_at <= statement_timestamp()
    order by deadline_at
    limit ${limit}
    for update skip locked
  )
  update task_queue as task
  set
    status = 'failed',
    completed_at = clock_timestamp(),
    error_code = 'DEADLINE_EXCEEDED',
    error_message = 'the deadline passed in the queue'
  from overdue
  where task.tenant_id = overdue.tenant_id and task.id = overdue.id
  returning task.task_id
`;
