import { finishHash } from './feature-hash.ts';

/**
 * Makes a fixed rotation of vectors of that length, in place: it keeps lengths and angles and spreads every number
 * over all positions. Three rounds of random signs and a Walsh–Hadamard transform, over the first, the last and again
 * the first positions that a power of two covers.
 *
 * **Cost** n log n additions a vector.
 * @see Ailon, Chazelle, "The fast Johnson–Lindenstrauss transform", SIAM J. Comput. 39(1), 2009, §2
 */
export function createRotation(dimensions: number): (vector: Float64Array) => void {
  const block = 2 ** Math.floor(Math.log2(dimensions));
  const offsets = [0, dimensions - block, 0];
  const signs = offsets.map((_, round) =>
    Float64Array.from({ length: dimensions }, (__, index) =>
      finishHash((round << 20) ^ ~index) < 0 ? -1 : 1,
    ),
  );
  return (vector) => {
    for (const [round, roundSigns] of signs.entries()) {
      for (let index = 0; index < dimensions; index += 1) {
        vector[index] = (vector[index] ?? 0) * (roundSigns[index] ?? 1);
      }
      const offset = offsets[round] ?? 0;
      transform(vector.subarray(offset, offset + block));
    }
  };
}

/** Orthonormal fast Walsh–Hadamard transform, in place; the length is a power of two. */
function transform(vector: Float64Array): void {
  for (let half = 1; half < vector.length; half *= 2) {
    for (let start = 0; start < vector.length; start += 2 * half) {
      for (let index = start; index < start + half; index += 1) {
        const a = vector[index] ?? 0;
        const b = vector[index + half] ?? 0;
        vector[index] = a + b;
        vector[index + half] = a - b;
      }
    }
  }
  const scale = 1 / Math.sqrt(vector.length);
  for (let index = 0; index < vector.length; index += 1) vector[index] = (vector[index] ?? 0) * scale;
}
