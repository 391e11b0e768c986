import { createHash } from 'node:crypto';
import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import type { SensitiveColumn } from './sensitive-columns.ts';
import { SENSITIVE_COLUMNS } from './sensitive-columns.ts';
import { openText, sealedText } from './stored-text.ts';
import { leaveOpen, sealedPrefix } from './stored-value.ts';
import { createTenantCipher, type TenantCipher } from './tenant-cipher.ts';
import type { TenantKeyRing } from './tenant-key-ring.ts';

/** Opens a transaction of the tenant, such as `(work) => manager.withTenant({ tenantId }, work)`. */
export type InTenant = <T>(work: (tx: TenantTransaction) => Promise<T>) => Promise<T>;

export interface Resealed {
  readonly table: string;
  readonly column: string;
  /** How many values were written in another form. */
  readonly resealed: number;
}

/**
 * Brings all values of sensitive columns into the form that they would be written in now: sealed with the active key, or
 * open where encryption is off. After a rotation, and after encryption is switched.
 *
 * Interrupted anywhere, it is simply started again: what it has done is not done twice. Others go on reading and writing.
 *
 * **Runs** batches in transactions of their own. Rows of a batch are locked until it is committed.
 * **Cost** one pass over the tenant's rows.
 * @throws {TenancyError} `VALUE_UNREADABLE`, `KEY_DESTROYED` for the first value that cannot be opened: it names the row,
 *   and everything before it is done.
 */
export async function resealTenant(
  inTenant: InTenant,
  keyRing: TenantKeyRing,
  options: { readonly columns?: readonly SensitiveColumn[]; readonly batchSize?: number } = {},
): Promise<Resealed[]> {
  const { columns = SENSITIVE_COLUMNS, batchSize = 50 } = options;
  const report: Resealed[] = [];
  for (const column of columns) {
    let resealed = 0;
    let after: string | undefined;
    do {
      const place = after;
      const batch = await inTenant((tx) =>
        resealBatch(tx, keyRing, {
          column,
          limit: batchSize,
          ...(place === undefined ? {} : { after: place }),
        }),
      );
      resealed += batch.resealed;
      after = batch.next;
    } while (after !== undefined);
    report.push({ table: column.table, column: column.column, resealed });
  }
  return report;
}

/** A part of a column. */
export interface ResealBatch {
  readonly column: SensitiveColumn;
  /** Rows at most. */
  readonly limit: number;
  /** Where the batch before it ended. */
  readonly after?: string;
}

/** One batch of {@link resealTenant}; `next` says where to go on, and is missing at the end. */
export async function resealBatch(
  tx: TenantTransaction,
  keyRing: TenantKeyRing,
  batch: ResealBatch,
): Promise<{ readonly resealed: number; readonly next: string | undefined }> {
  const cipher = createTenantCipher(tx, keyRing);
  const { column, limit } = batch;
  const rows = await lockOutdated(tx, batch, await cipher.sealingKeyId());
  const values: (string | Buffer)[] = [];
  for (const { row, stored } of rows) values.push(await resealValue(cipher, { column, row }, stored));
  if (rows.length > 0) {
    await replaceValues(
      tx,
      column,
      rows.map(({ row }, at) => ({ row, value: values[at] ?? '' })),
    );
  }
  return { resealed: rows.length, next: rows.length < limit ? undefined : rows.at(-1)?.row };
}

interface StoredRow {
  readonly row: string;
  readonly stored: string | Buffer;
}

/** Rows whose value has not the form of a new one, in the order of their keys. */
async function lockOutdated(
  tx: TenantTransaction,
  { column, limit, after }: ResealBatch,
  keyId: string | undefined,
): Promise<StoredRow[]> {
  const [value, key] = [sql.ref(column.column), sql.ref(column.rowColumn)];
  const { rows } = await sql<StoredRow>`
    select ${key}::text as row, ${value} as stored
    from ${sql.table(column.table)}
    where tenant_id = ${tx.tenantId}
      and ${value} is not null
      and ${after === undefined ? sql`true` : sql`${key} > ${after}::${sql.raw(column.rowType)}`}
      and not ${beginsWith(column, keyId === undefined ? openMark(column) : sealMark(column, keyId))}
    order by ${key}
    limit ${limit}
    for no key update
  `.execute(tx);
  return rows;
}

async function resealValue(
  cipher: TenantCipher,
  { column, row }: { readonly column: SensitiveColumn; readonly row: string },
  stored: string | Buffer,
): Promise<string | Buffer> {
  const place = { table: column.table, column: column.column, row };
  return typeof stored === 'string'
    ? cipher.sealText(place, await cipher.openText(place, stored))
    : cipher.sealBytes(place, await cipher.openBytes(place, stored));
}

async function replaceValues(
  tx: TenantTransaction,
  column: SensitiveColumn,
  rows: readonly { readonly row: string; readonly value: string | Buffer }[],
): Promise<void> {
  const checksums = rows.map(({ value }) => createHash('sha256').update(value).digest('hex'));
  const checksum =
    column.checksumColumn === undefined ? sql`` : sql`, ${sql.ref(column.checksumColumn)} = given.checksum`;
  await sql`
    update ${sql.table(column.table)} as stored
    set ${sql.ref(column.column)} = given.value ${checksum}
    from unnest(
      ${rows.map(({ row }) => row)}::text[],
      ${rows.map(({ value }) => value)}::${sql.raw(column.form === 'text' ? 'text' : 'bytea')}[],
      ${checksums}::text[]
    ) as given (row, value, checksum)
    where stored.tenant_id = ${tx.tenantId}
      and stored.${sql.ref(column.rowColumn)} = given.row::${sql.raw(column.rowType)}
  `.execute(tx);
}

/** How many values of a column a key sealed, also outside of the database. */
export async function countSealedWith(
  tx: TenantTransaction,
  column: SensitiveColumn,
  keyId: string,
): Promise<number> {
  const { outsideKeyColumn } = column;
  const isOutside =
    outsideKeyColumn === undefined ? sql`false` : sql`${sql.ref(outsideKeyColumn)} = ${keyId}`;
  const { rows } = await sql<{ count: string }>`
    select count(*) from ${sql.table(column.table)}
    where tenant_id = ${tx.tenantId} and (${beginsWith(column, sealMark(column, keyId))} or ${isOutside})
  `.execute(tx);
  return Number(rows[0]?.count);
}

const openMark = ({ form }: SensitiveColumn): string | Buffer =>
  form === 'text' ? openText('') : leaveOpen(Buffer.alloc(0));

const sealMark = ({ form }: SensitiveColumn, keyId: string): string | Buffer =>
  // 21 bytes are 28 letters of base64: what follows does not change them.
  form === 'text' ? sealedText(sealedPrefix(keyId)) : sealedPrefix(keyId);

function beginsWith({ column, form }: SensitiveColumn, mark: string | Buffer): RawBuilder<boolean> {
  return sql`(substr(${sql.ref(column)}, 1, ${mark.length}) = ${mark}::${sql.raw(form === 'text' ? 'text' : 'bytea')})`;
}
