import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId, Instant, Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';
import type { PerformanceEvent } from './performance-event.ts';

/** A page of events; what is left out does not matter. */
export const PerformanceEventPage = z.strictObject({
  agentId: AgentId.optional(),
  taskType: Text.max(50).optional(),
  /** Recorded then or later. */
  since: Instant.optional(),
  /** Recorded before. */
  until: Instant.optional(),
  limit: z.int().min(1).max(1000).default(100),
  /** `next` of the page before. */
  after: z
    .string()
    .regex(/^-?\d{1,18}\.[0-9a-f-]{36}$/, 'must be `next` of another page')
    .optional(),
});
export type PerformanceEventPage = z.input<typeof PerformanceEventPage>;

interface EventRow {
  readonly id: string;
  readonly agent_id: string;
  readonly task_id: string | null;
  readonly task_type: string | null;
  readonly success: boolean;
  readonly quality: number;
  readonly latency_ms: number;
  readonly tokens_used: number | null;
  readonly recorded_at: Date;
  readonly micros: string;
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
  const [micros, id] = after?.split('.') ?? [];
  const conditions = [
    sql`tenant_id = ${tx.tenantId}`,
    ...(agentId === undefined ? [] : [sql`agent_id = ${agentId}`]),
    ...(taskType === undefined ? [] : [sql`task_type = ${taskType}`]),
    ...(since === undefined ? [] : [sql`recorded_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`recorded_at < ${until}`]),
    // A Date has milliseconds: microseconds tell where the page before ended.
    ...(after === undefined
      ? []
      : [
          sql`(recorded_at, id) < (timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${id}::uuid)`,
        ]),
  ];
  const { rows } = await sql<EventRow>`
    select
      id, agent_id, task_id, task_type, success, quality_score::float8 as quality, latency_ms, tokens_used, recorded_at,
      (extract(epoch from recorded_at) * 1000000)::bigint::text as micros
    from agent_performance_events
    where ${sql.join(conditions, sql` and `)}
    order by recorded_at desc, id desc
    limit ${limit + 1}
  `.execute(tx);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { events: rows.slice(0, limit).map(toEvent), next: last && `${last.micros}.${last.id}` };
}

function toEvent(row: EventRow): PerformanceEvent {
  return {
    id: row.id,
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
