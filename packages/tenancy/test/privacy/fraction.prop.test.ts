import fc from 'fast-check';
import { expect, it } from 'vitest';
import { add, ceil, floor, floorSqrt, formatDecimal, parseDecimal } from '../../src/privacy/fraction.ts';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 25 }))
  .map(([numerator, places]) => ({ numerator, denominator: 10n ** BigInt(places) }));

it('a decimal is read as it is written', () => {
  fc.assert(
    fc.property(decimals, ({ numerator, denominator }) => {
      const read = parseDecimal(formatDecimal({ numerator, denominator }));
      expect(read.numerator * denominator).toBe(numerator * read.denominator);
    }),
  );
});

it.each([
  ['-0.50', '-0.5'],
  ['-0', '0'],
  ['007.10', '7.1'],
  ['0.000', '0'],
  ['100', '100'],
])('%s is %s', (text, canonical) => {
  expect(formatDecimal(parseDecimal(text))).toBe(canonical);
});

it('a sum is exact, in any order', () => {
  fc.assert(
    fc.property(decimals, decimals, (one, other) => {
      const sum = add(one, other);
      expect(sum.numerator * one.denominator * other.denominator).toBe(
        (one.numerator * other.denominator + other.numerator * one.denominator) * sum.denominator,
      );
      expect(formatDecimal(add(other, one))).toBe(formatDecimal(sum));
    }),
  );
});

it('floor and ceil are the whole numbers next to a fraction', () => {
  fc.assert(
    fc.property(decimals, (fraction) => {
      const [below, above] = [floor(fraction), ceil(fraction)];
      expect(below * fraction.denominator <= fraction.numerator).toBe(true);
      expect(above * fraction.denominator >= fraction.numerator).toBe(true);
      expect(above - below).toBe(fraction.numerator % fraction.denominator === 0n ? 0n : 1n);
    }),
  );
});

it('floorSqrt is the largest whole number whose square fits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 60n }), (square) => {
      const root = floorSqrt(square);
      expect(root * root <= square && (root + 1n) * (root + 1n) > square).toBe(true);
    }),
  );
});
