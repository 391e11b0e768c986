import type { TenantTransaction } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  countRelationships,
  deleteRelationship,
  findRelationship,
  listRelationshipHistory,
  putRelationships,
  strengthenRelationships,
  supersedeRelationship,
  type Relationship,
  type RelationshipAssertion,
} from '../../src/index.ts';
import { registerAgents } from '../support/fixtures.ts';

const app = useApplication(testDatabase());
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
  tenants = await app.newTenants(18);
  for (const tenant of tenants) await app.inTenant(tenant, (tx) => registerAgents(tx, ['a', 'b']));
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

describe('the time at which it is recorded', () => {
  /** `late` begins first and writes last. */
  async function overtaking(
    tenant: string,
    early: (tx: TenantTransaction) => Promise<unknown>,
    late: (tx: TenantTransaction) => Promise<unknown>,
  ): Promise<void> {
    const begun = Promise.withResolvers<undefined>();
    const written = Promise.withResolvers<undefined>();
    await Promise.all([
      app.inTenant(tenant, async (tx) => {
        await sql`select now()`.execute(tx);
        begun.resolve(undefined);
        await written.promise;
        await late(tx);
      }),
      begun.promise
        .then(() => app.inTenant(tenant, early))
        .finally(() => {
          written.resolve(undefined);
        }),
    ]);
  }
  const say =
    (confidence: number, fields: Partial<RelationshipAssertion> = {}) =>
    (tx: TenantTransaction) =>
      putRelationships(tx, [asserted({ confidence, ...fields })]);

  it.each<[string, (tx: TenantTransaction, id: string) => Promise<unknown>]>([
    ['changed', say(0.6)],
    ['changed in part', say(0.6, { validFrom: yearly(2012), validTo: yearly(2014) })],
    ['deleted', (tx, id) => deleteRelationship(tx, { id })],
    ['ended', (tx, id) => supersedeRelationship(tx, { id, at: yearly(2012) })],
    ['strengthened', (tx) => strengthenRelationships(tx, [pair])],
  ])('is later than what was %s by a transaction that began later', async (_what, early) => {
    const tenant = freshTenant();
    const [stored] = await put(tenant, asserted());
    await overtaking(tenant, (tx) => early(tx, stored?.id ?? ''), say(1, { validFrom: yearly(2008) }));
    await expect(ask(tenant, OVERLAPS)).resolves.toEqual([{ overlaps: 0 }]);
    await expect(find(tenant)).resolves.toMatchObject({ confidence: 1 });
    // What was believed in between is not lost.
    const recorded = await ask(
      tenant,
      sql<{ n: number }>`select count(distinct recorded_at)::integer as n from agent_relationship_versions`,
    );
    expect(recorded).toEqual([{ n: _what === 'deleted' ? 2 : 3 }]);
  });
  it('is later than what a transaction that began later changed in place', async () => {
    const tenant = freshTenant();
    const inPlace = (tx: TenantTransaction) => strengthenRelationships(tx, [pair]);
    await put(tenant, asserted());
    await overtaking(tenant, inPlace, inPlace);
    await expect(ask(tenant, OVERLAPS)).resolves.toEqual([{ overlaps: 0 }]);
    expect((await history(tenant)).map((version) => version.cooccurrenceCount)).toEqual([3, 2, 1]);
  });
  it('is one for all of a transaction, of which no step between is kept', async () => {
    const tenant = freshTenant();
    await put(tenant, asserted());
    await app.inTenant(tenant, async (tx) => {
      for (const confidence of [0.5, 0.6, 0.7]) await say(confidence)(tx);
      await strengthenRelationships(tx, [pair]);
    });
    expect((await history(tenant)).map(({ confidence }) => confidence)).toEqual([0.7, 0.8]);
  });
  it('keeps concurrent writers of one relationship from overlapping, and from a deadlock', async () => {
    const tenant = freshTenant();
    const keys = (['VALIDATES', 'DEPENDS_ON', 'REPLACES'] as const).map((type) => ({ ...pair, type }));
    await Promise.all(
      Array.from({ length: 10 }, async (_, caller) => {
        const given = keys.map((key) =>
          asserted({ ...key, confidence: 0.5 + caller / 100, validFrom: yearly(2000 + caller) }),
        );
        await put(tenant, ...(caller % 2 ? given : given.toReversed()));
      }),
    );
    await expect(ask(tenant, OVERLAPS)).resolves.toEqual([{ overlaps: 0 }]);
    await expect(app.inTenant(tenant, (tx) => countRelationships(tx, { asOf: yearly(2009) }))).resolves.toBe(
      3,
    );
  });
  it.each<[string, (tx: TenantTransaction) => Promise<unknown>]>([
    ['put', say(0.6)],
    ['strengthened', (tx) => strengthenRelationships(tx, [pair])],
  ])(
    'lets a transaction that sees one state be run again when another was faster: %s',
    async (_what, late) => {
      const tenant = freshTenant();
      const begun = Promise.withResolvers<undefined>();
      const faster = begun.promise.then(() => put(tenant, asserted()));
      let runs = 0;
      const isolated = { isolationLevel: 'repeatable read', attempts: 2 } as const;
      await app.manager.withTenant(
        { tenantId: tenant },
        async (tx) => {
          runs += 1;
          await sql`select`.execute(tx);
          begun.resolve(undefined);
          await faster;
          await late(tx);
        },
        isolated,
      );
      expect(runs).toBe(2);
      await expect(ask(tenant, OVERLAPS)).resolves.toEqual([{ overlaps: 0 }]);
    },
  );
});

describe('the history, to the application', () => {
  it.each([
    ['insert', sql`insert into agent_relationship_history select * from agent_relationship_history`],
    ['update', sql`update agent_relationship_history set confidence = 1`],
    ['delete', sql`delete from agent_relationship_history`],
    ['truncate', sql`truncate agent_relationship_history`],
  ])('refuses to %s', async (_what, statement) => {
    const tenant = freshTenant();
    await put(tenant, asserted());
    await put(tenant, asserted({ confidence: 1 }));
    await expect(ask(tenant, statement as ReturnType<typeof sql<never>>)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(history(tenant)).resolves.toHaveLength(2);
  });
  it('knows when something was recorded, and what was deleted, whatever a statement says or sets', async () => {
    const tenant = freshTenant();
    await put(tenant, asserted(), asserted({ type: 'REPLACES' }));
    await ask(
      tenant,
      sql<never>`update agent_relationships set recorded_at = '2001-01-01', updated_at = '2001-01-01'`,
    );
    await expect(history(tenant)).resolves.toHaveLength(1);
    const attempts = [
      sql`update agent_relationships set recorded_at = '2001-01-01', confidence = 0.6`,
      // Row level security has let the statement through when it is switched off, for the second row.
      sql`
        insert into agent_relationships (
          tenant_id, source_agent_id, target_agent_id, type, confidence, is_directional, recorded_at
        )
        select ${tenant}, 'a', 'b', type::relationship_type, 0.9, true, timestamptz '2001-01-01'
        from (values ('ENHANCES', ''), ('INFLUENCES', 'off')) as row (type, security)
        where row.security = '' or set_config('row_security', row.security, true) = 'off'
      `,
      sql`
        update agent_relationships
        set confidence = 0.7, recorded_at = '2001-01-01'
        where tenant_id = ${tenant} and (type = 'REPLACES' or set_config('row_security', 'off', true) = 'off')
      `,
      sql`
        delete from agent_relationships
        where tenant_id = ${tenant} and (type = 'REPLACES' or set_config('row_security', 'off', true) = 'off')
      `,
    ];
    for (const attempt of attempts)
      await ask(tenant, attempt as ReturnType<typeof sql<never>>).catch(() => 'refused as a whole');
    const [{ forged, kept } = {}] = await ask(
      tenant,
      sql<{ forged: number; kept: number }>`
        select
          (count(*) filter (where recorded_at < now() - interval '1 hour'))::integer as forged,
          (count(distinct type) filter (where confidence = 0.8))::integer as kept
        from agent_relationship_versions
      `,
    );
    expect({ forged, kept }).toEqual({ forged: 0, kept: 2 });
  });
});
