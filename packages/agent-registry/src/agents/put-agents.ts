import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId, Instant, Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';
import { lockNames } from './lock-names.ts';
import { assignNames, candidateNames } from './names.ts';

/** An agent to store. Names are unique in a tenant; a second agent of the same name gets a suffix from its id. */
export const AgentInput = z.strictObject({
  id: AgentId,
  name: Text.max(246),
  /** Family of the model behind it; `human` for people. */
  modelFamily: Text.max(50),
  lastActiveAt: Instant,
});
export type AgentInput = z.infer<typeof AgentInput>;

/**
 * Stores agents that are new, and moves `lastActiveAt` of known ones forward; their name and model family stay. One that
 * is archived and was active later than was known is active again. Returns how many were new.
 *
 * **Shape** no id twice. **Runs** a lookup, an insert from `unnest` and, if there are new agents, between them a lock
 * on the giving of names in the tenant, which ends with the transaction. **Cost** linear.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; nothing is written.
 */
export async function putAgents(
  tx: TenantTransaction,
  agents: readonly AgentInput[],
): Promise<{ created: number }> {
  const given = parseInput(Agents, [...agents], 'these agents');
  if (given.length === 0) return { created: 0 };
  const names = await nameNewAgents(tx, given);
  // In the order of the ids, so that two callers cannot wait for each other's rows.
  const { rows } = await sql<{ is_new: boolean }>`
    insert into agent_profiles as agent (tenant_id, id, name, model_family, registered_at, last_active_at)
    select ${tx.tenantId}, id, name, model_family, now(), last_active_at
    from unnest(
      ${given.map((agent) => agent.id)}::text[],
      ${given.map((agent) => names.get(agent.id) ?? agent.name)}::text[],
      ${given.map((agent) => agent.modelFamily)}::text[],
      ${given.map((agent) => agent.lastActiveAt)}::timestamptz[]
    ) as given (id, name, model_family, last_active_at)
    order by id
    on conflict (tenant_id, id) do update
    set
      last_active_at = excluded.last_active_at,
      status = case agent.status when 'archived' then 'active' else agent.status end
    where agent.last_active_at < excluded.last_active_at
    returning agent.xmax = 0 as is_new
  `.execute(tx);
  return { created: rows.filter((row) => row.is_new).length };
}

/** Names for the agents that are not stored yet, by id. */
async function nameNewAgents(
  tx: TenantTransaction,
  given: readonly AgentInput[],
): Promise<Map<string, string>> {
  const ids = given.map((agent) => agent.id);
  const known = await sql<{ id: string }>`
    select id from agent_profiles where tenant_id = ${tx.tenantId} and id = any(${ids}::text[])
  `.execute(tx);
  const knownIds = new Set(known.rows.map((row) => row.id));
  const fresh = given.filter((agent) => !knownIds.has(agent.id));
  if (fresh.length === 0) return new Map();
  // Before the names are looked up: a caller that gives one at the same moment would not be seen.
  await lockNames(tx);
  const taken = await sql<{ name: string }>`
    select name
    from agent_profiles
    where tenant_id = ${tx.tenantId} and name = any(${fresh.flatMap(candidateNames)}::text[])
  `.execute(tx);
  return assignNames(fresh, new Set(taken.rows.map((row) => row.name)));
}

const Agents = z.array(AgentInput).superRefine((agents, context) => {
  const places = new Map<string, number>();
  for (const [place, { id }] of agents.entries()) {
    const first = places.get(id);
    if (first === undefined) places.set(id, place);
    else context.addIssue({ code: 'custom', path: [place, 'id'], message: `is the id of ${first} as well` });
  }
});
