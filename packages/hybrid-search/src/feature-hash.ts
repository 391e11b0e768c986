// Two hashes that share neither seed nor multiplier: one picks a feature's bucket, the other its sign, so that
// features which meet in a bucket cancel as often as they add up (Weinberger et al., ICML 2009, §3).
const BUCKET_MULTIPLIER = 0x01000193;
const SIGN_MULTIPLIER = 0x5bd1e995;

/** First state of the bucket hash of a kind of feature. */
export function bucketSeed(kind: number): number {
  return finishHash(0x811c9dc5 ^ kind);
}

/** First state of the sign hash of a kind of feature. */
export function signSeed(kind: number): number {
  return finishHash(0x9747b28c ^ kind);
}

/** Takes one code unit (or any 32-bit number) into the bucket hash, FNV-1a's step. */
export function stepBucket(state: number, unit: number): number {
  return Math.imul(state ^ unit, BUCKET_MULTIPLIER);
}

/** Takes one code unit (or any 32-bit number) into the sign hash. */
export function stepSign(state: number, unit: number): number {
  const mixed = Math.imul(state ^ unit, SIGN_MULTIPLIER);
  return mixed ^ (mixed >>> 15);
}

/** Spreads a state over all 32 bits: the finalizer of MurmurHash3. */
export function finishHash(state: number): number {
  let hash = state ^ (state >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
