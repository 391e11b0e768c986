import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { CapabilityKey } from './capability.ts';

/**
 * Names of a tenant's capabilities and their aliases are one namespace an agent, which no key of the table spans. Who only
 * adds names under the rules takes it together with others; who moves a name takes it alone. Until the transaction ends:
 * one that does both moves names first, or two of them wait for each other and one has to run again.
 */
export async function lockNames(tx: TenantTransaction, how: 'together' | 'alone'): Promise<void> {
  const lock = `knowledge-graph/capability-names/${tx.tenantId}`;
  const take = sql.ref(how === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared');
  await sql`select ${take}(hashtextextended(${lock}, 0))`.execute(tx);
}

/** The names that capabilities are called by of which a given name is an alias, by the place of the given one. */
export async function resolveAliases(
  tx: TenantTransaction,
  given: readonly { readonly agentId: string; readonly name: string }[],
): Promise<Map<number, string>> {
  const agentIds = given.map((row) => row.agentId);
  const names = given.map((row) => row.name);
  const { rows } = await sql<{ place: number; name: string }>`
    with aliased as materialized (
      select capability.agent_id, capability.capability_name, normalize_entity_name(alias.name) as alias
      from unnest(${[...new Set(agentIds)]}::text[]) as agent (id)
      cross join lateral (
        select agent_id, capability_name, aliases
        from agent_capabilities_graph
        where tenant_id = ${tx.tenantId} and agent_id = agent.id and aliases <> '{}'
        offset 0
      ) as capability
      cross join unnest(capability.aliases) as alias (name)
    )
    select given.ordinal::integer - 1 as place, aliased.capability_name as name
    from (
      select given.*, normalize_entity_name(given.name) as canonical_name
      from unnest(${agentIds}::text[], ${names}::text[]) with ordinality as given (agent_id, name, ordinal)
      -- Nobody has an alias, mostly: no name is normalized then.
      where (select count(*) from aliased) > 0
    ) as given
    join aliased on aliased.agent_id = given.agent_id and aliased.alias = given.canonical_name
    where not exists (
      select from agent_capabilities_graph as own
      where own.tenant_id = ${tx.tenantId}
        and own.agent_id = given.agent_id
        and own.canonical_name = given.canonical_name
    )
  `.execute(tx);
  return new Map(rows.map((row) => [row.place, row.name]));
}

/** One string for a key, to look it up by. */
export function textOfKey({ agentId, canonicalName }: CapabilityKey): string {
  return JSON.stringify([agentId, canonicalName]);
}
