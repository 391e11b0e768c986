import { z } from 'zod';
import { parseInput, TenancyError } from '../../errors.ts';
import { zcdpRho } from '../accounting/zcdp.ts';
import { Decimal, PositiveDecimal, Probability } from '../decimal.ts';
import { ceil, divide, type Fraction } from '../fraction.ts';
import { secureBytes, type ByteSource } from './byte-source.ts';
import { discreteGaussian } from './discrete-gaussian.ts';
import { roundToUnits, unitsToDecimal } from './resolution.ts';

/** How much Gaussian noise a value gets: by rho, or by epsilon and delta. All are decimals in strings. */
export type GaussianParameters = {
  /** How far one subject can move the value at most. */
  readonly sensitivity: string;
  /** Distance between two values that can come out. */
  readonly resolution: string;
} & ({ readonly rho: string } | { readonly epsilon: string; readonly delta: string });

const GaussianInput = z
  .strictObject({
    value: Decimal,
    sensitivity: PositiveDecimal,
    rho: PositiveDecimal.optional(),
    epsilon: PositiveDecimal.optional(),
    delta: Probability.optional(),
    resolution: PositiveDecimal,
  })
  .refine(
    (input) =>
      'rho' in input ? !('epsilon' in input) && !('delta' in input) : 'epsilon' in input && 'delta' in input,
    { message: 'must have either rho, or epsilon and delta', when: () => true },
  );
type GaussianInput = z.output<typeof GaussianInput>;

/**
 * Adds discrete Gaussian noise of the variance sensitivity² / 2ρ: the value is ρ-zCDP afterwards. For epsilon and delta,
 * ρ is the largest that implies them; see `zcdpRho`.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem.
 * @see Canonne, Kamath, Steinke 2020, theorem 4
 * @example
 * addGaussianNoise('98.6', { sensitivity: '10', epsilon: '1', delta: '0.000001', resolution: '0.1' });
 */
export function addGaussianNoise(
  value: string,
  parameters: GaussianParameters,
  bytes: ByteSource = secureBytes,
): string {
  const input = parseInput(GaussianInput, { ...parameters, value }, 'Gaussian noise');
  const noise = discreteGaussian(varianceOf(input), bytes);
  return unitsToDecimal(roundToUnits(input.value, input.resolution) + noise, input.resolution);
}

/** In units². Two values that are apart by the sensitivity are, rounded, apart by so many whole units at most. */
function varianceOf(input: GaussianInput): Fraction {
  const units = ceil(divide(input.sensitivity, input.resolution));
  const rho = rhoOf(input);
  return { numerator: units * units * rho.denominator, denominator: 2n * rho.numerator };
}

function rhoOf({ rho, epsilon, delta }: GaussianInput): Fraction {
  if (rho !== undefined) return rho;
  if (epsilon === undefined || delta === undefined) throw new Error('the schema lets nothing else through');
  const implied = zcdpRho(epsilon, delta);
  if (implied.numerator > 0n) return implied;
  throw new TenancyError('INVALID_INPUT', 'Gaussian noise is wrong: epsilon must be larger');
}
