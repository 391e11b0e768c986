import { z } from 'zod';
import { GraphError, parseInput } from '../errors.ts';
import type { AgentGraph } from './agent-graph.ts';
import { pageRank } from './page-rank.ts';

export const RankOptions = z.strictObject({
  /** Probability to go on along a relationship. */
  damping: z.number().min(0).max(0.999).default(0.85),
  /** Greatest distance from the exact scores: the sum of all differences. */
  tolerance: z.number().min(1e-12).max(1).default(1e-9),
  /** Personalised: walks begin at these agents, each as likely as its weight says. Default: at all alike. */
  startAt: z
    .array(z.strictObject({ agentId: z.string(), weight: z.number().positive().max(1e9).default(1) }))
    .min(1)
    .optional(),
});
export type RankOptions = z.input<typeof RankOptions>;

export interface RankedAgents {
  /** Highest first. The scores add up to 1. */
  readonly agents: readonly { readonly agentId: string; readonly score: number }[];
  /** The sum of all scores' differences from the exact ones is not greater. */
  readonly errorBound: number;
  readonly iterations: number;
}

/**
 * Agents by PageRank: how likely one is to be at an agent who goes on along relationships, by their weight.
 *
 * Synchronous. **Cost** some hundred times the edges.
 *
 * @throws {GraphError} `INVALID_INPUT`, also where an agent of `startAt` is not in the graph.
 */
export function rankAgents(graph: AgentGraph, options: RankOptions = {}): RankedAgents {
  const { damping, tolerance, startAt } = parseInput(RankOptions, options);
  const startWeights = startAt && startWeightsOf(graph, startAt);
  const found = pageRank(graph.edges, { damping, tolerance, ...(startWeights && { startWeights }) });
  return {
    agents: graph.agentIds
      .map((agentId, node) => ({ agentId, score: found.scores[node] ?? 0 }))
      .toSorted((a, b) => b.score - a.score),
    errorBound: found.errorBound,
    iterations: found.iterations,
  };
}

function startWeightsOf(
  { agentIds }: AgentGraph,
  startAt: readonly { agentId: string; weight: number }[],
): Float64Array {
  const weights = new Map<string, number>();
  for (const { agentId, weight } of startAt) weights.set(agentId, (weights.get(agentId) ?? 0) + weight);
  const startWeights = Float64Array.from(agentIds, (agentId) => weights.get(agentId) ?? 0);
  const found = startWeights.reduce((count, weight) => count + Number(weight > 0), 0);
  if (found < weights.size) {
    const missing = weights.size - found;
    throw new GraphError(
      'INVALID_INPUT',
      `the input is wrong: startAt: ${missing} of its agents are not in the graph`,
    );
  }
  return startWeights;
}
