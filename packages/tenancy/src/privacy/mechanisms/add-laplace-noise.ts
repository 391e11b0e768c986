import { z } from 'zod';
import { Decimal, PositiveDecimal } from '../decimal.ts';
import { ceil, divide, type Fraction } from '../fraction.ts';
import { parseInput } from '../../errors.ts';
import { secureBytes, type ByteSource } from './byte-source.ts';
import { discreteLaplace } from './discrete-laplace.ts';
import { roundToUnits, unitsToDecimal } from './resolution.ts';

/** How much Laplace noise a value gets. All are decimals in strings. */
export const LaplaceParameters = z.strictObject({
  /** How far one subject can move the value at most. */
  sensitivity: PositiveDecimal,
  epsilon: PositiveDecimal,
  /** Distance between two values that can come out. */
  resolution: PositiveDecimal,
});
export type LaplaceParameters = z.input<typeof LaplaceParameters>;

const LaplaceInput = LaplaceParameters.extend({ value: Decimal });

/**
 * Adds discrete Laplace noise of the scale sensitivity / epsilon: the value is ε-differentially private afterwards.
 *
 * The value is rounded to the resolution first, and everything after that is whole numbers. Noise in floating point gives
 * values away by its last bits (Mironov: On Significance of the Least Significant Bits for Differential Privacy, 2012).
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem.
 * @example
 * addLaplaceNoise('1234', { sensitivity: '1', epsilon: '0.5', resolution: '1' }); // such as '1231'
 */
export function addLaplaceNoise(
  value: string,
  parameters: LaplaceParameters,
  bytes: ByteSource = secureBytes,
): string {
  const input = parseInput(LaplaceInput, { ...parameters, value }, 'Laplace noise');
  const noise = discreteLaplace(laplaceScale(input), bytes);
  return unitsToDecimal(roundToUnits(input.value, input.resolution) + noise, input.resolution);
}

/** In units. Two values that are apart by the sensitivity are, rounded, apart by so many whole units at most. */
function laplaceScale({ sensitivity, epsilon, resolution }: z.output<typeof LaplaceParameters>): Fraction {
  const units = ceil(divide(sensitivity, resolution));
  return divide({ numerator: units, denominator: 1n }, epsilon);
}
