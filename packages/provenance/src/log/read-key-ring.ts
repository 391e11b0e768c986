import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { KeyRing } from '../keys/key-ring.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';
import type {} from '../tables.ts';
import { listSigningKeys } from './signing-keys.ts';

/**
 * The keys of the tenant's log, and what its own nodes say of them.
 *
 * **Runs** one statement, and one for the keys that are registered. **Cost** one range of the (tenant, entity type) index.
 *
 * @param trusted the keys that are trusted from outside; the ones registered unless told
 * @throws {ProvenanceError} `KEY_INVALID`, `KEY_ID_MISMATCH` for a trusted key.
 * @example
 * const ring = await readKeyRing(tx);
 * ring.list().filter(({ revokedFrom }) => revokedFrom !== undefined);
 */
export async function readKeyRing(
  tx: TenantTransaction,
  trusted?: readonly PublicKeyRecord[],
): Promise<KeyRing> {
  const ring = new KeyRing(tx.tenantId, trusted ?? (await listSigningKeys(tx)));
  const { rows } = await sql<{ seq: string; created_at_micros: string; content: Uint8Array }>`
    select seq, (extract(epoch from created_at) * 1000000)::bigint as created_at_micros, content
    from caws_provenance_graph
    where tenant_id = ${tx.tenantId} and entity_type = 'key'
    order by seq
  `.execute(tx);
  for (const { seq, created_at_micros, content } of rows)
    ring.apply({ seq: Number(seq), createdAtMicros: BigInt(created_at_micros), content });
  return ring;
}
