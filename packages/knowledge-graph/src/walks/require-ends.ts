import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { GraphError } from '../errors.ts';

/** @throws {GraphError} `AGENT_NOT_FOUND`, which says which of the two. */
export async function requireEnds(
  tx: TenantTransaction,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from agent_profiles where tenant_id = ${tx.tenantId} and id in (${from}, ${to})
  `.execute(tx);
  const known = new Set(rows.map((row) => row.id));
  const missing = Object.entries({ from, to }).flatMap(([end, id]) => (known.has(id) ? [] : [end]));
  if (missing.length > 0)
    throw new GraphError('AGENT_NOT_FOUND', `the tenant has no such agent: ${missing.join(', ')}`);
}
