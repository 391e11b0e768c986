/** A fraction of whole numbers; the denominator is above 0. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A decimal such as `-12.50`, exactly; see `Decimal` for what is one. */
export function parseDecimal(text: string): Fraction {
  const [whole = '', decimals = ''] = text.split('.');
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/** `numerator / denominator` with so many decimals that nothing is lost, and no more; the denominator is a power of ten. */
export function formatDecimal({ numerator, denominator }: Fraction): string {
  const places = denominator.toString().length - 1;
  const digits = (numerator < 0n ? -numerator : numerator).toString().padStart(places + 1, '0');
  const decimals = digits.slice(digits.length - places).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - places);
  return `${numerator < 0n ? '-' : ''}${whole}${places === 0 || decimals === '' ? '' : `.${decimals}`}`;
}

export const multiply = (one: Fraction, other: Fraction): Fraction => ({
  numerator: one.numerator * other.numerator,
  denominator: one.denominator * other.denominator,
});

export const divide = (one: Fraction, { numerator, denominator }: Fraction): Fraction =>
  multiply(one, { numerator: denominator, denominator: numerator });

export function add(one: Fraction, other: Fraction): Fraction {
  // The denominators of decimals divide each other, so a long sum of them does not grow.
  if (one.denominator < other.denominator) return add(other, one);
  const isMultiple = one.denominator % other.denominator === 0n;
  const factor = isMultiple ? one.denominator / other.denominator : one.denominator;
  const own = isMultiple ? 1n : other.denominator;
  return {
    numerator: one.numerator * own + other.numerator * factor,
    denominator: one.denominator * own,
  };
}

/** The largest whole number that is not above the fraction. */
export function floor({ numerator, denominator }: Fraction): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** The smallest whole number that is not below the fraction. */
export const ceil = ({ numerator, denominator }: Fraction): bigint =>
  -floor({ numerator: -numerator, denominator });

/** The largest whole number whose square is not above `square`. */
export function floorSqrt(square: bigint): bigint {
  if (square < 2n) return square;
  // Newton's method from above comes down until it has arrived.
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
