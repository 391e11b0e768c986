import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { ProvenanceError } from '../errors.ts';

/** A public key somebody vouches for. */
export interface PublicKeyRecord {
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
  requireLength(publicKey);
  return `ed25519:${createHash('sha256').update(publicKey).digest('hex').slice(0, 32)}`;
}

/**
 * A raw public key made ready for verification; do it once when many signatures are to be checked.
 *
 * @throws ProvenanceError `KEY_INVALID` for a wrong length, or a key of small order
 */
export function importPublicKey(publicKey: Uint8Array): KeyObject {
  requireLength(publicKey);
  if (hasSmallOrder(publicKey))
    throw new ProvenanceError('KEY_INVALID', 'A public key of small order signs many messages at once.');
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/**
 * Trusted keys by their ids, made ready for verification.
 *
 * @throws ProvenanceError `KEY_ID_MISMATCH` when an id is not the one of its key, `KEY_INVALID` as `importPublicKey`
 */
export function importPublicKeys(records: readonly PublicKeyRecord[]): ReadonlyMap<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const { keyId, publicKey } of records) {
    if (publicKeyId(publicKey) !== keyId)
      throw new ProvenanceError('KEY_ID_MISMATCH', 'A key id is not the one of its public key.', {
        details: { keyId },
      });
    keys.set(keyId, importPublicKey(publicKey));
  }
  return keys;
}

function requireLength(publicKey: Uint8Array): void {
  if (publicKey.length !== 32)
    throw new ProvenanceError('KEY_INVALID', 'An ed25519 public key has 32 bytes.', {
      details: { length: publicKey.length },
    });
}

/**
 * The y coordinates, little-endian, of the points whose order divides 8, in every encoding of them: 0, 1, the two of order 8, p-1, p, p+1.
 * A signature under such a key verifies for many messages, under the neutral point (y = 1) for all of them. Checked here because
 * it depends on the OpenSSL below: 3.0.19 takes these keys, 3.5.8 verifies nothing under them.
 */
const smallOrderCoordinates = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

function hasSmallOrder(publicKey: Uint8Array): boolean {
  const y = Buffer.from(publicKey);
  y.writeUInt8(y.readUInt8(31) & 0x7f, 31); // the highest bit is the sign of x
  return smallOrderCoordinates.has(y.toString('hex'));
}
