import type { Measured } from '../src/statistics.ts';

/** What a contender might have taken. */
export function aMeasured(rest: Partial<Measured> = {}): Measured {
  return { p50Ms: 1, p95Ms: 2, perSecond: 1000, figures: {}, spread: { p50Ms: [1, 1] }, ...rest };
}
