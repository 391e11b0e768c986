import type { Fraction } from '../fraction.ts';
import type { ByteSource } from './byte-source.ts';
import { uniformBelow } from './uniform-below.ts';

/**
 * True with probability exp(-γ), exactly, for a fraction γ from 0.
 *
 * @see Canonne, Kamath, Steinke: The Discrete Gaussian for Differential Privacy, 2020, algorithm 1
 */
export function happensWithExp({ numerator, denominator }: Fraction, bytes: ByteSource): boolean {
  if (numerator < 0n) throw new RangeError('the exponent of a probability has to be 0 or more');
  for (let whole = numerator / denominator; whole > 0n; whole -= 1n) {
    if (!happensWithExpUpToOne(1n, 1n, bytes)) return false;
  }
  return happensWithExpUpToOne(numerator % denominator, denominator, bytes);
}

function happensWithExpUpToOne(numerator: bigint, denominator: bigint, bytes: ByteSource): boolean {
  let draws = 1n;
  while (uniformBelow(denominator * draws, bytes) < numerator) draws += 1n;
  return draws % 2n === 1n;
}
