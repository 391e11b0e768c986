import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { describe, expect, it } from 'vitest';
import {
  countRelationships,
  findRelationship,
  listCooccurrences,
  listCooccurringAgents,
  observeCooccurrences,
  relateCooccurringAgents,
  supersedeRelationship,
  type Cooccurrence,
  type CooccurrenceQuery,
} from '../../src/index.ts';
import { registerAgents, uuidOf } from '../support/fixtures.ts';
import { expectRelationshipsOf, storedRelationships } from './support/relationships.ts';

const app = useApplication(testDatabase());

async function tenantWithAgents(...ids: string[]): Promise<string> {
  const tenant = await app.newTenant();
  await app.inTenant(tenant, (tx) => registerAgents(tx, ids));
  return tenant;
}
const sighting = (context: number, agentId: string, day = 1): Cooccurrence => ({
  contextId: uuidOf(context),
  agentId,
  observedAt: new Date(Date.UTC(2026, 0, day)),
});
const observe = (tenantId: string, ...given: Cooccurrence[]) =>
  app.inTenant(tenantId, (tx) => observeCooccurrences(tx, given));
const relate = (tenantId: string) => app.inTenant(tenantId, relateCooccurringAgents);
const relationships = (tenantId: string) => app.inTenant(tenantId, storedRelationships);
const rows = (tenantId: string) =>
  app.inTenant(tenantId, (tx) => tx.selectFrom('agent_relationships').selectAll().execute());
const seen = (tenantId: string) =>
  app.inTenant(tenantId, (tx) =>
    tx.selectFrom('agent_cooccurrences').selectAll().orderBy('context_id').orderBy('agent_id').execute(),
  );

/** Contexts of a text such as `ab b ac`: one word each, one letter for each agent. */
function contextsOf(text: string): Map<string, Set<string>> {
  return new Map(text.split(' ').map((agents, place) => [uuidOf(place), new Set(agents)]));
}
async function tenantThatSaw(text: string): Promise<string> {
  const tenant = await tenantWithAgents(...new Set(text.replaceAll(' ', '')));
  await observe(
    tenant,
    ...text.split(' ').flatMap((agents, place) => Array.from(agents, (agentId) => sighting(place, agentId))),
  );
  return tenant;
}

describe('observeCooccurrences', () => {
  it('notes who was seen where; the same again only moves the time forward', async () => {
    const tenant = await tenantWithAgents('a', 'b');
    await observe(tenant, sighting(1, 'a', 5), sighting(1, 'b', 5), sighting(2, 'a', 5));
    await observe(tenant, sighting(1, 'a', 9), sighting(1, 'b', 2));
    expect((await seen(tenant)).map((row) => [row.agent_id, row.observed_at.getUTCDate()])).toEqual([
      ['a', 9],
      ['b', 5],
      ['a', 5],
    ]);
  });
  it('does nothing for an empty list', async () => {
    const tenant = await tenantWithAgents('a');
    await observe(tenant);
    await expect(seen(tenant)).resolves.toEqual([]);
  });
  it('refuses an agent that occurs twice in a context, also if the UUID is written otherwise', async () => {
    const tenant = await tenantWithAgents('a');
    const lower = sighting(0xabc, 'a');
    const upper = { ...lower, contextId: lower.contextId.toUpperCase() };
    await expect(observe(tenant, sighting(1, 'a'), lower, upper)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/2: repeats 1/),
    });
    await expect(seen(tenant)).resolves.toEqual([]);
  });
  it('lists every problem and writes nothing', async () => {
    const tenant = await tenantWithAgents('a');
    await expect(
      observe(
        tenant,
        sighting(1, 'a'),
        { ...sighting(2, ''), contextId: 'x' },
        { ...sighting(3, 'a'), observedAt: new Date(NaN) },
        { ...sighting(4, 'a\0') },
      ),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/1\.contextId.*1\.agentId.*2\.observedAt.*3\.agentId/),
    });
    await expect(seen(tenant)).resolves.toEqual([]);
  });
  it("refuses agents that are not registered, or another tenant's", async () => {
    const tenant = await tenantWithAgents('a');
    await tenantWithAgents('elsewhere');
    for (const unknown of ['nobody', 'elsewhere']) {
      await expect(observe(tenant, sighting(1, 'a'), sighting(1, unknown))).rejects.toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
      });
    }
    await expect(seen(tenant)).resolves.toEqual([]);
  });
  it('notes what concurrent callers saw, whatever their order', async () => {
    const tenant = await tenantWithAgents('a', 'b');
    const given = Array.from({ length: 50 }, (_, context) => [
      sighting(context, 'a'),
      sighting(context, 'b'),
    ]).flat();
    await Promise.all(
      Array.from({ length: 8 }, (_, caller) => {
        const later = given.map((row) => ({ ...row, observedAt: new Date(Date.UTC(2026, 0, 1 + caller)) }));
        return observe(tenant, ...(caller % 2 ? later : later.toReversed()));
      }),
    );
    const noted = await seen(tenant);
    expect(noted).toHaveLength(100);
    for (const row of noted) expect(row.observed_at).toEqual(new Date(Date.UTC(2026, 0, 8)));
  });
});

describe('relateCooccurringAgents', () => {
  it('stores one undirected relationship for each pair that shares a context, smaller id first', async () => {
    const tenant = await tenantWithAgents('Z', 'a', 'B');
    await observe(
      tenant,
      sighting(1, 'a', 3),
      sighting(1, 'Z', 7),
      sighting(2, 'a', 5),
      sighting(2, 'Z', 1),
      sighting(3, 'B'),
    );
    await expect(relate(tenant)).resolves.toEqual({ changed: 1 });
    await expect(rows(tenant)).resolves.toMatchObject([
      {
        source_agent_id: 'Z',
        target_agent_id: 'a',
        type: 'COLLABORATES_WITH',
        is_directional: false,
        cooccurrence_count: 2,
        confidence: '0.70',
        strength: '1.00',
        last_observed: new Date(Date.UTC(2026, 0, 7)),
        extraction_context: 'shared contexts',
      },
    ]);
  });
  it.each([
    ['one context: nothing is learnt from agents that are everywhere', 'ab', 0, 0],
    ['always together, in half of the contexts: one bit', 'ab ab c c', 1, 1],
    ['always together, in all contexts: nothing', 'ab ab ab', 0, 0],
    ['independent: nothing', 'ab a b c', 0, 0],
    ['together less than by chance: negative pointwise', 'ab a a b b', 0.419973, -0.847997],
  ])('measures %s', async (_what, text, mutual, pointwise) => {
    const tenant = await tenantThatSaw(text);
    await relate(tenant);
    const stored = await relationships(tenant);
    expectRelationshipsOf(stored, contextsOf(text));
    expect(stored).toHaveLength(1);
    expect(stored[0]?.mutualInformation).toBeCloseTo(mutual, 5);
    expect(stored[0]?.pointwiseMutualInformation).toBeCloseTo(pointwise, 5);
  });
  it('measures a rare meeting among many contexts', async () => {
    const text = ['ab', ...Array<string>(150).fill('a'), ...Array<string>(150).fill('b'), 'c'].join(' ');
    const tenant = await tenantThatSaw(text);
    await relate(tenant);
    expectRelationshipsOf(await relationships(tenant), contextsOf(text));
  });
  it('makes no relationship of agents that never meet, and none when nothing was observed', async () => {
    await expect(relate(await tenantThatSaw('a b c a'))).resolves.toEqual({ changed: 0 });
    await expect(relate(await tenantWithAgents('a', 'b'))).resolves.toEqual({ changed: 0 });
  });
  it('writes nothing the second time', async () => {
    const tenant = await tenantThatSaw('abc ab bcd ad');
    await expect(relate(tenant)).resolves.toEqual({ changed: 6 });
    const before = await rows(tenant);
    await expect(relate(tenant)).resolves.toEqual({ changed: 0 });
    await expect(rows(tenant)).resolves.toEqual(before);
  });
  it('changes every measure that a new context changes, and keeps the rows', async () => {
    const tenant = await tenantThatSaw('ab ab ac');
    await relate(tenant);
    const ids = (await rows(tenant)).map((row) => row.id).toSorted();
    await observe(tenant, sighting(7, 'b', 9), sighting(7, 'c', 9));
    await expect(relate(tenant)).resolves.toEqual({ changed: 3 });
    expectRelationshipsOf(
      await relationships(tenant),
      new Map([...contextsOf('ab ab ac'), [uuidOf(7), new Set('bc')]]),
    );
    expect(
      (await rows(tenant))
        .map((row) => row.id)
        .filter((id) => ids.includes(id))
        .toSorted(),
    ).toEqual(ids);
    // Nobody new: only the number of contexts grows, and with it the information.
    await observe(tenant, sighting(8, 'a'));
    await expect(relate(tenant)).resolves.toEqual({ changed: 3 });
  });
  it('relates 120 agents that share one context', async () => {
    const agents = Array.from({ length: 120 }, (_, place) => `agent-${place}`);
    const tenant = await tenantWithAgents(...agents);
    await observe(tenant, ...agents.map((agentId) => sighting(1, agentId)));
    await expect(relate(tenant)).resolves.toEqual({ changed: (120 * 119) / 2 });
    await expect(relate(tenant)).resolves.toEqual({ changed: 0 });
    await expect(app.inTenant(tenant, countRelationships)).resolves.toBe(7140);
    const [row] = await relationships(tenant);
    expect(row).toMatchObject({ count: 1, confidence: 0.63, strength: 1, mutualInformation: 0 });
  }, 60_000);
  it('is right about large counts: ties are rounded away from zero', async () => {
    // n_ab = 17 gives a confidence of 0.925 and with 3 contexts more a strength of 0.85.
    const text = [...Array<string>(17).fill('ab'), 'a', 'a', 'a'].join(' ');
    const tenant = await tenantThatSaw(text);
    await relate(tenant);
    await expect(relationships(tenant)).resolves.toMatchObject([
      { count: 17, confidence: 0.93, strength: 0.85 },
    ]);
  });
  it('arrives at the whole, whoever of concurrent callers comes last', async () => {
    const tenant = await tenantWithAgents('a', 'b', 'c', 'd');
    const pairs = ['ab', 'bc', 'cd', 'ad', 'ac', 'bd', 'abc', 'bcd'];
    await Promise.all(
      pairs.map((agents, context) =>
        app.inTenant(tenant, async (tx) => {
          await observeCooccurrences(
            tx,
            Array.from(agents, (agentId) => sighting(context, agentId)),
          );
          await relateCooccurringAgents(tx);
        }),
      ),
    );
    expectRelationshipsOf(await relationships(tenant), contextsOf(pairs.join(' ')));
  });
  it('leaves other relationships of the same agents alone', async () => {
    const tenant = await tenantThatSaw('ab');
    await app.inTenant(tenant, (tx) =>
      tx
        .insertInto('agent_relationships')
        .values({
          source_agent_id: 'a',
          target_agent_id: 'b',
          type: 'VALIDATES',
          is_directional: true,
          confidence: 0.9,
        })
        .execute(),
    );
    await relate(tenant);
    const byType = new Map((await rows(tenant)).map((row) => [row.type, row]));
    expect(byType.get('VALIDATES')).toMatchObject({ confidence: '0.90', mutual_information: null });
    expect(byType.get('COLLABORATES_WITH')).toMatchObject({ cooccurrence_count: 1 });
  });
});

describe('relateCooccurringAgents, with time', () => {
  const pair = { sourceAgentId: 'a', targetAgentId: 'b', type: 'COLLABORATES_WITH' } as const;
  const now = (tenantId: string) => app.inTenant(tenantId, (tx) => findRelationship(tx, pair));
  const day = (nth: number) => new Date(Date.UTC(2026, 0, nth));

  it('begins when they first met, and earlier once more is known', async () => {
    const tenant = await tenantWithAgents('a', 'b');
    await observe(tenant, sighting(1, 'a', 4), sighting(1, 'b', 7), sighting(2, 'a', 9), sighting(2, 'b', 8));
    await relate(tenant);
    await expect(now(tenant)).resolves.toMatchObject({ validFrom: day(7), lastObserved: day(9) });
    await observe(tenant, sighting(3, 'a', 2), sighting(3, 'b', 3));
    await relate(tenant);
    await expect(now(tenant)).resolves.toMatchObject({ validFrom: day(3), cooccurrenceCount: 3 });
  });
  it('begins now when they are seen in the future', async () => {
    const tenant = await tenantWithAgents('a', 'b');
    const observedAt = new Date('2999-01-01');
    await observe(tenant, { ...sighting(1, 'a'), observedAt }, { ...sighting(1, 'b'), observedAt });
    await relate(tenant);
    await expect(now(tenant)).resolves.toMatchObject({ lastObserved: observedAt });
    await expect(relate(tenant)).resolves.toEqual({ changed: 0 });
  });
  it('leaves what has ended alone until they meet again, and what was before it opened', async () => {
    const tenant = await tenantThatSaw('ab ab');
    await relate(tenant);
    const { id = '' } = (await now(tenant)) ?? {};
    await app.inTenant(tenant, (tx) => supersedeRelationship(tx, { id, at: day(5) }));
    await expect(relate(tenant)).resolves.toEqual({ changed: 0 });
    await expect(now(tenant)).resolves.toBeUndefined();

    await observe(tenant, sighting(7, 'a', 6), sighting(7, 'b', 8), sighting(8, 'a', 9), sighting(8, 'b', 9));
    await expect(relate(tenant)).resolves.toEqual({ changed: 1 });
    await expect(now(tenant)).resolves.toMatchObject({ validFrom: day(8), cooccurrenceCount: 4 });
    await observe(tenant, sighting(9, 'a', 1), sighting(9, 'b', 1));
    await expect(relate(tenant)).resolves.toEqual({ changed: 1 });
    await expect(now(tenant)).resolves.toMatchObject({ validFrom: day(8), cooccurrenceCount: 5 });
    const asOf = day(3);
    await expect(
      app.inTenant(tenant, (tx) => findRelationship(tx, { ...pair, asOf })),
    ).resolves.toMatchObject({ id, cooccurrenceCount: 2, validTo: day(5) });
  });
  it('keeps what it knew', async () => {
    const tenant = await tenantThatSaw('ab');
    await relate(tenant);
    const before = await now(tenant);
    await observe(tenant, sighting(7, 'a'), sighting(7, 'b'));
    await relate(tenant);
    await expect(
      app.inTenant(tenant, (tx) =>
        findRelationship(tx, { ...pair, ...(before && { knownAt: before.recordedAt }) }),
      ),
    ).resolves.toMatchObject({ id: before?.id, cooccurrenceCount: 1 });
  });
  it('brings up only relationships of the agents that it is asked for, counting all contexts', async () => {
    const text = 'abc cd ad b c d d';
    const tenant = await tenantThatSaw(text);
    const related = (agentIds: string[]) =>
      app.inTenant(tenant, (tx) => relateCooccurringAgents(tx, { agentIds }));
    await expect(related(['a'])).resolves.toEqual({ changed: 3 });
    const stored = await relationships(tenant);
    expect(stored.map(({ source, target }) => source + target)).toEqual(['ab', 'ac', 'ad']);
    await expect(relate(tenant)).resolves.toEqual({ changed: 2 });
    expectRelationshipsOf(await relationships(tenant), contextsOf(text));
    await expect(related([])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('listCooccurrences and listCooccurringAgents', () => {
  it('page through who was seen where', async () => {
    const tenant = await tenantThatSaw('abc ab b');
    const list = async (query: CooccurrenceQuery) => {
      const { cooccurrences, next } = await app.inTenant(tenant, (tx) => listCooccurrences(tx, query));
      return {
        seen: cooccurrences.map((row) => `${Number.parseInt(row.contextId.slice(-1))}${row.agentId}`),
        next,
      };
    };
    await expect(list({})).resolves.toEqual({ seen: ['0a', '0b', '0c', '1a', '1b', '2b'], next: undefined });
    await expect(list({ agentId: 'b' })).resolves.toMatchObject({ seen: ['0b', '1b', '2b'] });
    await expect(list({ contextId: uuidOf(1) })).resolves.toMatchObject({ seen: ['1a', '1b'] });
    const { seen: first, next = '' } = await list({ limit: 4 });
    const { seen: rest, next: end } = await list({ limit: 4, after: next });
    expect([first, rest, end]).toEqual([['0a', '0b', '0c', '1a'], ['1b', '2b'], undefined]);
  });
  it('count the contexts that agents share, within the tenant', async () => {
    const tenant = await tenantThatSaw('abc ab b c');
    await tenantThatSaw('ac ac ac');
    const list = (limit: number) =>
      app.inTenant(tenant, (tx) => listCooccurringAgents(tx, { agentId: 'a', limit }));
    const lastObserved = new Date(Date.UTC(2026, 0, 1));
    const all = [
      { agentId: 'b', contexts: 2, lastObserved },
      { agentId: 'c', contexts: 1, lastObserved },
    ];
    await expect(list(10)).resolves.toEqual(all);
    await expect(list(1)).resolves.toEqual(all.slice(0, 1));
  });
});

describe('countRelationships', () => {
  it("counts the tenant's relationships only", async () => {
    const one = await tenantThatSaw('abc');
    const other = await tenantThatSaw('ab');
    await relate(one);
    await expect(app.inTenant(one, countRelationships)).resolves.toBe(3);
    await expect(app.inTenant(other, countRelationships)).resolves.toBe(0);
  });
});
