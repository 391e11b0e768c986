import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { decimal, MAX_INTEGER } from '../column-values.ts';

/** What an agent is busy with. */
export interface Load {
  /** Tasks that it works on. */
  readonly activeTasks: number;
  /** Tasks that wait for it. */
  readonly queuedTasks: number;
  /** Tasks that it can work on at once, where that was stated. */
  readonly capacity: number | undefined;
  /** 0–100. With a capacity, `activeTasks` in percent of it, at most 100; otherwise what was last given. */
  readonly utilizationPercent: number;
}

/** How busy an agent is, in one of two ways; what was said last counts. */
export const Utilization = z
  .strictObject({
    /** 0–100, two decimals: stays until another is given, and takes a capacity away. */
    utilizationPercent: decimal(100, 2),
    /** Tasks that the agent can work on at once: every change of the load computes the utilisation from it. */
    capacity: z.int().min(1).max(MAX_INTEGER),
  })
  .partial();

export const IN_ONE_WAY = [
  (given: z.output<typeof Utilization>) =>
    given.utilizationPercent === undefined || given.capacity === undefined,
  'states utilizationPercent or capacity, not both',
] as const;

export interface LoadRow {
  readonly active_tasks: number;
  readonly queued_tasks: number;
  readonly capacity: number | null;
  readonly utilization_percent: number;
}

export const LOAD_COLUMNS = sql`
  load.active_tasks, load.queued_tasks, load.capacity, load.utilization_percent::float8 as utilization_percent
`;

export function toLoad(row: LoadRow): Load {
  return {
    activeTasks: row.active_tasks,
    queuedTasks: row.queued_tasks,
    capacity: row.capacity ?? undefined,
    utilizationPercent: row.utilization_percent,
  };
}

/** The two columns of an update; where neither is given both stay. A trigger computes the utilisation of a capacity. */
export function setUtilization(given: z.output<typeof Utilization>): RawBuilder<unknown> {
  const { utilizationPercent = null, capacity = null } = given;
  return sql`
    capacity = case
      when ${utilizationPercent}::numeric is null then coalesce(${capacity}::integer, load.capacity)
    end,
    utilization_percent = coalesce(${utilizationPercent}::numeric, load.utilization_percent)
  `;
}
