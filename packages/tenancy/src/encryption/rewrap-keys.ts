import { sql } from 'kysely';
import type { TenantRows } from './data-keys.ts';
import type { KeyEncryptionKeys } from './key-encryption-keys.ts';

/** Tables with keys that a key-encryption-key of the tenant wraps. */
export type KeyTable = 'tenant_encryption_keys' | 'subject_keys';

/** Who unwraps, and who wraps again. */
export interface Keepers {
  readonly from: KeyEncryptionKeys;
  readonly to: KeyEncryptionKeys;
}

/** Keys that the keepers are asked about at the same time, and one statement writes: a tenant may have many subjects. */
const AT_ONCE = 16;

/** Wraps the tenant's keys of a table again; how many there were. */
export async function rewrapKeys(table: KeyTable, rows: TenantRows, keepers: Keepers): Promise<number> {
  const keys = await lockKeys(table, rows);
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const batch = keys.slice(at, at + AT_ONCE);
    const rewrapped = await Promise.all(batch.map((key) => rewrap(rows.tenantId, key, keepers)));
    await replaceKeys(table, rows, rewrapped);
  }
  return keys.length;
}

interface KeyRow {
  readonly id: string;
  readonly wrapped_key: Buffer;
  readonly kek_id: string;
}

async function lockKeys(table: KeyTable, { tx, tenantId }: TenantRows): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`
    select id, wrapped_key, kek_id
    from ${sql.table(table)}
    where tenant_id = ${tenantId} and wrapped_key is not null
    order by id
    for no key update
  `.execute(tx);
  return rows;
}

async function rewrap(tenantId: string, key: KeyRow, { from, to }: Keepers): Promise<KeyRow> {
  const name = { tenantId, keyId: key.id };
  const bytes = await from.unwrap(name, { kekId: key.kek_id, wrapped: key.wrapped_key });
  const { kekId, wrapped } = await to.wrap(name, bytes).finally(() => bytes.fill(0));
  return { id: key.id, wrapped_key: Buffer.from(wrapped), kek_id: kekId };
}

async function replaceKeys(
  table: KeyTable,
  { tx, tenantId }: TenantRows,
  keys: readonly KeyRow[],
): Promise<void> {
  await sql`
    update ${sql.table(table)} as stored
    set wrapped_key = given.wrapped_key, kek_id = given.kek_id
    from unnest(
      ${keys.map(({ id }) => id)}::uuid[],
      ${keys.map((key) => key.wrapped_key)}::bytea[],
      ${keys.map((key) => key.kek_id)}::text[]
    ) as given (id, wrapped_key, kek_id)
    where stored.tenant_id = ${tenantId} and stored.id = given.id
  `.execute(tx);
}
