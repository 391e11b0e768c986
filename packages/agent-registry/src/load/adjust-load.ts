import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId, MAX_INTEGER } from '../column-values.ts';
import { AgentRegistryError, noSuchAgent, parseInput } from '../errors.ts';
import type {} from '../tables.ts';
import {
  IN_ONE_WAY,
  LOAD_COLUMNS,
  setUtilization,
  toLoad,
  Utilization,
  type Load,
  type LoadRow,
} from './load.ts';

const Change = z.int().min(-MAX_INTEGER).max(MAX_INTEGER).default(0);

/** By how much a load changes. */
export const LoadChange = Utilization.extend({
  active: Change,
  queued: Change,
}).refine(...IN_ONE_WAY);
export type LoadChange = z.input<typeof LoadChange>;

/**
 * Adds to an agent's load: `{ active: 1, queued: -1 }` when it begins with a task that waited for it. However many change
 * it at once, no change is lost.
 *
 * **Runs** one upsert of one row, in whose turn the others wait. An agent without a load begins with the figures of its
 * profile. It is no activity: whoever plans work for an agent does not know whether it is alive.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`; `LOAD_OUT_OF_RANGE` when a number would
 *   go below zero, or beyond 2,147,483,647. Nothing is written.
 */
export async function adjustLoad(tx: TenantTransaction, agentId: string, change: LoadChange): Promise<Load> {
  const id = parseInput(AgentId, agentId, 'the id');
  const { active, queued, ...utilization } = parseInput(LoadChange, change, 'the change');
  const fits = (of: 'load' | 'profile') => sql`(
    ${sql.ref(of)}.active_tasks + ${active}::bigint between 0 and ${MAX_INTEGER}::bigint
    and ${sql.ref(of)}.queued_tasks + ${queued}::bigint between 0 and ${MAX_INTEGER}::bigint
  )`;
  // What is proposed for an agent that has a load is not looked at, but it has to be a row that could be stored.
  const { rows } = await sql<Partial<LoadRow> & { known: boolean }>`
    with profile as materialized (
      select id, active_tasks, queued_tasks, utilization_percent
      from agent_profiles
      where tenant_id = ${tx.tenantId} and id = ${id}
    ),
    changed as (
      insert into current_load as load (tenant_id, agent_id, active_tasks, queued_tasks, capacity, utilization_percent)
      select
        ${tx.tenantId},
        id,
        least(greatest(active_tasks + ${active}::bigint, 0), ${MAX_INTEGER}::bigint),
        least(greatest(queued_tasks + ${queued}::bigint, 0), ${MAX_INTEGER}::bigint),
        ${utilization.capacity ?? null}::integer,
        coalesce(${utilization.utilizationPercent ?? null}::numeric, utilization_percent)
      from profile
      where ${fits('profile')}
        or exists (select from current_load as own where own.tenant_id = ${tx.tenantId} and own.agent_id = ${id})
      on conflict (tenant_id, agent_id) do update
      set
        active_tasks = load.active_tasks + ${active}::integer,
        queued_tasks = load.queued_tasks + ${queued}::integer,
        ${setUtilization(utilization)}
      where ${fits('load')}
      returning ${LOAD_COLUMNS}
    )
    select exists (select from profile) as known, changed.*
    from (values (1)) as always
    left join changed on true
  `
    .execute(tx)
    .catch(explainMissingAgent);
  const [row] = rows;
  if (!row?.known) throw noSuchAgent();
  if (isLoad(row)) return toLoad(row);
  throw new AgentRegistryError(
    'LOAD_OUT_OF_RANGE',
    'the load would go below zero or beyond what is counted: read it, and change it by what is there',
  );
}

function isLoad(row: Partial<LoadRow>): row is LoadRow {
  return typeof row.active_tasks === 'number';
}

/** Somebody unregisters the agent at this moment. */
export function explainMissingAgent(error: unknown): never {
  const isMissing =
    isDataLayerError(error, 'FOREIGN_KEY_VIOLATION') &&
    error.details['constraint'] === 'current_load_agent_id_fkey';
  throw isMissing ? noSuchAgent(error) : error;
}
