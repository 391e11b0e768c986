import { describe, expect, it } from 'vitest';
import { bitLength, isTreeSize } from '../../src/merkle/tree-size.ts';

describe('bitLength', () => {
  it('counts binary digits on both sides of every power of two up to 2^53', () => {
    expect(bitLength(0)).toBe(0);
    for (let digits = 1; digits <= 53; digits += 1) {
      expect(bitLength(2 ** (digits - 1))).toBe(digits);
      expect(bitLength(2 ** digits - 1)).toBe(digits);
    }
  });
});

describe('isTreeSize', () => {
  it.each([0, 1, 2 ** 32, 2 ** 53 - 1])('takes %d', (size) => {
    expect(isTreeSize(size)).toBe(true);
  });

  it.each([-1, 0.5, 2 ** 53, NaN, Infinity, '1', 1n, null, undefined])('refuses %s', (size) => {
    expect(isTreeSize(size)).toBe(false);
  });
});
