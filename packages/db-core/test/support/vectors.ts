import fc from 'fast-check';

/** What binary formats get wrong first: signs of zero, subnormals, both ends of the range, thirds. */
const EXTREMES = [0, -0, 1, -1, 2 ** -149, -(2 ** -149), 2 ** -126, 3.4028234663852886e38, 1 / 3, 123456789];

const float32 = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(...EXTREMES.map(Math.fround)),
);

/** Vectors of finite float32 with at most so many dimensions. */
export function vectors(maxDimensions: number): fc.Arbitrary<Float32Array> {
  return fc
    .array(float32, { minLength: 1, maxLength: maxDimensions })
    .map((numbers) => Float32Array.from(numbers));
}

/** Two float32 are the same when these are. */
export function bitsOf(vector: Float32Array): Uint32Array {
  return Uint32Array.from(new Uint32Array(vector.buffer));
}

/** pgvector's text form, with the nine digits that bring every float32 back. */
export function literalOf(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => (Object.is(value, -0) ? '-0' : value.toPrecision(9))).join(',')}]`;
}
