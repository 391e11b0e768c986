/** Random numbers that repeat with their seed. */
export interface SeededRandom {
  /** From 0 to below 1. */
  readonly fraction: () => number;
  /** A whole number from 0 to below `bound`, at most 2^32, each as likely as the others. */
  readonly integer: (bound: number) => number;
}

const WORDS = 2 ** 32;

/**
 * xoshiro128** with a period of 2^128 − 1. For sampling, not for secrets.
 *
 * @see Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2021, §5.
 */
export function seededRandom(seed: number): SeededRandom {
  let [a, b, c, d] = spread(seed);
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  return {
    fraction: () => next() / WORDS,
    integer(bound) {
      // A number from the incomplete last interval would make small remainders more likely.
      const limit = WORDS - (WORDS % bound);
      let number = next();
      while (number >= limit) number = next();
      return number % bound;
    },
  };
}

/** Puts the whole numbers in an order, each as likely as the others (Fisher, Yates). */
export function shuffle(numbers: Uint32Array, random: SeededRandom): Uint32Array {
  for (let last = numbers.length - 1; last > 0; last--) {
    const place = random.integer(last + 1);
    const number = numbers[last] ?? 0;
    numbers[last] = numbers[place] ?? 0;
    numbers[place] = number;
  }
  return numbers;
}

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** Four words of one number, by splitmix32: a state of zeros would stay zeros. */
function spread(seed: number): [number, number, number, number] {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  return [next(), next(), next(), next()];
}
