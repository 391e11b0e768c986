import { floorSqrt, type Fraction } from '../fraction.ts';
import type { ByteSource } from './byte-source.ts';
import { discreteLaplace } from './discrete-laplace.ts';
import { happensWithExp } from './happens-with-exp.ts';

/**
 * A whole number x with a probability in proportion to exp(-x² / (2 variance)), exactly.
 *
 * @see Canonne, Kamath, Steinke 2020, algorithm 3
 */
export function discreteGaussian({ numerator, denominator }: Fraction, bytes: ByteSource): bigint {
  // Any scale gives the same distribution; about the standard deviation throws the least away.
  const scale = floorSqrt(numerator / denominator) + 1n;
  for (;;) {
    const number = discreteLaplace({ numerator: scale, denominator: 1n }, bytes);
    const magnitude = number < 0n ? -number : number;
    // exp(-(magnitude - variance / scale)² / (2 variance)), as a fraction
    const distance = magnitude * denominator * scale - numerator;
    const exponent = {
      numerator: distance * distance,
      denominator: 2n * numerator * denominator * scale * scale,
    };
    if (happensWithExp(exponent, bytes)) return number;
  }
}
