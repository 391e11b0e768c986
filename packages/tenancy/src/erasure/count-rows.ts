import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { TenantTable } from '../transfer/tenant-tables.ts';

/** How many rows a tenant has in each table, in one statement: what cascades and triggers delete counts as well. */
export async function countRows(
  tx: SystemTransaction,
  tables: readonly TenantTable[],
  tenantId: string,
): Promise<ReadonlyMap<string, number>> {
  const counts = tables.map(
    ({ name, sqlName, tenantColumn }) => sql`
      select ${name}::text as name, count(*)::integer as rows
      from ${sql.raw(sqlName)} where ${sql.id(tenantColumn)} = ${tenantId}`,
  );
  const { rows } = await sql<{ name: string; rows: number }>`
    ${sql.join(counts, sql` union all `)}`.execute(tx);
  return new Map(rows.map((row) => [row.name, row.rows]));
}
