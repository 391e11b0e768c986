import type { TenantTransaction } from '@agent-agency/db-core';
import { readKeyRing } from '../log/read-key-ring.ts';
import { listSigningKeys } from '../log/signing-keys.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';

/**
 * The keys whose trailers are believed: those that are trusted and those that the log admits on their word, as far as they may sign
 * nodes. A trailer has no number in the log, so one that is revoked, from whatever number on, is not among them; one that was
 * replaced is: what it signed before stays signed.
 *
 * @throws {ProvenanceError} `KEY_ID_MISMATCH` or `KEY_INVALID` for the keys that are trusted
 * @see FORMAT.md sections 13 and 14
 */
export async function trailerKeys(
  tx: TenantTransaction,
  trusted: readonly PublicKeyRecord[],
): Promise<PublicKeyRecord[]> {
  const ring = await readKeyRing(tx, trusted);
  // A key that was admitted is registered.
  const known = new Map([...(await listSigningKeys(tx)), ...trusted].map((key) => [key.keyId, key]));
  return ring.list().flatMap(({ keyId, revokedFrom, validThrough = Number.MAX_SAFE_INTEGER }) => {
    const key = known.get(keyId);
    const isBelieved =
      revokedFrom === undefined && ring.faultOf(keyId, { purpose: 'nodes', seq: validThrough }) === undefined;
    return key !== undefined && isBelieved ? [key] : [];
  });
}
