import { sql } from 'kysely';

/**
 * Who can take a task: active, seen in the last 24 hours, less than 80 percent busy, and registered for tasks. The view
 * `available_agents`, over the rows of an `AgentSelection`.
 */
export const IS_AVAILABLE = sql<boolean>`(
  profile.status = 'active'
  and profile.last_active_at > now() - interval '24 hours'
  and coalesce(load.utilization_percent, profile.utilization_percent) < 80
  and history.task_count is not null
)`;
