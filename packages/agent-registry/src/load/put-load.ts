import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { AgentId, Count } from '../column-values.ts';
import { noSuchAgent, parseInput } from '../errors.ts';
import type {} from '../tables.ts';
import { explainMissingAgent } from './adjust-load.ts';
import {
  IN_ONE_WAY,
  LOAD_COLUMNS,
  setUtilization,
  toLoad,
  Utilization,
  type Load,
  type LoadRow,
} from './load.ts';

/** What an agent says that it is busy with. */
export const LoadInput = Utilization.extend({
  activeTasks: Count,
  queuedTasks: Count.default(0),
}).refine(...IN_ONE_WAY);
export type LoadInput = z.input<typeof LoadInput>;

/**
 * States an agent's load, whatever it was: for agents that count themselves. Where others count, `adjustLoad` loses no change.
 *
 * **Runs** one upsert of one row.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`. Nothing is written.
 */
export async function putLoad(tx: TenantTransaction, agentId: string, load: LoadInput): Promise<Load> {
  const id = parseInput(AgentId, agentId, 'the id');
  const { activeTasks, queuedTasks, ...utilization } = parseInput(LoadInput, load, 'the load');
  const { rows } = await sql<LoadRow>`
    insert into current_load as load (tenant_id, agent_id, active_tasks, queued_tasks, capacity, utilization_percent)
    select
      ${tx.tenantId}, id, ${activeTasks}::integer, ${queuedTasks}::integer, ${utilization.capacity ?? null}::integer,
      coalesce(${utilization.utilizationPercent ?? null}::numeric, utilization_percent)
    from agent_profiles
    where tenant_id = ${tx.tenantId} and id = ${id}
    on conflict (tenant_id, agent_id) do update
    set
      active_tasks = excluded.active_tasks,
      queued_tasks = excluded.queued_tasks,
      ${setUtilization(utilization)}
    returning ${LOAD_COLUMNS}
  `
    .execute(tx)
    .catch(explainMissingAgent);
  const [row] = rows;
  if (row === undefined) throw noSuchAgent();
  return toLoad(row);
}
