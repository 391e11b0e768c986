import { DirectedGraph, UndirectedGraph } from 'graphology';
import { describe, expect, it } from 'vitest';
import { betweenness } from '../../src/centrality/betweenness.ts';
import { leiden } from '../../src/centrality/leiden.ts';
import { pageRank } from '../../src/centrality/page-rank.ts';
import { seededRandom } from '../../src/centrality/seeded-random.ts';
import { separateParts } from '../../src/centrality/separate-parts.ts';
import { countBetweenness, countModularity, solvePageRank } from '../support/centrality-model.ts';
import { graphologyBetweenness, graphologyLouvain, graphologyPageRank } from '../support/graphology.ts';
import { csrGraphOf, drawGraph, matrixOf } from '../support/random-graph.ts';

const SEEDS = Array.from({ length: 1000 }, (_, seed) => seed);

/** The greatest difference between two lists. */
function farthest(found: Iterable<number>, expected: readonly number[]): number {
  const values = [...found];
  expect(values).toHaveLength(expected.length);
  return Math.max(0, ...values.map((value, at) => Math.abs(value - (expected[at] ?? NaN))));
}

function directedGraph(seed: number): DirectedGraph {
  const matrix = matrixOf(drawGraph(seed));
  const graph = new DirectedGraph();
  for (const node of matrix.keys()) graph.addNode(String(node));
  for (const [source, row] of matrix.entries())
    for (const [target, weight] of row.entries())
      if (weight !== undefined) graph.addEdge(String(source), String(target), { weight });
  return graph;
}

describe('pageRank', () => {
  it('is what the equations say, on 1000 graphs, within its bound', () => {
    let stranded = 0;
    for (const seed of SEEDS) {
      const drawn = drawGraph(seed);
      const random = seededRandom(seed + 1);
      const start = Array.from({ length: drawn.nodeCount }, () => 1 + random.integer(3));
      const damping = random.integer(100) / 100;
      const exact = solvePageRank(matrixOf(drawn), damping, start);
      const found = pageRank(csrGraphOf(drawn), {
        ...{ damping, tolerance: 1e-10, startWeights: Float64Array.from(start) },
      });
      const error = [...found.scores].reduce(
        (sum, score, at) => sum + Math.abs(score - (exact[at] ?? NaN)),
        0,
      );
      expect(found.errorBound).toBeLessThanOrEqual(1e-10);
      expect(error, `graph ${seed}`).toBeLessThanOrEqual(found.errorBound + 1e-13);
      if (matrixOf(drawn).some((row) => row.every((weight) => (weight ?? 0) === 0))) stranded++;
    }
    expect(stranded).toBeGreaterThan(300);
  });

  it('is what graphology computes', () => {
    let compared = 0;
    for (const seed of SEEDS.slice(0, 200)) {
      // Nodes all of whose edges weigh nothing: graphology divides by it.
      const graph = directedGraph(seed);
      if (graph.order === 0 || graph.someEdge((_, { weight }) => weight === 0)) continue;
      const expected = graphologyPageRank(graph, {
        ...{ alpha: 0.85, tolerance: 1e-12, maxIterations: 1000, getEdgeWeight: 'weight' },
      });
      const { scores } = pageRank(csrGraphOf(drawGraph(seed)), { damping: 0.85, tolerance: 1e-12 });
      expect(farthest(scores, Object.values(expected)), `graph ${seed}`).toBeLessThan(1e-9);
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });
});

describe('betweenness', () => {
  it('is what counting every shortest path says, on 1000 graphs', () => {
    let between = 0;
    for (const seed of SEEDS) {
      const drawn = drawGraph(seed);
      const exact = countBetweenness(matrixOf(drawn));
      expect(farthest(betweenness(csrGraphOf(drawn)), exact), `graph ${seed}`).toBeLessThan(1e-12);
      between += exact.filter((share) => share > 0).length;
    }
    expect(between).toBeGreaterThan(500);
  });

  it('is what graphology computes, on larger graphs', () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const graph = new DirectedGraph();
      const drawn = drawGraph(seed, 60);
      if (drawn.nodeCount < 3) continue;
      for (let node = 0; node < drawn.nodeCount; node++) graph.addNode(String(node));
      for (const { source, target } of drawn.edges)
        if (source !== target) graph.mergeEdge(String(source), String(target));
      const expected = graphologyBetweenness(graph, { normalized: true, getEdgeWeight: null });
      expect(farthest(betweenness(csrGraphOf(drawn)), Object.values(expected))).toBeLessThan(1e-12);
    }
  });
});

describe('leiden', () => {
  it('gives connected communities whose modularity is what it says, and no node can gain by moving', () => {
    for (const seed of SEEDS) {
      const drawn = drawGraph(seed);
      const matrix = matrixOf(drawn);
      const resolution = 0.5 + (seed % 4) / 2;
      const found = leiden(csrGraphOf(drawn), { resolution, random: seededRandom(seed) });
      const groups = [...found.communities];
      expect(new Set(groups).size).toBe(found.count);
      const quality = countModularity(matrix, groups, resolution);
      expect(found.modularity, `graph ${seed}`).toBeCloseTo(quality, 12);
      const moves = groups.flatMap((_, node) =>
        [...new Set(groups), groups.length].map((group) =>
          countModularity(matrix, groups.with(node, group), resolution),
        ),
      );
      expect(Math.max(-1, ...moves), `graph ${seed}`).toBeLessThan(quality + 1e-12);
      const weight = (a: number, b: number): number => (matrix[a]?.[b] ?? 0) + (matrix[b]?.[a] ?? 0);
      for (let group = 0; group < found.count; group++) {
        const members = [...matrix.keys()].filter((node) => groups[node] === group);
        const reached = new Set(members.slice(0, 1));
        for (const node of reached) for (const to of members) if (weight(node, to) > 0) reached.add(to);
        expect(reached.size, `graph ${seed}`).toBe(members.length);
      }
    }
  });

  it('is on average no worse than Louvain, and the same with the same seed', () => {
    let ahead = 0;
    for (const seed of SEEDS.slice(0, 100)) {
      const drawn = drawGraph(seed, 60);
      const graph = new UndirectedGraph();
      for (let node = 0; node < drawn.nodeCount; node++) graph.addNode(String(node));
      for (const { source, target, weight } of drawn.edges)
        if (source !== target && weight > 0)
          graph.updateEdge(String(source), String(target), (edge) => ({
            weight: Number(edge['weight'] ?? 0) + weight,
          }));
      if (graph.size === 0) continue;
      const found = leiden(csrGraphOf(drawn), { resolution: 1, random: seededRandom(seed) });
      const again = leiden(csrGraphOf(drawn), { resolution: 1, random: seededRandom(seed) });
      expect(again).toEqual(found);
      const other = graphologyLouvain.detailed(graph, {
        rng: seededRandom(seed).fraction,
        getEdgeWeight: 'weight',
      });
      ahead += found.modularity - other.modularity;
    }
    expect(ahead).toBeGreaterThan(0);
  });
});

describe('separateParts', () => {
  it('makes a group of each part that hangs together within its group, by edges that weigh something', () => {
    const pairs = [
      [0, 1, 1],
      [2, 3, 1],
      [3, 4, 0],
      [1, 5, 1],
      [5, 6, 1],
    ] as const;
    const edges = pairs.flatMap(([source, target, weight]) => [
      { source, target, weight },
      { source: target, target: source, weight },
    ]);
    const groups = Uint32Array.of(0, 0, 0, 0, 0, 1, 0);
    separateParts(csrGraphOf({ nodeCount: 7, edges }), groups);
    expect([...groups]).toEqual([0, 0, 2, 2, 4, 5, 6]);
  });
});
