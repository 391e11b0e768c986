import { SearchError } from './errors.ts';

/** One arm's answer: ids from best to worst. */
export interface RankedList {
  /** Names the arm in the reasons; unique among the lists. */
  readonly name: string;
  readonly ids: readonly string[];
  /** How much the arm counts, 1 unless told; an arm of weight 0 is left out. */
  readonly weight?: number;
}

export interface FusionOptions {
  /** Damps the lead of the first ranks; the paper's 60 unless told. */
  readonly k?: number;
  /** At most so many results; all unless told. */
  readonly limit?: number;
}

/** Why a result is where it is: its rank in one list, from 1, and what that added to the score. */
export interface RankReason {
  readonly list: string;
  readonly rank: number;
  readonly contribution: number;
}

export interface FusedResult {
  readonly id: string;
  readonly score: number;
  /** One a list that holds the id, in the order of the lists. */
  readonly reasons: readonly RankReason[];
}

/**
 * Fuses ranked lists by weighted reciprocal rank: `score(id) = Σ weight / (k + rank)` over the lists that hold it.
 *
 * Scores of the arms are not needed and never compared. The order is total and repeatable: score descending, then
 * best rank, then id by code units; it does not depend on the order of the lists.
 *
 * **Cost** n log n in the ids of all lists.
 * @throws SearchError `INVALID_ARGUMENT` when a weight or k is negative or not finite, or limit is no positive integer.
 * @throws SearchError `DUPLICATE_ID` when an id stands twice in a list or two lists have one name.
 * @see Cormack, Clarke, Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
 *   methods", SIGIR 2009, §2
 * @example
 * fuseRanks([{ name: 'vector', ids: ['a', 'b'] }, { name: 'lexical', ids: ['b'] }]).map(({ id }) => id); // ['b', 'a']
 */
export function fuseRanks(lists: readonly RankedList[], options: FusionOptions = {}): FusedResult[] {
  const { k = 60, limit } = options;
  assertNotNegative(k, 'k');
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new SearchError('INVALID_ARGUMENT', 'limit is not a positive integer', {
      details: { option: 'limit' },
    });
  }
  assertLists(lists);
  const fused = [...collectReasons(lists, k)].map(([id, reasons]) => ({
    id,
    score: sumContributions(reasons),
    reasons,
    bestRank: reasons.reduce((best, { rank }) => Math.min(best, rank), Infinity),
  }));
  fused.sort((a, b) => b.score - a.score || a.bestRank - b.bestRank || (a.id < b.id ? -1 : 1));
  return fused.slice(0, limit).map(({ id, score, reasons }) => ({ id, score, reasons }));
}

function assertNotNegative(value: number, option: string): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new SearchError('INVALID_ARGUMENT', `${option} is not a finite number of at least 0`, {
    details: { option },
  });
}

function assertLists(lists: readonly RankedList[]): void {
  const names = new Set<string>();
  for (const { name, ids, weight = 1 } of lists) {
    assertNotNegative(weight, `weight of list ${name}`);
    if (names.has(name)) {
      throw new SearchError('DUPLICATE_ID', `two lists are named ${name}`, { details: { list: name } });
    }
    names.add(name);
    if (new Set(ids).size !== ids.length) {
      throw new SearchError('DUPLICATE_ID', `list ${name} holds an id twice`, { details: { list: name } });
    }
  }
}

function collectReasons(lists: readonly RankedList[], k: number): Map<string, RankReason[]> {
  const byId = new Map<string, RankReason[]>();
  for (const { name, ids, weight = 1 } of lists) {
    if (weight === 0) continue;
    for (const [index, id] of ids.entries()) {
      const rank = index + 1;
      const reason = { list: name, rank, contribution: weight / (k + rank) };
      const reasons = byId.get(id);
      if (reasons === undefined) byId.set(id, [reason]);
      else reasons.push(reason);
    }
  }
  return byId;
}

/** Adds smallest first: float addition is not associative, and the order of the lists must not decide a tie. */
function sumContributions(reasons: readonly RankReason[]): number {
  return reasons
    .map(({ contribution }) => contribution)
    .sort((a, b) => a - b)
    .reduce((sum, contribution) => sum + contribution, 0);
}
