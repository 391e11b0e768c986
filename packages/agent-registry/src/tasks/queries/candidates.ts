import { sql, type RawBuilder } from 'kysely';
import type { PriorityMode } from '../queue-settings.ts';

interface Mode {
  readonly order: RawBuilder<unknown>;
  /** With it the planner uses the one index of 002 that is made for the mode. */
  readonly isQueued: RawBuilder<unknown>;
}

export const MODES: Readonly<Record<PriorityMode, Mode>> = {
  fifo: {
    order: sql`created_at`,
    isQueued: sql`task.status = 'queued' and task.created_at >= '-infinity'`,
  },
  priority: {
    order: sql`priority desc, created_at`,
    isQueued: sql`task.status = 'queued' and task.priority >= 1`,
  },
  deadline: {
    order: sql`deadline_at, priority desc, created_at`,
    isQueued: sql`task.status = 'queued' and task.deadline_at >= '-infinity'`,
  },
};

export const isClaimable = sql`
  task.status = 'queued'
  and task.available_at <= statement_timestamp()
  and task.deadline_at > statement_timestamp()`;

interface Search {
  /** What the agent declares, as JSON: by type of capability an array of values. */
  readonly declared: string;
  /** How many tasks to look at. */
  readonly looked: number;
}

/**
 * Two parts of a `with recursive`: `required`, the distinct requirements of what is queued, found one behind the other in
 * the index; and `candidate`, the tasks that come next of those whose requirements the agent meets.
 *
 * The tenant is a column of what comes before, and no constant: of a tenant that is newer than its statistics the planner
 * expects one row, which any index finds and nothing needs to order.
 */
export const candidates = (
  tenantId: string,
  { order, isQueued }: Mode,
  { declared, looked }: Search,
): RawBuilder<unknown> => sql`
  required (tenant_id, requirements) as (
    -- Before all requirements.
    select ${tenantId}::text, '' collate "C"
    union all
    select required.tenant_id, following.requirements
    from required
    cross join lateral (
      select task.requirements
      from task_queue as task
      where task.tenant_id = required.tenant_id and ${isQueued} and task.requirements > required.requirements
      order by task.requirements
      limit 1
    ) as following
  ),
  candidate as materialized (
    select head.row_place, row_number() over (order by ${order}) as place
    from required
    cross join lateral (
      select task.ctid as row_place, task.priority, task.created_at, task.deadline_at
      from task_queue as task
      where task.tenant_id = required.tenant_id
        and ${isQueued}
        and ${isClaimable}
        and task.requirements = required.requirements
      order by ${order}
      limit ${looked}
    ) as head
    where nullif(required.requirements, '')::jsonb <@ ${declared}::jsonb
    order by place
    limit ${looked}
  )`;
