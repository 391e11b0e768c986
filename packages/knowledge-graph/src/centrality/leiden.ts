import type { CsrGraph } from './csr-graph.ts';
import { moveNodes } from './leiden-moves.ts';
import { refine } from './leiden-refinement.ts';
import { modularity } from './modularity.ts';
import type { SeededRandom } from './seeded-random.ts';
import { separateParts } from './separate-parts.ts';
import { aggregate, networkOf, renumber, type WeightedNetwork } from './weighted-network.ts';
import { wholeAt } from './typed-arrays.ts';

export interface Communities {
  /** Community of each node: 0, 1, 2 … in the order of their first nodes. **Shape** [nodes]. */
  readonly communities: Uint32Array;
  readonly count: number;
  /** See `modularity()`. */
  readonly modularity: number;
}

/** A run begins with the result of the one before. Another one has to be worth its time. */
const MOST_RUNS = 10;
const LEAST_GAIN = 0.01;

/**
 * Communities by the Leiden algorithm: groups with more weight within than chance would put there, each of them connected.
 * Directions do not matter; the weights of both add up. The same graph, seed and resolution give the same communities.
 *
 * **Cost** near linear in the edges; some 60 bytes an edge.
 *
 * @see Traag, Waltman, van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", 2019, algorithm A.2.
 *   Where they draw the group that a node joins in the refinement, it joins the best one here.
 */
export function leiden(
  graph: CsrGraph,
  { resolution, random }: { resolution: number; random: SeededRandom },
): Communities {
  const network = networkOf(graph);
  const settings = { resolution, random };
  let communities = Uint32Array.from({ length: graph.nodeCount }, (_, node) => node);
  let quality = modularity(network, communities, resolution);
  for (let run = 0; run < MOST_RUNS; run++) {
    const next = improve(network, communities, settings);
    const better = modularity(network, next, resolution);
    const gain = better - quality;
    [communities, quality] = [next, better];
    if (gain < LEAST_GAIN) break;
  }
  // What a run moves at last is groups: a node that gains by leaving its group is still to be found.
  moveNodes(network, communities, settings);
  // Hardly ever needed, and then what is promised is kept.
  separateParts(network.graph, communities);
  const count = renumber(communities);
  return { communities, count, modularity: modularity(network, communities, resolution) };
}

interface Settings {
  readonly resolution: number;
  readonly random: SeededRandom;
}

/** One run: moves nodes between groups, refines the groups, and goes on with what that makes as the nodes. */
function improve(network: WeightedNetwork, begin: Uint32Array, settings: Settings): Uint32Array<ArrayBuffer> {
  const places = Uint32Array.from({ length: begin.length }, (_, node) => node);
  let level = network;
  let groups = begin.slice();
  for (;;) {
    moveNodes(level, groups, settings);
    const count = renumber(groups);
    if (count === groups.length) break;
    const refined = refine(level, groups, settings);
    let refinedCount = renumber(refined);
    // Nothing to refine: the groups themselves are the next nodes.
    if (refinedCount === groups.length) {
      refined.set(groups);
      refinedCount = count;
    }
    const next = new Uint32Array(refinedCount);
    for (const [node, group] of refined.entries()) next[group] = wholeAt(groups, node);
    for (const [node, place] of places.entries()) places[node] = wholeAt(refined, place);
    level = aggregate(level, refined, refinedCount);
    groups = next;
  }
  return places.map((place) => wholeAt(groups, place));
}
