import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { TenancyError } from '../errors.ts';

/**
 * Switches whether what a tenant writes from now on is sealed; from then on the database refuses it unsealed. For
 * operators. What is stored already stays as it is, and legible, until {@link resealTenant} has rewritten it.
 *
 * **Runs** `app.set_tenant_encryption()`.
 * @throws {TenancyError} `TENANT_NOT_FOUND`.
 */
export async function setTenantEncryption(
  tx: SystemTransaction,
  tenantId: string,
  isEnabled: boolean,
): Promise<void> {
  const { rows } = await sql<{ was_found: boolean }>`
    select app.set_tenant_encryption(${tenantId}, ${isEnabled}) as was_found
  `.execute(tx);
  if (rows[0]?.was_found !== true) {
    throw new TenancyError('TENANT_NOT_FOUND', `there is no tenant ${tenantId}`);
  }
}
