import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseRanks, type RankedList } from '../src/fusion.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
// Few different weights, so that ties are common.
const weight = fc.integer({ min: 0, max: 12 }).map((quarters) => quarters / 4);
const lists: fc.Arbitrary<RankedList[]> = fc
  .array(fc.record({ ids: fc.uniqueArray(id), weight }), { maxLength: 4 })
  .map((arms) => arms.map((arm, index) => ({ ...arm, name: `arm ${index}` })));
const k = fc.integer({ min: 0, max: 100 });

/** The formula of the paper, id by id. */
function naiveScore(arms: readonly RankedList[], wanted: string, damping: number): number {
  let score = 0;
  for (const { ids, weight: armWeight = 1 } of arms) {
    const index = ids.indexOf(wanted);
    if (index >= 0) score += armWeight / (damping + index + 1);
  }
  return score;
}

describe('fuseRanks', () => {
  it('agrees with the formula and holds every id once', () => {
    fc.assert(
      fc.property(lists, k, (arms, damping) => {
        const results = fuseRanks(arms, { k: damping });
        const expected = new Set(arms.filter((arm) => arm.weight !== 0).flatMap((arm) => arm.ids));
        expect(results.map((result) => result.id).toSorted()).toEqual([...expected].toSorted());
        for (const result of results) {
          expect(result.score).toBeCloseTo(naiveScore(arms, result.id, damping), 12);
          for (const { list, rank } of result.reasons) {
            expect(arms.find(({ name }) => name === list)?.ids[rank - 1]).toBe(result.id);
          }
        }
      }),
    );
  });

  it('orders by score, then best rank, then id, strictly', () => {
    fc.assert(
      fc.property(lists, k, (arms, damping) => {
        const keyed = fuseRanks(arms, { k: damping }).map((result) => ({
          ...result,
          bestRank: Math.min(...result.reasons.map(({ rank }) => rank)),
        }));
        for (const [index, next] of keyed.entries()) {
          const previous = keyed[index - 1];
          if (previous === undefined) continue;
          const inOrder =
            previous.score > next.score ||
            (previous.score === next.score &&
              (previous.bestRank < next.bestRank ||
                (previous.bestRank === next.bestRank && previous.id < next.id)));
          expect(inOrder).toBe(true);
        }
      }),
    );
  });

  it('gives the same order and scores whichever way the lists are ordered', () => {
    fc.assert(
      fc.property(lists, k, (arms, damping) => {
        const withoutReasons = (some: readonly RankedList[]) =>
          fuseRanks(some, { k: damping }).map((result) => [result.id, result.score]);
        expect(withoutReasons(arms.toReversed())).toEqual(withoutReasons(arms));
      }),
    );
  });

  it('cuts without reordering', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 12 }), (arms, limit) => {
        expect(fuseRanks(arms, { limit })).toEqual(fuseRanks(arms).slice(0, limit));
      }),
    );
  });
});
