import { TenancyError } from '../../errors.ts';
import { secureBytes, type ByteSource } from '../../privacy/mechanisms/byte-source.ts';
import { discreteLaplace } from '../../privacy/mechanisms/discrete-laplace.ts';
import { roundToUnits } from '../../privacy/mechanisms/resolution.ts';
import {
  add,
  ceil,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  type Fraction,
} from '../../privacy/fraction.ts';
import type { FederatedSettings } from '../settings.ts';

/** A number, exactly as JavaScript prints it and PostgreSQL reads it. */
export function toFraction(value: number): Fraction {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const power = 10n ** BigInt(Math.abs(Number(exponent)));
  const factor =
    Number(exponent) < 0 ? { numerator: 1n, denominator: power } : { numerator: power, denominator: 1n };
  return multiply(parseDecimal(mantissa), factor);
}

const minus = (one: Fraction, other: Fraction): Fraction =>
  add(one, { numerator: -other.numerator, denominator: other.denominator });

type Range = Pick<FederatedSettings, 'lower' | 'upper' | 'resolution' | 'dimensions' | 'epsilon'>;

/** Steps of the resolution that the range has. */
export const stepsOf = ({ lower, upper, resolution }: Range): bigint =>
  ceil(divide(minus(toFraction(upper), toFraction(lower)), toFraction(resolution)));

/**
 * Values as whole steps above the lower bound.
 *
 * @throws {TenancyError} `INVALID_INPUT` for another number of values, or one that is not in the range.
 */
export function toSteps(range: Range, values: readonly number[]): bigint[] {
  const { lower, upper, resolution, dimensions } = range;
  if (values.length !== dimensions || !values.every((value) => value >= lower && value <= upper))
    throw new TenancyError(
      'INVALID_INPUT',
      `the session takes ${dimensions} values from ${lower} to ${upper}`,
    );
  return values.map((value) =>
    roundToUnits(minus(toFraction(value), toFraction(lower)), toFraction(resolution)),
  );
}

/** What the total of so many parties' steps stands for. */
export function fromTotal(range: Range, total: bigint, parties: number): number {
  const lowest = multiply(toFraction(range.lower), { numerator: BigInt(parties), denominator: 1n });
  const steps = multiply(toFraction(range.resolution), { numerator: total, denominator: 1n });
  return Number(formatDecimal(add(lowest, steps)));
}

/**
 * A party's own noise for the whole total: replacing all it put in moves the total by steps × dimensions at most, so that
 * this alone makes it epsilon-differentially private, whatever the other parties do or tell each other.
 */
export function withOwnNoise(
  range: Range,
  steps: readonly bigint[],
  bytes: ByteSource = secureBytes,
): bigint[] {
  if (range.epsilon === null) return [...steps];
  const sensitivity = { numerator: stepsOf(range) * BigInt(range.dimensions), denominator: 1n };
  const scale = divide(sensitivity, toFraction(range.epsilon));
  return steps.map((step) => step + discreteLaplace(scale, bytes));
}
