import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { ownRows, type StoredKey, type TenantRows } from './data-keys.ts';
import type { TenantKeyRing } from './tenant-key-ring.ts';

/**
 * A subject's key, if it has one, which then stays until the transaction has ended: whoever destroys it waits, and then
 * destroys it for what was sealed meanwhile as well.
 */
export async function lockSubjectKey(
  { tx, tenantId }: TenantRows,
  subjectSha256: string,
): Promise<StoredKey | undefined> {
  const { rows } = await sql<{ id: string; wrapped_key: Buffer; kek_id: string }>`
    select id, wrapped_key, kek_id
    from subject_keys
    where tenant_id = ${tenantId} and subject_sha256 = ${subjectSha256}
    for share
  `.execute(tx);
  const [row] = rows;
  return row && { id: row.id, wrapped: { kekId: row.kek_id, wrapped: row.wrapped_key } };
}

/** Makes a key for a subject, unless it has one: then somebody else has made it at the same moment. */
export async function insertSubjectKey(
  { tx, tenantId }: TenantRows,
  keyRing: TenantKeyRing,
  subjectSha256: string,
): Promise<void> {
  const { keyId, kekId, wrapped } = await keyRing.generate(tenantId);
  await sql`
    insert into subject_keys (tenant_id, id, subject_sha256, wrapped_key, kek_id)
    values (${tenantId}, ${keyId}, ${subjectSha256}, ${Buffer.from(wrapped)}, ${kekId})
    on conflict do nothing
  `.execute(tx);
}

/** A subject's key by its id; undefined if the tenant has none of that id. */
export async function findSubjectKey(
  { tx, tenantId }: TenantRows,
  keyId: string,
): Promise<StoredKey | 'destroyed' | undefined> {
  const { rows } = await sql<{ wrapped_key: Buffer | null; kek_id: string }>`
    select wrapped_key, kek_id from subject_keys where tenant_id = ${tenantId} and id = ${keyId}
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { wrapped_key: wrapped, kek_id: kekId } = row;
  return wrapped === null ? 'destroyed' : { id: keyId, wrapped: { kekId, wrapped } };
}

/** Forgets the wrapped form of one subject's key, or of all, and whose they were; the ids of these keys. */
export async function eraseSubjectKeys(
  { tx, tenantId }: TenantRows,
  subjectSha256?: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update subject_keys
    set wrapped_key = null, subject_sha256 = null, destroyed_at = now()
    where tenant_id = ${tenantId}
      and subject_sha256 ${subjectSha256 === undefined ? sql`is not null` : sql`= ${subjectSha256}`}
    returning id
  `.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * Destroys a subject's key, for good: whatever was sealed for it is unreadable from the commit on, and no byte of it
 * changes. A receipt of erasure has what to call the subject, so this also repeats it in a database that was restored
 * from an older backup.
 *
 * **Runs** one statement, after the transactions that seal for the subject at this moment.
 * @param subjectSha256 as `hashSubject()` gives it, and `subjectSha256` of a receipt.
 * @returns whether there was a key.
 * @see `forgetSubject()`, which takes the subject out of every table besides.
 */
export async function destroySubjectKey(tx: TenantTransaction, subjectSha256: string): Promise<boolean> {
  const destroyed = await eraseSubjectKeys(ownRows(tx), subjectSha256);
  return destroyed.length > 0;
}
