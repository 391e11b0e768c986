import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { decimal } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { isHeld, Lease, leaseEnd, leaseLost } from './lease.ts';
import { LeaseMs } from './task-values.ts';

export const Heartbeat = z.strictObject({
  /** How long the worker is waited for from now on. */
  leaseMs: LeaseMs,
  /** How far the task is, 0–1 with at most two decimals. The first report begins the assignment. */
  progress: decimal(1, 2).optional(),
});
export type Heartbeat = z.input<typeof Heartbeat>;

/**
 * Says that the task is still worked on: its lease goes on, but never beyond the timeout of the attempt and the deadline
 * of the task. A worker learns by it that its task was cancelled.
 *
 * A lease that has run out is still good while nobody has reclaimed the task.
 *
 * **Runs** one update of the task, which touches no index, and one of the assignment if there is progress.
 *
 * @throws {AgentRegistryError} `LEASE_LOST`, with what became of the task in `details.status`; `TASK_NOT_FOUND`;
 *   `INVALID_INPUT`.
 */
export async function heartbeat(
  tx: TenantTransaction,
  lease: Lease,
  sign: Heartbeat = {},
): Promise<{ expiresAt: Date }> {
  const held = parseInput(Lease, lease, 'the lease');
  const { leaseMs, progress } = parseInput(Heartbeat, sign, 'the heartbeat');
  const { rows } = await sql<{ lease_expires_at: Date }>`
    with task as (
      update task_queue as task
      set lease_expires_at = ${leaseEnd(leaseMs, { at: sql`clock_timestamp()`, begunAt: sql`task.dequeued_at` })}
      where ${isHeld(tx, held)}
      returning task.tenant_id, task.task_id, task.lease_token, task.lease_expires_at
    ),
    assignment as (
      update task_assignments as assignment
      set
        progress = ${progress ?? 0},
        last_progress_update = clock_timestamp(),
        started_at = coalesce(assignment.started_at, clock_timestamp()),
        status = 'executing'
      from task
      where ${progress !== undefined}
        and assignment.tenant_id = task.tenant_id
        and assignment.task_id = task.task_id
        and assignment.lease_token = task.lease_token
    )
    select lease_expires_at from task
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) throw await leaseLost(tx, held);
  return { expiresAt: row.lease_expires_at };
}
