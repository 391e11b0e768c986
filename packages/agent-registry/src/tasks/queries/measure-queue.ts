import { sql, type RawBuilder } from 'kysely';
import type { TaskStatus } from '../task-values.ts';

export interface QueueMeasurement {
  readonly recorded_at: Date;
  readonly queue_depth: number;
  readonly total_enqueued: string;
  readonly total_dequeued: string;
  readonly total_completed: string;
  readonly total_failed: string;
  readonly average_wait_time_ms: number | null;
  readonly max_wait_time_ms: number | null;
  readonly average_processing_time_ms: number | null;
  readonly priority_distribution: Readonly<Record<number, number>>;
  readonly status_distribution: Readonly<Partial<Record<TaskStatus, number>>>;
}

/** See `getQueueStatistics`. Always one row. */
export const MEASURE_QUEUE = (tenantId: string): RawBuilder<QueueMeasurement> => sql`
  with tally as materialized (
    select status, priority, count(*) as tasks, count(dequeued_at) as taken
    from task_queue
    where tenant_id = ${tenantId}
    group by status, priority
  ),
  by_status as (
    select jsonb_object_agg(status, tasks) as distribution
    from (select status, sum(tasks) as tasks from tally group by status) as it
  ),
  by_priority as (
    select jsonb_object_agg(priority, tasks) as distribution from tally where status = 'queued'
  ),
  total as (
    select
      coalesce(sum(tasks), 0)::bigint as enqueued,
      coalesce(sum(taken), 0)::bigint as dequeued,
      coalesce(sum(tasks) filter (where status = 'queued'), 0)::integer as waiting,
      coalesce(sum(tasks) filter (where status = 'completed'), 0)::bigint as completed,
      coalesce(sum(tasks) filter (where status = 'failed'), 0)::bigint as failed
    from tally
  ),
  wait as (
    select
      avg(waited.ms) as average_ms,
      max(waited.ms) as max_ms
    from task_execution_history as attempt
    join task_queue as task on task.tenant_id = attempt.tenant_id and task.task_id = attempt.task_id
    -- Of tasks that are given together each is a microsecond younger than the one before: the last may not be born yet.
    cross join lateral (
      select greatest(extract(epoch from attempt.started_at - task.created_at) * 1000, 0)::double precision as ms
    ) as waited
    where attempt.tenant_id = ${tenantId} and attempt.attempt_number = 1 and attempt.assignment_id is not null
  ),
  processing as (
    select avg(execution_time_ms)::double precision as average_ms
    from task_execution_history
    where tenant_id = ${tenantId}
  )
  select
    clock_timestamp() as recorded_at,
    total.waiting as queue_depth,
    total.enqueued as total_enqueued,
    total.dequeued as total_dequeued,
    total.completed as total_completed,
    total.failed as total_failed,
    wait.average_ms as average_wait_time_ms,
    wait.max_ms as max_wait_time_ms,
    processing.average_ms as average_processing_time_ms,
    coalesce(by_priority.distribution, '{}') as priority_distribution,
    coalesce(by_status.distribution, '{}') as status_distribution
  from total, by_status, by_priority, wait, processing
`;
