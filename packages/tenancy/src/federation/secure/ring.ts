import { secureBytes, type ByteSource } from '../../privacy/mechanisms/byte-source.ts';

/** Numbers modulo 2^64: every sum of secrets and noise fits, and eight random bytes are one, each equally likely. */
const BITS = 64;
const BYTES = 8;

/** A whole number as one modulo 2^64; negative ones are in the upper half. */
export const toRing = (value: bigint): bigint => BigInt.asUintN(BITS, value);

/** The reverse of {@link toRing}, for numbers from -2^63 to below 2^63. */
export const fromRing = (value: bigint): bigint => BigInt.asIntN(BITS, value);

/**
 * Splits secrets into additive shares, one list a party: any of them but one, put together, are random numbers that have
 * nothing to do with the secrets; all of them add up to the secrets.
 *
 * **Shape** `parties` lists, each as long as `secrets`.
 */
export function splitSecrets(
  secrets: readonly bigint[],
  parties: number,
  bytes: ByteSource = secureBytes,
): bigint[][] {
  const random = Array.from({ length: parties - 1 }, () => secrets.map(() => randomElement(bytes)));
  return [
    ...random,
    secrets.map((secret, at) => toRing(secret - sum(random.map((share) => share[at] ?? 0n)))),
  ];
}

/** Adds lists of the same length up, place by place. */
export function addShares(shares: readonly (readonly bigint[])[]): bigint[] {
  const [first = []] = shares;
  return first.map((_, at) => toRing(sum(shares.map((share) => share[at] ?? 0n))));
}

/** Eight bytes each, the most significant one first. */
export function encodeElements(elements: readonly bigint[]): Buffer {
  const encoded = Buffer.alloc(elements.length * BYTES);
  elements.forEach((element, at) => encoded.writeBigUInt64BE(element, at * BYTES));
  return encoded;
}

export const decodeElements = (encoded: Buffer): bigint[] =>
  Array.from({ length: encoded.length / BYTES }, (_, at) => encoded.readBigUInt64BE(at * BYTES));

const randomElement = (bytes: ByteSource): bigint => Buffer.from(bytes(BYTES)).readBigUInt64BE();

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
