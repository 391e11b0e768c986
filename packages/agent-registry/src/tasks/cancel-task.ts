import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { ENDED, endAttempts } from './queries/end-attempts.ts';
import { getTask } from './task.ts';
import { ErrorMessage, TaskId, type TaskStatus } from './task-values.ts';

export const Cancellation = z.strictObject({ taskId: TaskId, reason: ErrorMessage.optional() });
export type Cancellation = z.input<typeof Cancellation>;

/**
 * Takes a task back, whether it waits or somebody works on it: they hear of it at their next heartbeat, and whatever they
 * finish is refused.
 *
 * @returns the status that the task has now: `cancelled`, or how it had ended before.
 * @throws {AgentRegistryError} `TASK_NOT_FOUND`; `INVALID_INPUT`.
 */
export async function cancelTask(
  tx: TenantTransaction,
  cancellation: Cancellation,
): Promise<{ status: TaskStatus }> {
  const { taskId, reason } = parseInput(Cancellation, cancellation, 'the cancellation');
  const { rows } = await sql<{ status: TaskStatus }>`
    with ended as (
      update task_queue as task
      set
        status = 'cancelled',
        completed_at = clock_timestamp(),
        lease_expires_at = null,
        error_code = 'CANCELLED',
        error_message = ${reason ?? null}
      where task.tenant_id = ${tx.tenantId} and task.task_id = ${taskId} and task.status in ('queued', 'dequeued')
      returning ${ENDED}
    ),
    ${endAttempts()}
    select status from ended
  `.execute(tx);
  return rows[0] ?? { status: (await getTask(tx, taskId)).status };
}
