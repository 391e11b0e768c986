import { useApplication } from '@agent-agency/db-core/testing';
import { settlePlans, withSession } from '@agent-agency/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { findSimilarCapabilities, GraphError, RecallProbe, type SimilarityQuery } from '../../src/index.ts';
import {
  nearestTo,
  recallOf,
  storeVectors,
  topicalVectors,
  vectorsToStore,
  type Wanted,
} from '../support/similar-vectors.ts';

const app = useApplication(testDatabase());
const draw = topicalVectors(1);
const vectors = vectorsToStore(1500, draw);
const few = vectors.slice(0, 40);
const questions = Array.from({ length: 25 }, draw);
const [question = new Float32Array()] = questions;
/** Stored without an embedding. */
const BARE = '00000000-0000-4000-9000-000000000000';
let [crowded, small, empty] = ['', '', ''];

beforeAll(async () => {
  [crowded = '', small = '', empty = ''] = await app.newTenants(3);
  await app.inTenant(crowded, (tx) => storeVectors(tx, vectors));
  await app.inTenant(small, async (tx) => {
    await storeVectors(tx, few);
    await sql`
      insert into agent_capabilities_graph (tenant_id, id, agent_id, capability_name, canonical_name, confidence, extraction_confidence)
      values (${tx.tenantId}, ${BARE}, 'a', 'bare', '', 0.9, 1)
    `.execute(tx);
  });
  await withSession(app.database.url, (session) => settlePlans(session));
});

const find = (tenant: string, query: SimilarityQuery) =>
  app.inTenant(tenant, (tx) => findSimilarCapabilities(tx, query));
const idsOf = async (tenant: string, query: SimilarityQuery) =>
  (await find(tenant, query)).capabilities.map(({ id }) => id);
const explained = async (tenant: string, query: SimilarityQuery) =>
  (await find(tenant, { ...query, explain: true })).explanation;

describe.skipIf(app.database.kind === 'pglite')('findSimilarCapabilities', () => {
  it.each([1, 10, 40, 10_000])('compares all of a small tenant’s: %s of them', async (limit) => {
    const found = await idsOf(small, { embedding: question, limit });
    expect(found).toEqual(nearestTo(question, few, { limit }));
    await expect(explained(small, { embedding: question, limit })).resolves.toMatchObject({
      ...{ plan: 'exact', reason: 'few', rows: 40, visited: 36, compared: 36 },
      because: matching(/no more capabilities fit/),
    });
  });

  it('compares the signs of a larger tenant’s, and few of them as a whole, and finds as good as all', async () => {
    const recalls: number[] = [];
    for (const embedding of questions)
      recalls.push(
        recallOf(await idsOf(crowded, { embedding }), nearestTo(embedding, vectors, { limit: 10 })),
      );
    expect(recalls.reduce((sum, one) => sum + one) / recalls.length).toBeGreaterThanOrEqual(0.99);
    const explanation = await explained(crowded, { embedding: question });
    expect(explanation).toMatchObject({ plan: 'scan', reason: 'small', rows: 1500 });
    expect(explanation?.compared).toBeLessThan(400);
  });

  it('returns all that there are, in order, if so many are wanted', async () => {
    const everything = nearestTo(question, vectors, { limit: 10_000 });
    expect(everything).toHaveLength(1350);
    await expect(idsOf(crowded, { embedding: question, limit: 10_000 })).resolves.toEqual(everything);
  });

  const filters: [string, Partial<SimilarityQuery>, Wanted['fits']][] = [
    ['type', { type: 'CONCEPT' }, ({ type }) => type === 'CONCEPT'],
    ['agent', { agentId: 'b' }, ({ agentId }) => agentId === 'b'],
    ['confidence', { minConfidence: 0.98 }, ({ confidence }) => confidence >= 0.98],
    [
      'all of them',
      { type: 'CONCEPT', agentId: 'b', minConfidence: 0.9 },
      ({ type, agentId, confidence }) => type === 'CONCEPT' && agentId === 'b' && confidence >= 0.9,
    ],
  ];
  it.each(filters)('filters by %s, and still returns as many as there are', async (_, filter, fits) => {
    for (const limit of [10, 300]) {
      const expected = nearestTo(question, vectors, { limit, ...(fits && { fits }) });
      expect(expected.length).toBeGreaterThan(5);
      await expect(idsOf(crowded, { embedding: question, limit, ...filter })).resolves.toEqual(expected);
    }
  });

  it('says of each what it is', async () => {
    const [vector] = few;
    const { capabilities } = await find(small, { embedding: vector?.embedding, limit: 1, minConfidence: 0 });
    expect(capabilities).toEqual([
      {
        ...{ id: vector?.id, agentId: 'b', name: `skill ${vector?.id}`, type: 'CONCEPT', confidence: 0.7 },
        similarity: expect.closeTo(1, 6) as number,
      },
    ]);
  });

  it('finds what is like another capability, without that one', async () => {
    const [vector] = few;
    if (vector === undefined) throw new Error('no vectors');
    const expected = nearestTo(vector.embedding, few, { limit: 11 }).filter((id) => id !== vector.id);
    await expect(idsOf(small, { capabilityId: vector.id.toUpperCase() })).resolves.toEqual(expected);
    await expect(idsOf(small, { capabilityId: vector.id, limit: 3 })).resolves.toEqual(expected.slice(0, 3));
  });

  it('finds nothing where there is nothing, or nothing is wanted', async () => {
    await expect(explained(empty, { embedding: question })).resolves.toMatchObject({
      ...{ plan: 'exact', rows: 0, compared: 0 },
    });
    await expect(idsOf(empty, { embedding: question })).resolves.toEqual([]);
    await expect(idsOf(small, { embedding: question, limit: 0 })).resolves.toEqual([]);
    await expect(explained(small, { embedding: question, limit: 0 })).resolves.toMatchObject({
      ...{ plan: 'exact', reason: 'nothing-wanted', compared: 0 },
    });
  });

  it.each<[string, object, RegExp]>([
    ['nothing to be like', {}, /either an embedding or a capabilityId/],
    ['both', { embedding: question, capabilityId: BARE }, /either an embedding or a capabilityId/],
    ['767 dimensions', { embedding: question.slice(1) }, /embedding: must have 768 dimensions/],
    ['NaN', { embedding: question.map((v, at) => (at === 5 ? NaN : v)) }, /embedding: must be finite/],
    ['no direction', { embedding: new Float32Array(768) }, /embedding: must not be all zero/],
    ['an array', { embedding: [...question] }, /embedding: must be a Float32Array/],
    ['a limit of -1', { embedding: question, limit: -1 }, /limit: /],
    ['a limit of 10,001', { embedding: question, limit: 10_001 }, /limit: /],
    ['what is no id', { capabilityId: 'x' }, /capabilityId: /],
    ['a capability without an embedding', { capabilityId: BARE }, /capabilityId: it has no embedding yet/],
    ['several problems', { embedding: question.slice(1), limit: 1.5 }, /embedding: .*; limit: /],
  ])('refuses %s', async (_, query, problem) => {
    const refused = find(small, query);
    await expect(refused).rejects.toThrow(GraphError);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(problem) });
  });

  it('knows no capability that is not there, or another tenant’s', async () => {
    for (const [tenant, capabilityId] of [
      [small, '00000000-0000-4000-9000-00000000ffff'],
      [small, vectors.at(-1)?.id],
      [empty, few[0]?.id],
    ] as const)
      await expect(find(tenant, { capabilityId })).rejects.toMatchObject({ code: 'CAPABILITY_NOT_FOUND' });
  });
});

describe.skipIf(app.database.kind === 'pglite')('RecallProbe', () => {
  const meter = () => {
    const recorded: [number, Record<string, string>][] = [];
    const createHistogram = () => ({
      record: (value: number, attributes: Record<string, string>) => recorded.push([value, attributes]),
    });
    return { recorded, createHistogram };
  };

  it('asks what it has sampled again, exactly, and says by plan how much was found', async () => {
    const exported = meter();
    const probe = new RecallProbe({ rate: 1, meter: exported });
    for (const embedding of questions.slice(0, 10)) probe.note({ tenantId: crowded }, { embedding });
    probe.note({ tenantId: small }, { embedding: question, limit: 5 });
    const report = await probe.measure(app.manager);
    expect(report).toMatchObject({
      searches: 11,
      failures: {},
      plans: { exact: { searches: 1, recall: 1 } },
    });
    expect(report.plans.scan?.searches).toBe(10);
    expect(report.plans.scan?.recall).toBeGreaterThanOrEqual(0.99);
    expect(report.plans.graph).toBeUndefined();
    expect(exported.recorded).toHaveLength(11);
    expect(exported.recorded.at(-1)).toEqual([1, { 'agent_agency.graph.search.plan': 'exact' }]);
    // The next sample begins anew.
    await expect(probe.measure(app.manager)).resolves.toEqual({ searches: 0, failures: {}, plans: {} });
  });

  it('notices what is missing', async () => {
    const probe = new RecallProbe({ rate: 1 });
    probe.note({ tenantId: crowded }, { embedding: question, limit: 10 });
    const session = (text: string) => withSession(app.database.url, (open) => open.query(text));
    const { rows } = await session(
      `select pg_get_functiondef('app.scan_capability_signs(text, bit, integer, numeric, entity_type)'::regprocedure) as made`,
    );
    const made = String(rows[0]?.['made']);
    // Without whatever is near.
    await session(
      made.replace('order by distance', 'and capability.embedding_bits <~> p_bits > 330 order by distance'),
    );
    try {
      const { plans } = await probe.measure(app.manager);
      expect(plans.scan?.recall).toBeLessThan(0.5);
    } finally {
      await session(made);
    }
  });

  it('keeps so many at most, and none at first', async () => {
    const silent = new RecallProbe();
    silent.note({ tenantId: small }, { embedding: question });
    await expect(silent.measure(app.manager)).resolves.toMatchObject({ searches: 0 });
    let drawn = 0;
    const probe = new RecallProbe({
      rate: 0.5,
      capacity: 3,
      random: () => [0.9, 0.1, 0.4][drawn++ % 3] ?? 0,
    });
    for (let at = 0; at < 20; at += 1) probe.note({ tenantId: small }, { embedding: question });
    await expect(probe.measure(app.manager)).resolves.toMatchObject({ searches: 3 });
  });

  it('leaves out what cannot be repeated, and goes on', async () => {
    const probe = new RecallProbe({ rate: 1 });
    probe.note({ tenantId: '' }, { embedding: question });
    probe.note({ tenantId: small }, { embedding: question });
    probe.note({ tenantId: small }, { capabilityId: BARE });
    probe.note({ tenantId: small }, { embedding: question, limit: 0 });
    probe.note({ tenantId: empty }, { embedding: question });
    await expect(probe.measure(app.manager)).resolves.toMatchObject({
      searches: 1,
      failures: { INVALID_INPUT: 1 },
    });
  });

  it('refuses options that are none', () => {
    expect(() => new RecallProbe({ rate: 2, capacity: 0 })).toThrow(/rate: .*; capacity: /);
  });
});
