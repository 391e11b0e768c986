import type { SystemTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { become } from './maintenance.ts';
import type { TenantTable } from './tenant-tables.ts';

/**
 * Triggers make these when the nodes come, from the nodes: what a file says besides is when the log grew. Were they
 * others than the nodes', the rows would not come out as they are in the file.
 */
const KEPT_BY_TRIGGERS: Readonly<Record<string, RawBuilder<unknown>>> = {
  provenance_heads: sql`on conflict (tenant_id) do update set updated_at = excluded.updated_at`,
  provenance_parents: sql`on conflict do nothing`,
  provenance_refs: sql`on conflict do nothing`,
  provenance_tiles: sql`on conflict do nothing`,
};

/** Puts rows into tables, each a JSON object of texts as `readRows()` gives them. */
export class RowWriter {
  readonly #tx: SystemTransaction;
  #staged: TenantTable | undefined;

  constructor(tx: SystemTransaction) {
    this.#tx = tx;
  }

  /**
   * **Runs** one `insert`. Rows of a table that refers to itself wait in a temporary table for {@link finish}, which
   * comes before another table: which of them comes first is not in their key.
   */
  async write(table: TenantTable, rows: readonly string[]): Promise<void> {
    const objects = `[${rows.join(',')}]`;
    if (!table.refersTo.includes(table.name)) {
      await this.#insert(
        table,
        sql`json_array_elements(${objects}::json) with ordinality as item (object, place)`,
      );
      return;
    }
    if (this.#staged === undefined) {
      await sql`
        create temporary table staged_rows (place bigint generated always as identity, object json not null)
        on commit drop`.execute(this.#tx);
      this.#staged = table;
    }
    await sql`insert into pg_temp.staged_rows (object) select json_array_elements(${objects}::json)`.execute(
      this.#tx,
    );
  }

  /** Writes what waits: in one statement, at whose end every reference has to lead somewhere. */
  async finish(): Promise<void> {
    const table = this.#staged;
    if (table === undefined) return;
    this.#staged = undefined;
    await this.#insert(table, sql`pg_temp.staged_rows as item`);
    await sql`drop table pg_temp.staged_rows`.execute(this.#tx);
  }

  async #insert(table: TenantTable, source: RawBuilder<unknown>): Promise<void> {
    const columns = table.columns.map(({ name }) => sql.id(name));
    const values = table.columns.map(
      ({ name, type }) => sql`(item.object ->> ${name}::text)::${sql.raw(type)}`,
    );
    await sql`
      insert into ${sql.raw(table.sqlName)} (${sql.join(columns)}) overriding system value
      select ${sql.join(values)} from ${source} order by item.place
      ${KEPT_BY_TRIGGERS[table.name] ?? sql``}`.execute(this.#tx);
  }
}

/** Sets what numbers rows past those that came with their number. For the owner, who sees no rows: the tables say. */
export async function advanceSequences(
  tx: SystemTransaction,
  tables: readonly TenantTable[],
  tenantId: string,
): Promise<void> {
  for (const { sqlName, columns, tenantColumn } of tables) {
    for (const { name, sequence } of columns) {
      if (sequence === null) continue;
      const { rows } = await sql<{ last: string | null }>`
        select max(${sql.id(name)})::text as last from ${sql.raw(sqlName)}
        where ${sql.id(tenantColumn)} = ${tenantId}`.execute(tx);
      const last = rows[0]?.last ?? null;
      if (last === null) continue;
      await become(tx, 'agent_agency_owner');
      await sql`
        select setval(${sequence}::regclass, ${last}::bigint)
        from ${sql.raw(sequence)} where last_value <= ${last}::bigint`.execute(tx);
      await become(tx, 'agent_agency_maintenance');
    }
  }
}
