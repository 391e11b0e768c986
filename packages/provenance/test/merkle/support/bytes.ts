import { createHash } from 'node:crypto';

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** A hash of 32 bytes which is that of nothing else in these tests. */
export function hashOf(text: string | number): Uint8Array {
  return new Uint8Array(
    createHash('sha256')
      .update(`test ${String(text)}`)
      .digest(),
  );
}

/** The bytes with one bit changed. */
export function flip(original: Uint8Array, bit: number): Uint8Array {
  return original.map((byte, place) => (place === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte));
}
