import { DatabaseError } from './errors/database-error.ts';

/** The largest `vector` that pgvector stores. */
const MAX_DIMENSIONS = 16_000;

/**
 * Writes a vector in pgvector's text form, `[1,-0.5,0.25]`.
 *
 * Numbers are rounded to float32, which is what the column holds, and written with the nine significant digits that
 * bring every float32 back exactly; minus zero keeps its sign.
 *
 * **Shape** 1 to 16,000 numbers.
 * **Cost** linear; about 9 kB for 768 numbers (the digits of a float64 would take 15 kB).
 * @throws {DatabaseError} `INVALID_INPUT` when there are no or too many numbers, or one is not a finite float32.
 * @see IEEE 754-2019 §5.12.2 (nine digits identify a binary32)
 */
export function toVectorLiteral(vector: ArrayLike<number>): string {
  if (vector.length < 1 || vector.length > MAX_DIMENSIONS) {
    throw new DatabaseError(
      'INVALID_INPUT',
      `a vector has 1 to ${MAX_DIMENSIONS} dimensions, not ${vector.length}`,
      { details: { actual: vector.length, maximum: MAX_DIMENSIONS } },
    );
  }
  let text = '[';
  for (let position = 0; position < vector.length; position += 1) {
    const value = Math.fround(vector[position] ?? Number.NaN);
    if (!Number.isFinite(value)) {
      throw new DatabaseError('INVALID_INPUT', `vector is not a finite float32 at position ${position}`, {
        details: { position },
      });
    }
    text += position === 0 ? toFloat32Text(value) : `,${toFloat32Text(value)}`;
  }
  return `${text}]`;
}

function toFloat32Text(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return Object.is(value, -0) ? '-0' : String(value);
  return value.toPrecision(9);
}
