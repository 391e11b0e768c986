import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

/**
 * Waits for everybody who has put rows into the tenant, and lets nobody else: the foreign key of every table wants the
 * tenant's row to itself for a moment. What is deleted afterwards is everything.
 *
 * @returns whether the tenant is suspended.
 */
export async function lockTenant(tx: SystemTransaction, tenantId: string): Promise<boolean> {
  const { rows } = await sql<{ is_suspended: boolean }>`
    select suspended_at is not null as is_suspended from tenants where id = ${tenantId} for update`.execute(
    tx,
  );
  return rows[0]?.is_suspended === true;
}
