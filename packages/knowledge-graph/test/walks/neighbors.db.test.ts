import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { describe, expect, it } from 'vitest';
import { findPath, listNeighbors, type NeighborQuery, type PathQuery } from '../../src/index.ts';
import { registerAgents } from '../support/fixtures.ts';
import { relateAgents, type Edge } from '../support/relate-agents.ts';

const app = useApplication(testDatabase());

const edge = (source: string, target: string, confidence: number, fields: Partial<Edge> = {}): Edge => ({
  source,
  target,
  confidence,
  type: 'COLLABORATES_WITH',
  isDirectional: false,
  ...fields,
});
const directed = { type: 'DEPENDS_ON', isDirectional: true } as const;

async function tenantWith(...edges: Edge[]): Promise<string> {
  const tenant = await app.newTenant();
  await app.inTenant(tenant, async (tx) => {
    await registerAgents(tx, [...new Set(edges.flatMap(({ source, target }) => [source, target])), 'alone']);
    await relateAgents(tx, edges);
  });
  return tenant;
}
const neighbors = (tenantId: string, query: NeighborQuery) =>
  app.inTenant(tenantId, (tx) => listNeighbors(tx, query));
const path = (tenantId: string, query: PathQuery) => app.inTenant(tenantId, (tx) => findPath(tx, query));
const sourceAndTarget = (sourceAgentId: string, targetAgentId: string) => ({ sourceAgentId, targetAgentId });

/**
 * a –0.9– b –0.8– d –1.0– e → f    and    a –0.6– c –0.9– d: two ways to d, the better over b.
 * e → f can be followed forwards only.
 */
const small = () =>
  tenantWith(
    edge('a', 'b', 0.9),
    edge('a', 'c', 0.6),
    edge('b', 'd', 0.8),
    edge('c', 'd', 0.9),
    edge('d', 'e', 1),
    edge('e', 'f', 0.7, directed),
  );

describe('listNeighbors', () => {
  it('lists direct neighbours by default, the most confident first', async () => {
    await expect(neighbors(await small(), { agentId: 'a' })).resolves.toEqual([
      {
        agentId: 'b',
        agentName: 'Name of b',
        hops: 1,
        confidence: 0.9,
        path: ['a', 'b'],
        relationships: ['COLLABORATES_WITH'],
      },
      {
        agentId: 'c',
        agentName: 'Name of c',
        hops: 1,
        confidence: 0.6,
        path: ['a', 'c'],
        relationships: ['COLLABORATES_WITH'],
      },
    ]);
  });
  it('lists each agent once, by its best shortest path, nearest first', async () => {
    const found = await neighbors(await small(), { agentId: 'a', maxHops: 4 });
    expect(found.map(({ agentId, hops, path: way }) => [agentId, hops, way.join('')])).toEqual([
      ['b', 1, 'ab'],
      ['c', 1, 'ac'],
      ['d', 2, 'abd'],
      ['e', 3, 'abde'],
      ['f', 4, 'abdef'],
    ]);
    expect(found.at(-1)?.confidence).toBeCloseTo(0.9 * 0.8 * 0.7, 12);
    expect(found.at(-1)?.relationships).toEqual([
      'COLLABORATES_WITH',
      'COLLABORATES_WITH',
      'COLLABORATES_WITH',
      'DEPENDS_ON',
    ]);
  });
  it('follows a directional relationship forwards only', async () => {
    const tenant = await small();
    await expect(neighbors(tenant, { agentId: 'f', maxHops: 10 })).resolves.toEqual([]);
    expect((await neighbors(tenant, { agentId: 'e' })).map((row) => row.agentId)).toEqual(['d', 'f']);
  });
  it('does not follow relationships below the confidence, and takes one that equals it', async () => {
    const found = await neighbors(await small(), { agentId: 'a', maxHops: 10, minConfidence: 0.8 });
    // c is not taken at 0.6 from a; it is at 0.9 from d.
    expect(found.map((row) => row.path.join(''))).toEqual(['ab', 'abd', 'abde', 'abdc']);
  });
  it('stops at the last hop', async () => {
    const found = await neighbors(await small(), { agentId: 'f', maxHops: 1 });
    expect(found).toEqual([]);
    expect((await neighbors(await small(), { agentId: 'e', maxHops: 2 })).map((row) => row.agentId)).toEqual([
      'd',
      'f',
      'c',
      'b',
    ]);
  });
  it('ends in a ring, and reaches every agent of a chain of ten hops', async () => {
    const ring = await tenantWith(edge('a', 'b', 1), edge('b', 'c', 1), edge('c', 'd', 1), edge('a', 'd', 1));
    expect((await neighbors(ring, { agentId: 'a', maxHops: 10 })).map((row) => row.agentId)).toEqual([
      'b',
      'd',
      'c',
    ]);
    const names = Array.from('abcdefghijkl');
    const chain = await tenantWith(...names.slice(1).map((name, place) => edge(names[place] ?? '', name, 1)));
    expect((await neighbors(chain, { agentId: 'a', maxHops: 10 })).map((row) => row.hops)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });
  it('lists nobody for an agent alone, and for one that is not there', async () => {
    const tenant = await small();
    for (const agentId of ['alone', 'nobody'])
      await expect(neighbors(tenant, { agentId, maxHops: 5 })).resolves.toEqual([]);
  });
  it("does not walk into another tenant's relationships", async () => {
    const one = await tenantWith(edge('a', 'b', 0.9));
    const other = await tenantWith(edge('b', 'c', 0.9), edge('a', 'c', 0.9));
    expect((await neighbors(one, { agentId: 'a', maxHops: 5 })).map((row) => row.agentId)).toEqual(['b']);
    expect((await neighbors(other, { agentId: 'a', maxHops: 5 })).map((row) => row.agentId)).toEqual([
      'c',
      'b',
    ]);
  });
  it.each([
    ['no hops', { agentId: 'a', maxHops: 0 }, /maxHops/],
    ['eleven hops', { agentId: 'a', maxHops: 11 }, /maxHops/],
    ['half a hop', { agentId: 'a', maxHops: 1.5 }, /maxHops/],
    ['a confidence above 1', { agentId: 'a', minConfidence: 1.1 }, /minConfidence/],
    ['a confidence of NaN', { agentId: 'a', minConfidence: NaN }, /minConfidence/],
    ['an empty id', { agentId: '' }, /agentId/],
    ['an id with NUL', { agentId: '\0' }, /agentId/],
  ])('refuses %s', async (_what, query, message) => {
    const tenant = await app.newTenant();
    await expect(neighbors(tenant, query)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(message),
    });
  });
});

describe('findPath', () => {
  it('finds the shortest path, of the shortest the most confident', async () => {
    const found = await path(await small(), sourceAndTarget('a', 'd'));
    expect(found).toEqual({
      hops: 2,
      confidence: expect.closeTo(0.72, 12) as number,
      agents: [
        { id: 'a', name: 'Name of a' },
        { id: 'b', name: 'Name of b' },
        { id: 'd', name: 'Name of d' },
      ],
      relationships: ['COLLABORATES_WITH', 'COLLABORATES_WITH'],
    });
  });
  it('prefers fewer hops to more confidence', async () => {
    const tenant = await tenantWith(edge('a', 'b', 1), edge('b', 'c', 1), edge('a', 'c', 0.5));
    await expect(path(tenant, sourceAndTarget('a', 'c'))).resolves.toMatchObject({
      hops: 1,
      confidence: 0.5,
    });
  });
  it('finds the empty path from an agent to itself', async () => {
    const tenant = await small();
    for (const maxHops of [0, 5]) {
      await expect(path(tenant, { ...sourceAndTarget('a', 'a'), maxHops })).resolves.toEqual({
        hops: 0,
        confidence: 1,
        agents: [{ id: 'a', name: 'Name of a' }],
        relationships: [],
      });
    }
  });
  it('finds nothing beyond the last hop, against a direction, or without a way', async () => {
    const tenant = await small();
    await expect(path(tenant, { ...sourceAndTarget('a', 'f'), maxHops: 3 })).resolves.toBeUndefined();
    await expect(path(tenant, { ...sourceAndTarget('a', 'f'), maxHops: 4 })).resolves.toMatchObject({
      hops: 4,
    });
    await expect(path(tenant, { ...sourceAndTarget('a', 'b'), maxHops: 0 })).resolves.toBeUndefined();
    await expect(path(tenant, sourceAndTarget('f', 'a'))).resolves.toBeUndefined();
    await expect(path(tenant, sourceAndTarget('a', 'alone'))).resolves.toBeUndefined();
  });
  it('finds nothing for agents that are not there, not even from one to itself', async () => {
    const tenant = await small();
    for (const [source, target] of [
      ['a', 'nobody'],
      ['nobody', 'a'],
      ['nobody', 'nobody'],
    ] as const)
      await expect(path(tenant, sourceAndTarget(source, target))).resolves.toBeUndefined();
  });
  it("finds no path through another tenant's relationships", async () => {
    const one = await tenantWith(edge('a', 'b', 0.9), edge('c', 'd', 0.9));
    await tenantWith(edge('b', 'c', 0.9));
    await expect(path(one, sourceAndTarget('a', 'd'))).resolves.toBeUndefined();
  });
  it.each([
    ['eleven hops', { ...sourceAndTarget('a', 'b'), maxHops: 11 }, /maxHops/],
    ['hops below 0', { ...sourceAndTarget('a', 'b'), maxHops: -1 }, /maxHops/],
    ['empty ids', sourceAndTarget('', ''), /sourceAgentId.*targetAgentId/],
    ['half a character', sourceAndTarget('a', '\ud83e'), /targetAgentId/],
  ])('refuses %s', async (_what, query, message) => {
    const tenant = await app.newTenant();
    await expect(path(tenant, query)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(message),
    });
  });
});
