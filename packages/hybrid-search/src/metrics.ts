import { SearchError } from './errors.ts';

/** One query's answer, best first, and the ids that would have been right. */
export interface JudgedRanking {
  readonly ranked: readonly string[];
  readonly relevant: ReadonlySet<string>;
}

/**
 * Share of the relevant ids that stand among the first k, 0–1. For an approximate index pass the exact first k as
 * relevant.
 *
 * @throws SearchError `INVALID_ARGUMENT` when k is no positive integer or nothing is relevant (the share of nothing
 *   is undefined; leave such queries out of a mean).
 * @throws SearchError `DUPLICATE_ID` when an id is ranked twice.
 * @see Manning, Raghavan, Schütze, "Introduction to Information Retrieval", 2008, §8.3
 */
export function recallAtK({ ranked, relevant }: JudgedRanking, k: number): number {
  assertJudged({ ranked, relevant });
  return countHits({ ranked, relevant }, k) / relevant.size;
}

/**
 * Share of the first k places that hold a relevant id, 0–1. Places that were not filled count as wrong.
 *
 * @throws SearchError `INVALID_ARGUMENT`, `DUPLICATE_ID` as {@link recallAtK}.
 * @see Manning, Raghavan, Schütze, "Introduction to Information Retrieval", 2008, §8.4
 */
export function precisionAtK({ ranked, relevant }: JudgedRanking, k: number): number {
  assertJudged({ ranked, relevant });
  return countHits({ ranked, relevant }, k) / k;
}

/**
 * Mean over the queries of 1 / rank of the first relevant id, 0 where none was found; 0–1.
 *
 * @throws SearchError `INVALID_ARGUMENT` when there is no query or one without a relevant id.
 * @throws SearchError `DUPLICATE_ID` when an id is ranked twice.
 * @see Voorhees, "The TREC-8 Question Answering Track Report", 1999, §3
 */
export function meanReciprocalRank(queries: readonly JudgedRanking[]): number {
  if (queries.length === 0) throw new SearchError('INVALID_ARGUMENT', 'there is no query to average over');
  let sum = 0;
  for (const query of queries) {
    assertJudged(query);
    const index = query.ranked.findIndex((id) => query.relevant.has(id));
    if (index >= 0) sum += 1 / (index + 1);
  }
  return sum / queries.length;
}

/**
 * Normalised discounted cumulative gain of the first k, 0–1: `Σ gain / log2(rank + 1)` over the best sum that the
 * gains allow. Gains are taken as they are (trec_eval's `ndcg_cut`); for the exponential form pass `2 ** grade - 1`.
 *
 * @param gains graded relevance by id; an id that is absent gains 0.
 * @throws SearchError `INVALID_ARGUMENT` when k is no positive integer, a gain is negative or not finite, or all are 0.
 * @throws SearchError `DUPLICATE_ID` when an id is ranked twice.
 * @see Järvelin, Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 20(4), 2002
 */
export function ndcgAtK(ranked: readonly string[], gains: ReadonlyMap<string, number>, k: number): number {
  assertRankedOnce(ranked);
  assertCutoff(k);
  const best = [...gains.values()];
  if (!best.every((gain) => Number.isFinite(gain) && gain >= 0)) {
    throw new SearchError('INVALID_ARGUMENT', 'a gain is not a finite number of at least 0');
  }
  const ideal = discountedGain(best.sort((a, b) => b - a).slice(0, k));
  if (ideal === 0) throw new SearchError('INVALID_ARGUMENT', 'no id has a gain above 0');
  return discountedGain(ranked.slice(0, k).map((id) => gains.get(id) ?? 0)) / ideal;
}

function discountedGain(gains: readonly number[]): number {
  return gains.reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}

function countHits({ ranked, relevant }: JudgedRanking, k: number): number {
  assertCutoff(k);
  return ranked.slice(0, k).filter((id) => relevant.has(id)).length;
}

function assertJudged({ ranked, relevant }: JudgedRanking): void {
  assertRankedOnce(ranked);
  if (relevant.size === 0) throw new SearchError('INVALID_ARGUMENT', 'no id is relevant');
}

function assertRankedOnce(ranked: readonly string[]): void {
  if (new Set(ranked).size !== ranked.length) throw new SearchError('DUPLICATE_ID', 'an id is ranked twice');
}

function assertCutoff(k: number): void {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new SearchError('INVALID_ARGUMENT', 'k is not a positive integer', { details: { option: 'k' } });
  }
}
