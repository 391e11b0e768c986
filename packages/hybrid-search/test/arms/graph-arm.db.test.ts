import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { searchByGraph } from '../../src/arms/graph-arm.ts';
import { seedAgents, seedGroups } from '../support/seed.ts';

const app = useApplication(testDatabase());
let tenant = '';
let other = '';

/** a–b–c–d in a row, e on its own; b and c meet twice. */
beforeAll(async () => {
  [tenant = '', other = ''] = await app.newTenants(2);
  await app.inTenant(tenant, async (tx) => {
    await seedAgents(tx, ['A', 'B', 'C', 'D', 'E']);
    await seedGroups(tx, [['a', 'b'], ['b', 'c'], ['b', 'c'], ['c', 'd'], ['e']]);
  });
  await app.inTenant(other, async (tx) => {
    await seedAgents(tx, ['A', 'E']);
    await seedGroups(tx, [['a', 'e']]);
  });
});

const walk = (seeds: readonly string[], hops: number, { depth = 50, tenantId = tenant } = {}) =>
  app.inTenant(tenantId, (tx) => searchByGraph(tx, { seeds, hops, depth }));
const places = async (...query: Parameters<typeof walk>) =>
  (await walk(...query)).map(({ agentId, viaAgentId, hops }) => [agentId, viaAgentId, hops]);

/** 0.50 + 0.50 · n / (n + 3), to two decimals: what co-occurrence makes of n meetings. */
const [once, twice] = [0.63, 0.7];

describe('searchByGraph', () => {
  it('finds nothing from nowhere', async () => {
    expect(await walk([], 2)).toEqual([]);
    expect(await walk(['nobody'], 2)).toEqual([]);
  });
  it('finds the seeds alone, in their order, at 0 hops', async () => {
    expect(await walk(['c', 'a'], 0)).toEqual([
      {
        ...{ entityType: 'agent_profile', entityId: 'c', agentId: 'c', name: 'C' },
        ...{ hops: 0, viaAgentId: 'c', viaAgentName: 'C', confidence: 1 },
      },
      expect.objectContaining({ agentId: 'a', hops: 0, viaAgentName: 'A' }),
    ]);
  });
  it('finds neighbours by confidence at 1 hop, and theirs at 2', async () => {
    expect(await places(['b'], 1)).toEqual([
      ['b', 'b', 0],
      ['c', 'b', 1],
      ['a', 'b', 1],
    ]);
    const hits = await walk(['b'], 2);
    expect(hits.map(({ agentId, hops }) => [agentId, hops])).toEqual([
      ['b', 0],
      ['c', 1],
      ['a', 1],
      ['d', 2],
    ]);
    const [, c, a, d] = hits.map(({ confidence }) => confidence);
    expect(c).toBeCloseTo(twice, 9);
    expect(a).toBeCloseTo(once, 9);
    expect(d).toBeCloseTo(twice * once, 9);
  });
  it('finds each agent once, by the seed that it is nearest to', async () => {
    expect(await places(['a', 'd'], 2)).toEqual([
      ['a', 'a', 0],
      ['d', 'd', 0],
      ['b', 'a', 1],
      ['c', 'd', 1],
    ]);
  });
  it('prefers the better seed among equally near ones', async () => {
    // b is one hop from a and from c; twice meeting c is not worth half as much less.
    expect(await places(['a', 'c'], 1)).toContainEqual(['b', 'a', 1]);
    expect(await places(['c', 'a'], 1)).toContainEqual(['b', 'c', 1]);
  });
  it('answers the best only, and the same every time', async () => {
    expect(await places(['b'], 2, { depth: 2 })).toEqual([
      ['b', 'b', 0],
      ['c', 'b', 1],
    ]);
    expect(await walk(['a', 'd'], 5)).toEqual(await walk(['a', 'd'], 5));
  });
  it('walks within the tenant', async () => {
    expect(await places(['a'], 5, { tenantId: other })).toEqual([
      ['a', 'a', 0],
      ['e', 'a', 1],
    ]);
    expect(await places(['b'], 5, { tenantId: other })).toEqual([]);
  });
});
