import { importVerifyingKey, requireKeyLength, sha256, type VerifyingKey } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { toHex } from '../format/encoding.ts';
import type { KeyTerms } from '../keys/key-terms.ts';

/** A public key somebody vouches for: without terms, for everything and at any time. */
export interface PublicKeyRecord extends KeyTerms {
  /** `publicKeyId(publicKey)`; checked on use. */
  readonly keyId: string;
  /** Shape: the 32 raw bytes of RFC 8032. */
  readonly publicKey: Uint8Array;
}

/**
 * The id of a key: `ed25519:` and 32 hex digits of the SHA-256 of its raw bytes.
 *
 * @throws ProvenanceError `KEY_INVALID` unless it has 32 bytes
 * @see FORMAT.md section 5
 */
export function publicKeyId(publicKey: Uint8Array): string {
  requireKeyLength(publicKey);
  return `ed25519:${toHex(sha256(publicKey).subarray(0, 16))}`;
}

/**
 * Trusted keys by their ids, made ready for verification; their terms are for a `KeyRing` to ask about.
 *
 * @throws ProvenanceError `KEY_ID_MISMATCH` when an id is not the one of its key, `KEY_INVALID` as `importVerifyingKey`
 */
export function importPublicKeys(records: readonly PublicKeyRecord[]): ReadonlyMap<string, VerifyingKey> {
  const keys = new Map<string, VerifyingKey>();
  for (const { keyId, publicKey } of records) {
    if (publicKeyId(publicKey) !== keyId)
      throw new ProvenanceError('KEY_ID_MISMATCH', 'A key id is not the one of its public key.', {
        details: { keyId },
      });
    keys.set(keyId, importVerifyingKey(publicKey));
  }
  return keys;
}
