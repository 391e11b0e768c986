/// <reference lib="es2025.float16" />
import { checkDimensions, notFinite } from './invalid-vector.ts';

/** The least that rounds to infinity: halfway between the largest float16 and what would come after it. */
const FIRST_INFINITE = 65_520;

/**
 * A `halfvec` in binary form, as a statement's parameter; see {@link encodeVector}.
 *
 * The numbers are those of `vector::halfvec`: rounded to float32, then to the nearest float16, ties to even.
 *
 * **Shape** 1 to 16,000 numbers below 65,520 in magnitude; [`dimensions`] when that is given.
 * **Cost** linear; 1.5 kB for 768 numbers.
 * @throws {DatabaseError} `INVALID_INPUT` for another number of dimensions, or a number that is not a finite float16.
 */
export function encodeHalfvec(vector: ArrayLike<number>, dimensions?: number): Buffer {
  checkDimensions(vector.length, dimensions);
  const buffer = Buffer.allocUnsafe(4 + 2 * vector.length);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  view.setInt16(0, vector.length);
  view.setInt16(2, 0);
  for (let position = 0; position < vector.length; position += 1) {
    const value = Math.fround(vector[position] ?? Number.NaN);
    // False for NaN too.
    if (!(Math.abs(value) < FIRST_INFINITE)) throw notFinite('float16', position);
    view.setFloat16(4 + 2 * position, value);
  }
  return buffer;
}
