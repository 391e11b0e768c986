import { edgeOf, type Way, type WalkEdge } from './walk-edge.ts';

/** A way from one agent to another, which passes nobody twice. */
export interface WalkPath {
  readonly hops: number;
  /** Product of the confidences along the path, 0–1. */
  readonly confidence: number;
  /** Agents in order, both ends included. **Shape** [hops + 1]. */
  readonly agentIds: readonly string[];
  /** **Shape** [hops]. */
  readonly edges: readonly WalkEdge[];
}

export function pathOf(from: string, ways: readonly Way[]): WalkPath {
  return {
    hops: ways.length,
    confidence: productOf(ways) / 100 ** ways.length,
    agentIds: [from, ...ways.map((way) => way.to)],
    edges: ways.map(edgeOf),
  };
}

/** Product of the confidences in hundredths. */
export function productOf(ways: readonly Way[]): number {
  return ways.reduce((product, way) => product * way.hundredths, 1);
}
