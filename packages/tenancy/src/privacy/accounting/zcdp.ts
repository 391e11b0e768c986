import { floorSqrt, type Fraction } from '../fraction.ts';
import { logBounds, PRECISION } from './log-bounds.ts';

/** Decimals that results are rounded to. */
const PLACES = 10n ** 30n;

const STEP = PRECISION / PLACES;

const scaled = ({ numerator, denominator }: Fraction): bigint => (numerator * PRECISION) / denominator;
const scaledUp = (fraction: Fraction): bigint => scaled(fraction) + 1n;
const result = (numerator: bigint): Fraction => ({ numerator, denominator: PLACES });

/**
 * The epsilon that ρ-zCDP implies at a delta: ρ + 2 √(ρ ln(1/δ)), rounded up in the 30th decimal.
 *
 * There are conversions that are tighter by some percent; this one can be checked by hand.
 *
 * @see Bun, Steinke: Concentrated Differential Privacy, 2016, proposition 1.3
 */
export function zcdpEpsilon(rho: Fraction, delta: Fraction): Fraction {
  const [, log] = logBounds({ numerator: delta.denominator, denominator: delta.numerator });
  const root = floorSqrt(scaledUp(rho) * log) + 1n;
  return result((scaledUp(rho) + 2n * root) / STEP + 1n);
}

/**
 * The largest ρ whose zCDP implies (ε, δ), rounded down in the 30th decimal: √ρ = √(ln(1/δ) + ε) − √ln(1/δ).
 *
 * Written as ε / (√(ln(1/δ) + ε) + √ln(1/δ)), in which nothing cancels.
 */
export function zcdpRho(epsilon: Fraction, delta: Fraction): Fraction {
  const [, log] = logBounds({ numerator: delta.denominator, denominator: delta.numerator });
  const sum = floorSqrt((log + scaledUp(epsilon)) * PRECISION) + floorSqrt(log * PRECISION) + 2n;
  const root = (scaled(epsilon) * PRECISION) / sum;
  return result((root * root) / PRECISION / STEP);
}
