import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Count, decimal } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { MEASURE_QUEUE, type QueueMeasurement } from './queries/measure-queue.ts';
import type { TaskStatus } from './task-values.ts';

/** How the queue is doing. */
export interface QueueStatistics {
  readonly recordedAt: Date;
  /** Tasks that wait. */
  readonly queueDepth: number;
  /** Tasks ever given, taken, completed, and given up, as far as they are kept. */
  readonly totalEnqueued: number;
  readonly totalDequeued: number;
  readonly totalCompleted: number;
  readonly totalFailed: number;
  /** From giving a task to its first attempt; undefined before the first. */
  readonly averageWaitTimeMs: number | undefined;
  readonly maxWaitTimeMs: number | undefined;
  /** Of an attempt that has ended; undefined before the first. */
  readonly averageProcessingTimeMs: number | undefined;
  /** Tasks that wait, by priority. */
  readonly priorityDistribution: Readonly<Record<number, number>>;
  readonly statusDistribution: Readonly<Partial<Record<TaskStatus, number>>>;
}

/** What the process that measures knows of itself. */
export const ProcessFigures = z.strictObject({
  memoryUsageMb: decimal(999_999, 2).optional(),
  activeConnections: Count.optional(),
});
export type ProcessFigures = z.input<typeof ProcessFigures>;

/** Measures the queue. **Cost** linear in the tenant's tasks and attempts: for once a minute, not for every request. */
export async function getQueueStatistics(tx: TenantTransaction): Promise<QueueStatistics> {
  return fromRow(await getOne(MEASURE_QUEUE(tx.tenantId).execute(tx), 'measurement'));
}

/**
 * Measures the queue and keeps what it found in `queue_statistics`.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT`.
 */
export async function recordQueueStatistics(
  tx: TenantTransaction,
  figures: ProcessFigures = {},
): Promise<QueueStatistics> {
  const { memoryUsageMb, activeConnections } = parseInput(ProcessFigures, figures, 'the figures');
  const recorded = sql<QueueMeasurement>`
    with measured as materialized (${MEASURE_QUEUE(tx.tenantId)}),
    recorded as (
      insert into queue_statistics (
        tenant_id, recorded_at, queue_depth, total_enqueued, total_dequeued, total_completed, total_failed,
        average_wait_time_ms, max_wait_time_ms, average_processing_time_ms, priority_distribution, status_distribution,
        memory_usage_mb, active_connections
      )
      select
        ${tx.tenantId}, recorded_at, queue_depth, total_enqueued, total_dequeued, total_completed, total_failed,
        -- A bit more than a day is the most that the columns hold.
        least(average_wait_time_ms, 99999999.99),
        max_wait_time_ms::bigint,
        least(average_processing_time_ms, 99999999.99),
        priority_distribution, status_distribution,
        ${memoryUsageMb ?? null}::numeric, ${activeConnections ?? null}::integer
      from measured
    )
    select * from measured
  `.execute(tx);
  return fromRow(await getOne(recorded, 'measurement'));
}

function fromRow(row: QueueMeasurement): QueueStatistics {
  return {
    recordedAt: row.recorded_at,
    queueDepth: row.queue_depth,
    totalEnqueued: Number(row.total_enqueued),
    totalDequeued: Number(row.total_dequeued),
    totalCompleted: Number(row.total_completed),
    totalFailed: Number(row.total_failed),
    averageWaitTimeMs: row.average_wait_time_ms ?? undefined,
    maxWaitTimeMs: row.max_wait_time_ms ?? undefined,
    averageProcessingTimeMs: row.average_processing_time_ms ?? undefined,
    priorityDistribution: row.priority_distribution,
    statusDistribution: row.status_distribution,
  };
}
