import type { TenantTransaction } from '@agent-agency/db-core';
import type { PublicKeyRecord } from '../public-key.ts';
import type { Signer } from '../signature.ts';
import type {} from '../tables.ts';

/** Makes a key known to the tenant, so that whoever verifies finds it; does nothing when it is known. */
export async function registerSigningKey(
  tx: TenantTransaction,
  key: Pick<Signer, 'keyId' | 'publicKey'>,
): Promise<void> {
  await tx
    .insertInto('provenance_signing_keys')
    .values({ tenant_id: tx.tenantId, key_id: key.keyId, public_key: Buffer.from(key.publicKey) })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'key_id']).doNothing())
    .execute();
}

/** The keys the tenant's nodes are signed with, oldest first. */
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
