import { matching } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import type { AgentGraph } from '../../src/centrality/agent-graph.ts';
import { findCommunities } from '../../src/centrality/find-communities.ts';
import { measureBetweenness } from '../../src/centrality/measure-betweenness.ts';
import { rankAgents } from '../../src/centrality/rank-agents.ts';
import { csrGraphOf, type DrawnEdge } from '../support/random-graph.ts';

/** Agents called `a0`, `a1` …, and what leads from one to another: both ways. */
function agentGraph(nodeCount: number, pairs: readonly (readonly [number, number])[]): AgentGraph {
  const edges = pairs.flatMap(([source, target]): DrawnEdge[] => [
    { source, target, weight: 100 },
    { source: target, target: source, weight: 100 },
  ]);
  return {
    agentIds: Array.from({ length: nodeCount }, (_, node) => `a${node}`),
    edges: csrGraphOf({ nodeCount, edges }),
    relationshipCount: pairs.length,
  };
}

/** Cliques of five in a ring, each joined with the next by one edge. */
function ringOfCliques(count: number): AgentGraph {
  const pairs = Array.from({ length: count }, (_, clique) => {
    const members = [0, 1, 2, 3, 4].map((member) => 5 * clique + member);
    return [
      ...members.flatMap((a) => members.filter((b) => a < b).map((b) => [a, b] as const)),
      [5 * clique, (5 * (clique + 1) + 1) % (5 * count)] as const,
    ];
  });
  return agentGraph(5 * count, pairs.flat());
}

const refused = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ code, message: matching(message) });

const EMPTY = agentGraph(0, []);
const ONE = agentGraph(1, []);

describe('rankAgents', () => {
  it('puts the middle of a star first', () => {
    const { agents, errorBound } = rankAgents(
      agentGraph(4, [
        [0, 3],
        [1, 3],
        [2, 3],
      ]),
    );
    expect(agents[0]).toEqual({ agentId: 'a3', score: expect.closeTo(0.4797, 4) as number });
    expect(agents.slice(1).map(({ score }) => score)).toEqual(
      [1, 1, 1].map(() => expect.closeTo(0.1734, 4) as number),
    );
    expect(errorBound).toBeLessThanOrEqual(1e-9);
  });

  it('stays with whom walks begin at, and adds up what is said of one twice', () => {
    const graph = agentGraph(5, [
      [0, 1],
      [2, 3],
    ]);
    const scores = (...startAt: { agentId: string; weight?: number }[]): number[] =>
      rankAgents(graph, { startAt })
        .agents.toSorted((a, b) => a.agentId.localeCompare(b.agentId))
        .map(({ score }) => score);
    expect(scores({ agentId: 'a0' })).toEqual([
      expect.closeTo(1 / 1.85, 8),
      expect.closeTo(0.85 / 1.85, 8),
      0,
      0,
      0,
    ]);
    expect(scores({ agentId: 'a4' })).toEqual([0, 0, 0, 0, expect.closeTo(1, 12)]);
    expect(scores({ agentId: 'a0' }, { agentId: 'a0', weight: 2 }, { agentId: 'a2' })).toEqual(
      scores({ agentId: 'a0', weight: 3 }, { agentId: 'a2' }),
    );
  });

  it('has nothing to rank in an empty graph, and one agent has it all', () => {
    expect(rankAgents(EMPTY).agents).toEqual([]);
    expect(rankAgents(ONE).agents).toEqual([{ agentId: 'a0', score: 1 }]);
  });

  it('refuses what it cannot do, all of it at once', () => {
    expect(() => rankAgents(ONE, { damping: 1, tolerance: 0 })).toThrow(
      refused('INVALID_INPUT', /damping: .*tolerance: /),
    );
    expect(() => rankAgents(ONE, { startAt: [{ agentId: 'nobody' }] })).toThrow(
      refused('INVALID_INPUT', /1 of its agents are not in the graph/),
    );
  });
});

describe('measureBetweenness', () => {
  it('is exact where that is no more work', () => {
    expect(
      measureBetweenness(
        agentGraph(3, [
          [0, 2],
          [1, 2],
        ]),
      ),
    ).toEqual({
      agents: [
        { agentId: 'a2', betweenness: 1 },
        { agentId: 'a0', betweenness: 0 },
        { agentId: 'a1', betweenness: 0 },
      ],
      ...{ method: 'exact', errorBound: 0, delta: 0, samples: 0 },
    });
  });

  it('estimates a large graph with the error that is asked for', () => {
    const line = agentGraph(
      200,
      Array.from({ length: 199 }, (_, node) => [node, node + 1] as const),
    );
    const exact = measureBetweenness(line);
    const sampled = measureBetweenness(line, { epsilon: 0.2, seed: 5 });
    expect(sampled).toMatchObject({ method: 'sampled', delta: 0.1 });
    expect(sampled.errorBound).toBeLessThanOrEqual(0.2);
    const shares = new Map(exact.agents.map(({ agentId, betweenness }) => [agentId, betweenness]));
    for (const { agentId, betweenness } of sampled.agents) {
      expect(Math.abs(betweenness - (shares.get(agentId) ?? NaN))).toBeLessThanOrEqual(sampled.errorBound);
    }
  });

  it('says so where paths are too many to count', () => {
    // Each diamond doubles them.
    const diamonds = Array.from({ length: 1030 }, (_, at) =>
      [1, 2].flatMap((way) => [[3 * at, 3 * at + way] as const, [3 * at + way, 3 * at + 3] as const]),
    ).flat();
    const graph = agentGraph(3 * 1030 + 1, diamonds);
    expect(() => measureBetweenness(graph)).toThrow(refused('TOO_MANY_PATHS', /10\^308/));
  });

  it.each([[EMPTY], [ONE], [agentGraph(2, [[0, 1]])]])('finds nobody between fewer than three', (graph) => {
    expect(measureBetweenness(graph).agents.every(({ betweenness }) => betweenness === 0)).toBe(true);
  });
});

describe('findCommunities', () => {
  it('finds cliques, whatever the seed, and names their agents in order', () => {
    const graph = ringOfCliques(6);
    for (const seed of [1, 2, 3]) {
      const { communities, modularity } = findCommunities(graph, { seed });
      expect(communities.map((agents) => agents.toSorted())).toEqual(
        Array.from({ length: 6 }, (_, clique) =>
          [0, 1, 2, 3, 4].map((member) => `a${5 * clique + member}`).toSorted(),
        ),
      );
      expect(modularity).toBeCloseTo(60 / 66 - 1 / 6, 12);
    }
  });

  it('finds fewer at a low resolution, and more at a high one', () => {
    const count = (resolution: number): number =>
      findCommunities(ringOfCliques(6), { resolution }).communities.length;
    expect(count(0.01)).toBe(1);
    expect(count(1)).toBe(6);
    expect(count(100)).toBe(30);
  });

  it('is no worse than the best that is known of a real network', () => {
    const { modularity, communities } = findCommunities(agentGraph(34, KARATE_CLUB));
    expect(communities).toHaveLength(4);
    expect(modularity).toBeCloseTo(0.4198, 4);
  });

  it('leaves everybody alone where nobody is related', () => {
    expect(findCommunities(agentGraph(3, []))).toEqual({
      communities: [['a0'], ['a1'], ['a2']],
      modularity: 0,
    });
    expect(findCommunities(EMPTY)).toEqual({ communities: [], modularity: 0 });
  });
});

/** Zachary, "An information flow model for conflict and fission in small groups", 1977. */
const KARATE_CLUB = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31].map((to) => [0, to] as const),
  ...[2, 3, 7, 13, 17, 19, 21, 30].map((to) => [1, to] as const),
  ...[3, 7, 8, 9, 13, 27, 28, 32].map((to) => [2, to] as const),
  ...[7, 12, 13].map((to) => [3, to] as const),
  ...[6, 10].map((to) => [4, to] as const),
  ...[6, 10, 16].map((to) => [5, to] as const),
  [6, 16] as const,
  ...[30, 32, 33].map((to) => [8, to] as const),
  ...[
    [9, 33],
    [13, 33],
    [14, 32],
    [14, 33],
    [15, 32],
    [15, 33],
    [18, 32],
    [18, 33],
    [19, 33],
  ].map(([a = 0, b = 0]) => [a, b] as const),
  ...[
    [20, 32],
    [20, 33],
    [22, 32],
    [22, 33],
    [23, 25],
    [23, 27],
    [23, 29],
    [23, 32],
    [23, 33],
  ].map(([a = 0, b = 0]) => [a, b] as const),
  ...[
    [24, 25],
    [24, 27],
    [24, 31],
    [25, 31],
    [26, 29],
    [26, 33],
    [27, 33],
    [28, 31],
    [28, 33],
  ].map(([a = 0, b = 0]) => [a, b] as const),
  ...[
    [29, 32],
    [29, 33],
    [30, 32],
    [30, 33],
    [31, 32],
    [31, 33],
    [32, 33],
  ].map(([a = 0, b = 0]) => [a, b] as const),
];
