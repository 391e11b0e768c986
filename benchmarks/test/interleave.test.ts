import { describe, expect, it } from 'vitest';
import { interleave } from '../src/interleave.ts';

describe('interleave', () => {
  it('lets all take turns, begins each round with the next, and does not count the warm-up', async () => {
    const order: string[] = [];
    const contender = (name: string) => ({
      round: () => {
        order.push(name);
        return Promise.resolve({ latenciesMs: [order.length], elapsedMs: 1 });
      },
    });
    const contenders = { a: contender('a'), b: contender('b'), c: contender('c') };
    const measured = await interleave(contenders, { rounds: 2, warmUpRounds: 1 });
    expect(order.join('')).toBe('abcbcacab');
    expect(measured.a.spread['p50Ms']).toEqual([6, 8]);
    expect(measured.b.spread['p50Ms']).toEqual([4, 9]);
    expect(measured.c.spread['p50Ms']).toEqual([5, 7]);
  });
});
