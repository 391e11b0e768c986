import { ProvenanceError } from '../errors.ts';
import { hasSmallOrder, isUnreduced } from './point-encoding.ts';

declare const made: unique symbol;

/** A public key made ready for verification. What it holds is not to be seen: only `importVerifyingKey` makes one. */
export interface VerifyingKey {
  readonly [made]: true;
}

/**
 * What a platform gives: keys of its own, and the equation of RFC 8032 section 5.1.7 without cofactor. A signature `R ‖ S` holds
 * when it has 64 bytes, S < L, and the encoding of [S]B − [k]A is R byte for byte, with k reduced modulo L.
 */
export interface Ed25519<Key> {
  importKey(publicKey: Uint8Array): Key;
  verify(key: Key, message: Uint8Array, signature: Uint8Array): boolean;
  verifyAsync(key: Key, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** Ed25519 as FORMAT.md wants it: with one answer for each signature, whatever computes it. */
export interface Ed25519Verifier {
  /**
   * A raw public key made ready for verification; do it once when many signatures are to be checked.
   *
   * @throws ProvenanceError `KEY_INVALID` for a wrong length, another spelling of a point (y ≥ p), or a point of small order
   * @see FORMAT.md section 5
   */
  readonly importVerifyingKey: (publicKey: Uint8Array) => VerifyingKey;

  /**
   * Whether `signature` is one of `message` by the key's holder. Bytes of any length and content may be handed in as a signature.
   *
   * @throws ProvenanceError `KEY_INVALID` for a key that `importVerifyingKey` has not made
   * @see FORMAT.md section 6
   */
  readonly verifyEd25519: (publicKey: VerifyingKey, message: Uint8Array, signature: Uint8Array) => boolean;

  /** As `verifyEd25519`; in Node on other threads, so that many at once use every core. */
  readonly verifyEd25519Async: (
    publicKey: VerifyingKey,
    message: Uint8Array,
    signature: Uint8Array,
  ) => Promise<boolean>;
}

/** Closes what platforms leave open: keys with two spellings, and points of small order as A or R. */
export function createVerifier<Key>(platform: Ed25519<Key>): Ed25519Verifier {
  const keys = new WeakMap<VerifyingKey, Key>();
  return {
    importVerifyingKey: (publicKey) => {
      requireSoundKey(publicKey);
      const handle = Object.freeze({}) as VerifyingKey;
      keys.set(handle, platform.importKey(publicKey));
      return handle;
    },
    verifyEd25519: (publicKey, message, signature) => {
      const key = imported(keys.get(publicKey));
      return !hasSmallOrder(signature) && platform.verify(key, message, signature);
    },
    verifyEd25519Async: async (publicKey, message, signature) => {
      const key = imported(keys.get(publicKey));
      return !hasSmallOrder(signature) && platform.verifyAsync(key, message, signature);
    },
  };
}

/** @throws ProvenanceError `KEY_INVALID` unless there are 32 bytes */
export function requireKeyLength(publicKey: Uint8Array): void {
  if (publicKey.length === 32) return;
  const details = { length: publicKey.length };
  throw new ProvenanceError('KEY_INVALID', 'An ed25519 public key has 32 bytes.', { details });
}

function requireSoundKey(publicKey: Uint8Array): void {
  requireKeyLength(publicKey);
  if (isUnreduced(publicKey))
    throw new ProvenanceError(
      'KEY_INVALID',
      'The public key is another spelling of a point: its y is p or more.',
    );
  if (hasSmallOrder(publicKey))
    throw new ProvenanceError('KEY_INVALID', 'A public key of small order signs many messages at once.');
}

function imported<Key>(key: Key | undefined): Key {
  if (key === undefined)
    throw new ProvenanceError('KEY_INVALID', 'Signatures are verified with imported ed25519 keys only.');
  return key;
}
