import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { AgentId, Instant, Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';

const MAX_WINDOWS = 10_000;
const MAX_WINDOW_MS = 366 * 86_400_000;

/** Which events are summed up, and what tells the sums apart. */
export const PerformanceQuery = z
  .strictObject({
    agentId: AgentId.optional(),
    taskType: Text.max(50).optional(),
    /** Recorded then or later. */
    since: Instant,
    /** Recorded before. Default: up to the latest. */
    until: Instant.optional(),
    /** One sum for each of these, and not one for all. */
    by: z.array(z.enum(['agent', 'task-type'])).default([]),
    /** One sum for each so many milliseconds from `since` on. Needs `until`; 10,000 windows at most. */
    windowMs: z.int().min(1).max(MAX_WINDOW_MS).optional(),
  })
  .refine(({ since, until }) => until === undefined || since < until, {
    path: ['until'],
    message: 'must be after since',
  })
  .refine(({ windowMs, until }) => windowMs === undefined || until !== undefined, {
    path: ['until'],
    message: 'is needed for windows',
  })
  .refine(
    ({ since, until, windowMs }) =>
      windowMs === undefined ||
      until === undefined ||
      until.getTime() - since.getTime() <= windowMs * MAX_WINDOWS,
    { path: ['windowMs'], message: `makes more than ${MAX_WINDOWS} windows` },
  );
export type PerformanceQuery = z.input<typeof PerformanceQuery>;

/** How tasks went, summed up from their events. */
export interface PerformanceSummary {
  /** With `by: ['agent']`. */
  readonly agentId?: string;
  /** With `by: ['task-type']`; undefined for events that did not tell it. */
  readonly taskType?: string | undefined;
  /** With `windowMs`: when the window begins. */
  readonly windowStart?: Date;
  readonly taskCount: number;
  readonly successCount: number;
  /** 0–1, four decimals. */
  readonly successRate: number;
  /** 0–1, four decimals. */
  readonly averageQuality: number;
  /** Rounded. */
  readonly averageLatencyMs: number;
  /** Half of the tasks took no longer. */
  readonly p50LatencyMs: number;
  /** Of 100 tasks 95 took no longer. */
  readonly p95LatencyMs: number;
  /** Of the events that counted them. */
  readonly tokensUsed: number;
}

interface SummaryRow {
  readonly agent_id: string;
  readonly task_type: string | null;
  readonly window_start: Date;
  readonly task_count: number;
  readonly success_count: number;
  readonly success_rate: number;
  readonly average_quality: number;
  readonly average_latency_ms: number;
  readonly p50_latency_ms: number;
  readonly p95_latency_ms: number;
  readonly tokens_used: number;
}

/**
 * How the tasks of a time went: in all, by agent, by type of task, by window of time, or by several of these. What has no
 * event has no row. In the order of windows, agents and types.
 *
 * Percentiles are values that occur (nearest rank).
 *
 * **Runs** over `idx_agent_performance_events_agent` for one agent, otherwise over
 * `idx_agent_performance_events_recorded_at`. **Cost** the events of that time.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem.
 * @example
 * await listPerformanceStatistics(tx, { since: lastMonday, by: ['agent', 'task-type'] });
 */
export async function listPerformanceStatistics(
  tx: TenantTransaction,
  query: PerformanceQuery,
): Promise<PerformanceSummary[]> {
  const { by, windowMs, ...filter } = parseInput(PerformanceQuery, query, 'the query');
  const keys = [
    ...(windowMs === undefined ? [] : [sql`${windowStart(windowMs, filter.since)} as window_start`]),
    ...(by.includes('agent') ? [sql`agent_id`] : []),
    ...(by.includes('task-type') ? [sql`task_type`] : []),
  ];
  const places = keys.map((_, at) => sql.lit(at + 1));
  const { rows } = await sql<SummaryRow>`
    select
      ${keys.length === 0 ? sql`` : sql`${sql.join(keys)},`}
      count(*)::float8 as task_count,
      (count(*) filter (where success))::float8 as success_count,
      round((count(*) filter (where success))::numeric / count(*), 4)::float8 as success_rate,
      round(avg(quality_score), 4)::float8 as average_quality,
      round(avg(latency_ms))::float8 as average_latency_ms,
      percentile_disc(0.5) within group (order by latency_ms) as p50_latency_ms,
      percentile_disc(0.95) within group (order by latency_ms) as p95_latency_ms,
      coalesce(sum(tokens_used), 0)::float8 as tokens_used
    from agent_performance_events
    where ${sql.join(conditionsOf(tx.tenantId, filter), sql` and `)}
    ${keys.length === 0 ? sql`` : sql`group by ${sql.join(places)}`}
    having count(*) > 0
    ${keys.length === 0 ? sql`` : sql`order by ${sql.join(places)}`}
  `.execute(tx);
  return rows.map((row) => ({
    ...(windowMs === undefined ? {} : { windowStart: row.window_start }),
    ...(by.includes('agent') ? { agentId: row.agent_id } : {}),
    ...(by.includes('task-type') ? { taskType: row.task_type ?? undefined } : {}),
    ...figuresOf(row),
  }));
}

function windowStart(windowMs: number, since: Date): RawBuilder<Date> {
  return sql`date_bin(${windowMs}::float8 * interval '1 millisecond', recorded_at, ${since}::timestamptz)`;
}

type EventFilter = Omit<z.output<typeof PerformanceQuery>, 'by' | 'windowMs'>;

function conditionsOf(
  tenantId: string,
  { agentId, taskType, since, until }: EventFilter,
): RawBuilder<unknown>[] {
  return [
    sql`tenant_id = ${tenantId}`,
    sql`recorded_at >= ${since}`,
    ...(until === undefined ? [] : [sql`recorded_at < ${until}`]),
    ...(agentId === undefined ? [] : [sql`agent_id = ${agentId}`]),
    ...(taskType === undefined ? [] : [sql`task_type = ${taskType}`]),
  ];
}

function figuresOf(row: SummaryRow) {
  return {
    taskCount: row.task_count,
    successCount: row.success_count,
    successRate: row.success_rate,
    averageQuality: row.average_quality,
    averageLatencyMs: row.average_latency_ms,
    p50LatencyMs: row.p50_latency_ms,
    p95LatencyMs: row.p95_latency_ms,
    tokensUsed: row.tokens_used,
  };
}
