import { randomFillSync } from 'node:crypto';

/** Where randomness comes from: so many bytes, each call new ones. The caller is done with them before the next call. */
export type ByteSource = (count: number) => Uint8Array;

const POOL_BYTES = 16_384;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** Bytes of the operating system's cryptographic generator, of which many are fetched at once. */
export const secureBytes: ByteSource = (count) => {
  if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count));
  if (used + count > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
};
