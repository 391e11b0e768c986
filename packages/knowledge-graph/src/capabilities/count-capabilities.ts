import type { TenantTransaction } from '@agent-agency/db-core';
import type { EntityType } from '../generated/tables.ts';
import type {} from '../tables.ts';

/** How many capabilities the tenant has, by type. */
export async function countCapabilities(tx: TenantTransaction): Promise<Partial<Record<EntityType, number>>> {
  const rows = await tx
    .selectFrom('agent_capabilities_graph')
    .select((select) => ['capability_type', select.fn.countAll<string>().as('count')])
    .where('tenant_id', '=', tx.tenantId)
    .groupBy('capability_type')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.capability_type, Number(row.count)]));
}
