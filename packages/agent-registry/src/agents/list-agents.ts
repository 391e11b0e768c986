import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { AgentId, Instant, Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { selectAgents, type Agent } from './agent.ts';
import { IS_AVAILABLE } from './availability.ts';

/** Which agents; what is left out does not matter. */
export const AgentFilter = z
  .strictObject({
    status: z.enum(['active', 'inactive', 'archived']),
    modelFamily: Text.max(50),
    /** Whether it can take a task: active, seen in the last 24 hours, less than 80 percent busy, registered for tasks. */
    available: z.boolean(),
    activeSince: Instant,
  })
  .partial();
export type AgentFilter = z.input<typeof AgentFilter>;

/** A page of agents. */
export const AgentPage = AgentFilter.extend({
  limit: z.int().min(1).max(1000).default(100),
  /** `next` of the page before. */
  after: AgentId.optional(),
});
export type AgentPage = z.input<typeof AgentPage>;

/**
 * A page of the tenant's agents, in the order of their ids.
 *
 * **Runs** over the primary key, from where the page before ended; for agents seen lately over
 * `idx_agent_profiles_last_active` where they are few. **Cost** the page, and the agents before its end that the filter
 * leaves out.
 *
 * @returns `next` to be handed in as `after` for the next page; undefined on the last one.
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem.
 */
export async function listAgents(
  tx: TenantTransaction,
  page: AgentPage = {},
): Promise<{ readonly agents: readonly Agent[]; readonly next: string | undefined }> {
  const { limit, after, ...filter } = parseInput(AgentPage, page, 'the page');
  const found = await selectAgents(tx, {
    ids: sql`${recentIds(tx.tenantId, filter)} and ${after === undefined ? sql`true` : sql`id > ${after}`}`,
    filter: filterOf(filter),
    order: sql`id`,
    limit: limit + 1,
  });
  const agents = found.slice(0, limit);
  return { agents, next: found.length > limit ? agents.at(-1)?.id : undefined };
}

/** Ids of the tenant's agents; where the filter asks for what was seen lately, of those alone. */
export function recentIds(tenantId: string, filter: z.output<typeof AgentFilter>): RawBuilder<unknown> {
  const { available, activeSince } = filter;
  const conditions = [
    sql`tenant_id = ${tenantId}`,
    ...(available === true ? [sql`last_active_at > now() - interval '24 hours'`] : []),
    ...(activeSince === undefined ? [] : [sql`last_active_at >= ${activeSince}`]),
  ];
  return sql`select id from agent_profiles where ${sql.join(conditions, sql` and `)}`;
}

/** The filter over `profile`, `load` and `history`. */
export function filterOf(filter: z.output<typeof AgentFilter>): RawBuilder<unknown> {
  const { status, modelFamily, available, activeSince } = filter;
  const conditions = [
    ...(status === undefined ? [] : [sql`profile.status = ${status}`]),
    ...(modelFamily === undefined ? [] : [sql`profile.model_family = ${modelFamily}`]),
    ...(available === undefined ? [] : [sql`${IS_AVAILABLE} = ${available}`]),
    ...(activeSince === undefined ? [] : [sql`profile.last_active_at >= ${activeSince}`]),
  ];
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** How many agents the tenant has. */
export async function countAgents(tx: TenantTransaction): Promise<number> {
  const row = await tx
    .selectFrom('agent_profiles')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
