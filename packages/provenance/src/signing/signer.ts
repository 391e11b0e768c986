import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { ProvenanceError } from '../errors.ts';
import { publicKeyId } from './public-key.ts';
import type { Signer } from './signature.ts';

/** A new key pair; whoever has `privateKeyPem` can sign as `keyId`. */
export interface SigningKey {
  /** PKCS #8 PEM, not encrypted. */
  readonly privateKeyPem: string;
  /** Shape: 32 raw bytes. */
  readonly publicKey: Uint8Array;
  readonly keyId: string;
}

/**
 * A signer with its private key in memory.
 *
 * @param privateKey a private ed25519 key, or its unencrypted PEM
 * @throws ProvenanceError `KEY_INVALID`
 * @example
 * const signer = createSigner(generateSigningKey().privateKeyPem);
 */
export function createSigner(privateKey: KeyObject | string): Signer {
  const key = typeof privateKey === 'string' ? parsePrivateKey(privateKey) : privateKey;
  if (key.type !== 'private' || key.asymmetricKeyType !== 'ed25519')
    throw new ProvenanceError('KEY_INVALID', 'A signer needs a private ed25519 key.');
  const publicKey = rawPublicKey(createPublicKey(key));
  // Not on another thread: whoever signs a node holds the log, and a hand-over takes longer than a signature.
  const signer = {
    keyId: publicKeyId(publicKey),
    publicKey,
    sign: (payload: Uint8Array) => Promise.resolve<Uint8Array>(sign(null, payload, key)),
  };
  localSigners.add(signer);
  return signer;
}

const localSigners = new WeakSet<Signer>();

/** Whether {@link createSigner} made it: then its key is one, and what signs for it is what would verify it. */
export function isLocalSigner(signer: Signer): boolean {
  return localSigners.has(signer);
}

/**
 * Makes a new key pair from the system's randomness.
 *
 * @example
 * const { privateKeyPem, publicKey, keyId } = generateSigningKey();
 */
export function generateSigningKey(): SigningKey {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = rawPublicKey(pair.publicKey);
  const privateKeyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKeyPem, publicKey, keyId: publicKeyId(publicKey) };
}

function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new ProvenanceError('KEY_INVALID', 'The private key is not an unencrypted PEM.', { cause });
  }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: 'jwk' });
  if (x === undefined) throw new ProvenanceError('KEY_INVALID', 'The key has no ed25519 public part.');
  return new Uint8Array(Buffer.from(x, 'base64url'));
}
