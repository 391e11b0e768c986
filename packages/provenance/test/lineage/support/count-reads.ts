import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

/**
 * Entries that `work` reads of the tables' indexes, by index, and rows that it reads without one, by table; what statements
 * inside functions read as well.
 */
export async function countReads(
  tx: TenantTransaction,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  // The session's counters also hold what earlier transactions have not reported yet.
  const before = await readCounters(tx, tables);
  await work();
  const after = await readCounters(tx, tables);
  const reads = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(reads.filter(([, count]) => count > 0));
}

async function readCounters(tx: TenantTransaction, tables: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ name: string; reads: number }>`
    select relation.relname as name, pg_stat_get_xact_tuples_returned(relation.oid)::integer as reads
    from unnest(${tables}::text[]::regclass[]) as wanted (id)
    join pg_class as relation
      on relation.oid = wanted.id
      or relation.oid in (select indexrelid from pg_index where indrelid = wanted.id)
  `.execute(tx);
  return new Map(rows.map(({ name, reads }) => [name, reads]));
}
