import type { WeightedNetwork } from './weighted-network.ts';
import { addAt, realAt, wholeAt } from './typed-arrays.ts';

/**
 * How much more of the weight lies within groups than chance would put there: Σ over groups of in / total −
 * resolution · (strength / total)². At most 1; 0 without any weight.
 *
 * @see Newman, Girvan, "Finding and evaluating community structure in networks", 2004, §IV.
 */
export function modularity(
  { graph, strengths, total }: WeightedNetwork,
  groups: Uint32Array,
  resolution: number,
): number {
  if (total === 0) return 0;
  const within = new Float64Array(groups.length);
  const grouped = new Float64Array(groups.length);
  for (let node = 0; node < graph.nodeCount; node++) {
    const group = wholeAt(groups, node);
    addAt(grouped, group, realAt(strengths, node));
    const end = wholeAt(graph.offsets, node + 1);
    for (let edge = wholeAt(graph.offsets, node); edge < end; edge++) {
      if (groups[wholeAt(graph.targets, edge)] !== group) continue;
      addAt(within, group, realAt(graph.weights, edge));
    }
  }
  let sum = 0;
  for (const [group, weight] of within.entries()) {
    sum += weight / total - resolution * (realAt(grouped, group) / total) ** 2;
  }
  return sum;
}
