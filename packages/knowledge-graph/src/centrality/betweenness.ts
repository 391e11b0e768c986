import type { CsrGraph } from './csr-graph.ts';
import { addAt, realAt, wholeAt } from './typed-arrays.ts';

/**
 * Of each node, the share of shortest paths between two others that lead through it, each pair of them counted alike and
 * once for each direction: Σ σ_st(v) / σ_st over s ≠ v ≠ t, divided by (n − 1)(n − 2). Weights do not matter.
 *
 * **Shape** [nodes]; all of them NaN if two nodes have more than 10^308 shortest paths. **Cost** nodes · edges.
 *
 * @see Brandes, "A faster algorithm for betweenness centrality", 2001, algorithm 1.
 */
export function betweenness(graph: CsrGraph): Float64Array {
  const { nodeCount } = graph;
  const through = new Float64Array(nodeCount);
  const search = newSearch(nodeCount);
  for (let source = 0; source < nodeCount; source++) {
    const reached = searchFrom(graph, source, search);
    if (Number.isNaN(handBack(graph, reached, { search, through }))) return through.fill(NaN);
    for (let place = 0; place < reached; place++) search.distances[wholeAt(search.order, place)] = -1;
  }
  const pairs = (nodeCount - 1) * (nodeCount - 2);
  return pairs > 0 ? through.map((paths) => paths / pairs) : through;
}

/** What one search knows of each node; reused by the next. **Shape** [nodes] each. */
interface Search {
  /** Nodes in the order in which they are reached. */
  readonly order: Uint32Array;
  /** −1: not reached. */
  readonly distances: Int32Array;
  /** How many shortest paths lead to it. */
  readonly paths: Float64Array;
  /** Share of the paths from the source, to whomever, that go on behind it. */
  readonly behind: Float64Array;
}

const newSearch = (nodeCount: number): Search => ({
  order: new Uint32Array(nodeCount),
  distances: new Int32Array(nodeCount).fill(-1),
  paths: new Float64Array(nodeCount),
  behind: new Float64Array(nodeCount),
});

/** Breadth first. Returns how many nodes are reached, the source among them. */
function searchFrom({ offsets, targets }: CsrGraph, source: number, search: Search): number {
  const { order, distances, paths } = search;
  order[0] = source;
  distances[source] = 0;
  paths[source] = 1;
  let reached = 1;
  for (let place = 0; place < reached; place++) {
    const node = wholeAt(order, place);
    const farther = (distances[node] ?? 0) + 1;
    const ways = realAt(paths, node);
    const end = wholeAt(offsets, node + 1);
    for (let edge = wholeAt(offsets, node); edge < end; edge++) {
      const target = wholeAt(targets, edge);
      if (distances[target] === -1) {
        distances[target] = farther;
        paths[target] = ways;
        order[reached++] = target;
      } else if (distances[target] === farther) addAt(paths, target, ways);
    }
  }
  return reached;
}

/** From the farthest node to the nearest: each is handed its share of what is behind its successors. Returns their sum. */
function handBack(
  { offsets, targets }: CsrGraph,
  reached: number,
  { search, through }: { search: Search; through: Float64Array },
): number {
  const { order, distances, paths, behind } = search;
  let sum = 0;
  for (let place = reached - 1; place > 0; place--) {
    const node = wholeAt(order, place);
    const farther = (distances[node] ?? 0) + 1;
    let share = 0;
    const end = wholeAt(offsets, node + 1);
    for (let edge = wholeAt(offsets, node); edge < end; edge++) {
      const target = wholeAt(targets, edge);
      if (distances[target] === farther) share += (1 + realAt(behind, target)) / realAt(paths, target);
    }
    behind[node] = share * realAt(paths, node);
    addAt(through, node, realAt(behind, node));
    sum += realAt(behind, node);
  }
  return sum;
}
