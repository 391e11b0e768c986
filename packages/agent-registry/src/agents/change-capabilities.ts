import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { CapabilityColumns } from './declared-capabilities.ts';

/** Adds those that the agent does not declare yet. */
export async function addCapabilities(
  tx: TenantTransaction,
  agentId: string,
  { types, values }: CapabilityColumns,
): Promise<void> {
  if (types.length === 0) return;
  await sql`
    insert into agent_capabilities (tenant_id, agent_id, capability_type, capability_value)
    select ${tx.tenantId}, ${agentId}, type, value
    from unnest(${types}::text[], ${values}::text[]) as added (type, value)
    on conflict (tenant_id, agent_id, capability_type, capability_value) do nothing
  `.execute(tx);
}

/** Removes those that are listed. */
export async function removeCapabilities(
  tx: TenantTransaction,
  agentId: string,
  { types, values }: CapabilityColumns,
): Promise<void> {
  await sql`
    delete from agent_capabilities
    using unnest(${types}::text[], ${values}::text[]) as removed (type, value)
    where tenant_id = ${tx.tenantId}
      and agent_id = ${agentId}
      and capability_type = removed.type
      and capability_value = removed.value
  `.execute(tx);
}

/** Removes those that are not listed. */
export async function keepCapabilities(
  tx: TenantTransaction,
  agentId: string,
  { types, values }: CapabilityColumns,
): Promise<void> {
  await sql`
    delete from agent_capabilities
    where tenant_id = ${tx.tenantId}
      and agent_id = ${agentId}
      and not exists (
        select from unnest(${types}::text[], ${values}::text[]) as kept (type, value)
        where kept.type = capability_type and kept.value = capability_value
      )
  `.execute(tx);
}
