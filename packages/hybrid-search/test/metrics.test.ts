import { describe, expect, it } from 'vitest';
import { meanReciprocalRank, ndcgAtK, precisionAtK, recallAtK } from '../src/metrics.ts';

// Two of the three relevant ids are among the first five: worked by hand from the definitions in Manning et al., §8.3-4.
const judged = { ranked: ['r1', 'x1', 'x2', 'r2', 'x3', 'r3'], relevant: new Set(['r1', 'r2', 'r3']) };
const refused: unknown = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
const duplicate: unknown = expect.objectContaining({ code: 'DUPLICATE_ID' });

describe('recallAtK', () => {
  it('is the share of the relevant ids that were found', () => {
    expect(recallAtK(judged, 1)).toBe(1 / 3);
    expect(recallAtK(judged, 5)).toBe(2 / 3);
    expect(recallAtK(judged, 6)).toBe(1);
    expect(recallAtK(judged, 100)).toBe(1);
    expect(recallAtK({ ...judged, ranked: [] }, 10)).toBe(0);
  });

  it('refuses a k below 1, nothing relevant, and an id ranked twice', () => {
    expect(() => recallAtK(judged, 0)).toThrow(refused);
    expect(() => recallAtK(judged, 1.5)).toThrow(refused);
    expect(() => recallAtK({ ranked: ['a'], relevant: new Set() }, 1)).toThrow(refused);
    expect(() => recallAtK({ ...judged, ranked: ['r1', 'r1'] }, 2)).toThrow(duplicate);
  });
});

describe('precisionAtK', () => {
  it('is the share of the first k places that are right', () => {
    expect(precisionAtK(judged, 1)).toBe(1);
    expect(precisionAtK(judged, 5)).toBe(2 / 5);
    expect(precisionAtK(judged, 6)).toBe(1 / 2);
  });

  it('counts places that were not filled as wrong', () => {
    expect(precisionAtK(judged, 10)).toBe(3 / 10);
  });

  it('refuses a k below 1, nothing relevant, and an id ranked twice', () => {
    expect(() => precisionAtK(judged, 0)).toThrow(refused);
    expect(() => precisionAtK({ ranked: [], relevant: new Set() }, 1)).toThrow(refused);
    expect(() => precisionAtK({ ...judged, ranked: ['x', 'x'] }, 2)).toThrow(duplicate);
  });
});

describe('meanReciprocalRank', () => {
  // The example of https://en.wikipedia.org/wiki/Mean_reciprocal_rank: (1/3 + 1/2 + 1) / 3 = 11/18.
  const plurals = [
    { ranked: ['catten', 'cati', 'cats'], relevant: new Set(['cats']) },
    { ranked: ['torii', 'tori', 'toruses'], relevant: new Set(['tori']) },
    { ranked: ['viruses', 'virii', 'viri'], relevant: new Set(['viruses']) },
  ];

  it('averages 1 / rank of the first relevant id', () => {
    expect(meanReciprocalRank(plurals)).toBeCloseTo(11 / 18, 12);
  });

  it('counts a query without a hit as 0', () => {
    const missed = { ranked: ['a', 'b'], relevant: new Set(['c']) };
    expect(meanReciprocalRank([...plurals, missed])).toBeCloseTo(11 / 24, 12);
  });

  it('looks at the first relevant id only', () => {
    expect(meanReciprocalRank([{ ranked: ['x', 'a', 'b'], relevant: new Set(['a', 'b']) }])).toBe(1 / 2);
  });

  it('refuses no queries, one without a relevant id, and an id ranked twice', () => {
    expect(() => meanReciprocalRank([])).toThrow(refused);
    expect(() => meanReciprocalRank([{ ranked: ['a'], relevant: new Set() }])).toThrow(refused);
    expect(() => meanReciprocalRank([{ ranked: ['a', 'a'], relevant: new Set(['a']) }])).toThrow(duplicate);
  });
});

describe('ndcgAtK', () => {
  // The example of https://en.wikipedia.org/wiki/Discounted_cumulative_gain: grades 3,2,3,0,1,2 were shown, D7 (3) and
  // D8 (2) were missed. DCG6 = 6.861, IDCG6 = 8.740, nDCG6 = 0.785.
  const gains = new Map([
    ['D1', 3],
    ['D2', 2],
    ['D3', 3],
    ['D4', 0],
    ['D5', 1],
    ['D6', 2],
    ['D7', 3],
    ['D8', 2],
  ]);
  const shown = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6'];

  it('is the discounted gain over the best one that the grades allow', () => {
    expect(ndcgAtK(shown, gains, 6)).toBeCloseTo(0.785, 3);
    // By hand: (3 + 2 / log2 3) / (3 + 3 / log2 3), the ideal first two being 3 and 3.
    expect(ndcgAtK(shown, gains, 2)).toBeCloseTo((3 + 2 / 1.584963) / (3 + 3 / 1.584963), 6);
  });

  it('is 1 for the ideal order and 0 when nothing gains', () => {
    expect(ndcgAtK(['D1', 'D3', 'D7', 'D2', 'D6', 'D8', 'D5'], gains, 7)).toBe(1);
    expect(ndcgAtK(['D4', 'unknown'], gains, 5)).toBe(0);
  });

  it('refuses a k below 1, bad gains, none above 0, and an id ranked twice', () => {
    expect(() => ndcgAtK(shown, gains, 0)).toThrow(refused);
    expect(() => ndcgAtK(shown, new Map([['D1', -1]]), 5)).toThrow(refused);
    expect(() => ndcgAtK(shown, new Map([['D1', Number.NaN]]), 5)).toThrow(refused);
    expect(() => ndcgAtK(shown, new Map([['D1', 0]]), 5)).toThrow(refused);
    expect(() => ndcgAtK(['D1', 'D1'], gains, 5)).toThrow(duplicate);
  });
});
