import { cutPage, isBehind, type PlacedRow, placeOf, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { AgentId, Instant, Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { Page } from '../page.ts';
import type {} from '../tables.ts';
import type { PerformanceEvent } from './performance-event.ts';

/** A page of events; what is left out does not matter. */
export const PerformanceEventPage = Page.extend({
  agentId: AgentId.optional(),
  taskType: Text.max(50).optional(),
  /** Recorded then or later. */
  since: Instant.optional(),
  /** Recorded before. */
  until: Instant.optional(),
});
export type PerformanceEventPage = z.input<typeof PerformanceEventPage>;

interface EventRow extends PlacedRow {
  readonly agent_id: string;
  readonly task_id: string | null;
  readonly task_type: string | null;
  readonly success: boolean;
  readonly quality: number;
  readonly latency_ms: number;
  readonly tokens_used: number | null;
  readonly recorded_at: Date;
}

/**
 * A page of performance events, the latest first.
 *
 * **Runs** over `idx_agent_performance_events_agent` for one agent, otherwise over
 * `idx_agent_performance_events_recorded_at`. **Cost** the page, and the events before its end that the task type leaves out.
 *
 * @returns `next` to be handed in as `after` for the next page; undefined on the last one.
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem.
 */
export async function listPerformanceEvents(
  tx: TenantTransaction,
  page: PerformanceEventPage = {},
): Promise<{ readonly events: readonly PerformanceEvent[]; readonly next: string | undefined }> {
  const { limit, after, agentId, taskType, since, until } = parseInput(
    PerformanceEventPage,
    page,
    'the page',
  );
  const instant = sql`recorded_at`;
  const conditions = [
    sql`tenant_id = ${tx.tenantId}`,
    ...(agentId === undefined ? [] : [sql`agent_id = ${agentId}`]),
    ...(taskType === undefined ? [] : [sql`task_type = ${taskType}`]),
    ...(since === undefined ? [] : [sql`recorded_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`recorded_at < ${until}`]),
    isBehind(instant, after),
  ];
  const found = await sql<EventRow>`
    select
      agent_id, task_id, task_type, success, quality_score::float8 as quality, latency_ms, tokens_used, recorded_at,
      ${placeOf(instant)}
    from agent_performance_events
    where ${sql.join(conditions, sql` and `)}
    order by recorded_at desc, id desc
    limit ${limit + 1}
  `.execute(tx);
  const { rows, next } = cutPage(found.rows, limit);
  return { events: rows.map(toEvent), next };
}

function toEvent(row: EventRow): PerformanceEvent {
  return {
    id: row.row_id,
    agentId: row.agent_id,
    taskId: row.task_id ?? undefined,
    taskType: row.task_type ?? undefined,
    success: row.success,
    quality: row.quality,
    latencyMs: row.latency_ms,
    tokensUsed: row.tokens_used ?? undefined,
    recordedAt: row.recorded_at,
  };
}
