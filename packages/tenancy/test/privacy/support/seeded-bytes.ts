import { createCipheriv } from 'node:crypto';
import type { ByteSource } from '../../../src/privacy/mechanisms/byte-source.ts';

const CHUNK_BYTES = 16_384;

/** The same bytes in every run: AES-256 in counter mode, whose output nothing distinguishes from randomness. */
export function seededBytes(seed: number): ByteSource {
  const key = Buffer.alloc(32);
  key.writeUInt32BE(seed);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(CHUNK_BYTES);
  let chunk = Buffer.alloc(0);
  let used = 0;
  return (count) => {
    if (used + count > chunk.length) {
      chunk = cipher.update(zeros);
      used = 0;
    }
    used += count;
    return chunk.subarray(used - count, used);
  };
}
