import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { decimal } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { selectAgents, type Agent } from './agent.ts';
import { CapabilityValues, capabilityColumns, type CapabilityColumns } from './declared-capabilities.ts';
import { AgentFilter, filterOf, recentIds } from './list-agents.ts';

/** What an agent has to declare, and how well and how free it has to be; what is left out does not matter. */
export const AgentQuery = AgentFilter.extend({
  /** Default: `active`. */
  status: AgentFilter.shape.status.unwrap().default('active'),
  /** It declares every one of these. */
  allOf: CapabilityValues.default({}),
  /** It declares one of these at least. */
  anyOf: CapabilityValues.default({}),
  /** 0–1, four decimals. Leaves out who was never registered for tasks. */
  minSuccessRate: decimal(1, 4).optional(),
  /** 0–100, two decimals. */
  maxUtilizationPercent: decimal(100, 2).optional(),
  /** What comes first: who succeeds most often, or who is least busy; then the other. */
  orderBy: z.enum(['success-rate', 'load']).default('success-rate'),
  limit: z.int().min(1).max(1000).default(10),
});
export type AgentQuery = z.input<typeof AgentQuery>;

const BY_SUCCESS = sql`success_rate desc nulls last`;
const BY_LOAD = sql`utilization_percent, active_tasks, queued_tasks`;

/** Of two agents that are as good, always the same one comes first. */
const ORDERS = {
  'success-rate': sql`${BY_SUCCESS}, ${BY_LOAD}, id`,
  load: sql`${BY_LOAD}, ${BY_SUCCESS}, id`,
} as const;

/**
 * The best agents for a task, best first.
 *
 * By `success-rate`: the highest success rate, then the lowest utilisation, then the fewest active and the fewest queued
 * tasks, then the id. By `load`: utilisation and tasks before the success rate. Who was never registered for tasks has no
 * rate, and comes last.
 *
 * **Runs** one lookup in `idx_agent_capabilities_type_value` for each value that is asked for. **Cost** linear in the
 * agents that declare the values; without values in the tenant's agents.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem.
 * @example
 * await queryAgents(tx, { allOf: { taskTypes: ['code-review'], languages: ['sql'] }, available: true, limit: 3 });
 */
export async function queryAgents(tx: TenantTransaction, query: AgentQuery = {}): Promise<Agent[]> {
  const { allOf, anyOf, minSuccessRate, maxUtilizationPercent, orderBy, limit, ...filter } = parseInput(
    AgentQuery,
    query,
    'the query',
  );
  const all = capabilityColumns(allOf);
  const any = capabilityColumns(anyOf);
  const conditions = [
    filterOf(filter),
    ...(minSuccessRate === undefined ? [] : [sql`history.success_rate >= ${minSuccessRate}::numeric`]),
    ...(maxUtilizationPercent === undefined
      ? []
      : [
          sql`coalesce(load.utilization_percent, profile.utilization_percent) <= ${maxUtilizationPercent}::numeric`,
        ]),
  ];
  const declarers = [
    ...(all.types.length === 0 ? [] : [declare(tx.tenantId, all, all.types.length)]),
    ...(any.types.length === 0 ? [] : [declare(tx.tenantId, any, 1)]),
  ];
  return selectAgents(tx, {
    ids: declarers.length === 0 ? recentIds(tx.tenantId, filter) : sql.join(declarers, sql` intersect `),
    filter: sql.join(conditions, sql` and `),
    order: ORDERS[orderBy],
    limit,
  });
}

/** Ids of the agents that declare so many of the values at least. */
function declare(tenantId: string, { types, values }: CapabilityColumns, least: number): RawBuilder<unknown> {
  return sql`
    select own.agent_id
    from unnest(${types}::text[], ${values}::text[]) as asked (type, value)
    join agent_capabilities as own
      on own.tenant_id = ${tenantId} and own.capability_type = asked.type and own.capability_value = asked.value
    group by own.agent_id
    having count(*) >= ${least}::integer
  `;
}
