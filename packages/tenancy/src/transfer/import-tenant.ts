import { isDataLayerError, type SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { TenancyError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { layoutOf } from './export-tenant.ts';
import { beginMaintenance } from './maintenance.ts';
import { readRows, writeExactText } from './read-rows.ts';
import { readSchemaVersion } from './schema-version.ts';
import { isSignedBy } from './signed-document.ts';
import { listTenantTables, type TenantTable } from './tenant-tables.ts';
import {
  MANIFEST_KIND,
  TableDigester,
  type TransferHeader,
  type TransferManifest,
} from './transfer-format.ts';
import { TransferReader, type Batch } from './transfer-reader.ts';
import { advanceSequences, RowWriter } from './write-rows.ts';

export interface ImportOptions {
  readonly reason: string;
  /** Whose rows they have to be. Default: whoever's the file says. */
  readonly tenantId?: string | undefined;
  /** 32 raw bytes: then the manifest has to be signed by the holder of this key. */
  readonly trustedKey?: Uint8Array | undefined;
  readonly onProgress?: ((progress: { readonly table: string; readonly rows: number }) => void) | undefined;
}

/**
 * Brings a tenant back from what `exportTenant()` wrote, under its own id: its provenance log is hashed with it. All or
 * nothing, into a database of the same schema that has no such tenant. Afterwards everything is read once more: what a
 * trigger or a default had changed would not have the file's digests.
 *
 * **Runs** inserts of a megabyte each; then the cursors of an export. **Cost** twice the file's size, little memory.
 * @throws {TenancyError} `TRANSFER_DAMAGED` with the line in `details.line`; `SCHEMA_DIFFERS`; `TENANT_EXISTS`;
 *   `IMPORT_REFUSED` for rows that the database does not take or keeps otherwise; `SIGNATURE_INVALID`; `INVALID_INPUT`
 * @example
 * await manager.withSystem('acme moves in', (tx) =>
 *   importTenant(tx, createReadStream('acme.ndjson'), { reason: 'acme moves in' }),
 * );
 */
export async function importTenant(
  tx: SystemTransaction,
  source: AsyncIterable<Uint8Array | string>,
  options: ImportOptions,
): Promise<TransferManifest> {
  const reader = new TransferReader(source);
  const header = await reader.header();
  const tenantId = header.tenant;
  requireTenant(tenantId, options.tenantId);
  const tables = await listTenantTables(tx);
  await requireSchema(tx, header, tables);
  await beginMaintenance(tx, 'import', { tenantId, reason: options.reason });
  await requireAbsent(tx, tenantId);
  await writeExactText(tx);
  await writeAll(tx, { reader, tables, onProgress: options.onProgress });
  const { manifest } = reader;
  if (options.trustedKey !== undefined && !isSignedBy(MANIFEST_KIND, manifest, options.trustedKey))
    throw new TenancyError(
      'SIGNATURE_INVALID',
      'the manifest is not signed by the key that is trusted: nothing was imported',
    );
  await advanceSequences(tx, tables, tenantId);
  await requireSameRows(tx, tables, manifest.body);
  return manifest.body;
}

interface Writing {
  readonly reader: TransferReader;
  readonly tables: readonly TenantTable[];
  readonly onProgress: ImportOptions['onProgress'];
}

async function writeAll(tx: SystemTransaction, { reader, tables, onProgress }: Writing): Promise<void> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const writer = new RowWriter(tx);
  let [written, group]: [number, Lines | undefined] = [0, undefined];
  for await (const batch of reader.batches()) {
    const table = byName.get(batch.table);
    if (table === undefined) throw new Error('a table of the header is not in the catalogue');
    if (group?.table !== batch.table) {
      // What a table that refers to itself has kept waiting.
      if (group !== undefined) await orRefused(writer.finish(), group);
      group = batch;
    }
    await orRefused(writer.write(table, batch.rows), batch);
    group = { ...group, lastLine: batch.lastLine };
    written += batch.rows.length;
    onProgress?.({ table: batch.table, rows: written });
  }
  if (group !== undefined) await orRefused(writer.finish(), group);
}

type Lines = Pick<Batch, 'table' | 'firstLine' | 'lastLine'>;

async function orRefused(write: Promise<void>, { table, firstLine, lastLine }: Lines): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isDataLayerError(error) || error.retryable) throw error;
    throw new TenancyError(
      'IMPORT_REFUSED',
      `lines ${firstLine} to ${lastLine} (${table}): ${error.message}: nothing was imported`,
      { details: { ...error.details, line: firstLine, lastLine }, cause: error },
    );
  }
}

function requireTenant(tenantId: string, expected: string | undefined): void {
  if (expected === undefined || expected === tenantId) return;
  throw new TenancyError(
    'INVALID_INPUT',
    `the export is tenant ${tenantId}'s, and can be no other's: its provenance log is hashed with that id`,
  );
}

async function requireSchema(
  tx: SystemTransaction,
  header: TransferHeader,
  tables: readonly TenantTable[],
): Promise<void> {
  const here = await readSchemaVersion(tx);
  const [exported, applied] = [header.schema, here].map(
    (files) => new Map(files.map((it) => [it.version, it.checksum])),
  );
  const differing = [...header.schema, ...here].find(
    ({ version }) => exported?.get(version) !== applied?.get(version),
  );
  const isSame = canonicalJson(header.tables) === canonicalJson(tables.map(layoutOf));
  if (differing === undefined && isSame) return;
  const difference =
    differing === undefined
      ? 'its tables are others'
      : `migration ${String(differing.version).padStart(3, '0')} is not the same there and here`;
  throw new TenancyError(
    'SCHEMA_DIFFERS',
    `the export is of another schema: ${difference}. Bring both databases to the same migrations and export again`,
  );
}

async function requireAbsent(tx: SystemTransaction, tenantId: string): Promise<void> {
  const { rows } = await sql`select from tenants where id = ${tenantId}`.execute(tx);
  if (rows.length === 0) return;
  throw new TenancyError(
    'TENANT_EXISTS',
    `there is a tenant ${tenantId} already: rows are never mixed. Erase it, or import elsewhere`,
  );
}

async function requireSameRows(
  tx: SystemTransaction,
  tables: readonly TenantTable[],
  manifest: TransferManifest,
): Promise<void> {
  const digests = new TableDigester();
  const expected = new Map(manifest.tables.map((digest) => [digest.table, digest.sha256]));
  for (const table of tables) {
    for await (const rows of readRows(tx, table, manifest.tenant))
      for (const row of rows) digests.add(table.name, row);
    if (digests.of(table.name).sha256 === expected.get(table.name)) continue;
    throw new TenancyError(
      'IMPORT_REFUSED',
      `rows of ${table.name} would not be what they are in the file: a trigger or a default changes them`,
    );
  }
}
