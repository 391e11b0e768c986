import type { CsrGraph } from './csr-graph.ts';
import { PathSampler } from './path-sampler.ts';
import type { SeededRandom } from './seeded-random.ts';
import { wholeAt } from './typed-arrays.ts';

export interface Accuracy {
  /** Greatest error of any node's estimate, above 0 and below 1. */
  readonly epsilon: number;
  /** Probability with which some node's error is greater all the same, above 0 and below 1. */
  readonly delta: number;
}

export interface SampledBetweenness {
  /** **Shape** [nodes]. */
  readonly estimates: Float64Array;
  /** Of all nodes together, with probability 1 − delta: |estimate − exact| is not greater. At most epsilon. */
  readonly errorBound: number;
  /** Paths that were drawn. */
  readonly samples: number;
}

/** At these shares of the most samples that can be needed it is looked whether fewer are enough. */
const CHECKPOINTS = [1 / 16, 1 / 8, 1 / 4, 1 / 2];

/**
 * Estimates `betweenness()` of every node from random shortest paths between random pairs: with probability 1 − delta, no
 * estimate is farther than epsilon from the exact value.
 *
 * That holds by Hoeffding's inequality after ln(4n / delta) / (2 epsilon²) paths (half of delta, either side, n nodes). The
 * other half of delta is shared by four earlier moments, at which it may hold already by an empirical Bernstein
 * inequality: where the share of every node is small, so is its variance, and far fewer paths are enough.
 *
 * **Cost** up to ln(n / delta) / epsilon² searches from both ends; memory of 40 bytes a node.
 *
 * @see Riondato, Kornaropoulos, "Fast approximation of betweenness centrality through sampling", 2016, §4 for the estimator.
 * @see Maurer, Pontil, "Empirical Bernstein bounds and sample variance penalization", 2009, theorem 4.
 */
export function sampleBetweenness(
  graph: CsrGraph,
  accuracy: Accuracy,
  random: SeededRandom,
): SampledBetweenness {
  const { nodeCount } = graph;
  if (nodeCount < 3) return { estimates: new Float64Array(nodeCount), errorBound: 0, samples: 0 };
  // A pair may have a node as its end, and then counts nothing for it: shares of pairs of others are larger by this.
  const scale = nodeCount / (nodeCount - 2);
  const most = mostSamples(nodeCount, accuracy);
  const checkpoints = CHECKPOINTS.map((share) => Math.ceil(share * most));
  const visits = new Uint32Array(nodeCount);
  const sampler = new PathSampler(graph, random);
  const count = (node: number): void => {
    visits[node] = wholeAt(visits, node) + 1;
  };
  let errorBound = accuracy.epsilon;
  let samples = 0;
  while (samples < most) {
    const source = random.integer(nodeCount);
    const other = random.integer(nodeCount - 1);
    sampler.draw(source, other < source ? other : other + 1, count);
    samples++;
    if (!checkpoints.includes(samples)) continue;
    const confidence = Math.log((8 * CHECKPOINTS.length * nodeCount) / accuracy.delta);
    const bound = scale * greatestDeviation(visits, samples, confidence);
    if (bound > accuracy.epsilon) continue;
    errorBound = bound;
    break;
  }
  return {
    estimates: Float64Array.from(visits, (paths) => Math.min(1, (scale * paths) / samples)),
    errorBound,
    samples,
  };
}

/** Paths after which the estimates are as accurate, whatever the graph. */
export function mostSamples(nodeCount: number, { epsilon, delta }: Accuracy): number {
  const unscaled = (epsilon * (nodeCount - 2)) / nodeCount;
  return Math.ceil(Math.log((4 * nodeCount) / delta) / (2 * unscaled ** 2));
}

/** No node’s share is farther from its probability, but with probability 4 exp(−confidence) each. */
function greatestDeviation(visits: Uint32Array, samples: number, confidence: number): number {
  let greatest = 0;
  // The variance p (1 − p) is greatest next to p = 1/2.
  for (const paths of visits) greatest = Math.max(greatest, paths * (samples - paths));
  const variance = greatest / (samples * (samples - 1));
  return Math.sqrt((2 * variance * confidence) / samples) + (7 * confidence) / (3 * (samples - 1));
}
