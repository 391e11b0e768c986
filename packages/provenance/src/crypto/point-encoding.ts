import { fromHex } from '../format/encoding.ts';

/*
 * Encodings of curve points on which implementations differ. An encoding is y in 255 bits, little-endian, and the sign of x as the
 * highest bit of its 32nd byte (RFC 8032 section 5.1.2). Both functions look at the first 32 bytes only.
 */

/**
 * The y coordinates of the points whose order divides 8: 0, 1, the two of order 8, p − 1; for each the sign may be either.
 * A signature under such a key verifies for many messages, under the neutral point (y = 1) for all of them. Checked here because
 * it depends on the library below: OpenSSL 3.0.19 takes such keys, 3.5.8 refuses them and such an R, noble the keys only.
 */
const smallOrderCoordinates = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
].map((hex) => fromHex(hex) ?? new Uint8Array());

/** Whether the point has an order that divides 8, in the one spelling in which y < p. */
export function hasSmallOrder(encoding: Uint8Array): boolean {
  return smallOrderCoordinates.some((y) => y.every((byte, index) => byte === byteOfY(encoding, index)));
}

/** Whether y ≥ p = 2²⁵⁵ − 19: a second spelling of y − p, which RFC 8032 section 5.1.3 does not decode, and some libraries do. */
export function isUnreduced(encoding: Uint8Array): boolean {
  const between = encoding.subarray(1, 31).every((byte) => byte === 0xff);
  return byteOfY(encoding, 0) >= 0xed && between && byteOfY(encoding, 31) === 0x7f;
}

function byteOfY(encoding: Uint8Array, index: number): number {
  const byte = encoding[index] ?? 0;
  return index === 31 ? byte & 0x7f : byte;
}
