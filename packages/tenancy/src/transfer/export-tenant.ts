import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { TenancyError } from '../errors.ts';
import { beginMaintenance, type MaintenanceInput } from './maintenance.ts';
import { readRows, writeExactText } from './read-rows.ts';
import { readSchemaVersion } from './schema-version.ts';
import { signDocument, type DocumentSigner } from './signed-document.ts';
import { listTenantTables, type TenantTable } from './tenant-tables.ts';
import {
  MANIFEST_KIND,
  openRow,
  RunningDigest,
  TableDigester,
  TRANSFER_FORMAT,
  TRANSFER_VERSION,
  type TransferHeader,
  type TransferManifest,
} from './transfer-format.ts';

export interface ExportOptions extends MaintenanceInput {
  /** Without one the manifest is not signed. */
  readonly signer?: DocumentSigner | undefined;
  /** Called now and then with what is written so far. */
  readonly onProgress?: ((progress: { readonly table: string; readonly rows: number }) => void) | undefined;
}

/**
 * Everything that a tenant has, as lines of JSON: a header, the rows, and a manifest of what was to come. One state of
 * the database; the transaction lasts until the last piece is taken, and the tenant goes on meanwhile.
 *
 * Every value is the text that PostgreSQL itself writes for it (`'infinity'`, `\x00ff`, `[0.1,0.2]`, microseconds, all
 * digits of a number): none becomes a number of this program. What is generated is left out.
 *
 * **Shape** pieces of UTF-8 that hold whole lines, about a megabyte each.
 * **Runs** one cursor a table. **Cost** memory for one piece, however large the tenant.
 * @throws {TenancyError} `INVALID_INPUT` below `repeatable read`, `TENANT_NOT_FOUND`, `SIGNER_FAULTY`
 * @example
 * await manager.withSystem(
 *   'acme moves',
 *   (tx) => pipeline(exportTenant(tx, { tenantId: 'acme', reason: 'acme moves' }), createWriteStream('acme.ndjson')),
 *   { isolationLevel: 'repeatable read', idleInTransactionTimeoutMs: 0, statementTimeoutMs: 0 },
 * );
 */
export async function* exportTenant(
  tx: SystemTransaction,
  { signer, onProgress, ...input }: ExportOptions,
): AsyncGenerator<Buffer> {
  await requireSnapshot(tx);
  const [tables, schema] = [await listTenantTables(tx), await readSchemaVersion(tx)];
  const header: TransferHeader = {
    format: TRANSFER_FORMAT,
    version: TRANSFER_VERSION,
    tenant: input.tenantId,
    schema,
    tables: tables.map(layoutOf),
  };
  await beginMaintenance(tx, 'export', input);
  await writeExactText(tx);
  const running = new RunningDigest();
  const digests = new TableDigester();
  yield Buffer.from(running.seal(JSON.stringify(header).slice(0, -1)));
  for (const table of tables) {
    for await (const rows of readRows(tx, table, input.tenantId)) {
      for (const row of rows) digests.add(table.name, row);
      yield Buffer.from(rows.map((row) => running.seal(openRow(table.name, row))).join(''));
      onProgress?.({ table: table.name, rows: digests.rows });
    }
  }
  const manifest: TransferManifest = {
    ...header,
    createdAt: new Date().toISOString(),
    tables: tables.map((table) => ({ ...layoutOf(table), ...digests.of(table.name) })),
    rows: digests.rows,
    sha256: running.digest(),
  };
  yield Buffer.from(`${JSON.stringify(await signDocument(MANIFEST_KIND, manifest, signer))}\n`);
}

/** A table as a header names it. */
export function layoutOf({ name, columns }: TenantTable): TransferHeader['tables'][number] {
  return { table: name, columns: columns.map((column) => column.name) };
}

async function requireSnapshot(tx: SystemTransaction): Promise<void> {
  const { rows } = await sql<{ level: string }>`
    select current_setting('transaction_isolation') as level`.execute(tx);
  if (rows[0]?.level !== 'read committed') return;
  throw new TenancyError(
    'INVALID_INPUT',
    "an export has to see one state of the database: give withSystem() { isolationLevel: 'repeatable read' }",
  );
}
