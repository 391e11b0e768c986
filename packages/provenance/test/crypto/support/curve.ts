import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';

const { Point } = ed25519;
const { BASE, Fn } = Point;

export const groupOrder: bigint = Fn.ORDER;
export const fieldPrime: bigint = Point.Fp.ORDER;

/** A point of order 8: its multiples are all the points of small order. */
const torsion = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');

/** A number as 32 bytes, little-endian. */
export function littleEndian(value: bigint): Uint8Array {
  return numberToBytesLE(value, 32);
}

/** What an attacker chooses: public key `[secret]B + [keyTorsion]T` and `R = [nonce]B + [nonceTorsion]T`, with T of order 8. */
export interface Forgery {
  readonly secret: bigint;
  readonly keyTorsion: number;
  readonly nonce: bigint;
  readonly nonceTorsion: number;
  /** Whether the equation without cofactor shall hold; with it, it always does. */
  readonly holds: boolean;
}

export interface Signed {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Looks for a message with which the forgery comes out as wanted, which a few tries find or none. */
export function forge(forgery: Forgery): Signed | undefined {
  const { secret, keyTorsion, nonce, nonceTorsion, holds } = forgery;
  const publicKey = pointOf(secret, keyTorsion);
  const r = pointOf(nonce, nonceTorsion);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const message = Uint8Array.of(attempt);
    const k = challenge(r, publicKey, message);
    const torsionLeft = (BigInt(nonceTorsion) + k * BigInt(keyTorsion)) % 8n;
    if ((torsionLeft === 0n) !== holds) continue;
    const s = littleEndian(Fn.create(nonce + k * secret));
    return { publicKey, message, signature: Uint8Array.of(...r, ...s) };
  }
  return undefined;
}

function pointOf(scalar: bigint, torsionMultiple: number): Uint8Array {
  return BASE.multiplyUnsafe(scalar)
    .add(torsion.multiplyUnsafe(BigInt(torsionMultiple)))
    .toBytes();
}

function challenge(r: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  return Fn.create(bytesToNumberLE(sha512(Uint8Array.of(...r, ...publicKey, ...message))));
}
