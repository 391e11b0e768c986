import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  countRelationships,
  deleteRelationship,
  findRelationship,
  getRelationship,
  listRelationshipHistory,
  putRelationships,
  strengthenRelationships,
  supersedeRelationship,
  type Relationship,
  type RelationshipAssertion,
} from '../../src/index.ts';
import { registerAgents, uuidOf } from '../support/fixtures.ts';

const app = useApplication(testDatabase());
const AGENTS = Array.from('ABCabc');
const yearly = (year: number) => new Date(Date.UTC(year, 0));
const pair = { sourceAgentId: 'a', targetAgentId: 'b', type: 'VALIDATES' } as const;
const asserted = (fields: Partial<RelationshipAssertion> = {}): RelationshipAssertion => ({
  ...pair,
  confidence: 0.8,
  validFrom: yearly(2010),
  ...fields,
});

let tenants: string[] = [];
beforeAll(async () => {
  tenants = await app.newTenants(24);
  for (const tenant of tenants) await app.inTenant(tenant, (tx) => registerAgents(tx, AGENTS));
});
function freshTenant(): string {
  const tenant = tenants.pop();
  if (tenant === undefined) throw new Error('make more tenants');
  return tenant;
}
const put = (tenant: string, ...given: RelationshipAssertion[]) =>
  app.inTenant(tenant, (tx) => putRelationships(tx, given));
const find = (tenant: string, asOf?: Date, knownAt?: Date) =>
  app.inTenant(tenant, (tx) =>
    findRelationship(tx, { ...pair, ...(asOf && { asOf }), ...(knownAt && { knownAt }) }),
  );
const history = async (tenant: string): Promise<Relationship[]> =>
  (await app.inTenant(tenant, (tx) => listRelationshipHistory(tx, pair))).relationships;
const ask = <Row>(tenant: string, statement: ReturnType<typeof sql<Row>>): Promise<Row[]> =>
  app.inTenant(tenant, async (tx) => (await statement.execute(tx)).rows);

/** Versions of one relationship that were known at one moment and held at one moment. */
const OVERLAPS = sql<{ overlaps: number }>`
  select count(*)::integer as overlaps
  from agent_relationship_versions as one
  join agent_relationship_versions as other using (tenant_id, source_agent_id, target_agent_id, type)
  where (one.id, one.recorded_at) < (other.id, other.recorded_at)
    and tstzrange(one.valid_from, one.valid_to) && tstzrange(other.valid_from, other.valid_to)
    and tstzrange(one.recorded_at, one.superseded_at) && tstzrange(other.recorded_at, other.superseded_at)
`;

describe('putRelationships', () => {
  it('stores what was said, and the defaults', async () => {
    const tenant = freshTenant();
    const [stored] = await put(tenant, asserted({ confidence: 0.63, validTo: yearly(2020) }));
    expect(stored).toMatchObject({ ...pair, isNew: true });
    const found = await find(tenant, yearly(2015));
    expect(found).toMatchObject({
      ...{
        ...pair,
        id: stored?.id,
        isDirectional: true,
        confidence: 0.63,
        strength: 1,
        cooccurrenceCount: 1,
      },
      ...{ supportingTasks: [], metadata: {}, validFrom: yearly(2010), validTo: yearly(2020) },
    });
    for (const absent of ['extractionContext', 'mutualInformation', 'supersededAt', 'supersededReason'])
      expect(found).not.toHaveProperty(absent);
    await expect(find(tenant, yearly(2020))).resolves.toBeUndefined();
    await expect(find(tenant)).resolves.toBeUndefined();
  });
  it('gives back what it was given, so that it can be put again', async () => {
    const tenant = freshTenant();
    const everything = asserted({
      ...{ strength: 0.07, cooccurrenceCount: 2_147_483_647, supportingTasks: [uuidOf(2), uuidOf(0xabc)] },
      ...{
        extractionContext: 'seen, "both"\n',
        mutualInformation: 0.419973,
        pointwiseMutualInformation: -0.847997,
      },
      metadata: { quote: '\\u0000', nested: [{ '{},"': null }] },
      ...{ lastObserved: yearly(2012), validFrom: null },
    });
    await put(tenant, everything);
    const found = await find(tenant, yearly(1000));
    const { validFrom: _always, ...said } = everything;
    expect(found).toMatchObject(said);
    for (const absent of ['validFrom', 'validTo']) expect(found).not.toHaveProperty(absent);
    await put(tenant, {
      ...everything,
      supportingTasks: [uuidOf(0xabc).toUpperCase(), uuidOf(2), uuidOf(2)],
    });
    await expect(history(tenant)).resolves.toHaveLength(1);
  });
  it('begins now when nothing else is said, and leaves the past as it was', async () => {
    const tenant = freshTenant();
    await put(tenant, asserted());
    const [changed] = await put(tenant, { ...pair, confidence: 0.9 });
    const now = await find(tenant);
    expect(now).toMatchObject({ id: changed?.id, confidence: 0.9 });
    const since = now?.validFrom;
    await expect(find(tenant, since)).resolves.toMatchObject({ confidence: 0.9 });
    await expect(find(tenant, new Date((since?.getTime() ?? NaN) - 1))).resolves.toMatchObject({
      ...{ confidence: 0.8, validFrom: yearly(2010), validTo: since },
    });
    await expect(find(tenant, undefined, now?.recordedAt)).resolves.toMatchObject({ confidence: 0.9 });
  });
  it('writes nothing where it is believed already, and only the gaps of it', async () => {
    const tenant = freshTenant();
    const [first] = await put(tenant, asserted({ validFrom: yearly(2005), validTo: yearly(2006) }));
    await put(tenant, asserted({ validFrom: yearly(2002), validTo: yearly(2003), confidence: 1 }));
    await expect(put(tenant, asserted({ validFrom: yearly(2005), validTo: yearly(2006) }))).resolves.toEqual([
      { ...first, isNew: false },
    ]);
    const stored = await put(tenant, asserted({ validFrom: yearly(2000), validTo: yearly(2010) }));
    expect(stored.map(({ isNew }) => isNew).toSorted()).toEqual([false, true, true]);
    expect((await history(tenant)).filter((version) => version.supersededAt !== undefined)).toHaveLength(1);
    for (const year of [2000, 2002, 2004, 2005, 2006, 2009])
      await expect(find(tenant, yearly(year))).resolves.toMatchObject({ confidence: 0.8 });
    await expect(
      put(tenant, asserted({ validFrom: yearly(2001), validTo: yearly(2009) })),
    ).resolves.toHaveLength(3);
  });
  it('stores what holds both ways once, whoever is named first; relationshipType is type', async () => {
    const tenant = freshTenant();
    const types = { relationshipType: 'SIMILAR_TO', confidence: 0.9, validFrom: null } as const;
    const [one] = await put(tenant, { sourceAgentId: 'b', targetAgentId: 'B', ...types });
    const [other] = await put(tenant, { sourceAgentId: 'B', targetAgentId: 'b', ...types });
    expect(other).toEqual({ ...one, isNew: false });
    expect(one).toMatchObject({ sourceAgentId: 'B', targetAgentId: 'b', type: 'SIMILAR_TO' });
    const key = { sourceAgentId: 'b', targetAgentId: 'B', type: 'SIMILAR_TO' } as const;
    await expect(app.inTenant(tenant, (tx) => findRelationship(tx, key))).resolves.toMatchObject({
      ...{ id: one?.id, isDirectional: false },
    });
    await expect(
      app.inTenant(tenant, (tx) => findRelationship(tx, { ...key, isDirectional: true })),
    ).resolves.toBeUndefined();
  });
  it('refuses a period that is over, when it would begin now', async () => {
    const [tenant = ''] = tenants;
    const given = { ...pair, confidence: 1 } as const;
    await expect(
      put(tenant, { ...given, type: 'ENHANCES' }, { ...given, validTo: yearly(2009) }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/1\.validTo: must be after now/) });
    await expect(app.inTenant(tenant, countRelationships)).resolves.toBe(0);
  });
  it('lists every problem; refuses a relationship that is named twice, in whatever order', async () => {
    const [tenant = ''] = tenants;
    await expect(
      put(tenant, asserted({ confidence: 2 }), asserted(), asserted({ sourceAgentId: 'b' })),
    ).rejects.toMatchObject({ message: matching(/0\.confidence.*2\.targetAgentId/) });
    const both = { type: 'COLLABORATES_WITH', confidence: 1 } as const;
    await expect(
      put(
        tenant,
        { sourceAgentId: 'a', targetAgentId: 'B', ...both },
        { sourceAgentId: 'B', targetAgentId: 'a', ...both },
      ),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/1: repeats 0/) });
    await expect(put(tenant)).resolves.toEqual([]);
  });
  it("knows neither agents that are not registered nor another tenant's", async () => {
    const [tenant = '', elsewhere = ''] = tenants;
    await app.inTenant(elsewhere, (tx) => registerAgents(tx, ['theirs']));
    const work = put(
      tenant,
      ...[asserted({ sourceAgentId: 'theirs' }), asserted(), asserted({ targetAgentId: "'; drop table --" })],
    );
    await expect(work).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND', details: { places: [0, 2] } });
    const seen = { ...pair, sourceAgentId: 'theirs' };
    await expect(app.inTenant(tenant, (tx) => strengthenRelationships(tx, [seen]))).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
    });
    await expect(app.inTenant(tenant, countRelationships)).resolves.toBe(0);
  });
});

describe('strengthenRelationships', () => {
  it('counts, and never weakens what was stated', async () => {
    const tenant = freshTenant();
    const strengthen = (count?: number) =>
      app.inTenant(tenant, (tx) =>
        strengthenRelationships(tx, [
          {
            ...pair,
            ...(count !== undefined && { count }),
            observedAt: yearly(2015),
            supportingTasks: [uuidOf(1)],
          },
        ]),
      );
    const [made] = await strengthen();
    expect(made).toMatchObject({ ...pair, isNew: true });
    await expect(find(tenant)).resolves.toMatchObject({
      ...{ confidence: 0.63, strength: 0.25, cooccurrenceCount: 1, validFrom: yearly(2015) },
    });
    await expect(strengthen(2)).resolves.toEqual([{ ...made, isNew: false }]);
    await expect(find(tenant)).resolves.toMatchObject({
      confidence: 0.75,
      strength: 0.5,
      cooccurrenceCount: 3,
    });
    await put(tenant, asserted({ confidence: 0.9, strength: 0.1, cooccurrenceCount: 3 }));
    await strengthen(2_147_483_647);
    await expect(find(tenant)).resolves.toMatchObject({
      ...{ confidence: 1, strength: 1, cooccurrenceCount: 2_147_483_647, supportingTasks: [uuidOf(1)] },
    });
    await put(tenant, asserted({ confidence: 0.9, strength: 0.1 }));
    await strengthen();
    await expect(find(tenant)).resolves.toMatchObject({
      confidence: 0.9,
      strength: 0.4,
      cooccurrenceCount: 2,
    });
  });
  it('begins earlier when an earlier sighting is told later, but not before what has ended', async () => {
    const tenant = freshTenant();
    const seenIn = (year: number) =>
      app.inTenant(tenant, (tx) => strengthenRelationships(tx, [{ ...pair, observedAt: yearly(year) }]));
    await put(tenant, asserted({ validFrom: yearly(2001), validTo: yearly(2005) }));
    const [made] = await seenIn(2015);
    await expect(seenIn(2010)).resolves.toEqual([{ ...made, isNew: false }]);
    await expect(find(tenant)).resolves.toMatchObject({ cooccurrenceCount: 2, validFrom: yearly(2010) });
    await seenIn(2004);
    await expect(find(tenant, yearly(2004))).resolves.toMatchObject({
      ...{ cooccurrenceCount: 2, validFrom: yearly(2001), validTo: yearly(2005) },
    });
  });
  it('counts every sighting of concurrent callers, whatever their order', async () => {
    const tenant = freshTenant();
    const keys = ['B', 'C', 'b', 'c'].map((targetAgentId) => ({ ...pair, targetAgentId }));
    await Promise.all(
      Array.from({ length: 8 }, (_, caller) =>
        app.inTenant(tenant, (tx) => strengthenRelationships(tx, caller % 2 ? keys : keys.toReversed())),
      ),
    );
    const counts = await ask(
      tenant,
      sql<{ n: number }>`select cooccurrence_count as n from agent_relationships`,
    );
    expect(counts).toEqual(keys.map(() => ({ n: 8 })));
    await expect(ask(tenant, OVERLAPS)).resolves.toEqual([{ overlaps: 0 }]);
  });
});

describe('supersedeRelationship and deleteRelationship', () => {
  it('end a version at an instant, for a reason that is kept', async () => {
    const tenant = freshTenant();
    const [stored] = await put(tenant, asserted());
    const id = stored?.id ?? '';
    await app.inTenant(tenant, (tx) =>
      supersedeRelationship(tx, { id, at: yearly(2012), reason: 'they moved' }),
    );
    await expect(find(tenant)).resolves.toBeUndefined();
    await expect(find(tenant, yearly(2011))).resolves.toMatchObject({ id, validTo: yearly(2012) });
    const versions = await history(tenant);
    expect(versions.map(({ supersededReason, validTo }) => [supersededReason, validTo])).toEqual([
      [undefined, yearly(2012)],
      ['they moved', undefined],
    ]);
  });
  it('give a reason for what they supersede, and for nothing else in the transaction', async () => {
    const tenant = freshTenant();
    const others = asserted({ type: 'REPLACES' });
    const [stored] = await put(tenant, asserted(), others);
    await app.inTenant(tenant, async (tx) => {
      await supersedeRelationship(tx, { id: stored?.id ?? '', at: yearly(2012), reason: 'they moved' });
      await putRelationships(tx, [{ ...others, confidence: 1 }]);
    });
    const reasons = await app.inTenant(tenant, (tx) =>
      tx
        .selectFrom('agent_relationship_history')
        .select(['type', 'superseded_reason'])
        .orderBy('type')
        .execute(),
    );
    expect(reasons).toEqual([
      { type: 'VALIDATES', superseded_reason: 'they moved' },
      { type: 'REPLACES', superseded_reason: null },
    ]);
  });
  it('let another version follow, until the first would have ended', async () => {
    const tenant = freshTenant();
    const [stored] = await put(tenant, asserted({ validTo: yearly(2020) }));
    const by = { confidence: 0.5, metadata: { stage: 2 } };
    await app.inTenant(tenant, (tx) =>
      supersedeRelationship(tx, { id: stored?.id ?? '', at: yearly(2012), by }),
    );
    await expect(find(tenant, yearly(2012))).resolves.toMatchObject({ ...by, validTo: yearly(2020) });
    await expect(find(tenant, yearly(2011))).resolves.toMatchObject({
      confidence: 0.8,
      validTo: yearly(2012),
    });
  });
  it('withdraw what was believed; the history keeps it', async () => {
    const tenant = freshTenant();
    const [stored] = await put(tenant, asserted());
    const id = stored?.id ?? '';
    const knownAt = (await find(tenant))?.recordedAt;
    const withdraw = () => app.inTenant(tenant, (tx) => deleteRelationship(tx, { id, reason: 'a namesake' }));
    await expect(Promise.all([withdraw(), withdraw()]).then((done) => done.toSorted())).resolves.toEqual([
      false,
      true,
    ]);
    await expect(find(tenant, yearly(2011))).resolves.toBeUndefined();
    await expect(find(tenant, yearly(2011), knownAt)).resolves.toMatchObject({
      id,
      supersededReason: 'a namesake',
    });
    await expect(app.inTenant(tenant, (tx) => getRelationship(tx, { id }))).rejects.toMatchObject({
      code: 'RELATIONSHIP_NOT_FOUND',
    });
    const known = { id, ...(knownAt && { knownAt }) };
    await expect(app.inTenant(tenant, (tx) => getRelationship(tx, known))).resolves.toMatchObject({ id });
  });
  it.each([
    ['before the version', { at: yearly(2009) }, 'INVALID_INPUT', /0\.at: must be within/],
    ['when the version has ended', { at: yearly(2020) }, 'INVALID_INPUT', /0\.at: must be within/],
    [
      'when it begins, with nothing to follow',
      { at: yearly(2010) },
      'INVALID_INPUT',
      /0\.at: nothing would be left/,
    ],
    ['for no reason', { at: yearly(2012), reason: '' }, 'INVALID_INPUT', /./],
    ['of no version', { at: yearly(2012), id: uuidOf(1) }, 'RELATIONSHIP_NOT_FOUND', /^0/],
    ['of no id', { at: yearly(2012), id: "'" }, 'INVALID_INPUT', /id/],
  ])('refuse a supersession %s', async (_what, fields, code, message) => {
    const tenant = freshTenant();
    const [stored] = await put(tenant, asserted({ validTo: yearly(2020) }));
    await expect(
      app.inTenant(tenant, (tx) => supersedeRelationship(tx, { id: stored?.id ?? '', ...fields })),
    ).rejects.toMatchObject({ code, message: matching(message) });
    await expect(history(tenant)).resolves.toHaveLength(1);
  });
  it("reach no other tenant's versions", async () => {
    const [owner, other] = [freshTenant(), freshTenant()];
    const [stored] = await put(owner, asserted());
    const id = stored?.id ?? '';
    await expect(app.inTenant(other, (tx) => deleteRelationship(tx, { id }))).resolves.toBe(false);
    await expect(
      app.inTenant(other, (tx) => supersedeRelationship(tx, { id, at: yearly(2012) })),
    ).rejects.toMatchObject({ code: 'RELATIONSHIP_NOT_FOUND' });
    await expect(find(other, yearly(2012))).resolves.toBeUndefined();
  });
});

describe('listRelationshipHistory', () => {
  it('pages through all versions, the last recorded first', async () => {
    const tenant = freshTenant();
    for (const confidence of [0.5, 0.6, 0.7, 0.8, 0.9]) await put(tenant, asserted({ confidence }));
    const whole = await history(tenant);
    expect(whole.map(({ confidence }) => confidence)).toEqual([0.9, 0.8, 0.7, 0.6, 0.5]);
    for (const [place, version] of whole.entries())
      expect(version.supersededAt).toEqual(whole[place - 1]?.recordedAt);
    const paged: Relationship[] = [];
    for (let after: string | undefined; ;) {
      const query = { ...pair, limit: 2, ...(after !== undefined && { after }) };
      const page = await app.inTenant(tenant, (tx) => listRelationshipHistory(tx, query));
      paged.push(...page.relationships);
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(paged).toEqual(whole);
  });
});
