import { isDataLayerError, TenantContext, type SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, TenancyError } from '../errors.ts';

export const MaintenanceInput = z.object({
  tenantId: TenantContext.shape.tenantId,
  /** Kept for good, whatever happens to the tenant. */
  reason: z.string().max(1000).regex(/\S/, 'has to say why'),
});
export type MaintenanceInput = z.input<typeof MaintenanceInput>;

/** What a transaction may be opened for, as `app.tenant_maintenance` has it. */
export type MaintenanceKind = 'erasure' | 'subject erasure' | 'export' | 'import';

/** Whose rights the statements that follow have; `none`: the login's own. */
export type Role = 'agent_agency_maintenance' | 'agent_agency_owner' | 'agent_agency_service' | 'none';

/**
 * Opens one tenant's rows to this transaction, and goes on with the rights to them and to nothing else.
 *
 * **Runs** `app.begin_tenant_maintenance()`, which locks the tenant against a second one and writes down why.
 * @returns the number of the entry in `app.tenant_maintenance`.
 * @throws {TenancyError} `INVALID_INPUT`, `TENANT_NOT_FOUND`
 */
export async function beginMaintenance(
  tx: SystemTransaction,
  kind: MaintenanceKind,
  input: MaintenanceInput,
): Promise<string> {
  const { tenantId, reason } = parseInput(MaintenanceInput, input, 'the request');
  const begun = sql<{ id: string }>`
    select app.begin_tenant_maintenance(${tenantId}, ${kind}, ${reason})::text as id`.execute(tx);
  const { rows } = await begun.catch((error: unknown) => {
    if (!isDataLayerError(error) || error.details['sqlState'] !== 'AATNF') throw error;
    throw new TenancyError('TENANT_NOT_FOUND', `there is no tenant ${tenantId}`, { cause: error });
  });
  await become(tx, 'agent_agency_maintenance');
  return String(rows[0]?.id);
}

/** Goes on with other rights, until the transaction ends. */
export async function become(tx: SystemTransaction, role: Role): Promise<void> {
  await sql`select set_config('role', ${role}, true)`.execute(tx);
}
