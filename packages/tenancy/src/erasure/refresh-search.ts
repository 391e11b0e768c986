import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { become } from '../transfer/maintenance.ts';

/**
 * Fills the materialized search anew, where it is in use: deleted rows live on in it.
 *
 * **Runs** `refresh_hybrid_search_index()`, which does nothing while somebody else is at it: so that is waited for.
 */
export async function refreshSearch(tx: SystemTransaction): Promise<void> {
  const { rows } = await sql<{ isPopulated: boolean }>`
    select relispopulated as "isPopulated" from pg_class
    where oid = to_regclass('public.hybrid_search_materialized')`.execute(tx);
  if (rows[0]?.isPopulated !== true) return;
  await become(tx, 'agent_agency_owner');
  await sql`select pg_advisory_xact_lock(hashtextextended('refresh_hybrid_search_index', 0))`.execute(tx);
  await sql`select refresh_hybrid_search_index()`.execute(tx);
  await become(tx, 'agent_agency_maintenance');
}
