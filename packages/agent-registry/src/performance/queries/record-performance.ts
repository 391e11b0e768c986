import { sql, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import { seenAgents } from '../../agents/seen-agents.ts';
import type { PerformanceEventInput } from '../performance-event.ts';

export type EventToRecord = z.output<typeof PerformanceEventInput> & { readonly id: string };

export interface Recorded {
  readonly recorded: number;
  /** Ids of agents that the tenant does not have: then nothing was written. */
  readonly missing: readonly string[];
}

/**
 * Of an agent that is being deleted the profile goes first, then what hangs on it: so the profiles are locked before
 * anything else, as the foreign key would lock them at the end.
 */
export function RECORD_PERFORMANCE(tenantId: string, events: readonly EventToRecord[]): RawBuilder<Recorded> {
  return sql<Recorded>`
    with event as materialized (
      select id, agent_id, task_id, task_type, success, quality, latency_ms, tokens_used, coalesce(at, now()) as at
      from unnest(
        ${events.map((event) => event.id)}::uuid[],
        ${events.map((event) => event.agentId)}::text[],
        ${events.map((event) => event.taskId ?? null)}::text[],
        ${events.map((event) => event.taskType ?? null)}::text[],
        ${events.map((event) => event.success)}::boolean[],
        ${events.map((event) => event.quality)}::numeric[],
        ${events.map((event) => event.latencyMs)}::integer[],
        ${events.map((event) => event.tokensUsed ?? null)}::integer[],
        ${events.map((event) => event.recordedAt ?? null)}::timestamptz[]
      ) as given (id, agent_id, task_id, task_type, success, quality, latency_ms, tokens_used, at)
    ),
    given (agent_id, seen_at) as materialized (
      select agent_id, least(max(at), now()) from event group by agent_id
    ),
    known as materialized (
      select id
      from agent_profiles
      where tenant_id = ${tenantId} and id = any(${[...new Set(events.map((event) => event.agentId))]}::text[])
      order by id
      for key share
    ),
    missing as materialized (
      select agent_id from given where agent_id not in (select id from known)
    ),
    ${seenAgents(tenantId)},
    recorded as (
      insert into agent_performance_events (
        tenant_id, id, agent_id, task_id, task_type, success, quality_score, latency_ms, tokens_used, recorded_at
      )
      select ${tenantId}, id, agent_id, task_id, task_type, success, quality, latency_ms, tokens_used, at
      from event
      where not exists (select from missing)
      order by id
      on conflict (tenant_id, id) do nothing
      returning agent_id, success, quality_score, latency_ms
    ),
    folded as (
      insert into agent_performance_history as history (
        tenant_id, agent_id, task_count, success_count, quality_sum, latency_sum_ms
      )
      select
        ${tenantId}, agent_id, count(*), count(*) filter (where success), sum(quality_score), sum(latency_ms)
      from recorded
      group by agent_id
      order by agent_id
      on conflict (tenant_id, agent_id) do update
      set
        task_count = history.task_count + excluded.task_count,
        success_count = history.success_count + excluded.success_count,
        quality_sum = history.quality_sum + excluded.quality_sum,
        latency_sum_ms = history.latency_sum_ms + excluded.latency_sum_ms
    )
    select
      (select count(*)::integer from recorded) as recorded,
      array(select agent_id from missing) as missing
  `;
}
