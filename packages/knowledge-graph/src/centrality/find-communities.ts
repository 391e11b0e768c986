import { z } from 'zod';
import { parseInput } from '../errors.ts';
import type { AgentGraph } from './agent-graph.ts';
import { leiden } from './leiden.ts';
import { seededRandom } from './seeded-random.ts';

export const CommunityOptions = z.strictObject({
  /** Above 1: more and smaller communities; below 1: fewer and larger ones. */
  resolution: z.number().min(0.001).max(1000).default(1),
  /** The same seed gives the same communities. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
});
export type CommunityOptions = z.input<typeof CommunityOptions>;

export interface FoundCommunities {
  /** Agents of each, by bytes; the largest community first. Every agent is in one, alone if need be. */
  readonly communities: readonly (readonly string[])[];
  /** How much more of the weight lies within them than chance would put there, at most 1. */
  readonly modularity: number;
}

/**
 * Communities of agents, each of them connected, by the Leiden algorithm. Directions do not matter: a relationship that holds
 * both ways weighs twice, unless the graph was read with direction `both`.
 *
 * Synchronous. **Cost** near linear in the edges.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export function findCommunities(graph: AgentGraph, options: CommunityOptions = {}): FoundCommunities {
  const { resolution, seed } = parseInput(CommunityOptions, options);
  const found = leiden(graph.edges, { resolution, random: seededRandom(seed) });
  const communities = Array.from({ length: found.count }, (): string[] => []);
  for (const [node, community] of found.communities.entries()) {
    communities[community]?.push(graph.agentIds[node] ?? '');
  }
  return {
    // Stable: of the same size, the one with the first agent comes first.
    communities: communities.toSorted((a, b) => b.length - a.length),
    modularity: found.modularity,
  };
}
