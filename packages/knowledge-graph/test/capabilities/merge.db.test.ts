import type { TenantTransaction } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  addCapabilityAliases,
  demonstrateCapabilities,
  findCapability,
  getCapability,
  listCapabilities,
  listEvidence,
  mergeCapabilities,
  putEvidence,
  putSimilarities,
  rejectCapability,
  suggestDuplicates,
  type Capability,
  type Demonstration,
  type DuplicateQuery,
  type Evidence,
} from '../../src/index.ts';
import { CapabilityModel, confidenceOf, type ModelDemonstration } from '../support/capability-model.ts';
import { demonstration, registerAgents, uuidOf, vectorOf } from '../support/fixtures.ts';

const app = useApplication(testDatabase());
let tenants: string[] = [];

beforeAll(async () => {
  tenants = await app.newTenants(12);
  for (const id of tenants) await app.inTenant(id, (tx) => registerAgents(tx, ['a', 'b']));
});

const nextTenant = (): string => {
  const [id] = tenants.splice(0, 1);
  if (id === undefined) throw new Error('make more tenants');
  return id;
};
const evidence = (capabilityId: string, fields: Partial<Evidence> = {}): Evidence => ({
  ...{ capabilityId, chunkId: uuidOf(1), chunkType: 'commit', mention: 'x', method: 'manual' },
  confidence: 1,
  ...fields,
});
const day = (number: number) => new Date(Date.UTC(2026, 0, number));

async function demonstrate(tx: TenantTransaction, ...given: Partial<Demonstration>[]): Promise<string[]> {
  const stored = await demonstrateCapabilities(tx, given.map(demonstration));
  return stored.map(({ id }) => id);
}

describe('mergeCapabilities', () => {
  it('takes everything over once, and keeps what the sources were', async () => {
    const tenant = nextTenant();
    await app.inTenant(tenant, async (tx) => {
      const [target = '', js = '', es = ''] = await demonstrate(
        tx,
        ...[
          { name: 'JavaScript', count: 3, successes: 2, firstAt: day(5), lastAt: day(6), topics: ['web'] },
          { name: 'JS', count: 2, successes: 0, firstAt: day(2), lastAt: day(4), topics: ['web', 'npm'] },
          { name: 'ECMA Script', count: 1, firstAt: day(6), lastAt: day(9), topics: ['tc39'] },
        ].map((fields, place) => ({ ...fields, sourceTasks: [uuidOf(1), uuidOf(10 + place)] })),
      );
      await addCapabilityAliases(tx, { capabilityId: js, aliases: ['Jay Ess'] });
      await putEvidence(tx, [
        evidence(target, { confidence: 0.5 }),
        ...[js, es].map((id) => evidence(id)),
        evidence(js, { range: [0, 3] }),
        evidence(es, { range: [0, 3], confidence: 0.25 }),
        evidence(es, { chunkId: uuidOf(2), context: 'around' }),
      ]);
      await putSimilarities(tx, [{ firstId: target, secondId: js }]);
      const { capability, evidenceMoved } = await mergeCapabilities(tx, {
        targetId: target,
        sourceIds: [js, es],
      });
      expect(capability).toMatchObject({
        ...{ id: target, name: 'JavaScript', demonstrationCount: 6, successCount: 3, successRate: 0.5 },
        ...{ confidence: 0.79, firstAt: day(2), lastAt: day(9), topics: ['web', 'npm', 'tc39'] },
        aliases: ['JS', 'Jay Ess', 'ECMA Script'],
        sourceTasks: [1, 10, 11, 12].map(uuidOf),
        metadata: {
          mergedFrom: [
            { id: js, name: 'JS', demonstrations: 2, failures: 2 },
            { id: es, name: 'ECMA Script', demonstrations: 1, failures: 0 },
          ],
        },
      });
      expect(evidenceMoved).toBe(2);
      const { evidence: kept } = await listEvidence(tx, { capabilityId: target });
      expect(kept.map(({ chunkId, range, confidence }) => [chunkId, range, confidence])).toHaveLength(3);
      expect(kept).toContainEqual(expect.objectContaining({ chunkId: uuidOf(2), context: 'around' }));
      expect(kept.find((of) => of.chunkId === uuidOf(1) && of.range === undefined)?.confidence).toBe(0.5);
      await expect(demonstrate(tx, { name: 'js' }, { name: 'jay ess' })).resolves.toEqual([target, target]);
      await expect(tx.selectFrom('entity_similarity_cache').selectAll().execute()).resolves.toEqual([]);
      await expect(getCapability(tx, js)).rejects.toMatchObject({ code: 'CAPABILITY_NOT_FOUND' });
    });
  });
  it('merges what was merged before, takes an embedding where there is none, and stays validated', async () => {
    const tenant = nextTenant();
    await app.inTenant(tenant, async (tx) => {
      const [one = '', two = '', three = ''] = await demonstrate(
        tx,
        { name: 'one', embedding: undefined },
        { name: 'two', embedding: undefined },
        { name: 'three', embedding: vectorOf(3) },
      );
      await rejectCapability(tx, { capabilityId: three, by: 'ann' });
      await mergeCapabilities(tx, { targetId: two, sourceIds: [three] });
      const { capability } = await mergeCapabilities(tx, {
        targetId: one.toUpperCase(),
        sourceIds: [two.toUpperCase()],
      });
      expect(capability).toMatchObject({
        ...{ aliases: ['two', 'three'], demonstrationCount: 3, hasEmbedding: true },
        ...{ validation: { status: 'unvalidated' }, metadata: { mergedFrom: [{ id: three }, { id: two }] } },
      });
    });
  });
  it('refuses several agents, itself, repetitions, what is not there, and another tenant’s', async () => {
    const [tenant, other] = [nextTenant(), nextTenant()];
    const foreign = await app.inTenant(other, async (tx) => demonstrate(tx, { name: 'one' }));
    await app.inTenant(tenant, async (tx) => {
      const [one = '', two = '', ofB = ''] = await demonstrate(
        tx,
        { name: 'one', count: 2_147_483_647 },
        { name: 'two' },
        { name: 'one', agentId: 'b' },
      );
      const merge = (targetId: string, ...sourceIds: string[]) =>
        mergeCapabilities(tx, { targetId, sourceIds });
      await expect(merge(two, ofB)).rejects.toMatchObject({ code: 'MERGE_ACROSS_AGENTS' });
      for (const unknown of [uuidOf(9), foreign[0] ?? ''])
        await expect(merge(two, unknown)).rejects.toMatchObject({
          ...{ code: 'CAPABILITY_NOT_FOUND', message: matching(/sourceIds\.0/) },
        });
      await expect(merge(one, two, one.toUpperCase(), two)).rejects.toMatchObject({
        ...{
          code: 'INVALID_INPUT',
          message: matching(/sourceIds\.1: is the target.*sourceIds\.2: repeats 0/),
        },
      });
      await expect(merge(one)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      const { capabilities } = await listCapabilities(tx);
      expect(capabilities).toHaveLength(3);
    });
    await expect(
      app.inTenant(tenant, async (tx) => {
        const { capabilities } = await listCapabilities(tx, { agentId: 'a' });
        const [targetId = '', sourceId = ''] = capabilities.map(({ id }) => id);
        return mergeCapabilities(tx, { targetId, sourceIds: [sourceId] });
      }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/2,147,483,647/) });
  });
  it('loses nothing when demonstrations, evidence and merges in either direction meet', async () => {
    const tenant = nextTenant();
    const names = ['Alpha', 'Beta', 'Gamma'];
    const ids = await app.inTenant(tenant, (tx) => demonstrate(tx, ...names.map((name) => ({ name }))));
    const show = (round: number) =>
      app.inTenant(tenant, async (tx) => {
        const shown = await demonstrate(tx, ...names.map((name) => ({ name, successes: round % 2 })));
        await putEvidence(
          tx,
          shown.map((id, place) => evidence(id, { chunkId: uuidOf(100 * round + place) })),
        );
      });
    const merge = (targetId = '', ...sourceIds: string[]) =>
      app.inTenant(tenant, (tx) => mergeCapabilities(tx, { targetId, sourceIds }));
    const [one, two, three] = ids;
    const outcomes = await Promise.allSettled([
      ...[0, 1, 2].map(show),
      merge(one, two ?? ''),
      merge(two, one ?? ''),
      merge(three, one ?? ''),
      ...[3, 4, 5].map(show),
    ]);
    // Whoever comes late finds one of the two gone; each that does not makes one capability fewer.
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'CAPABILITY_NOT_FOUND' });
    expect(refused.length).toBeGreaterThan(0);
    await app.inTenant(tenant, async (tx) => {
      const { capabilities } = await listCapabilities(tx);
      expect(capabilities).toHaveLength(refused.length);
      const sum = (of: (capability: Capability) => number) =>
        capabilities.reduce((total, capability) => total + of(capability), 0);
      expect(sum((of) => of.demonstrationCount)).toBe(21);
      expect(sum((of) => of.successCount)).toBe(3 + 9);
      expect(capabilities.flatMap((of) => [of.canonicalName, ...of.aliases]).length).toBe(3);
      const chunks = await Promise.all(
        capabilities.map(async ({ id }) => (await listEvidence(tx, { capabilityId: id })).evidence),
      );
      expect(new Set(chunks.flat().map(({ chunkId }) => chunkId)).size).toBe(18);
    });
  });
});

describe('demonstrations, aliases and merges', () => {
  const name = fc.constantFrom('n0', 'n1', 'n2', 'n3', 'n4', 'n5');
  const shown: fc.Arbitrary<ModelDemonstration> = fc
    .record({
      name,
      count: fc.integer({ min: 1, max: 30 }),
      failures: fc.integer({ min: 0, max: 30 }),
      days: fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 28 })),
      task: fc.integer({ min: 1, max: 5 }).map(uuidOf),
      chunk: fc.integer({ min: 1, max: 5 }).map(uuidOf),
    })
    .map(({ count, failures, days, ...rest }) => ({
      ...{ ...rest, count, successes: Math.max(count - failures, 0) },
      ...{ firstAt: day(Math.min(...days)).getTime(), lastAt: day(Math.max(...days)).getTime() },
    }));
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.uniqueArray(shown, { selector: (of) => of.name, minLength: 1, maxLength: 4 }),
    },
    { weight: 1, arbitrary: fc.record({ alias: name, of: name }) },
    { weight: 1, arbitrary: fc.record({ target: name, source: name }) },
  );

  async function run(
    tx: TenantTransaction,
    model: CapabilityModel,
    taken: typeof step extends fc.Arbitrary<infer S> ? S : never,
  ): Promise<void> {
    const idOf = async (of: string) => (await findCapability(tx, { agentId: 'a', name: of }))?.id;
    if (Array.isArray(taken)) {
      const ids = await demonstrate(
        tx,
        ...taken.map(({ task, firstAt, lastAt, chunk: _chunk, ...rest }) => ({
          ...{ ...rest, sourceTasks: [task], firstAt: new Date(firstAt), lastAt: new Date(lastAt) },
        })),
      );
      await putEvidence(
        tx,
        taken.map(({ chunk }, place) => evidence(ids[place] ?? '', { chunkId: chunk })),
      );
      for (const row of taken) model.demonstrate(row);
    } else if ('alias' in taken) {
      const capabilityId = await idOf(taken.of);
      const isAdded = model.addAlias(taken.of, taken.alias);
      if (capabilityId === undefined) return;
      const added = addCapabilityAliases(tx, { capabilityId, aliases: [taken.alias.toUpperCase()] });
      await (isAdded ? added : expect(added).rejects.toMatchObject({ code: 'ALIAS_TAKEN' }));
    } else {
      const [targetId, sourceId] = [await idOf(taken.target), await idOf(taken.source)];
      if (!model.merge(taken.target, taken.source) || !targetId || !sourceId) return;
      await mergeCapabilities(tx, { targetId, sourceIds: [sourceId] });
    }
  }

  it('leave what a model of sets of names says, after any sequence', async () => {
    const tenant = nextTenant();
    const rollBack = new Error('the next sequence begins with nothing');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const model = new CapabilityModel();
        const checked = app.inTenant(tenant, async (tx) => {
          for (const taken of steps) await run(tx, model, taken);
          const { capabilities } = await listCapabilities(tx);
          const stored = await Promise.all(
            capabilities.map(async (of) => ({
              names: [of.canonicalName, ...of.aliases.map((alias) => alias.toLowerCase())].toSorted(),
              ...{ n: of.demonstrationCount, s: of.successCount, confidence: of.confidence },
              rate: of.successRate,
              ...{ firstAt: of.firstAt.getTime(), lastAt: of.lastAt.getTime() },
              tasks: of.sourceTasks.toSorted(),
              chunks: (await listEvidence(tx, { capabilityId: of.id })).evidence
                .map(({ chunkId }) => chunkId)
                .toSorted(),
            })),
          );
          const expected = model.capabilities.map((of) => ({
            names: [...of.names].toSorted(),
            ...{ n: of.demonstrations, s: of.successes, confidence: confidenceOf(of) },
            rate: Math.round((of.successes / of.demonstrations) * 1000) / 1000,
            ...{ firstAt: of.firstAt, lastAt: of.lastAt },
            ...{ tasks: [...of.tasks].toSorted(), chunks: [...of.chunks].toSorted() },
          }));
          const byName = (a: { names: string[] }, b: { names: string[] }) =>
            (a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1;
          expect(stored.toSorted(byName)).toEqual(expected.toSorted(byName));
          throw rollBack;
        });
        await expect(checked).rejects.toBe(rollBack);
      }),
      { numRuns: 40 },
    );
  });
});

describe('suggestDuplicates', () => {
  const suggest = (tenant: string, query: DuplicateQuery = {}) =>
    app.inTenant(tenant, (tx) => suggestDuplicates(tx, query));
  it('suggests by name and by embedding, with the measure and the reason, and changes nothing', async () => {
    const tenant = nextTenant();
    const axis = (place: number) => {
      const vector = new Float32Array(768);
      vector[place] = 2;
      return vector;
    };
    const near = axis(3).map((value, place) => (place === 4 ? 1 : value));
    const before = await app.inTenant(tenant, async (tx) => {
      await demonstrate(
        tx,
        { name: 'machine learning', embedding: axis(1) },
        { name: 'Machine-learning', embedding: axis(2) },
        { name: 'MachineLearning', count: 5, embedding: undefined },
        { name: 'deep nets', embedding: axis(3), count: 2 },
        { name: 'neural networks', embedding: near },
        { name: 'go', embedding: axis(5) },
        { name: 'g o', embedding: axis(6) },
        { name: 'MachineLearning', agentId: 'b', embedding: axis(7), count: 9 },
        { name: 'neuronal', agentId: 'b', embedding: near },
        { name: 'deep nets', agentId: 'b', embedding: axis(3) },
      );
      return listCapabilities(tx);
    });
    const found = await suggest(tenant, { agentId: 'a' });
    expect(found).toMatchObject({ isComplete: true, isAutoMergeEnabled: false });
    expect(
      found.suggestions.map(({ capabilities, measures }) => [
        capabilities.map(({ canonicalName }) => canonicalName),
        measures[0]?.measure,
      ]),
    ).toEqual([
      [['machinelearning', 'machine learning'], 'name-trigrams'],
      [['deep nets', 'neural networks'], 'embedding-cosine'],
    ]);
    expect(found.suggestions[1]).toMatchObject({
      ...{ reason: 'their embeddings have a cosine of 0.894', isMergeable: true },
      measures: [{ similarity: expect.closeTo(2 / Math.sqrt(5), 5) as number }],
    });
    await expect(suggest(tenant, { agentId: 'a', minEmbeddingSimilarity: 0.9 })).resolves.toMatchObject({
      suggestions: [{ reason: 'their names share 100 % of their trigrams' }],
    });
    const across = await suggest(tenant, { minEmbeddingSimilarity: 0.99 });
    expect(across.suggestions.map(({ isMergeable, reason }) => [isMergeable, reason])).toEqual([
      [false, expect.stringMatching(/^their (names|embeddings)/)],
      [false, expect.stringMatching(/^their (names|embeddings)/)],
    ]);
    await expect(app.inTenant(tenant, (tx) => listCapabilities(tx))).resolves.toEqual(before);
  });
  it('takes its threshold from the tenant’s settings, leaves rejected ones out, and says if there is more', async () => {
    const tenant = nextTenant();
    const spread = Array.from({ length: 6 }, (_, place) => vectorOf(place));
    const ids = await app.inTenant(tenant, (tx) =>
      demonstrate(tx, ...spread.map((embedding, place) => ({ name: `topic ${place}`, embedding }))),
    );
    const cosine = (one: number, other: number) =>
      (one * other + 1) / Math.sqrt((one ** 2 + 1) * (other ** 2 + 1));
    const expected = (least: number, places = [0, 1, 2, 3, 4, 5]) =>
      places.flatMap((one) => places.filter((other) => one < other && cosine(one, other) >= least)).length;
    const count = async () => (await suggest(tenant)).suggestions.length;
    await expect(count()).resolves.toBe(expected(0.7));
    await app.inTenant(tenant, async (tx) => {
      await tx
        .updateTable('graph_config')
        .set({ value: '0.95' })
        .where('key', '=', 'similarity_threshold')
        .execute();
      await tx
        .updateTable('graph_config')
        .set({ value: 'true' })
        .where('key', '=', 'enable_auto_merge')
        .execute();
    });
    await expect(count()).resolves.toBe(expected(0.95));
    await app.inTenant(tenant, (tx) => rejectCapability(tx, { capabilityId: ids[3] ?? '', by: 'ann' }));
    await expect(count()).resolves.toBe(expected(0.95, [0, 1, 2, 4, 5]));
    await expect(suggest(tenant, { limit: 1 })).resolves.toMatchObject({
      ...{ isComplete: false, isAutoMergeEnabled: true },
    });
    await expect(suggest(nextTenant())).resolves.toMatchObject({ suggestions: [], isComplete: true });
    await app.inTenant(tenant, (tx) =>
      tx.updateTable('graph_config').set({ value: '7' }).where('key', '=', 'similarity_threshold').execute(),
    );
    await expect(suggest(tenant)).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', message: matching(/similarity_threshold/) },
    });
  });
});
