/**
 * Numbers in [0, 1) that look random and are the same for the same seed, so that every run works on the same data.
 *
 * @see mulberry32, Tommy Ettinger, public domain
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of the values, each drawn from all of them. */
export function drawn<T>(values: readonly T[], count: number, random: () => number): T[] {
  return Array.from({ length: count }, () => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new RangeError('no values to draw from');
    return value;
  });
}
