import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { IS_AVAILABLE } from './availability.ts';

/** What the tenant's agents are like, all together. */
export interface RegistryStatistics {
  readonly agents: {
    readonly total: number;
    readonly active: number;
    readonly inactive: number;
    readonly archived: number;
    /** Who can take a task now. */
    readonly available: number;
    /** Those of each model family. */
    readonly byModelFamily: Readonly<Record<string, number>>;
  };
  readonly load: {
    readonly activeTasks: number;
    readonly queuedTasks: number;
    /** Mean of the active agents, two decimals; undefined when there is none. */
    readonly averageUtilizationPercent: number | undefined;
  };
  readonly performance: {
    readonly taskCount: number;
    readonly successCount: number;
    /** Of all tasks, four decimals; undefined before the first. So are the means. */
    readonly successRate: number | undefined;
    readonly averageQuality: number | undefined;
    readonly averageLatencyMs: number | undefined;
  };
}

interface StatisticsRow {
  readonly total: number;
  readonly active: number;
  readonly inactive: number;
  readonly archived: number;
  readonly available: number;
  readonly by_model_family: Readonly<Record<string, number>>;
  readonly active_tasks: number;
  readonly queued_tasks: number;
  readonly average_utilization: number | null;
  readonly task_count: number;
  readonly success_count: number;
  readonly success_rate: number | null;
  readonly average_quality: number | null;
  readonly average_latency_ms: number | null;
}

/**
 * Counts the tenant's agents, and sums up their load and performance.
 *
 * **Cost** linear in the tenant's agents: for reports, not for every request.
 */
export async function getRegistryStatistics(tx: TenantTransaction): Promise<RegistryStatistics> {
  const row = await getOne(
    sql<StatisticsRow>`
      with agent as materialized (
        select
          profile.model_family, profile.status, ${IS_AVAILABLE} as is_available,
          coalesce(load.active_tasks, profile.active_tasks) as active_tasks,
          coalesce(load.queued_tasks, profile.queued_tasks) as queued_tasks,
          coalesce(load.utilization_percent, profile.utilization_percent) as utilization_percent,
          history.task_count, history.success_count, history.quality_sum, history.latency_sum_ms
        from agent_profiles as profile
        left join current_load as load on load.tenant_id = ${tx.tenantId} and load.agent_id = profile.id
        left join agent_performance_history as history
          on history.tenant_id = ${tx.tenantId} and history.agent_id = profile.id
        where profile.tenant_id = ${tx.tenantId}
      ),
      family as (
        select model_family, count(*) as agents from agent group by model_family
      )
      select
        count(*)::float8 as total,
        count(*) filter (where status = 'active')::float8 as active,
        count(*) filter (where status = 'inactive')::float8 as inactive,
        count(*) filter (where status = 'archived')::float8 as archived,
        count(*) filter (where is_available)::float8 as available,
        (select coalesce(jsonb_object_agg(model_family, agents), '{}') from family) as by_model_family,
        coalesce(sum(active_tasks), 0)::float8 as active_tasks,
        coalesce(sum(queued_tasks), 0)::float8 as queued_tasks,
        round(avg(utilization_percent) filter (where status = 'active'), 2)::float8 as average_utilization,
        coalesce(sum(task_count), 0)::float8 as task_count,
        coalesce(sum(success_count), 0)::float8 as success_count,
        round(sum(success_count)::numeric / nullif(sum(task_count), 0), 4)::float8 as success_rate,
        round(sum(quality_sum) / nullif(sum(task_count), 0), 4)::float8 as average_quality,
        round(sum(latency_sum_ms) / nullif(sum(task_count), 0))::float8 as average_latency_ms
      from agent
    `.execute(tx),
    'statistics',
  );
  return {
    agents: {
      total: row.total,
      active: row.active,
      inactive: row.inactive,
      archived: row.archived,
      available: row.available,
      byModelFamily: row.by_model_family,
    },
    load: {
      activeTasks: row.active_tasks,
      queuedTasks: row.queued_tasks,
      averageUtilizationPercent: row.average_utilization ?? undefined,
    },
    performance: {
      taskCount: row.task_count,
      successCount: row.success_count,
      successRate: row.success_rate ?? undefined,
      averageQuality: row.average_quality ?? undefined,
      averageLatencyMs: row.average_latency_ms ?? undefined,
    },
  };
}
