import { describe, expect, it } from 'vitest';
import { betweenness } from '../../src/centrality/betweenness.ts';
import { buildCsrGraph, type CsrGraph } from '../../src/centrality/csr-graph.ts';
import { mostSamples, sampleBetweenness } from '../../src/centrality/sampled-betweenness.ts';
import { seededRandom } from '../../src/centrality/seeded-random.ts';

function graphOf(nodeCount: number, pairs: readonly (readonly [number, number])[]): CsrGraph {
  return buildCsrGraph(nodeCount, {
    sources: Uint32Array.from(pairs, ([source]) => source),
    targets: Uint32Array.from(pairs, ([, target]) => target),
    weights: new Float64Array(pairs.length).fill(1),
  });
}

const bothWays = (pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] =>
  pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);

/** Many shortest paths between most pairs. */
function grid(side: number): CsrGraph {
  const pairs = Array.from({ length: side * side }, (_, node) => [
    ...(node % side < side - 1 ? [[node, node + 1] as const] : []),
    ...(node < side * (side - 1) ? [[node, node + side] as const] : []),
  ]).flat();
  return graphOf(side * side, bothWays(pairs));
}

/** New nodes prefer those that have many neighbors; every third edge leads one way only; a tenth is cut off. */
function powerLaw(nodeCount: number): CsrGraph {
  const random = seededRandom(7);
  const ends = [0, 1];
  const pairs: (readonly [number, number])[] = [[0, 1]];
  for (let node = 2; node < nodeCount * 0.9; node++) {
    for (let edge = 0; edge < 2; edge++) {
      const other = ends[random.integer(ends.length)] ?? 0;
      ends.push(node, other);
      pairs.push([node, other]);
      if (random.integer(3) > 0) pairs.push([other, node]);
    }
  }
  return graphOf(nodeCount, pairs);
}

const star = (nodeCount: number): CsrGraph =>
  graphOf(nodeCount, bothWays(Array.from({ length: nodeCount - 1 }, (_, leaf) => [0, leaf + 1] as const)));

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
const ACCURACY = { epsilon: 0.05, delta: 0.1 };

describe('sampleBetweenness', () => {
  it.each([
    ['a grid', grid(7)],
    ['a power law, in parts', powerLaw(80)],
    ['a star', star(30)],
    [
      'a directed circle',
      graphOf(
        20,
        Array.from({ length: 20 }, (_, node) => [node, (node + 1) % 20] as const),
      ),
    ],
  ])('keeps its error, as often as it says, and is right on average: %s', (_, graph) => {
    const exact = betweenness(graph);
    const sum = new Float64Array(graph.nodeCount);
    let broken = 0;
    for (const seed of SEEDS) {
      const { estimates, errorBound, samples } = sampleBetweenness(graph, ACCURACY, seededRandom(seed));
      expect(errorBound).toBeLessThanOrEqual(ACCURACY.epsilon);
      expect(samples).toBeLessThanOrEqual(mostSamples(graph.nodeCount, ACCURACY));
      if (estimates.some((estimate, node) => Math.abs(estimate - (exact[node] ?? NaN)) > errorBound))
        broken++;
      for (const [node, estimate] of estimates.entries()) sum[node] = (sum[node] ?? 0) + estimate;
    }
    // What is allowed is a tenth. The inequalities hold for any graph, so for one of them they hold by far.
    expect(broken).toBeLessThanOrEqual(SEEDS.length * ACCURACY.delta);
    // Some 40,000 paths: a standard error of 0.0025 at most.
    for (const [node, total] of sum.entries()) {
      expect(Math.abs(total / SEEDS.length - (exact[node] ?? NaN)), `node ${node}`).toBeLessThan(0.009);
    }
  });

  it('draws fewer paths where no node has a large share', () => {
    const pairs = Array.from({ length: 300 }, (_, pair) => [2 * pair, 2 * pair + 1] as const);
    const accuracy = { epsilon: 0.02, delta: 0.1 };
    const { samples } = sampleBetweenness(graphOf(600, pairs), accuracy, seededRandom(1));
    expect(samples).toBe(Math.ceil(mostSamples(600, accuracy) / 8));
  });

  it('repeats with its seed, and only with it', () => {
    const [first, again, other] = [1, 1, 2].map((seed) =>
      sampleBetweenness(powerLaw(80), ACCURACY, seededRandom(seed)),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('finds a hub of 100,000, and nothing where nothing is related', () => {
    const hub = sampleBetweenness(star(100_001), ACCURACY, seededRandom(1));
    expect(hub.estimates[0]).toBeGreaterThan(1 - hub.errorBound);
    expect(hub.estimates.slice(1).every((estimate) => estimate === 0)).toBe(true);
    for (const nodeCount of [0, 1, 2, 10]) {
      const { estimates } = sampleBetweenness(graphOf(nodeCount, []), ACCURACY, seededRandom(1));
      expect([...estimates]).toEqual(new Array(nodeCount).fill(0));
    }
  });
});
