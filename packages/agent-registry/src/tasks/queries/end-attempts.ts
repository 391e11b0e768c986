import { sql, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import type { AttemptReport } from '../attempt-report.ts';

/**
 * What the statement that changes a task answers with, under the alias `task`, for {@link endAttempts}. By the clock, and
 * under the lock of the row: an attempt has ended before the next begins.
 */
export const ENDED = sql`
  task.tenant_id, task.task_id, task.lease_token, task.status, task.available_at, task.error_code, task.error_message,
  clock_timestamp() as at`;

/**
 * Two more parts of a `with` whose part `ended` has changed tasks: they end what was going on with them, the assignment
 * and its attempt. Every statement locks the task first and these rows after it, so none waits for another in a circle.
 */
export const endAttempts = (report: z.output<typeof AttemptReport> = {}): RawBuilder<unknown> => sql`
  assignment as (
    update task_assignments as assignment
    set
      status = case when ended.status in ('completed', 'cancelled') then ended.status else 'failed' end,
      completed_at = ended.at,
      progress = case when ended.status = 'completed' then 1 else assignment.progress end,
      error_code = ended.error_code,
      error_message = ended.error_message
    from ended
    where assignment.tenant_id = ended.tenant_id
      and assignment.task_id = ended.task_id
      and assignment.lease_token = ended.lease_token
      and assignment.status in ('assigned', 'acknowledged', 'executing')
    returning assignment.tenant_id, assignment.assignment_id, assignment.status, assignment.completed_at, assignment.error_message
  ),
  attempt as (
    update task_execution_history as attempt
    set
      completed_at = assignment.completed_at,
      execution_time_ms = extract(epoch from assignment.completed_at - attempt.started_at) * 1000,
      success = assignment.status = 'completed',
      error_message = assignment.error_message,
      ${reported(report)}
    from assignment
    where attempt.tenant_id = assignment.tenant_id and attempt.assignment_id = assignment.assignment_id
  )`;

const reported = ({ caws, ...report }: z.output<typeof AttemptReport>): RawBuilder<unknown> => sql`
  quality_score = ${report.qualityScore ?? null},
  tokens_used = ${report.tokensUsed ?? null},
  caws_passed = ${caws?.passed ?? null},
  caws_violations = ${JSON.stringify(caws?.violations ?? [])}::jsonb,
  caws_budget_used_files = ${caws?.filesChanged ?? null},
  caws_budget_used_loc = ${caws?.linesChanged ?? null},
  execution_metadata = ${JSON.stringify(report.metadata ?? {})}::jsonb`;
