import { z } from 'zod';
import { GraphError, parseInput } from '../errors.ts';
import type { AgentGraph } from './agent-graph.ts';
import { betweenness } from './betweenness.ts';
import { mostSamples, sampleBetweenness } from './sampled-betweenness.ts';
import { seededRandom } from './seeded-random.ts';

export const BetweennessOptions = z.strictObject({
  /** Greatest error of any agent's estimate. */
  epsilon: z.number().min(0.001).max(0.5).default(0.01),
  /** Probability with which some agent's error is greater all the same. */
  delta: z.number().min(1e-9).max(0.5).default(0.1),
  /** The same seed gives the same estimates. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
});
export type BetweennessOptions = z.input<typeof BetweennessOptions>;

export interface MeasuredBetweenness {
  /** Highest first. The share of shortest paths between two others that lead through the agent, 0–1. */
  readonly agents: readonly { readonly agentId: string; readonly betweenness: number }[];
  readonly method: 'exact' | 'sampled';
  /** With probability 1 − delta, no agent's error is greater. */
  readonly errorBound: number;
  /** 0 when exact. */
  readonly delta: number;
  /** Paths that were drawn; 0 when exact. */
  readonly samples: number;
}

/**
 * Agents by betweenness, of shortest paths by hops: exactly, where that takes no more searches than paths can be needed for
 * an estimate, and otherwise estimated with the stated error.
 *
 * Synchronous. **Cost** exact: agents · edges. Sampled: at most ln(4 agents / delta) / (2 epsilon²) searches from both ends.
 *
 * @throws {GraphError} `INVALID_INPUT`; `TOO_MANY_PATHS` where two agents have more than 10^308 shortest paths.
 */
export function measureBetweenness(graph: AgentGraph, options: BetweennessOptions = {}): MeasuredBetweenness {
  const { epsilon, delta, seed } = parseInput(BetweennessOptions, options);
  const { edges } = graph;
  const isExact = edges.nodeCount < 3 || edges.nodeCount <= mostSamples(edges.nodeCount, { epsilon, delta });
  const found = isExact
    ? { estimates: betweenness(edges), errorBound: 0, samples: 0 }
    : sampleBetweenness(edges, { epsilon, delta }, seededRandom(seed));
  if (found.estimates.some(Number.isNaN)) {
    throw new GraphError(
      'TOO_MANY_PATHS',
      'two agents have more shortest paths than a number can say (10^308)',
    );
  }
  return {
    agents: graph.agentIds
      .map((agentId, node) => ({ agentId, betweenness: found.estimates[node] ?? 0 }))
      .toSorted((a, b) => b.betweenness - a.betweenness),
    method: isExact ? 'exact' : 'sampled',
    errorBound: found.errorBound,
    delta: isExact ? 0 : delta,
    samples: found.samples,
  };
}
