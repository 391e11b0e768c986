import { sql, type RawBuilder } from 'kysely';
import type { QueueSettings } from '../queue-settings.ts';

/** A task with its JSON as text. */
export interface TaskToStore {
  readonly id: string;
  readonly type: string;
  readonly description: string;
  readonly priority: number;
  readonly timeoutMs?: number | undefined;
  readonly maxAttempts?: number | undefined;
  readonly maxFiles: number;
  readonly maxLinesOfCode: number;
  readonly requiredCapabilities: string;
  readonly metadata: string;
  readonly availableAt?: Date | undefined;
  readonly deadlineAt?: Date | undefined;
}

interface Found {
  readonly task_id: string;
}

/** See `enqueueTasks`. Answers with those that were new. */
export const INSERT_TASKS = (
  tenantId: string,
  tasks: readonly TaskToStore[],
  { defaultTimeoutMs, maxRetries }: QueueSettings,
): RawBuilder<Found> => sql`
  insert into task_queue (
    tenant_id, task_id, task_type, description, priority, timeout_ms, max_attempts, budget_max_files, budget_max_loc,
    required_capabilities, task_metadata, available_at, deadline_at, created_at
  )
  select
    ${tenantId},
    given.id,
    given.type,
    given.description,
    given.priority,
    coalesce(given.timeout_ms, ${defaultTimeoutMs}),
    coalesce(given.max_attempts, ${maxRetries} + 1),
    given.max_files,
    given.max_loc,
    given.required_capabilities::jsonb,
    given.metadata::jsonb,
    coalesce(given.available_at, clock.at),
    coalesce(given.deadline_at, 'infinity'),
    -- Of those that come together, the first of the call is the oldest.
    clock.at + given.place * interval '1 microsecond'
  from ${givenTasks(tasks)}
  cross join (select clock_timestamp() as at) as clock
  -- So that two callers cannot wait for each other's rows.
  order by given.id collate "C"
  on conflict (tenant_id, task_id) do nothing
  returning task_id
`;

/** Those whose ids stand for something else. */
export const FIND_CONFLICTING_TASKS = (
  tenantId: string,
  tasks: readonly TaskToStore[],
): RawBuilder<Found> => sql`
  -- The tenant is part of what is given, as in the other statements that look rows up by another part.
  with given as materialized (
    select ${tenantId}::text as tenant_id, given.* from ${givenTasks(tasks)}
  )
  select task.task_id
  from given
  join task_queue as task on task.tenant_id = given.tenant_id and task.task_id = given.id
  where
    (
      task.task_type, task.description, task.priority, task.budget_max_files, task.budget_max_loc,
      task.required_capabilities, task.task_metadata,
      task.timeout_ms, task.max_attempts
    ) <> (
      given.type, given.description, given.priority, given.max_files, given.max_loc,
      given.required_capabilities::jsonb, given.metadata::jsonb,
      coalesce(given.timeout_ms, task.timeout_ms), coalesce(given.max_attempts, task.max_attempts)
    )
`;

const givenTasks = (tasks: readonly TaskToStore[]): RawBuilder<unknown> => sql`
  unnest(
    ${tasks.map(({ id }) => id)}::text[],
    ${tasks.map(({ type }) => type)}::text[],
    ${tasks.map(({ description }) => description)}::text[],
    ${tasks.map(({ priority }) => priority)}::integer[],
    ${tasks.map(({ timeoutMs }) => timeoutMs ?? null)}::bigint[],
    ${tasks.map(({ maxAttempts }) => maxAttempts ?? null)}::integer[],
    ${tasks.map(({ maxFiles }) => maxFiles)}::integer[],
    ${tasks.map(({ maxLinesOfCode }) => maxLinesOfCode)}::integer[],
    ${tasks.map(({ requiredCapabilities }) => requiredCapabilities)}::text[],
    ${tasks.map(({ metadata }) => metadata)}::text[],
    ${tasks.map(({ availableAt }) => availableAt ?? null)}::timestamptz[],
    ${tasks.map(({ deadlineAt }) => deadlineAt ?? null)}::timestamptz[]
  ) with ordinality as given (
    id, type, description, priority, timeout_ms, max_attempts, max_files, max_loc, required_capabilities, metadata,
    available_at, deadline_at, place
  )
`;
