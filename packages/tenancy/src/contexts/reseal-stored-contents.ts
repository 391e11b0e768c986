import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { InTenant } from '../encryption/reseal.ts';
import { createTenantCipher } from '../encryption/tenant-cipher.ts';
import type { TenantKeyRing } from '../encryption/tenant-key-ring.ts';
import { contentPlace } from './context-options.ts';
import type { ContextStorage } from './context-storage.ts';
import { removeStoredContents } from './delete-contexts.ts';
import { readPayload, type ContentRow } from './load-context.ts';
import { checksumOf } from './offload-context.ts';

/**
 * What `resealTenant` does for columns, for the contents that lie in a storage.
 *
 * **Runs** one transaction a context: it is stored anew, and what lay there before is removed after the commit.
 * @returns how many contents were stored anew.
 * @throws {TenancyError} `CONTEXT_CORRUPTED`, `KEY_DESTROYED` for the first that cannot be read; all before it are done.
 */
export async function resealStoredContents(
  inTenant: InTenant,
  { keyRing, storage }: { readonly keyRing: TenantKeyRing; readonly storage: ContextStorage },
): Promise<number> {
  for (let resealed = 0; ; resealed += 1) {
    const replaced = await inTenant(async (tx) => {
      const location = await resealNext(tx, { keyRing, storage });
      return location === undefined ? undefined : { tenantId: tx.tenantId, location };
    });
    if (replaced === undefined) return resealed;
    await removeStoredContents(storage, replaced.tenantId, [replaced.location]);
  }
}

/** Where it lay before; undefined when there is nothing left to do. */
async function resealNext(
  tx: TenantTransaction,
  { keyRing, storage }: { readonly keyRing: TenantKeyRing; readonly storage: ContextStorage },
): Promise<string | undefined> {
  const cipher = createTenantCipher(tx, keyRing);
  const keyId = (await cipher.sealingKeyId()) ?? null;
  const { rows } = await sql<ContentRow>`
    select id, content, compression, original_size_bytes, compressed_size_bytes, storage_location, storage_checksum
    from offloaded_contexts
    where tenant_id = ${tx.tenantId} and storage_location is not null and content_key_id is distinct from ${keyId}::uuid
    order by id
    limit 1
    for no key update
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const payload = await readPayload(row, { tenantId: tx.tenantId, cipher, storage });
  const stored = await cipher.sealBytes(contentPlace(row.id), payload);
  const location = await storage.put(tx.tenantId, stored);
  await sql`
    update offloaded_contexts
    set storage_location = ${location}, storage_checksum = ${checksumOf(stored)}, content_key_id = ${keyId}
    where tenant_id = ${tx.tenantId} and id = ${row.id}
  `.execute(tx);
  return row.storage_location ?? undefined;
}
