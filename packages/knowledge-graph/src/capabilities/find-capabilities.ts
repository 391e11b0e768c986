import { findOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { GraphError, parseInput } from '../errors.ts';
import { CAPABILITY_COLUMNS, toCapability, type Capability, type CapabilityRow } from './capability.ts';
import { CapabilityName } from './capability-name.ts';

export const CapabilityId = z.uuid();

/**
 * The capability of an id, whatever its validation status.
 *
 * **Runs** an index lookup.
 * @throws {GraphError} `INVALID_INPUT`, or `CAPABILITY_NOT_FOUND`.
 */
export async function getCapability(tx: TenantTransaction, id: string): Promise<Capability> {
  const capabilityId = parseInput(CapabilityId, id);
  const row = await findOne(
    sql<CapabilityRow>`
      select ${CAPABILITY_COLUMNS} from agent_capabilities_graph as capability
      where tenant_id = ${tx.tenantId} and id = ${capabilityId}
    `.execute(tx),
    'capability of that id',
  );
  if (row === undefined) throw capabilityNotFound();
  return toCapability(row);
}

export function capabilityNotFound(which = ''): GraphError {
  return new GraphError(
    'CAPABILITY_NOT_FOUND',
    `the tenant has no such capability${which}: it never had, or it was merged into another`,
  );
}

/** An agent's capability by a name, in any spelling of one canonical form. */
export const CapabilityQuery = z.strictObject({ agentId: AgentId, name: CapabilityName });
export type CapabilityQuery = z.input<typeof CapabilityQuery>;

/**
 * The capability that an agent has under a name or an alias, whatever its validation status.
 *
 * **Runs** an index lookup, and one of the agent's capabilities that have aliases.
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function findCapability(
  tx: TenantTransaction,
  query: CapabilityQuery,
): Promise<Capability | undefined> {
  const { agentId, name } = parseInput(CapabilityQuery, query);
  const { rows } = await sql<CapabilityRow>`
    with given as materialized (select normalize_entity_name(${name}) as canonical_name)
    select found.*
    from (
      select 'its own' as name, ${CAPABILITY_COLUMNS}
      from agent_capabilities_graph as capability, given
      where capability.tenant_id = ${tx.tenantId}
        and capability.agent_id = ${agentId}
        and capability.canonical_name = given.canonical_name
      union all
      select 'another', ${CAPABILITY_COLUMNS}
      from agent_capabilities_graph as capability, given
      where capability.tenant_id = ${tx.tenantId}
        and capability.agent_id = ${agentId}
        and capability.aliases <> '{}'
        and given.canonical_name in (select normalize_entity_name(alias.name) from unnest(capability.aliases) as alias (name))
    ) as found
    order by found.name = 'its own' desc
    limit 1
  `.execute(tx);
  return rows[0] && toCapability(rows[0]);
}
