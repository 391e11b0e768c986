import { describe, expect, it } from 'vitest';
import { discreteGaussian } from '../../../src/privacy/mechanisms/discrete-gaussian.ts';
import { discreteLaplace } from '../../../src/privacy/mechanisms/discrete-laplace.ts';
import { happensWithExp } from '../../../src/privacy/mechanisms/happens-with-exp.ts';
import { uniformBelow } from '../../../src/privacy/mechanisms/uniform-below.ts';
import {
  countDraws,
  expectDistribution,
  gaussianProbability,
  laplaceProbability,
} from '../support/distribution.ts';
import { seededBytes } from '../support/seeded-bytes.ts';

const fraction = ([numerator, denominator]: readonly [bigint, bigint]) => ({ numerator, denominator });
const MILLION = 1_000_000;

describe('discreteLaplace', () => {
  it('is distributed as it has to be, over a million draws', () => {
    const bytes = seededBytes(1);
    const counts = countDraws(MILLION, () => discreteLaplace(fraction([10n, 1n]), bytes));
    expectDistribution(counts, laplaceProbability(10));
  });

  it.each([
    [1n, 3n],
    [1n, 1n],
    [7n, 2n],
    [1000n, 3n],
  ] as const)('also for the scale %s/%s', (...scale) => {
    const bytes = seededBytes(2);
    const counts = countDraws(50_000, () => discreteLaplace(fraction(scale), bytes));
    expectDistribution(counts, laplaceProbability(Number(scale[0]) / Number(scale[1])));
  });
});

describe('discreteGaussian', () => {
  it('is distributed as it has to be, over a million draws', () => {
    const bytes = seededBytes(3);
    const counts = countDraws(MILLION, () => discreteGaussian(fraction([50n, 1n]), bytes));
    expectDistribution(counts, gaussianProbability(50));
  });

  it.each([
    [1n, 9n],
    [1n, 1n],
    [22n, 7n],
    [10_000n, 3n],
  ] as const)('also for the variance %s/%s', (...variance) => {
    const bytes = seededBytes(4);
    const counts = countDraws(50_000, () => discreteGaussian(fraction(variance), bytes));
    expectDistribution(counts, gaussianProbability(Number(variance[0]) / Number(variance[1])));
  });
});

describe('uniformBelow', () => {
  it.each([1n, 2n, 7n, 192n, 256n, 257n, 3n * 2n ** 70n])('gives each number below %s its share', (bound) => {
    // For more than 97 numbers, in 97 parts; of 256 numbers, a remainder by 192 would be below 64 twice as often.
    const bytes = seededBytes(6);
    const parts = bound < 97n ? bound : 97n;
    const counts = countDraws(50_000, () => (uniformBelow(bound, bytes) * parts) / bound);
    const startOf = (part: bigint): bigint => (bound * part + parts - 1n) / parts;
    expect(Math.min(...counts.keys())).toBe(0);
    expect(BigInt(Math.max(...counts.keys()))).toBe(parts - 1n);
    for (const [part, times] of counts) {
      const size = startOf(BigInt(part) + 1n) - startOf(BigInt(part));
      const expected = (50_000 * Number(size)) / Number(bound);
      expect(Math.abs(times - expected), String(part)).toBeLessThanOrEqual(
        bound === 1n ? 0 : 7 * Math.sqrt(expected),
      );
    }
  });

  it.each([0n, -1n])('refuses the bound %s', (bound) => {
    expect(() => uniformBelow(bound, seededBytes(1))).toThrow(RangeError);
  });
});

describe('happensWithExp', () => {
  it.each([
    [0n, 1n],
    [1n, 3n],
    [999n, 1000n],
    [1n, 1n],
    [5n, 2n],
    [7n, 1n],
  ] as const)('happens as often as exp(-%s/%s) says', (...exponent) => {
    const bytes = seededBytes(5);
    // Counted as 0 when it happens, which is where the comparison begins.
    const counts = countDraws(50_000, () => (happensWithExp(fraction(exponent), bytes) ? 0n : 1n));
    const probability = Math.exp(-Number(exponent[0]) / Number(exponent[1]));
    expectDistribution(counts, (x) => (x === 0 ? probability : 0));
  });

  it('refuses a negative exponent', () => {
    expect(() => happensWithExp(fraction([-1n, 2n]), seededBytes(1))).toThrow(RangeError);
  });
});
