import { sql, type RawBuilder } from 'kysely';
import { leaseEnd, timeout } from '../lease.ts';
import type { PriorityMode } from '../queue-settings.ts';
import type { TaskRow } from '../task.ts';
import { candidates, isClaimable, MODES } from './candidates.ts';

export interface Claimant {
  readonly id: string;
  readonly name: string;
  readonly model_family: string;
  /** What it declares, as JSON: by type of capability an array of values. */
  readonly declared: string;
  /** Of the tenant's queue. */
  readonly priority_mode: PriorityMode;
}

interface ClaimPlan {
  readonly leaseMs: number;
  /** How many tasks to take. */
  readonly wanted: number;
  /** How many tasks to look at. */
  readonly looked: number;
}

export interface ClaimedRow extends TaskRow {
  readonly lease_token: number;
  readonly lease_expires_at: Date;
  readonly assignment_id: string;
  readonly deadline: Date;
  /** Whether there may be tasks beyond those looked at. */
  readonly are_more: boolean;
}

/**
 * See `claimTasks`. Candidates are found without locks and locked afterwards, one by one in their order: to lock the
 * heads of all sets of requirements would keep others from tasks that are not taken here.
 *
 * Where a row is known by a part before, so is the tenant: of a tenant that is newer than its statistics the planner expects
 * one row, and would read them all to find it.
 */
export const CLAIM_TASKS = (
  tenantId: string,
  agent: Claimant,
  { leaseMs, wanted, looked }: ClaimPlan,
): RawBuilder<ClaimedRow | { readonly task_id: null; readonly are_more: boolean }> => sql`
  with recursive
  ${candidates(tenantId, MODES[agent.priority_mode], { declared: agent.declared, looked })},
  locked as materialized (
    select task.tenant_id, task.id
    from candidate
    join task_queue as task on task.tenant_id = ${tenantId} and task.ctid = candidate.row_place
    where ${isClaimable}
    order by candidate.place
    limit ${wanted}
    for update of task skip locked
  ),
  -- By the clock, and after the lock: whoever had the task before has ended by then.
  taken as materialized (
    select tenant_id, id, clock_timestamp() as at from locked
  ),
  claimed as (
    update task_queue as task
    set
      status = 'dequeued',
      dequeued_at = taken.at,
      attempts = task.attempts + 1,
      lease_token = task.lease_token + 1,
      lease_expires_at = ${leaseEnd(leaseMs, { at: sql`taken.at`, begunAt: sql`taken.at` })}
    from taken
    where task.tenant_id = taken.tenant_id and task.id = taken.id
    returning task.*, least(task.dequeued_at + ${timeout}, task.deadline_at) as deadline
  ),
  assigned as (
    insert into task_assignments (
      tenant_id, assignment_id, task_id, agent_id, agent_name, agent_model_family, assigned_at, deadline,
      assignment_timeout_ms, lease_token, routing_strategy
    )
    select
      ${tenantId}, gen_random_uuid(), task_id, ${agent.id}, ${agent.name}, ${agent.model_family}, dequeued_at, deadline,
      timeout_ms, lease_token, 'capability-match'
    from claimed
    returning assignment_id, task_id
  ),
  attempted as (
    insert into task_execution_history (
      tenant_id, task_id, assignment_id, attempt_number, started_at, agent_id, agent_name
    )
    select
      ${tenantId}, claimed.task_id, assigned.assignment_id, claimed.lease_token, claimed.dequeued_at,
      ${agent.id}, ${agent.name}
    from claimed
    join assigned using (task_id)
  )
  select claimed.*, assigned.assignment_id, looking.are_more
  from (select count(*) = ${looked} as are_more from candidate) as looking
  left join (claimed join assigned using (task_id)) on true
  order by ${MODES[agent.priority_mode].order}
`;
