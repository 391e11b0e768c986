import { describe, expect, it } from 'vitest';
import { median, quantile, summarize, timingOf } from '../src/statistics.ts';

describe('quantile', () => {
  it.each([
    [[7], 0.95, 7],
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[10, 20], 0.95, 19.5],
    [[2, 1], 0, 1],
    [[2, 1], 1, 2],
  ])('of %j, %d, is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 10);
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    expect(median(values)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });

  it('sorts by number, not as text', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it('refuses nothing at all', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('timingOf', () => {
  it('takes the rate from the clock and not from the latencies, which overlap', () => {
    const latenciesMs = Array.from({ length: 101 }, (_, at) => at);
    expect(timingOf({ latenciesMs, elapsedMs: 50 })).toEqual({ p50Ms: 50, p95Ms: 95, perSecond: 2020 });
  });
});

describe('summarize', () => {
  it('takes the median of the rounds, so that one that was disturbed changes nothing', () => {
    const round = (ms: number) => ({ latenciesMs: [ms], elapsedMs: ms, figures: { doubleMs: 2 * ms } });
    const measured = summarize([round(10), round(1000), round(12)]);
    expect(measured).toMatchObject({ p50Ms: 12, p95Ms: 12, figures: { doubleMs: 24 } });
    expect(measured.perSecond).toBeCloseTo(83.33, 2);
    expect(measured.spread).toEqual({
      p50Ms: [10, 1000],
      p95Ms: [10, 1000],
      perSecond: [1, 100],
      doubleMs: [20, 2000],
    });
  });
});
