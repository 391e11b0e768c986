import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseVector } from '../../src/index.ts';
import { bitsOf } from '../support/vectors.ts';

describe('parseVector', () => {
  it('reads what pgvector writes', () => {
    expect(parseVector('[1,-0.5,1e-30,3.4028235e+38]')).toEqual(
      Float32Array.of(1, -0.5, 1e-30, 3.4028234663852886e38),
    );
    expect(Object.is(parseVector('[-0]')[0], -0)).toBe(true);
  });

  // As a float64 each of them lies halfway between two float32.
  it.each([
    ['below', '7.038531e-26', 0x15ae43fd],
    ['below, negative', '-7.038531e-26', 0x95ae43fd],
    ['above', '1.00000005960464477539062500000001', 0x3f800001],
    ['just there, to the even one below', '1.000000059604644775390625', 0x3f800000],
    ['just there, to the even one above', '16777219', 0x4b800002],
    ['below, in a large unit', '9007199791611904e0', 0x5a000000],
    ['below the smallest', '7.006492321624085354618e-46', 0],
  ])('rounds once what was written %s', (_, decimal, bits) => {
    expect(bitsOf(parseVector(` [1, ${decimal} ] `))[1]).toBe(bits);
  });

  it.each([
    ['nothing', ''],
    ['an unfinished one', '[1,2'],
    ['a number', '1'],
    ['text inside', '["1"]'],
    ['null inside', '[null]'],
    ['an object', '{"length":1}'],
    ['no numbers', '[]'],
    ['a number larger than a float32', '[1e39]'],
    ['an infinite one', '[1e999]'],
  ])('refuses %s', (_, text) => {
    expect(() => parseVector(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('quotes nothing of what it refuses', () => {
    // The cause is printed with it.
    expect(() => parseVector('[secret')).toThrow(
      expect.toSatisfy((error: unknown) => !inspect(error).includes('secret')),
    );
  });
});
