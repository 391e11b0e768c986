import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { parseInput } from '../errors.ts';
import { AttemptReport } from './attempt-report.ts';
import { findLeaseState, isHeld, Lease, leaseLostTo } from './lease.ts';
import { ENDED, endAttempts } from './queries/end-attempts.ts';

/**
 * Finishes a task that one has, its assignment and its attempt. Finishing it again under the same lease changes nothing
 * and is no error: whoever did not hear whether it was committed may ask again.
 *
 * What is written in the same transaction is written once, if it is written only when it was not `alreadyCompleted`.
 *
 * @throws {AgentRegistryError} `LEASE_LOST`, with what became of the task in `details.status`; `TASK_NOT_FOUND`;
 *   `INVALID_INPUT`.
 */
export async function completeTask(
  tx: TenantTransaction,
  lease: Lease,
  report: AttemptReport = {},
): Promise<{ alreadyCompleted: boolean }> {
  const held = parseInput(Lease, lease, 'the lease');
  const { rows } = await sql`
    with ended as (
      update task_queue as task
      set
        status = 'completed',
        completed_at = clock_timestamp(),
        lease_expires_at = null,
        error_code = null,
        error_message = null
      where ${isHeld(tx, held)}
      returning ${ENDED}
    ),
    ${endAttempts(parseInput(AttemptReport, report, 'the report'))}
    select task_id from ended
  `.execute(tx);
  if (rows.length > 0) return { alreadyCompleted: false };
  const { status, token } = await findLeaseState(tx, held);
  if (status === 'completed' && token === held.token) return { alreadyCompleted: true };
  throw leaseLostTo(status);
}
