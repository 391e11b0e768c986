import type { Fraction } from '../fraction.ts';

/** What stands for 1 where logarithms are computed with whole numbers. */
export const PRECISION = 10n ** 50n;

/** Each step of the series rounds down, and there are fewer than 200. */
const ERROR = 1000n;

/**
 * Whole numbers between which the natural logarithm of a fraction of 1 or more is, in units of 1 / `PRECISION`.
 *
 * ln x = k ln 2 + ln m with m from 1 to 2, and ln m = 2 artanh((m − 1) / (m + 1)).
 */
export function logBounds({ numerator, denominator }: Fraction): readonly [lower: bigint, upper: bigint] {
  let doublings = 0n;
  let one = denominator;
  while (one * 2n <= numerator) {
    one *= 2n;
    doublings += 1n;
  }
  const lower = 2n * (doublings * HALF_LOG_OF_2 + artanhFloor(numerator - one, numerator + one));
  return [lower, lower + 2n * (doublings + 1n) * ERROR];
}

/** artanh z = z + z³/3 + z⁵/5 + …, for z = numerator / denominator up to 1/3; too small by less than `ERROR`. */
function artanhFloor(numerator: bigint, denominator: bigint): bigint {
  let power = (numerator * PRECISION) / denominator;
  const square = (power * power) / PRECISION;
  let sum = 0n;
  for (let odd = 1n; power > 0n; odd += 2n) {
    sum += power / odd;
    power = (power * square) / PRECISION;
  }
  return sum;
}

const HALF_LOG_OF_2 = artanhFloor(1n, 3n);
