import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import type { JsonObject } from '../json-object.ts';
import type { Load } from '../load/load.ts';
import type { AgentPerformance } from '../performance/agent-performance.ts';
import type {} from '../tables.ts';
import type { DeclaredCapabilities } from './declared-capabilities.ts';

/**
 * - `active`: may be given tasks;
 * - `inactive`: switched off, and stays so until somebody switches it on;
 * - `archived`: not seen for long, and active again as soon as it is seen.
 */
export type AgentStatus = 'active' | 'inactive' | 'archived';

export interface Agent {
  readonly id: string;
  readonly name: string;
  /** Family of the model behind it; `human` for people. */
  readonly modelFamily: string;
  readonly status: AgentStatus;
  readonly config: JsonObject;
  readonly capabilities: DeclaredCapabilities;
  readonly load: Load;
  /** Undefined for one that was never registered for tasks, as those that only `putAgents` knows. */
  readonly performance: AgentPerformance | undefined;
  readonly registeredAt: Date;
  readonly lastActiveAt: Date;
  /** When the profile last changed. */
  readonly updatedAt: Date;
}

/** Which agents, as SQL. */
export interface AgentSelection {
  /** A query of the ids among which they are: what an index finds. */
  readonly ids: RawBuilder<unknown>;
  /** Of `profile`, `load` and `history`. */
  readonly filter?: RawBuilder<unknown>;
  /** By columns of an {@link AgentRow}. */
  readonly order: RawBuilder<unknown>;
  readonly limit: number;
}

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly model_family: string;
  readonly status: AgentStatus;
  readonly config: JsonObject;
  readonly task_types: readonly string[];
  readonly languages: readonly string[];
  readonly specializations: readonly string[];
  readonly active_tasks: number;
  readonly queued_tasks: number;
  readonly capacity: number | null;
  readonly utilization_percent: number;
  readonly task_count: number | null;
  readonly success_count: number | null;
  readonly success_rate: number | null;
  readonly average_quality: number | null;
  readonly average_latency_ms: number | null;
  readonly registered_at: Date;
  readonly last_active_at: Date;
  readonly updated_at: Date;
}

/**
 * The tenant's own agents with all that is known of them.
 *
 * **Runs** one statement. Profile, load, history and capabilities are looked up by their keys for each id, one after
 * another until there are enough. The `offset 0` see to that: with the few statistics that it may have, the planner would
 * take any condition for the most selective one, and read whole tables for a page.
 */
export async function selectAgents(
  tx: TenantTransaction,
  { ids, filter = sql`true`, order, limit }: AgentSelection,
): Promise<Agent[]> {
  const { rows } = await sql<AgentRow>`
    select page.*, declared.*
    from (
      select
        candidate.id, profile.name, profile.model_family, profile.status, profile.config,
        coalesce(load.active_tasks, profile.active_tasks) as active_tasks,
        coalesce(load.queued_tasks, profile.queued_tasks) as queued_tasks,
        load.capacity,
        coalesce(load.utilization_percent, profile.utilization_percent)::float8 as utilization_percent,
        history.task_count,
        history.success_count,
        history.success_rate::float8 as success_rate,
        history.average_quality::float8 as average_quality,
        history.average_latency_ms,
        profile.registered_at, profile.last_active_at, profile.updated_at
      from (${ids}) as candidate (id)
      cross join lateral (
        select * from agent_profiles as own where own.tenant_id = ${tx.tenantId} and own.id = candidate.id offset 0
      ) as profile
      left join lateral (
        select * from current_load as own where own.tenant_id = ${tx.tenantId} and own.agent_id = candidate.id offset 0
      ) as load on true
      left join lateral (
        select * from agent_performance_history as own
        where own.tenant_id = ${tx.tenantId} and own.agent_id = candidate.id offset 0
      ) as history on true
      where ${filter}
      order by ${order}
      limit ${limit}
    ) as page
    cross join lateral (
      select
        ${valuesOf('task_type')} as task_types,
        ${valuesOf('language')} as languages,
        ${valuesOf('specialization')} as specializations
      from agent_capabilities as own
      where own.tenant_id = ${tx.tenantId} and own.agent_id = page.id
    ) as declared
    order by ${order}
  `.execute(tx);
  return rows.map(toAgent);
}

function valuesOf(type: string): RawBuilder<string[]> {
  return sql`coalesce(
    array_agg(own.capability_value::text order by own.capability_value) filter (where own.capability_type = ${type}), '{}'
  )`;
}

function toAgent(row: AgentRow): Agent {
  return {
    id: row.id,
    name: row.name,
    modelFamily: row.model_family,
    status: row.status,
    config: row.config,
    capabilities: {
      taskTypes: row.task_types,
      languages: row.languages,
      specializations: row.specializations,
    },
    load: {
      activeTasks: row.active_tasks,
      queuedTasks: row.queued_tasks,
      capacity: row.capacity ?? undefined,
      utilizationPercent: row.utilization_percent,
    },
    performance: toPerformance(row),
    registeredAt: row.registered_at,
    lastActiveAt: row.last_active_at,
    updatedAt: row.updated_at,
  };
}

function toPerformance(row: AgentRow): AgentPerformance | undefined {
  if (row.task_count === null) return undefined;
  return {
    taskCount: row.task_count,
    successCount: row.success_count ?? 0,
    successRate: row.success_rate ?? 0,
    averageQuality: row.average_quality ?? 0,
    averageLatencyMs: row.average_latency_ms ?? 0,
  };
}
