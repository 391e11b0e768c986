import type { SystemTransaction } from '@agent-agency/db-core';
import { orderTables } from './order-tables.ts';
import { tenantTables, type TenantTableRow } from './queries/tenant-tables.ts';

/** A column that holds something of its own: what is generated follows from the others. */
export interface TenantColumn {
  readonly name: string;
  /** Its type in SQL, without a length. */
  readonly type: string;
  /** Whether text of it is compared by a collation, which differs from server to server. */
  readonly isCollated: boolean;
  readonly isNullable: boolean;
  /** What numbers its rows, if something does. */
  readonly sequence: string | null;
}

/** A table whose rows belong to tenants. */
export interface TenantTable {
  /** With its schema, unless that is `public`. */
  readonly name: string;
  /** In SQL, always with its schema. */
  readonly sqlName: string;
  /** The column that says whose a row is. */
  readonly tenantColumn: string;
  readonly columns: readonly TenantColumn[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** Tables that its foreign keys or triggers lead to, itself among them if one does. */
  readonly refersTo: readonly string[];
}

/** What triggers ask of rows, as foreign keys do. */
const ASKED_BY_TRIGGERS: Readonly<Record<string, readonly string[]>> = {
  // A node continues the one before it, which need not come first by its key.
  caws_provenance_graph: ['caws_provenance_graph'],
  // The log writes them itself.
  provenance_parents: ['caws_provenance_graph'],
  provenance_refs: ['caws_provenance_graph'],
  provenance_heads: ['caws_provenance_graph'],
  provenance_tiles: ['caws_provenance_graph'],
  // Not beyond the end of the log.
  provenance_checkpoints: ['provenance_heads'],
};

/**
 * Every table whose rows belong to tenants, those that others refer to first. Read from the catalogue: a table that a
 * later migration makes is among them.
 *
 * @throws {TenancyError} `TABLES_CYCLIC`
 */
export async function listTenantTables(tx: SystemTransaction): Promise<TenantTable[]> {
  const { rows } = await tenantTables.execute(tx);
  return orderTables(rows.map(toTable));
}

function toTable({ name, sql_name, tenant_column, columns, key, refers_to }: TenantTableRow): TenantTable {
  return {
    name,
    sqlName: sql_name,
    tenantColumn: tenant_column,
    columns: columns
      .filter((column) => !column.isGenerated)
      .map(({ isGenerated: _isGenerated, ...column }) => column),
    key,
    refersTo: [...refers_to, ...(ASKED_BY_TRIGGERS[name] ?? [])],
  };
}
