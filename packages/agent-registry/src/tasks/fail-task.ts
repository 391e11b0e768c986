import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { AttemptReport } from './attempt-report.ts';
import { isHeld, Lease, leaseLost } from './lease.ts';
import { ENDED, endAttempts } from './queries/end-attempts.ts';
import { readQueueSettings } from './queue-settings.ts';
import { afterFailure } from './retry.ts';
import { ErrorCode, ErrorMessage } from './task-values.ts';

export const TaskFailure = z.strictObject({
  message: ErrorMessage,
  code: ErrorCode.optional(),
  /** Whether it would fail again: it is given up at once. */
  isPermanent: z.boolean().default(false),
  report: AttemptReport.optional(),
});
export type TaskFailure = z.input<typeof TaskFailure>;

/** `queued`: it is tried again, from `retryAt` on; `failed`: it is a dead letter. */
export type FailedTask =
  { readonly status: 'queued'; readonly retryAt: Date } | { readonly status: 'failed' };

/**
 * Gives a task that one has back, as not done. It waits a while and is tried again (see `retryDelay`), unless it has been
 * tried as often as it may be, or would fail again anyway: then it becomes a dead letter.
 *
 * @throws {AgentRegistryError} `LEASE_LOST`, with what became of the task in `details.status`; `TASK_NOT_FOUND`;
 *   `INVALID_INPUT`.
 */
export async function failTask(
  tx: TenantTransaction,
  lease: Lease,
  failure: TaskFailure,
): Promise<FailedTask> {
  const held = parseInput(Lease, lease, 'the lease');
  const { message, code, isPermanent, report } = parseInput(TaskFailure, failure, 'the failure');
  const told = {
    isFinal: sql`(${isPermanent} or task.attempts >= task.max_attempts)`,
    code: sql`${code ?? null}`,
    message: sql`${message}`,
  };
  const settings = await readQueueSettings(tx);
  const { rows } = await sql<{ status: 'queued' | 'failed'; available_at: Date }>`
    with ended as (
      update task_queue as task set ${afterFailure(told, settings)} where ${isHeld(tx, held)} returning ${ENDED}
    ),
    ${endAttempts(report)}
    select status, available_at from ended
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) throw await leaseLost(tx, held);
  return row.status === 'queued' ? { status: 'queued', retryAt: row.available_at } : { status: 'failed' };
}
