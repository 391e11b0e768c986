import type { ByteSource } from './byte-source.ts';

/** A whole number from 0 to below `bound`, each equally likely. */
export function uniformBelow(bound: bigint, bytes: ByteSource): bigint {
  if (bound < 1n) throw new RangeError('the bound of a random number has to be 1 or more');
  let size = 0;
  let range = 1n;
  while (range < bound) {
    range <<= 8n;
    size += 1;
  }
  // A number from the incomplete last interval would make small remainders more likely.
  const limit = range - (range % bound);
  let number: bigint;
  do {
    number = 0n;
    for (const byte of bytes(size)) number = (number << 8n) | BigInt(byte);
  } while (number >= limit);
  return number % bound;
}
