import { describe, expect, it } from 'vitest';
import { FeatureCounts } from '../src/feature-counts.ts';

function drain(counts: FeatureCounts): number[] {
  const buckets = new Float64Array(4);
  counts.drainInto(buckets);
  return [...buckets];
}

describe('FeatureCounts', () => {
  it('takes the bucket from one hash and the sign from the other', () => {
    const counts = new FeatureCounts();
    counts.add(0, 1, 1);
    counts.add(0x40000000, -1, 0.5);
    counts.add(-1, 1, 0.25);
    expect(drain(counts)).toEqual([1, -0.5, 0, 0.25]);
  });

  it('dampens repetition: mean weight × (1 + ln count)', () => {
    const counts = new FeatureCounts();
    for (const weight of [1, 1, 0.4]) counts.add(0, 1, weight);
    expect(drain(counts)[0]).toBeCloseTo(0.8 * (1 + Math.log(3)), 5);
  });

  it('tells features apart that share one of the hashes', () => {
    const counts = new FeatureCounts();
    counts.add(7, 1, 1);
    counts.add(7, 2, 1);
    counts.add(7 + 4096, 1, 1);
    expect(drain(counts)[0]).toBe(3);
  });

  it('forgets what was drained', () => {
    const counts = new FeatureCounts();
    counts.add(0, 1, 1);
    drain(counts);
    expect(drain(counts)).toEqual([0, 0, 0, 0]);
    counts.add(0, 1, 1);
    expect(drain(counts)).toEqual([1, 0, 0, 0]);
  });

  it('grows past its first size without losing or doubling a feature', () => {
    const counts = new FeatureCounts();
    for (let round = 0; round < 2; round += 1) {
      for (let feature = 0; feature < 20_000; feature += 1) counts.add(feature, 1, 1);
      expect(drain(counts)[0]).toBe(20_000);
    }
    for (let feature = 0; feature < 20_000; feature += 1) counts.add(feature % 10_000, 1, 1);
    expect(drain(counts)[0]).toBeCloseTo(10_000 * (1 + Math.log(2)), 1);
  });
});
