import { ConnectionPoolManager, configFromEnv } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import { connect, type SqlSession } from '@agent-agency/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findSimilarCapabilities,
  GraphError,
  maintainVectorIndexes,
  type SimilarityQuery,
  type VectorIndexOptions,
} from '../../src/index.ts';
import {
  nearestTo,
  recallOf,
  storeVectors,
  topicalVectors,
  vectorsToStore,
} from '../support/similar-vectors.ts';

const app = useApplication(testDatabase());
const draw = topicalVectors(2);
const LARGE = 700;
const vectors = vectorsToStore(LARGE, draw);
const later = vectorsToStore(50, draw, LARGE);
const questions = Array.from({ length: 15 }, draw);
let [large, other, small] = ['', '', ''];
let operator: ConnectionPoolManager;
let administrator: SqlSession;

beforeAll(async () => {
  operator = new ConnectionPoolManager();
  operator.initialize({
    ...configFromEnv({ DATABASE_URL: app.database.url }),
    ...{ allowPrivilegedRole: true, min: 0 },
  });
  administrator = await connect(app.database.url);
  [large = '', other = '', small = ''] = await app.newTenants(3);
  for (const tenant of [large, other]) await app.inTenant(tenant, (tx) => storeVectors(tx, vectors));
  await app.inTenant(small, (tx) => storeVectors(tx, vectors.slice(0, 200)));
});
afterAll(() => Promise.all([operator.shutdown(), administrator.close()]));

const maintain = (options: Partial<VectorIndexOptions> = {}) =>
  maintainVectorIndexes(operator, { reason: 'a test', buildFrom: 500, samples: 3, ...options });
/** What was done to one tenant; undefined if it is not in the report. */
const maintained = async (tenant: string, options: Partial<VectorIndexOptions> = {}) =>
  (await maintain({ tenantIds: [tenant], ...options })).tenants[0];
const find = (tenant: string, query: SimilarityQuery) =>
  app.inTenant(tenant, (tx) => findSimilarCapabilities(tx, { ...query, explain: true }));
const idsOf = async (tenant: string, query: SimilarityQuery) =>
  (await find(tenant, query)).capabilities.map(({ id }) => id);
const planOf = async (tenant: string, query: SimilarityQuery = { embedding: questions[0] }) => {
  const { plan, reason } = (await find(tenant, query)).explanation ?? {};
  return `${plan} ${reason}`;
};
const count = async (what: string, ...values: string[]): Promise<number> =>
  Number((await administrator.query(`select count(*) as n from ${what}`, values)).rows[0]?.['n']);

async function meanRecall(tenant: string, stored = vectors): Promise<number> {
  const recalls: number[] = [];
  for (const embedding of questions)
    recalls.push(recallOf(await idsOf(tenant, { embedding }), nearestTo(embedding, stored, { limit: 10 })));
  return recalls.reduce((sum, one) => sum + one) / recalls.length;
}

describe.skipIf(app.database.kind === 'pglite')('maintainVectorIndexes', () => {
  it('builds graphs of tenants that are large enough, and of no others', async () => {
    const { tenants, orphansDropped } = await maintain();
    expect(orphansDropped).toBe(0);
    expect(tenants).toHaveLength(2);
    for (const tenant of tenants)
      expect(tenant).toMatchObject({
        ...{ outcome: 'built', vectors: LARGE, indexed: LARGE, drained: 0, removed: 0 },
        ...{ recall: expect.any(Number) as number, reachesTarget: true },
      });
    expect(tenants.map(({ tenantId }) => tenantId).sort()).toEqual([large, other].sort());
    for (const tenant of [large, other]) {
      await expect(planOf(tenant)).resolves.toBe('graph large');
      await expect(meanRecall(tenant)).resolves.toBeGreaterThanOrEqual(0.97);
    }
    await expect(planOf(small)).resolves.toBe('scan small');
  });

  it('has in each graph one tenant’s vectors', async () => {
    const { rows } = await administrator.query(
      `select count(distinct tenant_id) as tenants, count(*) as vectors from app.capability_vectors group by tableoid`,
    );
    expect(rows).toEqual([
      { tenants: '1', vectors: String(LARGE) },
      { tenants: '1', vectors: String(LARGE) },
    ]);
  });

  it('returns as many as are wanted, whatever is asked for', async () => {
    const [embedding = new Float32Array()] = questions;
    await expect(idsOf(large, { embedding, limit: 10_000 })).resolves.toEqual(
      nearestTo(embedding, vectors, { limit: 10_000 }),
    );
    await expect(planOf(large, { embedding, limit: 101 })).resolves.toBe('scan many-wanted');
    for (const minConfidence of [0.9, 0.98])
      await expect(idsOf(large, { embedding, minConfidence })).resolves.toEqual(
        nearestTo(embedding, vectors, { limit: 10, fits: ({ confidence }) => confidence >= minConfidence }),
      );
    // Hardly any fits: the graph gives up, and the answer is the scan's.
    const few = vectors.slice(0, 5);
    await app.inTenant(large, (tx) =>
      sql`update agent_capabilities_graph set capability_type = 'WAIVER'
          where tenant_id = ${tx.tenantId} and id = any(${few.map(({ id }) => id)}::uuid[])`.execute(tx),
    );
    const selective = { embedding, type: 'WAIVER' } as const;
    await expect(idsOf(large, selective)).resolves.toEqual(nearestTo(embedding, few, { limit: 10 }));
    await expect(planOf(large, selective)).resolves.toBe('exact few');
  });

  it('finds what was written since, and takes it over when it is told to', async () => {
    await app.inTenant(large, (tx) => storeVectors(tx, later));
    const [fresh] = later;
    await expect(idsOf(large, { embedding: fresh?.embedding, limit: 1 })).resolves.toEqual([fresh?.id]);
    await expect(planOf(large)).resolves.toBe('graph large');
    expect(await count('app.pending_vectors where tenant_id = $1', large)).toBe(50);
    await expect(maintained(large, { batchSize: 20 })).resolves.toMatchObject({
      ...{ outcome: 'drained', drained: 50, indexed: LARGE + 50 },
    });
    expect(await count('app.pending_vectors')).toBe(0);
    await expect(idsOf(large, { embedding: fresh?.embedding, limit: 1 })).resolves.toEqual([fresh?.id]);
    await expect(maintained(large)).resolves.toMatchObject({ outcome: 'kept', drained: 0, removed: 0 });
    await expect(meanRecall(large, [...vectors, ...later])).resolves.toBeGreaterThanOrEqual(0.97);
  });

  it('finds a capability by its new embedding, and not by its old one', async () => {
    const [moved] = vectors;
    const [, , to = new Float32Array()] = questions;
    const opposite = to.map((value) => -value);
    await app.inTenant(other, (tx) =>
      sql`update agent_capabilities_graph set embedding = ${`[${opposite.join(',')}]`}::vector
          where tenant_id = ${tx.tenantId} and id = ${moved?.id ?? ''}::uuid`.execute(tx),
    );
    await expect(idsOf(other, { embedding: opposite, limit: 1 })).resolves.toEqual([moved?.id]);
    await expect(idsOf(other, { embedding: moved?.embedding })).resolves.not.toContain(moved?.id);
    // What keeps its embedding is not noted.
    await app.inTenant(other, (tx) =>
      sql`update agent_capabilities_graph set metadata = '{}' where tenant_id = ${tx.tenantId}`.execute(tx),
    );
    expect(await count('app.pending_vectors')).toBe(1);
    await expect(maintained(other)).resolves.toMatchObject({ drained: 1, indexed: LARGE });
  });

  it('returns nothing that is gone, and no fewer for that', async () => {
    const [embedding = new Float32Array()] = questions;
    const gone = new Set(nearestTo(embedding, vectors, { limit: 100 }));
    await app.inTenant(large, (tx) =>
      sql`delete from agent_capabilities_graph where tenant_id = ${tx.tenantId} and id = any(${[...gone]}::uuid[])`.execute(
        tx,
      ),
    );
    expect(await count('app.capability_vectors where tenant_id = $1', large)).toBe(LARGE + 50 - gone.size);
    const left = [...vectors, ...later].filter(({ id }) => !gone.has(id));
    const found = await idsOf(large, { embedding });
    expect(found).toHaveLength(10);
    expect(recallOf(found, nearestTo(embedding, left, { limit: 10 }))).toBeGreaterThanOrEqual(0.9);
  });

  it('repairs what no trigger has seen', async () => {
    await administrator.query('begin; set local session_replication_role = replica');
    await administrator.query(
      `delete from agent_capabilities_graph where tenant_id = $1 and id = any($2::uuid[])`,
      [other, vectors.slice(10, 15).map(({ id }) => id)],
    );
    await administrator.query(
      `delete from app.capability_vectors where tenant_id = $1 and capability_id = any($2::uuid[])`,
      [other, vectors.slice(20, 23).map(({ id }) => id)],
    );
    await administrator.query('commit');
    await expect(maintained(other)).resolves.toMatchObject({
      ...{ outcome: 'drained', drained: 3, removed: 5, vectors: LARGE - 5, indexed: LARGE - 5 },
    });
  });

  it('goes on with what was broken off; searches are scans meanwhile, and writers do not wait', async () => {
    await expect(maintained(other, { action: 'drop' })).resolves.toMatchObject({
      outcome: 'dropped',
      indexed: 0,
    });
    await expect(planOf(other)).resolves.toBe('scan small');
    expect(await count('pg_inherits where inhparent = $1::regclass', 'app.capability_vectors')).toBe(1);
    const begun = async (name: string) => administrator.query(`select app.${name}($1)`, [other]);
    await begun('begin_vector_index');
    await begun('fill_vector_index');
    await expect(planOf(other)).resolves.toBe('scan being-built');

    const writer = await connect(app.database.url);
    const [first, second] = later;
    await app.inTenant(other, (tx) => storeVectors(tx, first === undefined ? [] : [first]));
    await writer.query('begin');
    await writer.query(
      `insert into agent_capabilities_graph
         (tenant_id, id, agent_id, capability_name, canonical_name, confidence, extraction_confidence, embedding)
       values ($1, $2, 'a', 'open', '', 0.9, 1, $3)`,
      [other, second?.id, `[${second?.embedding.join(',')}]`],
    );
    await expect(maintained(other)).resolves.toMatchObject({ outcome: 'built', indexed: LARGE - 4 });
    await writer.query('commit');
    await writer.close();
    for (const fresh of [first, second])
      await expect(idsOf(other, { embedding: fresh?.embedding, limit: 1 })).resolves.toEqual([fresh?.id]);
    await expect(maintained(other)).resolves.toMatchObject({
      outcome: 'drained',
      drained: 1,
      indexed: LARGE - 3,
    });
  });

  it('rebuilds a graph under another number', async () => {
    const segment = () =>
      administrator.query('select segment from app.vector_indexes where tenant_id = $1', [large]);
    const before = (await segment()).rows;
    await expect(maintained(large, { action: 'rebuild' })).resolves.toMatchObject({ outcome: 'built' });
    expect((await segment()).rows).not.toEqual(before);
    await expect(planOf(large)).resolves.toBe('graph large');
  });

  it('measures with which figures a tenant is searched well enough, with or without a graph', async () => {
    const figures = async (tenant: string) => {
      const { rows } = await administrator.query(
        'select state, breadth, margin, recall from app.vector_indexes where tenant_id = $1',
        [tenant],
      );
      return rows[0];
    };
    await expect(maintained(small, { action: 'calibrate', targetRecall: 0.9 })).resolves.toMatchObject({
      ...{ outcome: 'calibrated', indexed: 0, reachesTarget: true },
    });
    await expect(figures(small)).resolves.toMatchObject({ state: 'scanned', margin: 20 });
    await administrator.query('update app.vector_indexes set breadth = 10 where tenant_id = $1', [large]);
    await expect(maintained(large, { action: 'calibrate' })).resolves.toMatchObject({ reachesTarget: true });
    await expect(figures(large)).resolves.toMatchObject({
      ...{ state: 'ready', breadth: 64 },
      recall: expect.any(Number) as number,
    });
  });

  it('drops what became small, and partitions of tenants that are gone', async () => {
    await expect(maintained(large, { buildFrom: 10_000 })).resolves.toMatchObject({ outcome: 'dropped' });
    await expect(planOf(large)).resolves.toBe('scan small');
    await administrator.query('delete from app.vector_indexes where tenant_id = $1', [other]);
    await expect(maintain({ tenantIds: [] })).resolves.toEqual({ tenants: [], orphansDropped: 1 });
    expect(await count('pg_inherits where inhparent = $1::regclass', 'app.capability_vectors')).toBe(0);
    await expect(planOf(other)).resolves.toBe('scan small');
  });

  it('refuses options that are none, and who is no operator', async () => {
    const refused = maintain({ reason: ' ', samples: 0, action: 'tidy' as 'drop' });
    await expect(refused).rejects.toThrow(GraphError);
    await expect(refused).rejects.toMatchObject({ message: matching(/reason: .*; action: .*; samples: /) });
    await expect(maintainVectorIndexes(app.manager, { reason: 'a test' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });
});
