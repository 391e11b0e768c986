import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from './support/databases.ts';
import { appendNodes, nodeAfter, putEmbeddings, putSigningKey } from './support/provenance-node.ts';
import { createTenants, insertRows, queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { outcomeOf, undone } from './support/undone.ts';
import { axis, vectorText } from './support/vectors.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

const CAPABILITY = '10000000-0000-4000-8000-000000000000';
const NODE = '20000000-0000-4000-8000-000000000000';
const embedding = vectorText(axis(0));

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex');
  for (const tenant of ['acme', 'globex'])
    await asTenant(application, tenant, async () => {
      const agent = (id: string, fields = {}) => ({
        id,
        name: `Agent  ${id}`,
        model_family: 'human',
        ...fields,
      });
      await insertRows(application, 'agent_profiles', [
        agent('a', { embedding, config: { of: tenant } }),
        agent('b', { embedding: null, config: {} }),
      ]);
      const skill = { agent_id: 'a', confidence: 0.8, extraction_confidence: 1, metadata: {} };
      await insertRows(application, 'agent_capabilities_graph', [
        { ...skill, id: CAPABILITY, capability_name: 'Baking  Bread', embedding },
        { ...skill, id: crypto.randomUUID(), capability_name: 'Singing', embedding: null },
      ]);
      await putSigningKey(application);
      const node = nodeAfter(undefined, {
        ...{ tenant_id: tenant, id: NODE, entity_id: 'Decision 1', description: 'Described' },
        ...{ gate_integrity: 0.4, budget_adherence: 0.6 },
      });
      await appendNodes(application, node);
      await putEmbeddings(application, [[node.id, embedding]]);
    });
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const REFRESH = 'select refresh_hybrid_search_index()';
const refresh = (): Promise<unknown> =>
  undoneNever(async () => {
    await administrator.query('set local role agent_agency_owner');
    await administrator.query(REFRESH);
  });

/** In a transaction of an operator that is committed. */
const undoneNever = (work: () => Promise<void>): Promise<void> => asTenant(administrator, undefined, work);
const contents = async (): Promise<unknown> =>
  (
    await administrator.query(`
      select tenant_id, entity_type, id, parent_id, name, canonical_name, confidence, metadata,
        embedding is not null as embedded, updated_at is not null as dated
      from hybrid_search_materialized order by tenant_id, entity_type`)
  ).rows;

const entry = (tenant: string, type: string, fields: object): object => ({
  ...{ tenant_id: tenant, entity_type: type, parent_id: null, embedded: true, dated: true, ...fields },
});
const entriesOf = (tenant: string): object[] => [
  entry(tenant, 'agent_capability', {
    ...{ id: CAPABILITY, parent_id: 'a', name: 'Baking  Bread', canonical_name: 'baking bread' },
    ...{ confidence: '0.80', metadata: {} },
  }),
  entry(tenant, 'agent_profile', {
    ...{ id: 'a', name: 'Agent  a', canonical_name: 'agent a', confidence: null, metadata: { of: tenant } },
  }),
  entry(tenant, 'caws_provenance', {
    ...{ id: NODE, name: 'Decision 1', canonical_name: 'Decision 1', confidence: '0.60' },
    metadata: { decision: 'accept' },
  }),
];

// In this order: the first refresh is the one of an empty view.
describe.skipIf(database.kind === 'pglite')('refresh_hybrid_search_index', () => {
  it('fills what was never filled, with every tenant’s rows that have an embedding', async () => {
    await expect(administrator.query('select from hybrid_search_materialized')).rejects.toMatchObject({
      code: '55000',
    });
    await refresh();
    await expect(contents()).resolves.toEqual([...entriesOf('acme'), ...entriesOf('globex')]);
  });

  it('shows changes from the next refresh on, while it can be read', async () => {
    const watcher = await openSession(database.url);
    await asTenant(application, 'globex', () =>
      application.query(`update agent_profiles set embedding = null where id = 'a'`),
    );
    await expect(contents()).resolves.toHaveLength(6);
    await asTenant(administrator, undefined, async () => {
      await administrator.query('set local role agent_agency_owner');
      await administrator.query(REFRESH);
      // Before the commit, and without waiting for it.
      await watcher.query(`set lock_timeout = '5s'`);
      await expect(queryValue(watcher, 'select count(*)::int from hybrid_search_materialized')).resolves.toBe(
        6,
      );
    });
    await expect(contents()).resolves.toEqual([
      ...entriesOf('acme'),
      ...entriesOf('globex').filter((_, at) => at !== 1),
    ]);
  });

  it('returns at once when somebody else refreshes, and leaves it to them', async () => {
    const other = await openSession(database.url);
    await asTenant(administrator, undefined, async () => {
      await administrator.query(REFRESH);
      await other.query(`set lock_timeout = '5s'`);
      await expect(other.query(REFRESH)).resolves.toBeDefined();
    });
  });

  it('waits for no one to write, and nobody waits for it', async () => {
    const writer = await openSession(database.urlFor('agent_agency_app'));
    await asTenant(administrator, undefined, async () => {
      await administrator.query(REFRESH);
      await writer.query(`set lock_timeout = '5s'`);
      await undone(writer, 'acme', () =>
        writer.query(`update agent_profiles set name = 'Other' where id = 'a'`),
      );
    });
  });
});

describe.skipIf(database.kind === 'pglite')('hybrid_search_materialized', () => {
  it('is for nobody who has tenants: row level security does not reach it', async () => {
    const reader = await openSession(database.urlFor('agent_agency_readonly'));
    for (const session of [application, reader])
      await undone(session, 'acme', async () => {
        for (const statement of [
          'select from hybrid_search_materialized',
          'refresh materialized view hybrid_search_materialized',
          REFRESH,
        ])
          await expect(outcomeOf(session, statement), statement).resolves.toBe('42501');
      });
    const { rows } = await administrator.query(`
      select grantee::regrole::text as grantee
      from pg_class, aclexplode(relacl)
      where relname = 'hybrid_search_materialized' and grantee <> relowner`);
    expect(rows).toEqual([]);
  });
});
