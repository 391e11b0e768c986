import { describe, expect, it } from 'vitest';
import { matching } from '@agent-agency/testing/vitest';
import { addGaussianNoise } from '../../../src/privacy/mechanisms/add-gaussian-noise.ts';
import { addLaplaceNoise } from '../../../src/privacy/mechanisms/add-laplace-noise.ts';
import {
  countDraws,
  expectDistribution,
  gaussianProbability,
  laplaceProbability,
} from '../support/distribution.ts';
import { seededBytes } from '../support/seeded-bytes.ts';

/** What is left of a result in units of the resolution, when the rounded value is taken away. */
const unitsOf = (result: string, base: string, resolution: string): bigint => {
  const units = (Number(result) - Number(base)) / Number(resolution);
  if (Math.abs(units - Math.round(units)) > 1e-6) throw new Error(`${result} is not at the resolution`);
  return BigInt(Math.round(units));
};

describe('addLaplaceNoise', () => {
  it.each([
    { value: '12', base: '12', sensitivity: '1', epsilon: '0.5', resolution: '1', scale: 2 },
    { value: '-0.26', base: '-0.3', sensitivity: '0.25', epsilon: '1.5', resolution: '0.1', scale: 2 },
    // Up from the middle, below zero as well.
    { value: '-0.15', base: '-0.1', sensitivity: '0.2', epsilon: '0.4', resolution: '0.1', scale: 5 },
    { value: '1000', base: '1000', sensitivity: '10', epsilon: '4', resolution: '5', scale: 0.5 },
  ])('adds to $value noise of $scale units of $resolution', ({ value, base, scale, ...parameters }) => {
    const bytes = seededBytes(7);
    const noisy = () => addLaplaceNoise(value, parameters, bytes);
    const counts = countDraws(6000, () => unitsOf(noisy(), base, parameters.resolution));
    expectDistribution(counts, laplaceProbability(scale));
  });

  it('reads decimals that no number of JavaScript holds', () => {
    const epsilon = '1000000000000000000000000'; // no noise to speak of
    const noisy = (value: string, resolution: string) =>
      addLaplaceNoise(value, { sensitivity: resolution, epsilon, resolution }, seededBytes(8));
    expect(noisy('90071992547409930000.1', '0.1')).toBe('90071992547409930000.1');
    expect(noisy('0.30000000000000000000000000001', '0.00000000000000000000000000001')).toBe(
      '0.30000000000000000000000000001',
    );
    expect(noisy('-7.5', '2.5')).toBe('-7.5');
    expect(noisy('-0.04', '0.1')).toBe('0');
  });

  it('takes its randomness from the operating system, where nobody says otherwise', () => {
    const parameters = { sensitivity: '1', epsilon: '0.000001', resolution: '1' };
    expect(new Set(Array.from({ length: 20 }, () => addLaplaceNoise('0', parameters))).size).toBeGreaterThan(
      15,
    );
  });

  it('lists every problem at once', () => {
    const parameters = { sensitivity: '0', epsilon: '-1', resolution: '1e-3' };
    expect(() => addLaplaceNoise('NaN', parameters)).toThrow(
      /sensitivity must be above 0.*epsilon must be above 0.*resolution must be a decimal.*value must be a decimal/,
    );
  });

  it.each<[string, unknown]>([
    ['a number', 0.5],
    ['nothing', ''],
    ['infinity', 'Infinity'],
    ['half a decimal', '1.'],
    ['a hexadecimal', '0x10'],
    ['too many digits', '1'.repeat(81)],
  ])('refuses %s as an epsilon', (_, epsilon) => {
    const parameters = { sensitivity: '1', epsilon: epsilon as string, resolution: '1' };
    expect(() => addLaplaceNoise('0', parameters)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: matching(/^Laplace noise is wrong: epsilon /),
      }),
    );
  });
});

describe('addGaussianNoise', () => {
  it.each([
    { value: '12', base: '12', sensitivity: '1', rho: '0.02', resolution: '1', variance: 25 },
    { value: '0.26', base: '0.3', sensitivity: '0.25', rho: '0.125', resolution: '0.1', variance: 36 },
  ])('adds to $value noise of the variance $variance', ({ value, base, variance, ...parameters }) => {
    const bytes = seededBytes(9);
    const noisy = () => addGaussianNoise(value, parameters, bytes);
    const counts = countDraws(6000, () => unitsOf(noisy(), base, parameters.resolution));
    expectDistribution(counts, gaussianProbability(variance));
  });

  it('adds by epsilon and delta what their largest rho asks for', () => {
    const bytes = seededBytes(10);
    const parameters = { sensitivity: '1', epsilon: '1', delta: '0.00001', resolution: '1' };
    const counts = countDraws(6000, () => BigInt(addGaussianNoise('0', parameters, bytes)));
    // (√(ln 10⁵ + 1) - √(ln 10⁵))² = 0.0208199...
    expectDistribution(counts, gaussianProbability(1 / (2 * 0.020_819_938_339_5)));
  });

  it.each([
    [{}, /must have either rho, or epsilon and delta/],
    [{ rho: '1', epsilon: '1' }, /must have either/],
    [{ epsilon: '1' }, /must have either/],
    [{ delta: '0.1' }, /must have either/],
    [{ epsilon: '1', delta: '0' }, /delta must be above 0 and below 1/],
    [{ epsilon: '1', delta: '1' }, /delta must be above 0 and below 1/],
    [{ epsilon: '1', delta: '1.5' }, /delta must be above 0 and below 1/],
    [{ epsilon: '0.0000000000000000000001', delta: '0.1' }, /epsilon must be larger/],
    [{ rho: '0', epsilon: '1' }, /rho must be above 0.*must have either/],
    [{ rho: '1', sigma: '1' }, /sigma/],
  ])('refuses %j', (measure, message) => {
    const parameters = { sensitivity: '1', resolution: '1', ...measure } as {
      rho: string;
      sensitivity: string;
      resolution: string;
    };
    expect(() => addGaussianNoise('0', parameters)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: matching(message) }),
    );
  });
});
