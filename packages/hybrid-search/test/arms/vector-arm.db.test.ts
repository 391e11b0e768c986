import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { encodeVector } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { searchByVector } from '../../src/arms/vector-arm.ts';
import { embed, seedAgents, seedCapabilities, seedDecisions, uuidOf } from '../support/seed.ts';

const app = useApplication(testDatabase());
let tenant = '';
let other = '';

beforeAll(async () => {
  [tenant = '', other = ''] = await app.newTenants(2);
  for (const id of [tenant, other]) {
    await app.inTenant(id, async (tx) => {
      await seedAgents(tx, ['Ada', 'Brin']);
      await seedCapabilities(tx, [
        { agentId: 'ada', name: 'database migrations' },
        { agentId: 'brin', name: 'database migrations' },
        { agentId: 'brin', name: 'tomato soup' },
      ]);
    });
  }
  await app.inTenant(tenant, (tx) =>
    seedDecisions(tx, ['Run database migrations at night', 'Peel tomatoes']),
  );
});

const find = async (
  text: string,
  query: { depth?: number; minSimilarity?: number } = {},
  tenantId = tenant,
) => {
  const embedding = await embed(text);
  return app.inTenant(tenantId, (tx) =>
    searchByVector(tx, { embedding, depth: 50, minSimilarity: 0.15, ...query }),
  );
};

describe('searchByVector', () => {
  it('finds the nearest first, with their similarity', async () => {
    const hits = await find('database migrations');
    expect(hits.map(({ name }) => name)).toEqual([
      'database migrations',
      'database migrations',
      'Run database migrations at night',
    ]);
    expect(hits[0]?.similarity).toBeCloseTo(1, 6);
    const [query, decision] = [await embed('database migrations'), await embed(hits[2]?.name ?? '')];
    const cosine = query.reduce((sum, value, at) => sum + value * (decision[at] ?? NaN), 0);
    expect(hits[2]).toMatchObject({
      entityType: 'caws_provenance',
      entityId: uuidOf('Run database migrations at night'),
      agentId: undefined,
    });
    expect(hits[2]?.similarity).toBeCloseTo(cosine, 5);
  });
  it('orders equals by id, so that the order repeats', async () => {
    const [first, second] = await find('database migrations');
    expect(first?.similarity).toBe(second?.similarity);
    expect([first?.agentId, second?.agentId].toSorted()).toEqual(['ada', 'brin']);
    expect(first && second && first.entityId < second.entityId).toBe(true);
    expect(await find('database migrations', { depth: 1 })).toEqual([first]);
  });
  it('leaves out what is less similar than asked', async () => {
    expect(await find('database migrations', { minSimilarity: 0.99 })).toHaveLength(2);
    const all = await find('database migrations', { minSimilarity: 0 });
    expect(all.every(({ similarity }) => similarity >= 0)).toBe(true);
    expect(all.length).toBeGreaterThan(2);
  });
  it('finds the same whatever other tenants have', async () => {
    const before = await find('database migrations');
    await app.inTenant(other, (tx) =>
      seedCapabilities(
        tx,
        Array.from({ length: 300 }, (_, at) => ({ agentId: 'ada', name: `database migrations ${at}` })),
      ),
    );
    expect(await find('database migrations')).toEqual(before);
  });
  it('finds nothing of another tenant, even with the embedding of its row', async () => {
    const hits = await find('Run database migrations at night', { minSimilarity: 0, depth: 1000 }, other);
    expect(hits.length).toBeGreaterThan(100);
    expect(hits.every(({ entityType }) => entityType === 'agent_capability')).toBe(true);
    const ids = await find('Run database migrations at night', { minSimilarity: 0, depth: 1000 });
    const own = new Set(ids.map(({ entityId }) => entityId));
    expect(hits.some(({ entityId }) => own.has(entityId))).toBe(false);
  });
});

describe('encodeVector', () => {
  it('is what the column holds of an embedding', async () => {
    const embedding = await embed('tomato soup');
    const rows = await app.inTenant(tenant, (tx) =>
      tx
        .selectFrom('hybrid_search_index')
        .select('embedding')
        .where('name', '=', 'tomato soup')
        .where(sql<boolean>`embedding = ${encodeVector(embedding)}::vector`)
        .execute(),
    );
    expect(rows).toHaveLength(1);
  });
});
