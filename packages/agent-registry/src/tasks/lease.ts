import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { MAX_INTEGER } from '../column-values.ts';
import { AgentRegistryError } from '../errors.ts';
import { noSuchTask } from './task.ts';
import { TaskId, type TaskStatus } from './task-values.ts';

/**
 * The right to work on a task and to finish it. The token grows with every taking of the task, so that it may fence
 * other resources, too: they refuse a token that is less than one they have seen.
 *
 * @see Kleppmann, "How to do distributed locking", 2016 (fencing tokens)
 */
export const Lease = z.object({ taskId: TaskId, token: z.int().min(1).max(MAX_INTEGER) });
export type Lease = Readonly<z.input<typeof Lease>>;

/**
 * When a lease ends: after its time, but not after what the attempt may take, nor after the deadline of the task, whose
 * alias is `task`.
 */
export const leaseEnd = (
  leaseMs: number,
  { at, begunAt }: { readonly at: RawBuilder<unknown>; readonly begunAt: RawBuilder<unknown> },
) => sql`
  least(
    ${at} + ${leaseMs}::double precision * interval '1 millisecond', ${begunAt} + ${timeout}, task.deadline_at
  )`;

/** Bounded, since the table bounds it not: an instant that cannot be counted to would keep the queue from going on. */
export const timeout = sql`least(task.timeout_ms, 31536000000) * interval '1 millisecond'`;

/** The row of a task, if the lease is still good for it. */
export const isHeld = (tx: TenantTransaction, { taskId, token }: Lease) => sql`
  task.tenant_id = ${tx.tenantId}
  and task.task_id = ${taskId}
  and task.status = 'dequeued'
  and task.lease_token = ${token}`;

const WHAT_HAPPENED: Readonly<Record<TaskStatus, string>> = {
  queued: 'the task waits for somebody else',
  dequeued: 'somebody else has the task',
  completed: 'the task was completed',
  failed: 'the task was given up',
  cancelled: 'the task was cancelled',
};

/** What became of a task whose lease is not good any more. */
export async function findLeaseState(
  tx: TenantTransaction,
  lease: Lease,
): Promise<{ status: TaskStatus; token: number }> {
  const { rows } = await sql<{ status: TaskStatus; token: number }>`
    select status, lease_token as token from task_queue
    where tenant_id = ${tx.tenantId} and task_id = ${lease.taskId}
  `.execute(tx);
  if (rows[0] === undefined) throw noSuchTask();
  return rows[0];
}

/** The one error of whoever works on without a lease. */
export async function leaseLost(tx: TenantTransaction, lease: Lease): Promise<AgentRegistryError> {
  const { status } = await findLeaseState(tx, lease);
  return leaseLostTo(status);
}

export function leaseLostTo(status: TaskStatus): AgentRegistryError {
  return new AgentRegistryError(
    'LEASE_LOST',
    `the lease is lost, nothing was changed: ${WHAT_HAPPENED[status]}; stop working on it`,
    { details: { status } },
  );
}
