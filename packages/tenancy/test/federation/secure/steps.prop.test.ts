import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromTotal, stepsOf, toSteps, withOwnNoise } from '../../../src/federation/secure/steps.ts';

const RANGE = { lower: -2, upper: 3, resolution: 0.001, dimensions: 1, epsilon: null };

describe('toSteps', () => {
  it('is exact where floating point is not', () => {
    const range = { ...RANGE, lower: 0, upper: 1.1, resolution: 0.1 };
    expect(stepsOf(range)).toBe(11n);
    expect(toSteps(range, [0.3])).toEqual([3n]);
    expect(toSteps(range, [1.1])).toEqual([11n]);
    expect(toSteps({ ...range, upper: 1e-6, resolution: 1e-9 }, [3e-7])).toEqual([300n]);
    expect(toSteps({ ...range, upper: 1e15, resolution: 1e12 }, [5e14])).toEqual([500n]);
  });

  it('adds up to what the values add up to', () => {
    const thousandth = fc.integer({ min: -2000, max: 3000 }).map((it) => it / 1000);
    fc.assert(
      fc.property(fc.array(thousandth, { minLength: 1, maxLength: 50 }), (values) => {
        const total = values.reduce((sum, value) => sum + (toSteps(RANGE, [value])[0] ?? 0n), 0n);
        const expected = values.reduce((sum, value) => sum + Math.round(value * 1000), 0) / 1000;
        expect(fromTotal(RANGE, total, values.length)).toBe(expected);
      }),
    );
  });

  it.each([
    ['below the range', [-2.001]],
    ['above the range', [3.001]],
    ['no number', [NaN]],
    ['infinite', [Infinity]],
    ['too few', []],
    ['too many', [0, 0]],
  ])('refuses values that are %s', (_, values) => {
    expect(() => toSteps(RANGE, values)).toThrow(/takes 1 values from -2 to 3/);
  });
});

describe('withOwnNoise', () => {
  it('adds none where the session asks for none', () => {
    expect(withOwnNoise(RANGE, [5n])).toEqual([5n]);
  });

  it('adds noise for the whole range in every dimension', () => {
    const range = { ...RANGE, lower: 0, upper: 10, resolution: 1, dimensions: 2, epsilon: 0.5 };
    const samples = Array.from({ length: 5000 }, () => withOwnNoise(range, [0n, 100n])).flatMap(
      ([one = 0n, other = 0n]) => [Number(one), Number(other) - 100],
    );
    const mean = samples.reduce((sum, it) => sum + Math.abs(it), 0) / samples.length;
    // The scale is 10 · 2 / 0.5, and so is the mean distance; of 10^4 samples it is off by 1 % once in three times.
    expect(mean).toBeGreaterThan(40 * 0.93);
    expect(mean).toBeLessThan(40 * 1.07);
  });
});
