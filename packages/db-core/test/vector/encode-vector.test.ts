import { describe, expect, it } from 'vitest';
import { encodeBinaryQuantized, encodeHalfvec, encodeVector, encodeVectors } from '../../src/index.ts';

describe('encodeVector', () => {
  it('writes dimensions, a reserved field, and big-endian float32', () => {
    expect(encodeVector([1, -2]).toString('hex')).toBe('0002' + '0000' + '3f800000' + 'c0000000');
  });

  it('writes the same of every kind of array', () => {
    const numbers = [0.1, -0, 3e38, 2 ** -149];
    const expected = encodeVector(numbers);
    const buffer = new ArrayBuffer(4 + 4 * numbers.length);
    const misplaced = new Float32Array(buffer, 4, numbers.length);
    misplaced.set(numbers);
    for (const vector of [Float32Array.from(numbers), Float64Array.from(numbers), misplaced])
      expect(encodeVector(vector)).toEqual(expected);
  });
});

describe('encodeVectors', () => {
  it('says which vector it refuses', () => {
    expect(() => encodeVectors([[1], null, [1, 2]], 1)).toThrow(/^vector 2 has 2 dimensions instead of 1:/);
    expect(() => encodeVectors([[1], [0, NaN]])).toThrow(/^vector 1 is not a finite float32 at position 1:/);
  });
});

describe.each([
  ['encodeVector', encodeVector],
  ['encodeVectors', (vector: ArrayLike<number>, dimensions?: number) => encodeVectors([vector], dimensions)],
  ['encodeHalfvec', encodeHalfvec],
  ['encodeBinaryQuantized', encodeBinaryQuantized],
])('%s', (_, encode) => {
  it.each([
    ['is NaN', [0, NaN], { position: 1 }],
    ['is infinite', [-Infinity], { position: 0 }],
    ['is larger than a float32', [1, 2, 3.5e38], { position: 2 }],
    ['is missing', Array.from<number>({ length: 2 }), { position: 0 }],
  ])('refuses a number that %s', (_problem, vector, details) => {
    expect(() => encode(vector)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', details }));
  });

  it('refuses no numbers, and more than the type stores', () => {
    const refused: unknown = expect.objectContaining({ code: 'INVALID_INPUT' });
    expect(() => encode([])).toThrow(refused);
    expect(() => encode(new Float32Array(16_001))).toThrow(refused);
    expect(encode(new Float32Array(16_000)).length).toBeGreaterThan(2000);
  });

  it('refuses other dimensions than those that are expected', () => {
    const details = { actual: 2, expected: 3 };
    expect(() => encode([1, 2], 3)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', details }));
    expect(encode([1, 2, 3], 3)).toEqual(encode([1, 2, 3]));
  });
});
