import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { TenancyError } from '../../errors.ts';

/**
 * A tenant's X25519 key pair, as far as this package needs it. The private half stays with whoever implements this: the
 * tenant's own process, or a service that agrees on keys for it.
 */
export interface SealingKey {
  /** **Shape** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The shared secret with another one's public key, 32 bytes; throws for a key that would give a known one. */
  agree(publicKey: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const PRIVATE_KEY_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex'); // PKCS #8 (RFC 8410)
const PUBLIC_KEY_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const KEY_BYTES = 32;

/** A new key pair in memory. */
export const generateSealingKey = (): SealingKey => fromKeyObject(generateKeyPairSync('x25519').privateKey);

/**
 * A key pair from its private half, as a secret store keeps it.
 *
 * @throws {TenancyError} `INVALID_INPUT` unless it has 32 bytes.
 */
export function sealingKeyFrom(privateKey: Uint8Array): SealingKey {
  if (privateKey.length !== KEY_BYTES)
    throw new TenancyError('INVALID_INPUT', 'an X25519 private key has 32 bytes');
  const der = Buffer.concat([PRIVATE_KEY_PREFIX, privateKey]);
  return fromKeyObject(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

function fromKeyObject(privateKey: KeyObject): SealingKey {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: der.subarray(-KEY_BYTES),
    // OpenSSL refuses a result of zeros, which is what points of a small order give (RFC 7748, section 6.1).
    agree: (publicKey) => diffieHellman({ privateKey, publicKey: toKeyObject(publicKey) }),
  };
}

const toKeyObject = (publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC_KEY_PREFIX, publicKey]), format: 'der', type: 'spki' });
