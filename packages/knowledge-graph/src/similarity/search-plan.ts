/**
 * How capabilities were found:
 * - `exact`: all that fit were compared as a whole;
 * - `scan`: all by their signs, the nearest as a whole;
 * - `graph`: by the tenant's own HNSW graph in half precision, the nearest as a whole.
 */
export type SearchPlan = 'exact' | 'scan' | 'graph';

/** Why they were found so. */
export type PlanReason =
  /** No more fit than are compared as a whole anyway. */
  | 'few'
  /** Those of one agent were asked for. */
  | 'one-agent'
  /** The limit is 0. */
  | 'nothing-wanted'
  /** The tenant has no graph of its own, and needs none below a size that is measured. */
  | 'small'
  /** Its graph is being built. */
  | 'being-built'
  /** More than 100 were asked for: a graph is for few. */
  | 'many-wanted'
  /** The graph had too few near ones that fit: the filter is selective. */
  | 'too-few-found'
  /** The tenant has a graph of its own. */
  | 'large';

const SENTENCES: Readonly<Record<PlanReason, string>> = {
  few: 'no more capabilities fit than are compared as a whole anyway',
  'one-agent': 'the capabilities of one agent were asked for',
  'nothing-wanted': 'nothing was asked for',
  small: 'the tenant has no graph of its own',
  'being-built': 'the tenant’s graph is being built',
  'many-wanted': 'more were asked for than a graph is good for',
  'too-few-found': 'the graph had too few near ones that fit',
  large: 'the tenant has a graph of its own',
};

/** What a search did, and why. */
export interface SearchExplanation {
  readonly plan: SearchPlan;
  readonly reason: PlanReason;
  /** The reason in words. */
  readonly because: string;
  /** Capabilities of the tenant with an embedding. */
  readonly rows: number;
  /** Best by their signs, or met on the way through the graph. */
  readonly visited: number;
  /** Compared as a whole. */
  readonly compared: number;
  /** Of the search alone, as this process waited for it. */
  readonly durationMs: number;
}

export function sentenceOf(reason: PlanReason): string {
  return SENTENCES[reason];
}
