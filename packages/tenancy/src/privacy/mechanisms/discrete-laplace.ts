import type { Fraction } from '../fraction.ts';
import type { ByteSource } from './byte-source.ts';
import { happensWithExp } from './happens-with-exp.ts';
import { uniformBelow } from './uniform-below.ts';

const ONE: Fraction = { numerator: 1n, denominator: 1n };

/**
 * A whole number x with a probability in proportion to exp(-|x| / scale), exactly.
 *
 * **Cost** a few dozen random bytes; a little more for larger numbers, so time tells something about the noise.
 *
 * @see Canonne, Kamath, Steinke 2020, algorithm 2
 */
export function discreteLaplace({ numerator, denominator }: Fraction, bytes: ByteSource): bigint {
  for (;;) {
    const remainder = uniformBelow(numerator, bytes);
    if (!happensWithExp({ numerator: remainder, denominator: numerator }, bytes)) continue;
    let multiple = 0n;
    while (happensWithExp(ONE, bytes)) multiple += 1n;
    const magnitude = (remainder + numerator * multiple) / denominator;
    const isNegative = uniformBelow(2n, bytes) === 1n;
    // Zero has one sign only, or it would be twice as likely.
    if (isNegative && magnitude === 0n) continue;
    return isNegative ? -magnitude : magnitude;
  }
}
