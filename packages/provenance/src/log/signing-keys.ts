import type { TenantTransaction } from '@agent-agency/db-core';
import { importPublicKeys, type PublicKeyRecord } from '../signing/public-key.ts';
import type {} from '../tables.ts';

/**
 * Makes a key known to the tenant, so that whoever verifies finds it; does nothing when it is known. For good: keys
 * are append-only. `appendNodes` does it by itself.
 *
 * In a transaction that also appends, call it after `lockHead`: another appender may hold the log and wait for the key.
 *
 * @throws {ProvenanceError} `KEY_ID_MISMATCH`, `KEY_INVALID`: nothing could ever be verified with such a key.
 */
export async function registerSigningKey(tx: TenantTransaction, key: PublicKeyRecord): Promise<void> {
  importPublicKeys([key]);
  await tx
    .insertInto('provenance_signing_keys')
    .values({ tenant_id: tx.tenantId, key_id: key.keyId, public_key: Buffer.from(key.publicKey) })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'key_id']).doNothing())
    .execute();
}

/** The keys the tenant's nodes are signed with, oldest first. As they are stored: not checked. */
export async function listSigningKeys(tx: TenantTransaction): Promise<PublicKeyRecord[]> {
  const rows = await tx
    .selectFrom('provenance_signing_keys')
    .select(['key_id', 'public_key'])
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('created_at')
    .orderBy('key_id')
    .execute();
  return rows.map((row) => ({ keyId: row.key_id, publicKey: new Uint8Array(row.public_key) }));
}
