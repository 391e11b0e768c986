import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { GraphError, parseInput } from '../errors.ts';
import { CAPABILITY_COLUMNS, toCapability, type Capability, type CapabilityRow } from './capability.ts';
import { CapabilityName } from './capability-name.ts';
import { CapabilityId, capabilityNotFound } from './find-capabilities.ts';
import { lockNames } from './names.ts';

/** Names to add to a capability, or to take from it. */
export const AliasChange = z.strictObject({
  capabilityId: CapabilityId,
  aliases: z.array(CapabilityName).min(1).max(100),
});
export type AliasChange = z.input<typeof AliasChange>;

/**
 * Adds names that a capability goes by as well: whoever demonstrates or looks for one of them means it. A name that it
 * has already, in any spelling of one canonical form, changes nothing.
 *
 * **Runs** a lock that waits for running demonstrations of the tenant, and holds later ones up until the transaction
 * ends; an update by key, after a look at the agent's other capabilities.
 * @throws {GraphError} `INVALID_INPUT` with every problem; `CAPABILITY_NOT_FOUND`; `ALIAS_TAKEN` when it is the name or an
 *   alias of another capability of the agent, whose id is in `details`: merge the two instead.
 */
export async function addCapabilityAliases(tx: TenantTransaction, change: AliasChange): Promise<Capability> {
  const { capabilityId, aliases } = parseInput(AliasChange, change);
  await lockNames(tx, 'alone');
  await refuseTaken(tx, { capabilityId, aliases });
  return update(
    tx,
    capabilityId,
    sql`capability.aliases || array(
      select distinct on (normalize_entity_name(given.name)) given.name
      from unnest(${aliases}::text[]) with ordinality as given (name, place)
      where normalize_entity_name(given.name) <> all (
        capability.canonical_name || array(select normalize_entity_name(name) from unnest(capability.aliases) as name)
      )
      order by normalize_entity_name(given.name), given.place
    )`,
  );
}

/**
 * Takes names from a capability, in any spelling of one canonical form; what is no alias of it is left alone.
 *
 * **Runs** a lock as {@link addCapabilityAliases} does, and an update by key.
 * @throws {GraphError} `INVALID_INPUT` with every problem, or `CAPABILITY_NOT_FOUND`.
 */
export async function removeCapabilityAliases(
  tx: TenantTransaction,
  change: AliasChange,
): Promise<Capability> {
  const { capabilityId, aliases } = parseInput(AliasChange, change);
  await lockNames(tx, 'alone');
  return update(
    tx,
    capabilityId,
    sql`array(
      select alias.name
      from unnest(capability.aliases) with ordinality as alias (name, place)
      where normalize_entity_name(alias.name) not in (select normalize_entity_name(name) from unnest(${aliases}::text[]) as name)
      order by alias.place
    )`,
  );
}

async function refuseTaken(
  tx: TenantTransaction,
  { capabilityId, aliases }: z.output<typeof AliasChange>,
): Promise<void> {
  const { rows } = await sql<{ id: string; place: number }>`
    with given as materialized (
      select normalize_entity_name(alias.name) as name, alias.ordinal::integer - 1 as place
      from unnest(${aliases}::text[]) with ordinality as alias (name, ordinal)
    )
    select other.id, given.place
    from agent_capabilities_graph as capability
    join agent_capabilities_graph as other
      on other.tenant_id = capability.tenant_id and other.agent_id = capability.agent_id and other.id <> capability.id
    join given
      on given.name = other.canonical_name
      or given.name in (select normalize_entity_name(alias.name) from unnest(other.aliases) as alias (name))
    where capability.tenant_id = ${tx.tenantId} and capability.id = ${capabilityId}
    order by given.place
  `.execute(tx);
  const taken = rows[0];
  if (taken === undefined) return;
  throw new GraphError(
    'ALIAS_TAKEN',
    `aliases.${taken.place} is a name or alias of another capability of the agent: merge the two instead`,
    { details: { capabilityId: taken.id } },
  );
}

async function update(
  tx: TenantTransaction,
  capabilityId: string,
  aliases: ReturnType<typeof sql>,
): Promise<Capability> {
  const { rows } = await sql<CapabilityRow>`
    update agent_capabilities_graph as capability
    set aliases = ${aliases}
    where tenant_id = ${tx.tenantId} and id = ${capabilityId}
    returning ${CAPABILITY_COLUMNS}
  `.execute(tx);
  if (rows[0] === undefined) throw capabilityNotFound();
  return toCapability(rows[0]);
}
