import { describe, expect, it } from 'vitest';
import { rhoOfBudget } from '../../../src/privacy/accounting/composition.ts';
import { addGaussianNoise } from '../../../src/privacy/mechanisms/add-gaussian-noise.ts';
import { addLaplaceNoise } from '../../../src/privacy/mechanisms/add-laplace-noise.ts';
import { distinguish, type Event } from '../support/distinguisher.ts';
import { seededBytes } from '../support/seeded-bytes.ts';

const DRAWS = 40_000;
const EPSILON = 1;

/** Uniform from above 0 to 1, on the grid of 2^-53 that a number of JavaScript affords. */
function seededUniform(seed: number): () => number {
  const bytes = seededBytes(seed);
  return () => {
    const [low, high] = new Uint32Array(new Uint8Array(bytes(8)).buffer);
    return (((high ?? 0) & 0x1f_ffff) * 2 ** 32 + (low ?? 0) + 1) * 2 ** -53;
  };
}

/** Laplace noise as it is written everywhere: a logarithm in floating point. */
function floatingPointLaplace(value: number, uniform: () => number): number {
  const sign = uniform() < 0.5 ? -1 : 1;
  return value + sign * -Math.log(uniform());
}

/**
 * Whether an output can come about when the value is 0: some number of the generator's grid has just this logarithm.
 *
 * @see Mironov: On Significance of the Least Significant Bits for Differential Privacy, 2012, section 4
 */
const isReachableFromZero: Event = (output) => {
  const nearest = Math.round(Math.exp(-Math.abs(output)) * 2 ** 53);
  return [-3, -2, -1, 0, 1, 2, 3].some((step) => -Math.log((nearest + step) * 2 ** -53) === Math.abs(output));
};
const mironov: readonly Event[] = [(output) => !isReachableFromZero(output)];

const laplace = (value: string, epsilon: string, resolution: string, seed: number) => {
  const bytes = seededBytes(seed);
  return () => Number(addLaplaceNoise(value, { sensitivity: '1', epsilon, resolution }, bytes));
};

describe('two neighbouring databases', () => {
  it.each(['1', '0.001'])('are kept apart by Laplace noise no better than epsilon, at %s', (resolution) => {
    const distinction = distinguish(laplace('0', '1', resolution, 11), laplace('1', '1', resolution, 12), {
      draws: DRAWS,
      candidates: mironov,
    });
    expect(distinction.atLeast).toBeLessThanOrEqual(EPSILON);
    // It is no blind distinguisher: it gets as far as the mechanism lets anybody.
    expect(distinction.estimate).toBeGreaterThan(0.95 * EPSILON);
  });

  it('are kept apart by Gaussian noise no better than epsilon, but for delta', () => {
    const delta = 0.01;
    const gaussian = (value: string, seed: number) => {
      const bytes = seededBytes(seed);
      const parameters = {
        sensitivity: '1',
        rho: rhoOfBudget({ epsilon: '1', delta: '0.01' }),
        resolution: '1',
      };
      return () => Number(addGaussianNoise(value, parameters, bytes));
    };
    const distinction = distinguish(gaussian('0', 13), gaussian('1', 14), { draws: DRAWS, delta });
    expect(distinction.atLeast).toBeLessThanOrEqual(EPSILON);
    expect(distinction.estimate).toBeGreaterThan(0);
  });

  it('are told apart by it when the noise is half of what it should be', () => {
    const half = [laplace('0', '2', '1', 15), laplace('1', '2', '1', 16)] as const;
    expect(distinguish(...half, { draws: DRAWS }).atLeast).toBeGreaterThan(1.5 * EPSILON);
  });

  it('are told apart by the last bits of noise in floating point', () => {
    const naive = (value: number, seed: number) => {
      const uniform = seededUniform(seed);
      return () => floatingPointLaplace(value, uniform);
    };
    const { atLeast } = distinguish(naive(0, 17), naive(1, 18), { draws: DRAWS, candidates: mironov });
    expect(atLeast).toBeGreaterThan(3 * EPSILON);
    // The thresholds alone see nothing: as real numbers, its distribution is the right one.
    expect(distinguish(naive(0, 19), naive(1, 20), { draws: DRAWS }).atLeast).toBeLessThanOrEqual(EPSILON);
  });

  it('are told apart by uniform noise within bounds', () => {
    // magnitude · (random - 0.5) · 2 / epsilon, with a magnitude of 0.01
    const uniformNoise = (value: number, seed: number) => {
      const uniform = seededUniform(seed);
      return () => value + (0.01 * (uniform() - 0.5) * 2) / EPSILON;
    };
    const { atLeast } = distinguish(uniformNoise(0, 21), uniformNoise(1, 22), { draws: DRAWS });
    expect(atLeast).toBeGreaterThan(5 * EPSILON);
  });
});
