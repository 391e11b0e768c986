import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

/** Whoever gives a name waits here for others of the tenant, until they have committed: before it looks which are free. */
export async function lockNames(tx: TenantTransaction): Promise<void> {
  const lock = `agent-registry/names/${tx.tenantId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
}
