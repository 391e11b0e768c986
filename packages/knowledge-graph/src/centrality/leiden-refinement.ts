import type { CsrGraph } from './csr-graph.ts';
import { NeighborGroups } from './neighbor-groups.ts';
import { shuffle, type SeededRandom } from './seeded-random.ts';
import { addAt, realAt, wholeAt } from './typed-arrays.ts';
import type { WeightedNetwork } from './weighted-network.ts';

/**
 * Parts of groups: nodes that hang together well with the rest of their group join each other, one by one. What is badly
 * connected stays apart, and can leave its group in the next round.
 */
export function refine(
  { graph, strengths, total }: WeightedNetwork,
  groups: Uint32Array,
  { resolution, random }: { resolution: number; random: SeededRandom },
): Uint32Array<ArrayBuffer> {
  const parts = Uint32Array.from(groups.keys());
  const partStrengths = strengths.slice();
  const groupStrengths = new Float64Array(groups.length);
  for (const [node, group] of groups.entries()) addAt(groupStrengths, group, realAt(strengths, node));
  /** Weight that leads from a part to the rest of its group. */
  const outward = weightWithin(graph, groups);
  const isWellConnected = (part: number): boolean => {
    const strength = realAt(partStrengths, part);
    const rest = realAt(groupStrengths, wholeAt(groups, part)) - strength;
    return realAt(outward, part) >= (resolution * strength * rest) / total;
  };
  const isJoined = new Uint8Array(groups.length);
  const neighbors = new NeighborGroups(groups.length);
  for (const node of shuffle(Uint32Array.from(groups.keys()), random)) {
    if (isJoined[node] === 1 || !isWellConnected(node)) continue;
    neighbors.look(graph, node, { groups: parts, isWanted: (other) => groups[other] === groups[node] });
    let best = node;
    let bestGain = 0;
    for (const part of neighbors.found) {
      const chance = (resolution * realAt(strengths, node) * realAt(partStrengths, part)) / total;
      const gain = neighbors.weightTo(part) - chance;
      if (gain <= bestGain || !isWellConnected(part)) continue;
      [best, bestGain] = [part, gain];
    }
    if (best === node) continue;
    parts[node] = best;
    isJoined[best] = 1;
    addAt(outward, best, realAt(outward, node) - 2 * neighbors.weightTo(best));
    addAt(partStrengths, best, realAt(strengths, node));
  }
  return parts;
}

/** Of each node, the weight that leads to others of its group. */
function weightWithin({ nodeCount, offsets, targets, weights }: CsrGraph, groups: Uint32Array): Float64Array {
  const within = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    const end = wholeAt(offsets, node + 1);
    for (let edge = wholeAt(offsets, node); edge < end; edge++) {
      if (groups[wholeAt(targets, edge)] === groups[node]) addAt(within, node, realAt(weights, edge));
    }
  }
  return within;
}
