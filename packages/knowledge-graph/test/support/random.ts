/** Random numbers that repeat with the seed (mulberry32). */
export function seededRandom(seed: number): {
  integer: (below: number) => number;
  pick: <T>(from: readonly T[]) => T;
} {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  const pick = <T>(from: readonly T[]): T => {
    const at = integer(from.length);
    if (at >= from.length) throw new RangeError('there is nothing to pick from');
    return from[at] as T;
  };
  return { integer, pick };
}
