import type { SystemTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import type { TenantTable } from './tenant-tables.ts';

/** What one answer of the server should have at most: enough to forget the round trip, little to keep in memory. */
const ANSWER_BYTES = 1 << 20;
const FIRST_ROWS = 16;
const MOST_ROWS = 2000;

/** How values are written. Each type's own output function writes them and its input function reads them back exactly. */
const EXACT_TEXT = sql`
  select
    set_config('DateStyle', 'ISO, YMD', true),
    set_config('IntervalStyle', 'postgres', true),
    set_config('TimeZone', 'UTC', true),
    set_config('extra_float_digits', '1', true),
    set_config('bytea_output', 'hex', true)`;

export async function writeExactText(tx: SystemTransaction): Promise<void> {
  await EXACT_TEXT.execute(tx);
}

/**
 * A tenant's rows of a table, a few at a time: each as a JSON object of texts and nulls, in the order of the primary key
 * by bytes, which is the same on every server.
 *
 * **Runs** a cursor. **Cost** the server sorts where the key holds text; memory here is that of one answer.
 */
export async function* readRows(
  tx: SystemTransaction,
  table: TenantTable,
  tenantId: string,
): AsyncGenerator<string[]> {
  await sql`declare tenant_rows no scroll cursor for ${rowsOf(table, tenantId)}`.execute(tx);
  for (let count = FIRST_ROWS; ;) {
    const { rows } = await sql<{ line: string }>`fetch ${sql.lit(count)} from tenant_rows`.execute(tx);
    const lines = rows.map((row) => row.line);
    if (lines.length > 0) yield lines;
    if (lines.length < count) break;
    const average = lines.reduce((total, line) => total + line.length, 0) / lines.length;
    count = Math.min(MOST_ROWS, Math.max(1, Math.floor(ANSWER_BYTES / average)));
  }
  await sql`close tenant_rows`.execute(tx);
}

function rowsOf(table: TenantTable, tenantId: string): RawBuilder<unknown> {
  const texts = table.columns.map(({ name }) => {
    const column = sql.id('item', name);
    return sql`case when ${column} is not null then format('%s', ${column}) end as ${sql.id(name)}`;
  });
  const collated = new Set(table.columns.filter((column) => column.isCollated).map(({ name }) => name));
  const order = table.key.map((name) =>
    collated.has(name) ? sql`${sql.id('item', name)} collate "C"` : sql.id('item', name),
  );
  return sql`
    select row_to_json(row)::text as line
    from ${sql.raw(table.sqlName)} as item
    cross join lateral (select ${sql.join(texts)}) as row
    where ${sql.id('item', table.tenantColumn)} = ${tenantId}
    order by ${sql.join(order)}`;
}
