import { add, divide, floor, formatDecimal, multiply, type Fraction } from '../fraction.ts';

const HALF: Fraction = { numerator: 1n, denominator: 2n };

/**
 * The nearest whole number of units; upwards from the middle between two, for negative ones as well, so that values that
 * are apart by whole units stay so.
 */
export const roundToUnits = (value: Fraction, resolution: Fraction): bigint =>
  floor(add(divide(value, resolution), HALF));

/** So many units, as a decimal; the resolution is one. */
export const unitsToDecimal = (units: bigint, resolution: Fraction): string =>
  formatDecimal(multiply({ numerator: units, denominator: 1n }, resolution));
