import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  countRelationships,
  listRelationships,
  putRelationships,
  type Relationship,
  type RelationshipQuery,
} from '../../src/index.ts';
import { registerAgents, uuidOf } from '../support/fixtures.ts';
import { seededRandom } from '../support/random.ts';
import { runsOf, type Said, type Slots } from './support/belief-model.ts';
import {
  agentsOf,
  BeliefSequences,
  expectedIn,
  nameOf,
  SLOTS,
  yearOf,
  type Key,
  type Snapshot,
} from './support/belief-sequences.ts';

const app = useApplication(testDatabase());
const sequences = Number(process.env['BELIEF_SEQUENCES'] ?? 200);
const SEED = 6;
const TRANSACTIONS = 10;
const READS = 24;

describe('reads at a moment of the world, as known at a moment of the database', () => {
  it(`show what a naive model believes, after ${sequences} random sequences of operations`, async () => {
    const tenant = await app.newTenant();
    const model = new BeliefSequences(SEED, sequences);
    const random = seededRandom(SEED + 1);
    const agents = Array.from({ length: sequences }, (_, sequence) => agentsOf(sequence)).flat();
    await app.inTenant(tenant, (tx) => registerAgents(tx, agents));
    for (let nth = 0; nth < TRANSACTIONS; nth++) {
      await app.inTenant(tenant, (tx) => model.transact(tx, random.pick([1, 1, 2])));
      await expectRead(tenant, model.snapshots.at(-1), undefined, random.integer(SLOTS));
    }
    for (let nth = 0; nth < READS; nth++) {
      const snapshot = random.pick(model.snapshots);
      await expectRead(tenant, snapshot, snapshot.knownAt, random.integer(SLOTS));
    }
    const before = new Date((model.snapshots[0]?.knownAt.getTime() ?? NaN) - 3);
    await expectRead(tenant, { knownAt: before, beliefs: new Map() }, before, 3);
    // No more than was believed, and what was said again is no version.
    const { rows } = await app.inTenant(tenant, (tx) =>
      sql<{
        versions: number;
      }>`select count(*)::integer as versions from agent_relationship_versions`.execute(tx),
    );
    expect(rows).toEqual([{ versions: countVersions(model.snapshots) }]);
  }, 600_000);
});

async function expectRead(
  tenant: string,
  snapshot: Snapshot | undefined,
  knownAt: Date | undefined,
  slot: number,
): Promise<void> {
  // At the beginning of the slot, or within it.
  const asOf = slot % 2 === 0 ? new Date(Date.UTC(2000 + slot, 5)) : (yearOf(slot) ?? new Date(0));
  const found = await readAll(tenant, { asOf, limit: 1000, ...(knownAt && { knownAt }) });
  const expected = [...(snapshot?.beliefs ?? [])].flatMap(([name, slots]) => {
    const version = expectedIn(slots, slot);
    return version === undefined ? [] : [[name, version] as const];
  });
  const byName = new Map(found.map((version) => [nameOf(version as Key), version]));
  const shown = expected.map(([name, { said }]) => [name, lineOf(byName.get(name), said)]);
  expect(shown).toEqual(expected.map(([name, version]) => [name, expectedLine(version)]));
  expect(found.length).toBe(expected.length);
}

/** As a text: there are many to compare. Of two instants that nobody said, none. */
function lineOf(version: Relationship | undefined, { observed }: Said): string | undefined {
  if (version === undefined) return undefined;
  const { confidence, strength, isDirectional, cooccurrenceCount, supportingTasks, extractionContext } =
    version;
  const { validFrom, validTo, lastObserved } = version;
  const said = [isDirectional, confidence, strength, cooccurrenceCount, supportingTasks, extractionContext];
  return JSON.stringify([said, validFrom, validTo, observed && lastObserved]);
}

function expectedLine({ said, from, to }: NonNullable<ReturnType<typeof expectedIn>>): string {
  const { isDirectional, confidence, strength, count, tasks, context, observed } = said;
  return JSON.stringify([
    [isDirectional, confidence, strength, count, tasks, context],
    ...[from, to, observed && yearOf(observed)],
  ]);
}

async function readAll(tenant: string, query: RelationshipQuery): Promise<Relationship[]> {
  return app.inTenant(tenant, async (tx) => {
    const all: Relationship[] = [];
    for (let { after } = query; ;) {
      const page = await listRelationships(tx, { ...query, ...(after !== undefined && { after }) });
      all.push(...page.relationships);
      if (page.next === undefined) return all;
      after = page.next;
    }
  });
}

/** Each version counts once, over however many snapshots it stays. */
function countVersions(snapshots: readonly Snapshot[]): number {
  let versions = 0;
  let previous: ReadonlyMap<string, Slots> = new Map();
  for (const { beliefs } of snapshots) {
    for (const [name, slots] of beliefs) {
      const known = runsOf(previous.get(name) ?? []);
      const isKnown = (run: ReturnType<typeof runsOf>[number]) =>
        known.some((old) => old.said === run.said && old.from === run.from && old.to === run.to);
      versions += runsOf(slots).filter((run) => !isKnown(run)).length;
    }
    previous = beliefs;
  }
  return versions;
}

describe('listRelationships', () => {
  const yearly = (year: number) => new Date(Date.UTC(year, 0));
  const others = ['A', 'B', 'C', 'b', 'c'];
  let tenant: string;
  beforeAll(async () => {
    tenant = await app.newTenant();
    await app.inTenant(tenant, (tx) => registerAgents(tx, ['a', ...others]));
    const types = ['VALIDATES', 'DEPENDS_ON', 'SIMILAR_TO'] as const;
    const given = others.flatMap((other, place) =>
      types.map((type, nth) => ({
        ...(place % 2
          ? { sourceAgentId: other, targetAgentId: 'a' }
          : { sourceAgentId: 'a', targetAgentId: other }),
        ...{ type, confidence: [0.5, 0.9][(place + nth) % 2] ?? 1, validFrom: yearly(2010) },
      })),
    );
    await app.inTenant(tenant, (tx) => putRelationships(tx, given));
  });
  const list = (query: RelationshipQuery) => readAll(tenant, query);
  const seenBy = (found: readonly Relationship[], agentId: string) =>
    found.map((row) => [
      row.confidence,
      row.sourceAgentId === agentId ? row.targetAgentId : row.sourceAgentId,
      row.id,
    ]);

  it('pages through an agent’s relationships, the most confident first', async () => {
    const whole = await list({ agentId: 'a', limit: 1000 });
    expect(whole).toHaveLength(15);
    const order = seenBy(whole, 'a').map(([confidence, ...rest]) =>
      JSON.stringify([1 - Number(confidence), ...rest]),
    );
    expect(order).toEqual(order.toSorted());
    for (const limit of [1, 4, 15]) await expect(list({ agentId: 'a', limit })).resolves.toEqual(whole);
    await expect(list({ limit: 4 })).resolves.toEqual(whole.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  });
  it.each([
    ['outgoing', 3 * 2 + 5],
    ['incoming', 2 * 2 + 5],
    ['both', 15],
  ] as const)('shows what is %s, and what holds both ways', async (direction, count) => {
    const found = await list({ agentId: 'a', direction, limit: 4 });
    expect(found).toHaveLength(count);
    for (const row of found.filter(({ isDirectional }) => isDirectional && direction !== 'both'))
      expect(row[direction === 'outgoing' ? 'sourceAgentId' : 'targetAgentId']).toBe('a');
    await expect(
      app.inTenant(tenant, (tx) => countRelationships(tx, { agentId: 'a', direction })),
    ).resolves.toBe(count);
  });
  it('filters by type and confidence, at a moment', async () => {
    const filter = {
      agentId: 'a',
      types: ['DEPENDS_ON', 'SIMILAR_TO'],
      minConfidence: 0.9,
      limit: 3,
    } as const;
    const query = { ...filter, types: [...filter.types] };
    const found = await list(query);
    expect(found).toHaveLength(5);
    for (const row of found)
      expect([row.confidence, filter.types.includes(row.type as never)]).toEqual([0.9, true]);
    await expect(list({ ...query, asOf: yearly(2009) })).resolves.toEqual([]);
    await expect(list({ ...query, knownAt: yearly(2011) })).resolves.toEqual([]);
    const knownAt = new Date(Math.max(...found.map((row) => row.recordedAt.getTime())));
    await expect(list({ ...query, knownAt })).resolves.toEqual(found);
  });
  it.each([
    ['a limit', { limit: 0 }, /limit/],
    ['a place that is none', { after: 'x' }, /after/],
    [
      'the place of another list',
      { agentId: 'a', after: Buffer.from(`["${uuidOf(1)}"]`).toString('base64url') },
      /after/,
    ],
    ['a moment', { asOf: new Date(NaN), knownAt: new Date(NaN) }, /asOf.*knownAt/],
    ['no type', { types: [] }, /types/],
  ])('refuses %s', async (_what, query, message) => {
    await expect(list(query)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(message) });
  });
});
