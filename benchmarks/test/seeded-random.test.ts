import { describe, expect, it } from 'vitest';
import { drawn, seededRandom } from '../src/seeded-random.ts';

describe('seededRandom', () => {
  it('repeats itself for the same seed, and for no other', () => {
    const series = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(series(1)).toEqual(series(1));
    expect(series(1)).not.toEqual(series(2));
  });

  it('fills [0, 1) evenly', () => {
    const random = seededRandom(3);
    const tenths = new Map<number, number>();
    for (let at = 0; at < 10_000; at++) {
      const tenth = Math.floor(random() * 10);
      tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
    }
    expect([...tenths.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const count of tenths.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('drawn', () => {
  it('draws as many as asked for', () => {
    expect(new Set(drawn(['a', 'b'], 50, seededRandom(1)))).toEqual(new Set(['a', 'b']));
    expect(() => drawn([], 1, seededRandom(1))).toThrow(RangeError);
  });
});
