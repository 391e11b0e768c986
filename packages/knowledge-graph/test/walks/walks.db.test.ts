import type { TenantTransaction } from '@agent-agency/db-core';
import { explainStatements, useApplication } from '@agent-agency/db-core/testing';
import { settlePlans, withSession } from '@agent-agency/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  findShortestPath,
  findStrongestPath,
  getNeighborhood,
  listShortestPaths,
  pathTo,
  traverse,
} from '../../src/index.ts';
import { registerAgents } from '../support/fixtures.ts';
import { relateAgents } from '../support/relate-agents.ts';
import { storeVersions, type Version } from './versions.ts';

const app = useApplication(testDatabase());
/** Time decides nothing here. */
const budget = { ms: 60_000 };
const SPOKES = 2000;
let tenant = '';
let otherTenant = '';

/** A relationship as `a-b 90` (both ways) or `a>b 90 VALIDATES`. */
function version(words: string): Version {
  const [, source = '', arrow, target = '', hundredths, type = 'COLLABORATES_WITH'] =
    /^(\w+)([->])(\w+) (\d+)(?: (\w+))?$/.exec(words) ?? [];
  return {
    ...{ source, target, isDirectional: arrow === '>', hundredths: Number(hundredths) },
    type: type as Version['type'],
    ...{ validFrom: 0, recordedAt: 0 },
  };
}

/**
 * Side by side: a small graph with a way back, a ring, and a hub, whose spokes are the more confident the higher their
 * number is. Another tenant has the small graph's agents, and one of its own.
 */
beforeAll(async () => {
  [tenant = '', otherTenant = ''] = await app.newTenants(2);
  const spokes = Array.from({ length: SPOKES }, (_, at) => `spoke${String(at).padStart(4, '0')}`);
  const small = ['a-b 90', 'a-c 60', 'b-d 80', 'c-d 90', 'd>e 100 VALIDATES', 'e>a 50 DEPENDS_ON', 'a>e 50'];
  const versions = [
    ...[...small, 'r1-r2 100', 'r2-r3 100', 'r3-r4 100', 'r1-r4 100'].map(version),
    ...spokes.map((spoke, at) => version(`hub-${spoke} ${50 + Math.floor((at * 51) / SPOKES)}`)),
  ];
  const agentIds = [...new Set(versions.flatMap(({ source, target }) => [source, target])), 'alone'];
  await withSession(app.database.url, async (session) => {
    await storeVersions(session, tenant, { agentIds, versions });
    await storeVersions(session, otherTenant, {
      agentIds: ['a', 'b', 'd', 'theirs'],
      versions: [version('a-d 100'), version('b-theirs 100')],
    });
    await settlePlans(session);
  });
});

const inTenant = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> => app.inTenant(tenant, work);
const walk = (query: Parameters<typeof traverse>[1]) => inTenant((tx) => traverse(tx, { budget, ...query }));

describe('traverse', () => {
  it('reaches each agent once, by hops and ids, and says how', async () => {
    await expect(walk({ from: 'a' })).resolves.toEqual({
      nodes: [
        { agentId: 'a', hops: 0, confidence: 1 },
        { agentId: 'b', hops: 1, confidence: 0.9 },
        { agentId: 'c', hops: 1, confidence: 0.6 },
        { agentId: 'e', hops: 1, confidence: 0.5 },
        { agentId: 'd', hops: 2, confidence: 0.72 },
      ],
      edges: [
        edge('a', 'b', 0.9),
        edge('a', 'c', 0.6),
        { ...edge('a', 'e', 0.5), isDirectional: true },
        edge('b', 'd', 0.8),
      ],
      edgesSeen: 8,
    });
  });

  it('goes along, against, or along and against directional relationships', async () => {
    const reached = async (direction: 'outgoing' | 'incoming' | 'both') =>
      (await walk({ from: 'e', maxHops: 1, direction })).nodes.slice(1).map(({ agentId }) => agentId);
    await expect(reached('outgoing')).resolves.toEqual(['a']);
    await expect(reached('incoming')).resolves.toEqual(['a', 'd']);
    await expect(reached('both')).resolves.toEqual(['a', 'd']);
  });

  it('stays with the start for no hops, and comes to an end in a ring', async () => {
    await expect(walk({ from: 'a', maxHops: 0 })).resolves.toEqual({
      nodes: [{ agentId: 'a', hops: 0, confidence: 1 }],
      edges: [],
      edgesSeen: 0,
    });
    const ring = await walk({ from: 'r1', maxHops: 10 });
    expect(ring.nodes.map(({ agentId }) => agentId)).toEqual(['r1', 'r2', 'r4', 'r3']);
    expect(ring.truncated).toBeUndefined();
  });

  it('has the way to each agent that it reached', async () => {
    const found = await walk({
      from: 'a',
      maxHops: 3,
      types: ['COLLABORATES_WITH', 'VALIDATES'],
      minConfidence: 0.6,
    });
    expect(pathTo(found, 'e')).toEqual({
      hops: 3,
      confidence: 0.72,
      agentIds: ['a', 'b', 'd', 'e'],
      edges: [
        edge('a', 'b', 0.9),
        edge('b', 'd', 0.8),
        { ...edge('d', 'e', 1), type: 'VALIDATES', isDirectional: true },
      ],
    });
    expect(pathTo(found, 'a')).toEqual({ hops: 0, confidence: 1, agentIds: ['a'], edges: [] });
    expect(pathTo(found, 'alone')).toBeUndefined();
  });

  it('reads no more of a hub than its budgets, the most confident first, and says which was used up', async () => {
    const capped = await walk({ from: 'hub', maxHops: 1, fanOut: 20 });
    expect(capped.nodes.slice(1).map(({ agentId }) => agentId)).toHaveLength(20);
    expect(capped.nodes.slice(1).every(({ confidence }) => confidence === 1)).toBe(true);
    expect(capped).toMatchObject({ edgesSeen: 21, truncated: { reason: 'fan-out', completeHops: 0 } });

    const byNodes = await walk({ from: 'hub', maxHops: 3, budget: { ...budget, nodes: 31 } });
    expect(byNodes.truncated).toEqual({ reason: 'nodes', completeHops: 0 });
    expect(byNodes.nodes).toHaveLength(31);
    expect(byNodes.nodes.slice(1).every(({ confidence }) => confidence === 1)).toBe(true);

    const byEdges = await walk({ from: 'hub', maxHops: 3, budget: { ...budget, edges: 30 } });
    expect(byEdges).toMatchObject({ edgesSeen: 30, truncated: { reason: 'edges', completeHops: 0 } });
    expect(byEdges.nodes).toHaveLength(31);
    expect(byEdges.nodes.slice(1).every(({ confidence }) => confidence === 1)).toBe(true);

    const onTheWay = await walk({ from: 'spoke0000', maxHops: 2, budget: { ...budget, edges: SPOKES } });
    expect(onTheWay).toMatchObject({ edgesSeen: SPOKES, truncated: { reason: 'edges', completeHops: 1 } });
    const enough = await walk({
      from: 'spoke0000',
      maxHops: 2,
      budget: { nodes: SPOKES + 1, edges: SPOKES + 1, ms: 60_000 },
    });
    expect(enough).toMatchObject({ edgesSeen: SPOKES + 1 });
    expect(enough.truncated).toBeUndefined();
  });

  it('is no further than the start when it has no time', async () => {
    await expect(walk({ from: 'a', budget: { ms: 0 } })).resolves.toEqual({
      nodes: [{ agentId: 'a', hops: 0, confidence: 1 }],
      edges: [],
      edgesSeen: expect.any(Number) as number,
      truncated: { reason: 'time', completeHops: 0 },
    });
  });

  it('sees what held as of a moment, and what was known at one, through the triggers that record it', async () => {
    const id = await app.newTenant();
    const relate = (confidence: number) =>
      app.inTenant(id, async (tx) => {
        const { rows } = await sql<{ now: Date }>`select now() as now`.execute(tx);
        await sql`update agent_relationships set confidence = ${confidence} where tenant_id = ${id}`.execute(
          tx,
        );
        return rows[0]?.now ?? new Date(0);
      });
    await app.inTenant(id, async (tx) => {
      await registerAgents(tx, ['a', 'b']);
      await relateAgents(tx, [
        { source: 'a', target: 'b', type: 'VALIDATES', isDirectional: false, confidence: 0.6 },
      ]);
    });
    const changedAt = await relate(0.9);
    const confidence = async (time: { asOf?: Date; knownAt?: Date }) => {
      const { nodes } = await app.inTenant(id, (tx) => traverse(tx, { from: 'a', budget, ...time }));
      return nodes[1]?.confidence;
    };
    // The driver's Date has milliseconds: one of them is before the change, the next is after it.
    const [before, after] = [changedAt, new Date(changedAt.getTime() + 1)];
    await expect(confidence({})).resolves.toBe(0.9);
    await expect(confidence({ knownAt: after })).resolves.toBe(0.9);
    await expect(confidence({ knownAt: before })).resolves.toBe(0.6);
    await expect(confidence({ knownAt: new Date(0) })).resolves.toBeUndefined();
    await expect(confidence({ asOf: new Date(0) })).resolves.toBeUndefined();
  });
});

function edge(sourceAgentId: string, targetAgentId: string, confidence: number) {
  return { sourceAgentId, targetAgentId, type: 'COLLABORATES_WITH', isDirectional: false, confidence };
}

describe('searches for paths', () => {
  const ends = { from: 'a', to: 'd', budget };

  it('findShortestPath says its hops and relationships, the way they are stored', async () => {
    const { path, truncated } = await inTenant((tx) =>
      findShortestPath(tx, { from: 'e', to: 'c', direction: 'incoming', budget }),
    );
    expect(truncated).toBeUndefined();
    expect(path).toEqual({
      hops: 2,
      confidence: 0.9,
      agentIds: ['e', 'd', 'c'],
      edges: [{ ...edge('d', 'e', 1), type: 'VALIDATES', isDirectional: true }, edge('c', 'd', 0.9)],
    });
  });

  it('findStrongestPath takes a longer way when it is more confident', async () => {
    const { path } = await inTenant((tx) => findStrongestPath(tx, { from: 'a', to: 'e', budget }));
    expect([path?.agentIds, path?.confidence]).toEqual([['a', 'b', 'd', 'e'], 0.72]);
    const near = await inTenant((tx) => findStrongestPath(tx, { from: 'a', to: 'e', maxHops: 2, budget }));
    expect(near.path?.agentIds).toEqual(['a', 'e']);
  });

  it('listShortestPaths lists fewer when there are no more', async () => {
    const { paths } = await inTenant((tx) => listShortestPaths(tx, { ...ends, k: 10 }));
    expect(paths.map(({ agentIds }) => agentIds.join(''))).toEqual(['abd', 'acd']);
  });

  it('find the path without a hop from an agent to itself, and none between those that are apart', async () => {
    const itself = { path: { hops: 0, confidence: 1, agentIds: ['a'], edges: [] }, edgesSeen: 0 };
    const apart = { from: 'alone', to: 'a', budget };
    await inTenant(async (tx) => {
      for (const search of [findShortestPath, findStrongestPath]) {
        await expect(search(tx, { from: 'a', to: 'a', maxHops: 0 })).resolves.toEqual(itself);
        expect((await search(tx, apart)).path).toBeUndefined();
      }
      const { paths } = await listShortestPaths(tx, { from: 'a', to: 'a', k: 3, budget });
      expect(paths).toEqual([itself.path]);
      await expect(listShortestPaths(tx, { ...apart, k: 3 })).resolves.toMatchObject({ paths: [] });
    });
  });

  it.each([
    ['edges', { ...budget, edges: 2 }],
    ['nodes', { ...budget, nodes: 3 }],
    ['time', { ms: 0 }],
  ])('say that they found none because of %s', async (reason, limited) => {
    await inTenant(async (tx) => {
      const apart = { from: 'hub', to: 'r1', budget: limited };
      for (const search of [findShortestPath, findStrongestPath]) {
        const found = await search(tx, apart);
        expect([found.path, found.truncated]).toEqual([undefined, { reason }]);
      }
      const found = await listShortestPaths(tx, { ...apart, k: 2 });
      expect(found.truncated).toEqual({ reason });
    });
  });
});

describe('getNeighborhood', () => {
  it('has the relationships that the walk did not take, and none that leads out of it', async () => {
    const { nodes, edges } = await inTenant((tx) => getNeighborhood(tx, { from: 'b', maxHops: 1, budget }));
    expect(nodes.map(({ agentId }) => agentId)).toEqual(['b', 'a', 'd']);
    expect(edges).toEqual([edge('a', 'b', 0.9), edge('b', 'd', 0.8)]);
    const all = await inTenant((tx) => getNeighborhood(tx, { from: 'a', maxHops: 2, budget }));
    expect(all.edges).toHaveLength(7);
  });

  it('keeps to the budget', async () => {
    const found = await inTenant((tx) =>
      getNeighborhood(tx, { from: 'hub', maxHops: 1, budget: { ...budget, edges: SPOKES + 10 } }),
    );
    expect(found.edges).toHaveLength(10);
    expect(found.truncated).toEqual({ reason: 'edges' });
  });
});

describe('bad input', () => {
  it('is one error with every problem', async () => {
    const query = { from: '', maxHops: 100, minConfidence: 1.5, fanOut: 0, budget: { nodes: 0 } };
    await expect(walk(query)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/from.*maxHops.*fanOut.*minConfidence.*budget\.nodes/),
    });
    const paths = { from: '\0', to: 'a', maxHops: 11, k: 11 };
    await expect(inTenant((tx) => listShortestPaths(tx, paths))).rejects.toMatchObject({
      message: matching(/from.*maxHops.*k:/),
    });
  });

  it.each([
    ['nobody', 'theirs', 'from, to'],
    ['theirs', 'a', 'from'],
    ['a', 'nobody', 'to'],
  ])("%s to %s: another tenant's agent is as unknown as nobody [T1]", async (from, to, missing) => {
    const unknown = { code: 'AGENT_NOT_FOUND', message: `the tenant has no such agent: ${missing}` };
    await inTenant(async (tx) => {
      for (const search of [findShortestPath, findStrongestPath])
        await expect(search(tx, { from, to })).rejects.toMatchObject(unknown);
      await expect(listShortestPaths(tx, { from, to, k: 1 })).rejects.toMatchObject(unknown);
      if (from === 'a') return;
      for (const reach of [traverse, getNeighborhood])
        await expect(reach(tx, { from })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
      const { rows } = await sql`select * from traverse_agent_relationships(${from}, 10)`.execute(tx);
      expect(rows).toEqual([]);
    });
  });
});

describe('plans, as the application role', () => {
  const covering = ['idx_relationships_source', 'idx_relationships_target'];

  it('adjacency is read from the covering indexes alone', async () => {
    const plans = await inTenant((tx) =>
      explainStatements(tx, () => findStrongestPath(tx, { from: 'a', to: 'e', budget })),
    );
    const scans = plans.flat().filter((node) => node['Relation Name'] === 'agent_relationships');
    expect(scans.length).toBeGreaterThan(1);
    expect(new Set(scans.map((node) => node['Node Type']))).toEqual(new Set(['Index Only Scan']));
    expect([...new Set(scans.map((node) => node['Index Name']))].toSorted()).toEqual(covering);
    for (const { 'Index Cond': condition } of scans)
      expect(condition).toMatch(/tenant_id.*(source|target)_agent_id/);
  });

  it.each([
    [
      'traverse',
      (tx: TenantTransaction) => traverse(tx, { from: 'a', maxHops: 3, direction: 'both', budget }),
    ],
    [
      'traverse with a cap',
      (tx: TenantTransaction) => traverse(tx, { from: 'hub', maxHops: 2, fanOut: 5, budget }),
    ],
    ['findShortestPath', (tx: TenantTransaction) => findShortestPath(tx, { from: 'a', to: 'd', budget })],
  ])('%s reads no row of the table, and of a hub no more than it takes', async (_what, work) => {
    await inTenant(async (tx) => {
      const before = await readsOf(tx);
      await work(tx);
      const after = await readsOf(tx);
      const changed = [...after].flatMap(([name, { scans }]) =>
        scans > (before.get(name)?.scans ?? 0) ? [name] : [],
      );
      expect(changed.toSorted()).toEqual(covering);
      const fetched =
        (after.get('agent_relationships')?.fetched ?? 0) - (before.get('agent_relationships')?.fetched ?? 0);
      expect(fetched).toBe(0);
    });
  });
});

/** What this transaction has read of the table and of its indexes so far. */
async function readsOf(tx: TenantTransaction): Promise<Map<string, { scans: number; fetched: number }>> {
  const { rows } = await sql<{ name: string; scans: number; fetched: number }>`
    select
      relation.relname as name,
      pg_stat_get_xact_numscans(relation.oid)::integer as scans,
      pg_stat_get_xact_tuples_fetched(relation.oid)::integer as fetched
    from pg_class as relation
    where relation.oid = 'agent_relationships'::regclass
      or relation.oid in (select indexrelid from pg_index where indrelid = 'agent_relationships'::regclass)
  `.execute(tx);
  return new Map(rows.map(({ name, ...reads }) => [name, reads]));
}
