import { checkDimensions, notFinite } from './invalid-vector.ts';

/**
 * What `binary_quantize(vector)` returns, one bit a dimension, as a parameter of type `bit(n)`: where a plan is used
 * again, the server would compute it once a row.
 *
 * Cast it to `bit(768)` with the right length: `::bit` alone means one bit, and drops the others.
 *
 * **Shape** 1 to 16,000 numbers; [`dimensions`] when that is given.
 * **Cost** linear; 100 bytes for 768 numbers.
 * @throws {DatabaseError} `INVALID_INPUT` for another number of dimensions, or a number that is not a finite float32.
 * @example
 * const bits = encodeBinaryQuantized(query, 768);
 * await sql`select id from documents order by (bits <~> ${bits}::bit(768)) + 0 limit 200`.execute(tx);
 */
export function encodeBinaryQuantized(vector: ArrayLike<number>, dimensions?: number): Buffer {
  checkDimensions(vector.length, dimensions);
  const bits = new Uint8Array(Math.ceil(vector.length / 8));
  for (let position = 0; position < vector.length; position += 1) {
    // What is too small for a float32 is zero in the column, and no positive number.
    const value = Math.fround(vector[position] ?? Number.NaN);
    // False for NaN too.
    if (!(Math.abs(value) < Infinity)) throw notFinite('float32', position);
    if (value > 0) bits[position >> 3] = (bits[position >> 3] ?? 0) | (0x80 >> (position & 7));
  }
  const buffer = Buffer.allocUnsafe(4 + bits.length);
  buffer.writeInt32BE(vector.length);
  buffer.set(bits, 4);
  return buffer;
}
