import type { TenantTransaction } from '@agent-agency/db-core';
import { TenancyError } from '../errors.ts';
import type {} from '../tables.ts';

/** How many rows of each kind a tenant has. */
export interface TenantStatistics {
  readonly agents: number;
  readonly capabilities: number;
  readonly relationships: number;
  readonly provenanceNodes: number;
  readonly performanceEvents: number;
}

/**
 * What the transaction's tenant has, counted now.
 *
 * **Runs** the view `tenant_statistics`. **Cost** linear in the tenant's rows: for reports, not for every request.
 * @throws {TenancyError} `TENANT_NOT_FOUND`.
 */
export async function getTenantStatistics(tx: TenantTransaction): Promise<TenantStatistics> {
  const row = await tx
    .selectFrom('tenant_statistics')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirst();
  if (row === undefined) throw new TenancyError('TENANT_NOT_FOUND', `there is no tenant ${tx.tenantId}`);
  return {
    agents: Number(row.agent_count),
    capabilities: Number(row.capability_count),
    relationships: Number(row.relationship_count),
    provenanceNodes: Number(row.provenance_count),
    performanceEvents: Number(row.event_count),
  };
}
