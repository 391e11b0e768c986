import { reverseGraph, type CsrGraph } from './csr-graph.ts';
import { realAt, wholeAt } from './typed-arrays.ts';

export interface PageRankOptions {
  /** Probability to go on along an edge, 0 to below 1. */
  readonly damping: number;
  /** Greatest distance from the exact scores: the sum of all differences. */
  readonly tolerance: number;
  /** Where walks begin, and go on when a node leads nowhere: not negative, not all 0. Default: anywhere. **Shape** [nodes]. */
  readonly startWeights?: Float64Array;
}

export interface PageRank {
  /** They add up to 1. **Shape** [nodes]. */
  readonly scores: Float64Array;
  /** The scores are not farther from the exact ones: the sum of all differences. */
  readonly errorBound: number;
  readonly iterations: number;
}

/**
 * How likely a walker is to be at each node who goes on along an edge, by its weight, with a probability of `damping`, and
 * begins anew otherwise, or where no edge of weight leads on.
 *
 * An iteration brings the scores nearer to the exact ones by the factor `damping` at least. So they are at most
 * damping / (1 − damping) times as far from them as from those before, and it is known in advance how many it takes.
 *
 * **Cost** (nodes + edges) · log(tolerance) / log(damping), 16 bytes an edge.
 *
 * @see Langville, Meyer, "Deeper inside PageRank", 2004, §5 and §6 for nodes that lead nowhere.
 */
export function pageRank(graph: CsrGraph, { damping, tolerance, startWeights }: PageRankOptions): PageRank {
  const walk = prepare(graph, startWeights);
  const most = Math.ceil(Math.log((tolerance * (1 - damping)) / 2) / Math.log(damping)) + 1;
  let scores = walk.start.slice();
  let next = new Float64Array(graph.nodeCount);
  let errorBound = graph.nodeCount === 0 ? 0 : Infinity;
  let iterations = 0;
  while (errorBound > tolerance && iterations < Math.max(most, 1)) {
    step(walk, { damping, from: scores, to: next });
    errorBound = (damping / (1 - damping)) * distance(scores, next);
    [scores, next] = [next, scores];
    iterations++;
  }
  return { scores, errorBound, iterations };
}

interface Walk {
  readonly start: Float64Array;
  readonly reversed: CsrGraph;
  /** Sum of the weights that lead away from each node. */
  readonly outWeights: Float64Array;
  /** Share of a node that each unit of weight takes along; reused. */
  readonly shares: Float64Array;
}

function prepare(graph: CsrGraph, startWeights: Float64Array | undefined): Walk {
  const { nodeCount, offsets, weights } = graph;
  const outWeights = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    let sum = 0;
    const end = wholeAt(offsets, node + 1);
    for (let edge = wholeAt(offsets, node); edge < end; edge++) sum += realAt(weights, edge);
    outWeights[node] = sum;
  }
  const start = startWeights ?? new Float64Array(nodeCount).fill(1);
  const total = start.reduce((sum, weight) => sum + weight, 0);
  return {
    start: start.map((weight) => weight / total),
    reversed: reverseGraph(graph),
    outWeights,
    shares: new Float64Array(nodeCount),
  };
}

function step(walk: Walk, scores: { damping: number; from: Float64Array; to: Float64Array }): void {
  const { start, outWeights, shares } = walk;
  const { nodeCount, offsets, targets, weights } = walk.reversed;
  let stranded = 0;
  for (let node = 0; node < nodeCount; node++) {
    const outWeight = realAt(outWeights, node);
    const score = realAt(scores.from, node);
    shares[node] = outWeight > 0 ? score / outWeight : 0;
    if (outWeight === 0) stranded += score;
  }
  const anew = 1 - scores.damping + scores.damping * stranded;
  for (let node = 0; node < nodeCount; node++) {
    let arriving = 0;
    const end = wholeAt(offsets, node + 1);
    for (let edge = wholeAt(offsets, node); edge < end; edge++) {
      arriving += realAt(weights, edge) * realAt(shares, wholeAt(targets, edge));
    }
    scores.to[node] = scores.damping * arriving + anew * realAt(start, node);
  }
}

function distance(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let node = 0; node < left.length; node++) sum += Math.abs(realAt(left, node) - realAt(right, node));
  return sum;
}
