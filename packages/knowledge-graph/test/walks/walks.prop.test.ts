import { useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  findPath,
  findShortestPath,
  findStrongestPath,
  getNeighborhood,
  listNeighbors,
  listShortestPaths,
  traverse,
  type WalkPath,
} from '../../src/index.ts';
import * as oracle from './oracle.ts';
import { DAYS, randomGraph, seeded, type Random, type RandomGraph } from './random-graph.ts';
import { dayOf, storeVersions, type Version } from './versions.ts';

/** `WALK_GRAPHS=1000` takes a minute. */
const GRAPHS = Number(process.env['WALK_GRAPHS'] ?? 60);
/** Time decides nothing here. */
const budget = { ms: 60_000 };

const app = useApplication(testDatabase());
const graphs = Array.from({ length: GRAPHS }, (_, at) => randomGraph(at, seeded(at)));
let tenant = '';

/** All graphs side by side in one tenant; another one has the same agents, and everybody related to everybody. */
beforeAll(async () => {
  const [mine = '', other = ''] = await app.newTenants(2);
  tenant = mine;
  const all = {
    agentIds: graphs.flatMap(({ agentIds }) => agentIds),
    versions: graphs.flatMap(({ versions }) => versions),
  };
  await withSession(app.database.url, async (session) => {
    await storeVersions(session, mine, all);
    await storeVersions(session, other, { ...all, versions: all.agentIds.flatMap(relatedToTheNext) });
  });
});

function relatedToTheNext(source: string, at: number, all: readonly string[]): Version[] {
  const target = all[at + 1];
  const fields = { type: 'VALIDATES', isDirectional: true, hundredths: 100 } as const;
  return target === undefined ? [] : [{ source, target, ...fields, validFrom: 0, recordedAt: 0 }];
}

interface Question {
  readonly graph: RandomGraph;
  readonly from: string;
  readonly to: string;
  readonly maxHops: number;
  readonly limits: oracle.Limits;
}

function question(graph: RandomGraph, random: Random): Question {
  const { agentIds } = graph;
  const directions = ['outgoing', 'incoming', 'both'] as const;
  return {
    graph,
    from: agentIds[random(agentIds.length)] ?? '',
    to: agentIds[random(agentIds.length)] ?? '',
    maxHops: random(6),
    limits: {
      direction: directions[random(3)] ?? 'both',
      minHundredths: [0, 50, 60, 75][random(4)] ?? 0,
      ...(random(3) === 0 && { types: (['VALIDATES', 'COLLABORATES_WITH'] as const).slice(random(2)) }),
      ...(random(2) === 0 && { asOf: random(DAYS + 2) }),
      ...(random(2) === 0 && { knownAt: random(DAYS + 2) }),
    },
  };
}

/** The limits as the package takes them. */
function inputOf({ direction, minHundredths, types, asOf, knownAt }: oracle.Limits) {
  return {
    direction,
    minConfidence: minHundredths / 100,
    ...(types !== undefined && { types: [...types] }),
    ...(asOf !== undefined && { asOf: dayOf(asOf) }),
    ...(knownAt !== undefined && { knownAt: dayOf(knownAt) }),
    budget,
  };
}

/** Asks about every graph, in one transaction. */
async function forEachGraph(
  check: (tx: TenantTransaction, asked: Question, random: Random) => Promise<number>,
  some: readonly RandomGraph[] = graphs,
): Promise<number> {
  return app.inTenant(tenant, async (tx) => {
    let found = 0;
    for (const [at, graph] of some.entries()) {
      const random = seeded(at + 1_000_000);
      found += await check(tx, question(graph, random), random);
    }
    return found;
  });
}

function stepsIn({ graph, limits }: Question): (agentId: string) => ReturnType<typeof oracle.stepsFrom> {
  const versions = oracle.seen(graph.versions, limits);
  return (agentId) => oracle.stepsFrom(versions, agentId, limits);
}

const shareOf = ({ product, steps }: oracle.SimplePath): number => product / 100 ** steps.length;
const describePath = (path: WalkPath | undefined) => path && [path.agentIds, path.confidence];
const describeFound = (path: oracle.SimplePath | undefined) => path && [path.agentIds, shareOf(path)];

describe(`on ${GRAPHS} random graphs, with and without time`, () => {
  it('traverse reaches whom trying every path reaches, by the same ways, with and without a cap', async () => {
    const reached = await forEachGraph(async (tx, asked, random) => {
      const { from, maxHops, limits } = asked;
      const fanOut = random(2) === 0 ? undefined : 1 + random(3);
      const stepsOf = stepsIn(asked);
      const capped = (agentId: string) => stepsOf(agentId).slice(0, fanOut);
      const best = oracle.bestShortest(oracle.simplePaths(capped, from, maxHops));
      const expected = [...best].toSorted(
        ([idA, a], [idB, b]) => a.steps.length - b.steps.length || oracle.byBytes(idA, idB),
      );
      const firstCapped = expected.find(
        ([id, { steps }]) => steps.length < maxHops && stepsOf(id).length > capped(id).length,
      );
      const found = await traverse(tx, {
        from,
        maxHops,
        ...(fanOut !== undefined && { fanOut }),
        ...inputOf(limits),
      });
      expect(found.nodes).toEqual(
        expected.map(([agentId, path]) => ({ agentId, hops: path.steps.length, confidence: shareOf(path) })),
      );
      expect(found.edges).toEqual(
        expected.flatMap(([, { steps }]) => steps.slice(-1).map(({ version }) => oracle.edgeOf(version))),
      );
      expect(found.truncated).toEqual(
        firstCapped && { reason: 'fan-out', completeHops: firstCapped[1].steps.length },
      );
      return found.edges.length;
    });
    expect(reached).toBeGreaterThan(GRAPHS);
  });

  it('findShortestPath finds a path as short and as confident as any, of relationships that are there', async () => {
    const pathsFound = await forEachGraph(async (tx, asked) => {
      const { from, to, maxHops, limits } = asked;
      const paths = oracle.simplePaths(stepsIn(asked), from, maxHops);
      const [best] = oracle.ranked(paths, to);
      const { path } = await findShortestPath(tx, { from, to, maxHops, ...inputOf(limits) });
      expect([path?.hops, path?.confidence]).toEqual([best?.steps.length, best && shareOf(best)]);
      if (path === undefined) return 0;
      const taken = paths.map(({ agentIds, steps }) => ({
        agentIds,
        edges: steps.map(({ version }) => oracle.edgeOf(version)),
      }));
      expect(taken).toContainEqual({ agentIds: path.agentIds, edges: path.edges });
      return 1;
    });
    expect(pathsFound).toBeGreaterThan(GRAPHS / 4);
    expect(pathsFound).toBeLessThan(GRAPHS);
  });

  it('findStrongestPath finds the most confident path', async () => {
    const longer = await forEachGraph(async (tx, asked) => {
      const { from, to, maxHops, limits } = asked;
      const paths = oracle.simplePaths(stepsIn(asked), from, maxHops);
      const expected = oracle.strongest(paths, to);
      const { path } = await findStrongestPath(tx, { from, to, maxHops, ...inputOf(limits) });
      expect(describePath(path)).toEqual(describeFound(expected));
      return (path?.hops ?? 0) > (oracle.ranked(paths, to)[0]?.steps.length ?? 0) ? 1 : 0;
    });
    expect(longer).toBeGreaterThan(0);
  });

  it('listShortestPaths lists the best paths in their order', async () => {
    const listed = await forEachGraph(async (tx, asked, random) => {
      const { from, to, maxHops, limits } = asked;
      const k = 1 + random(10);
      const expected = oracle.ranked(oracle.simplePaths(stepsIn(asked), from, maxHops), to).slice(0, k);
      const { paths } = await listShortestPaths(tx, { from, to, maxHops, k, ...inputOf(limits) });
      expect(paths.map(describePath)).toEqual(expected.map(describeFound));
      return paths.length;
    });
    expect(listed).toBeGreaterThan(GRAPHS);
  });

  it('getNeighborhood has all relationships among whom a walk reaches', async () => {
    const edgesFound = await forEachGraph(async (tx, asked) => {
      const { from, maxHops, limits } = asked;
      const reached = oracle.bestShortest(oracle.simplePaths(stepsIn(asked), from, maxHops));
      const expected = oracle
        .seen(asked.graph.versions, limits)
        .filter(({ source, target }) => reached.has(source) && reached.has(target))
        .map(oracle.edgeOf);
      const { nodes, edges } = await getNeighborhood(tx, { from, maxHops, ...inputOf(limits) });
      expect(new Set(nodes.map(({ agentId }) => agentId))).toEqual(new Set(reached.keys()));
      expect(edges.map((edge) => JSON.stringify(edge)).toSorted()).toEqual(
        expected.map((edge) => JSON.stringify(edge)).toSorted(),
      );
      return edges.length;
    });
    expect(edgesFound).toBeGreaterThan(GRAPHS);
  });

  it('listNeighbors and findPath say the same as traverse and findShortestPath', async () => {
    await forEachGraph(
      async (tx, { from, to, maxHops }) => {
        const hops = Math.max(1, maxHops);
        const walk = await traverse(tx, { from, maxHops: hops, budget });
        const neighbors = await listNeighbors(tx, { agentId: from, maxHops: hops });
        const near = walk.nodes.slice(1).toSorted((a, b) => a.hops - b.hops || b.confidence - a.confidence);
        expect(neighbors.map(({ agentId, hops, confidence }) => ({ agentId, hops, confidence }))).toEqual(
          near.map((node) => ({ ...node, confidence: expect.closeTo(node.confidence, 12) as number })),
        );
        const { path } = await findShortestPath(tx, { from, to, maxHops, budget });
        const same = await findPath(tx, { sourceAgentId: from, targetAgentId: to, maxHops });
        expect(same?.agents.map(({ id }) => id)).toEqual(path?.agentIds);
        return 0;
      },
      graphs.slice(0, 15),
    );
  });
});
