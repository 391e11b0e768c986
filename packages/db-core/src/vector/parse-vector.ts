import { DatabaseError } from '../errors/database-error.ts';
import { checkDimensions, notFinite } from './invalid-vector.ts';

/**
 * Reads a `vector` or `halfvec` as a query returns it, `[1,-0.5,1e-30]`: every float32 that pgvector wrote comes back
 * exactly.
 *
 * **Cost** linear; 20 µs for 768 numbers.
 * @throws {DatabaseError} `INVALID_INPUT` for anything else.
 */
export function parseVector(text: string): Float32Array {
  const numbers = parseNumbers(text);
  checkDimensions(numbers.length, undefined);
  const vector = Float32Array.from(numbers);
  for (let position = 0; position < vector.length; position += 1) {
    const value = numbers[position] ?? Number.NaN;
    const rounded = Math.fround(value);
    if (!(Math.abs(rounded) < Infinity)) throw notFinite('float32', position);
    if (isHalfwayFrom(rounded, value)) vector[position] = roundOnce(textAt(text, position), value);
  }
  return vector;
}

function parseNumbers(text: string): number[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Its message quotes the text.
  }
  if (Array.isArray(parsed) && parsed.every((element) => typeof element === 'number')) return parsed;
  throw new DatabaseError(
    'INVALID_INPUT',
    'this is not the text of a vector: give what a query returns for a column of that type',
  );
}

/** Whether a float64 that rounds to this float32 lies exactly between it and another one. */
function isHalfwayFrom(rounded: number, value: number): boolean {
  const opposite = 2 * value - rounded;
  return rounded !== value && Math.fround(opposite) === opposite;
}

function textAt(text: string, position: number): string {
  // The first piece is what stands before the bracket.
  return text.split(/[[\],]/)[position + 1] ?? '';
}

/** Exponent of the unit in which every value halfway between two float32 is a whole number, and a finite float64. */
const UNIT = 200;

/**
 * Rounds a decimal to float32 that, as a float64, lies halfway between two: rounding twice would forget on which side
 * it was written. `7.038531e-26` is such a number.
 *
 * @see PostgreSQL, src/test/regress/sql/float4.sql
 */
function roundOnce(decimal: string, halfway: number): number {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^\s*-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?\s*$/i.exec(decimal) ?? [];
  const power = Number(exponent) - fraction.length;
  const written = (BigInt(whole + fraction) * 10n ** BigInt(Math.max(power, 0))) << BigInt(UNIT);
  const middle = BigInt(Math.abs(halfway) * 2 ** UNIT) * 10n ** BigInt(Math.max(-power, 0));
  if (written === middle) return Math.fround(halfway);
  // Far less than the distance between two float32, and more than that between two float64.
  return Math.fround(halfway * (written < middle ? 1 - 2 ** -30 : 1 + 2 ** -30));
}
