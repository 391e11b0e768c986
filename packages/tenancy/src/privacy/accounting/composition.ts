import { z } from 'zod';
import { NonNegativeDecimal, PositiveDecimal, Probability } from '../decimal.ts';
import { add, formatDecimal, multiply, type Fraction } from '../fraction.ts';
import { parseInput } from '../../errors.ts';
import { zcdpEpsilon, zcdpRho } from './zcdp.ts';

/** What one release costs: (ε, δ), and ρ where it is concentrated. All are decimals in strings. */
export const PrivacyCharge = z.strictObject({
  epsilon: PositiveDecimal,
  /** Default: 0, pure differential privacy. */
  delta: NonNegativeDecimal.default({ numerator: 0n, denominator: 1n }),
  /** Default: ε² / 2 where delta is 0 (Bun, Steinke 2016, proposition 1.4), otherwise none. */
  rho: PositiveDecimal.optional(),
});
export type PrivacyCharge = z.input<typeof PrivacyCharge>;

const Charges = z.array(PrivacyCharge);
const ConcentratedCharges = z.strictObject({
  charges: z.array(
    PrivacyCharge.refine(
      ({ delta, rho }) => delta.numerator === 0n || rho !== undefined,
      'must have a rho, because its delta is above 0',
    ),
  ),
  delta: Probability,
});
const Budget = z.strictObject({ epsilon: PositiveDecimal, delta: Probability });
const ZERO: Fraction = { numerator: 0n, denominator: 1n };
const HALF: Fraction = { numerator: 1n, denominator: 2n };

/** What releases cost together, however each depends on those before it. */
export interface PrivacyLoss {
  readonly epsilon: string;
  readonly delta: string;
}

/**
 * Basic composition: epsilons and deltas add up.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem.
 * @see Dwork, Roth: The Algorithmic Foundations of Differential Privacy, 2014, theorem 3.16
 */
export function composeBasic(charges: readonly PrivacyCharge[]): PrivacyLoss {
  const parsed = parseInput(Charges, [...charges], 'a list of charges');
  return {
    epsilon: formatDecimal(parsed.map(({ epsilon }) => epsilon).reduce(add, ZERO)),
    delta: formatDecimal(parsed.map(({ delta }) => delta).reduce(add, ZERO)),
  };
}

/**
 * Composition of concentrated differential privacy: rhos add up, and together imply an epsilon at the delta given, rounded
 * up in the 30th decimal.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem, or where a charge has no rho.
 * @see Bun, Steinke 2016, lemma 1.7 and proposition 1.3
 */
export function composeZcdp(charges: readonly PrivacyCharge[], delta: string): PrivacyLoss {
  const input = parseInput(ConcentratedCharges, { charges: [...charges], delta }, 'a list of charges');
  const rho = input.charges.map(rhoOf).reduce(add, ZERO);
  const epsilon = rho.numerator === 0n ? ZERO : zcdpEpsilon(rho, input.delta);
  return { epsilon: formatDecimal(epsilon), delta: formatDecimal(input.delta) };
}

function rhoOf({ rho, epsilon }: z.output<typeof PrivacyCharge>): Fraction {
  return rho ?? multiply(HALF, multiply(epsilon, epsilon));
}

/**
 * The ρ that a budget of (ε, δ) has room for, rounded down in the 30th decimal; see `zcdpRho`.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem.
 */
export function rhoOfBudget(budget: PrivacyLoss): string {
  const { epsilon, delta } = parseInput(Budget, budget, 'a privacy budget');
  return formatDecimal(zcdpRho(epsilon, delta));
}
