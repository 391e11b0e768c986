import { buildCsrGraph, symmetricGraph, type CsrGraph } from './csr-graph.ts';
import { addAt, realAt, wholeAt } from './typed-arrays.ts';

/** An undirected graph with weights, whose nodes may be groups of others. */
export interface WeightedNetwork {
  /** With an edge back along each edge, of the same weight; none of a node with itself. */
  readonly graph: CsrGraph;
  /** Sum of the weights at each node; what is within it counts twice. **Shape** [nodes]. */
  readonly strengths: Float64Array;
  /** Sum of all strengths. */
  readonly total: number;
}

/** The network of a directed graph: the weights of both directions add up. */
export function networkOf(directed: CsrGraph): WeightedNetwork {
  const graph = symmetricGraph(directed);
  const strengths = new Float64Array(graph.nodeCount);
  let total = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    const end = wholeAt(graph.offsets, node + 1);
    let strength = 0;
    for (let edge = wholeAt(graph.offsets, node); edge < end; edge++) strength += realAt(graph.weights, edge);
    strengths[node] = strength;
    total += strength;
  }
  return { graph, strengths, total };
}

/** The network whose nodes are groups of another's. */
export function aggregate(
  { graph, strengths, total }: WeightedNetwork,
  groups: Uint32Array,
  groupCount: number,
): WeightedNetwork {
  const sources = new Uint32Array(graph.targets.length);
  const grouped = new Float64Array(groupCount);
  for (let node = 0; node < graph.nodeCount; node++) {
    const group = wholeAt(groups, node);
    sources.fill(group, graph.offsets[node], graph.offsets[node + 1]);
    addAt(grouped, group, realAt(strengths, node));
  }
  const targets = graph.targets.map((target) => wholeAt(groups, target));
  return {
    graph: buildCsrGraph(groupCount, { sources, targets, weights: graph.weights }),
    strengths: grouped,
    total,
  };
}

/** Numbers groups 0, 1, 2 … in the order of their first nodes; returns how many there are. */
export function renumber(groups: Uint32Array): number {
  const numbers = new Map<number, number>();
  for (const [node, group] of groups.entries()) {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    groups[node] = number;
  }
  return numbers.size;
}
