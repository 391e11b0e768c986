import { describe, expect, it } from 'vitest';
import type { Adjacency } from '../../src/walks/adjacency.ts';
import { bestShortestWay, type Search } from '../../src/walks/best-shortest.ts';
import { strongestWay } from '../../src/walks/strongest.ts';
import type { Way } from '../../src/walks/walk-edge.ts';
import { productOf } from '../../src/walks/walk-path.ts';
import { shortestWays } from '../../src/walks/yen.ts';
import * as oracle from './oracle.ts';
import { randomGraph, seeded, type Random } from './random-graph.ts';

const GRAPHS = 1000;
const limits = { direction: 'outgoing', minHundredths: 0 } as const;

/** A graph in memory. */
function adjacencyOf(
  agentIds: readonly string[],
  stepsOf: (id: string) => ReturnType<typeof oracle.stepsFrom>,
) {
  const ways = agentIds.flatMap((from) => {
    const best = new Map<string, Way>();
    for (const { to, version, orientation } of stepsOf(from)) {
      const { type, hundredths } = version;
      if (!best.has(to)) best.set(to, { from, to, type, orientation, hundredths });
    }
    return [...best.values()];
  });
  return {
    waysOf: (ids, side) => {
      const end = side === 'onward' ? 'from' : 'to';
      return Promise.resolve(new Map(ids.map((id) => [id, ways.filter((way) => way[end] === id)])));
    },
  } satisfies Adjacency;
}

interface Case {
  readonly graph: Adjacency;
  readonly search: Search;
  readonly paths: readonly oracle.SimplePath[];
}

async function forEachGraph(check: (of: Case, random: Random) => Promise<number>): Promise<number> {
  let found = 0;
  for (let seed = 0; seed < GRAPHS; seed += 1) {
    const random = seeded(seed);
    const { agentIds, versions } = randomGraph(seed, random);
    const seen = oracle.seen(versions, limits);
    const stepsOf = (id: string) => oracle.stepsFrom(seen, id, limits);
    const [from = '', to = ''] = [agentIds[random(agentIds.length)], agentIds[random(agentIds.length)]];
    const search = { from, to, maxHops: random(6) };
    const paths = oracle.simplePaths(stepsOf, from, search.maxHops);
    found += await check({ graph: adjacencyOf(agentIds, stepsOf), search, paths }, random);
  }
  return found;
}

const wayOf = (ways: readonly Way[] | undefined, from: string) =>
  ways && { agentIds: [from, ...ways.map((way) => way.to)], product: productOf(ways) };
const pathOf = (path: oracle.SimplePath | undefined) =>
  path && { agentIds: path.agentIds, product: path.product };

describe(`on ${GRAPHS} random graphs in memory`, () => {
  it('bestShortestWay finds the first of all paths', async () => {
    const found = await forEachGraph(async ({ graph, search, paths }) => {
      const ways = await bestShortestWay(graph, search);
      expect(wayOf(ways, search.from)).toEqual(pathOf(oracle.ranked(paths, search.to)[0]));
      return ways === undefined ? 0 : 1;
    });
    expect(found).toBeGreaterThan(GRAPHS / 4);
    expect(found).toBeLessThan(GRAPHS);
  });

  it('bestShortestWay passes nobody whom it must not, and does not begin with them', async () => {
    await forEachGraph(async ({ graph, search, paths }, random) => {
      const others = [...new Set(paths.flatMap(({ agentIds }) => agentIds))].filter(
        (id) => id !== search.from && id !== search.to,
      );
      const without = new Set(others.filter(() => random(4) === 0));
      const notFirst = new Set([...others, search.to].filter(() => random(4) === 0));
      const allowed = paths.filter(
        ({ agentIds }) => !agentIds.some((id) => without.has(id)) && !notFirst.has(agentIds[1] ?? ''),
      );
      const ways = await bestShortestWay(graph, { ...search, without, notFirst });
      expect(wayOf(ways, search.from)).toEqual(pathOf(oracle.ranked(allowed, search.to)[0]));
      return 0;
    });
  });

  it('strongestWay finds the most confident of all paths', async () => {
    const longer = await forEachGraph(async ({ graph, search, paths }) => {
      const ways = await strongestWay(graph, search);
      expect(wayOf(ways, search.from)).toEqual(pathOf(oracle.strongest(paths, search.to)));
      return (ways?.length ?? 0) > (oracle.ranked(paths, search.to)[0]?.steps.length ?? 0) ? 1 : 0;
    });
    expect(longer).toBeGreaterThan(GRAPHS / 100);
  });

  it('shortestWays finds the first k of all paths, in order', async () => {
    const found = await forEachGraph(async ({ graph, search, paths }, random) => {
      const k = 1 + random(10);
      const ways = await shortestWays(graph, search, k);
      const expected = oracle.ranked(paths, search.to).slice(0, k);
      expect(ways.map((way) => wayOf(way, search.from))).toEqual(expected.map(pathOf));
      return ways.length;
    });
    expect(found).toBeGreaterThan(GRAPHS);
  });
});
