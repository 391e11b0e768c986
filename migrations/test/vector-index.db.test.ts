import type { SqlSession } from '@agent-agency/testing';
import { connect, settlePlans } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDown, migrateUp } from '../src/index.ts';
import { seededRandom } from './support/random.ts';
import { createTenants, insertRows, queryValue, type Row } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { outcomeOf, undone } from './support/undone.ts';
import { randomVector, vectorText } from './support/vectors.ts';

const database = testDatabase();
const random = seededRandom(11);
const query = vectorText(randomVector(random));
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  [administrator, application] = await Promise.all([
    connect(database.url),
    connect(database.urlFor('agent_agency_app')),
  ]);
  await createTenants(administrator, 'acme', 'globex', 'tiny');
  await insertVectors('acme', 150);
  await insertVectors('tiny', 5);
  await buildGraph('acme');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

async function insertVectors(tenant: string, count: number, near?: string): Promise<void> {
  await asTenant(application, tenant, async () => {
    await application.query(
      `insert into agent_profiles (id, name, model_family) values ('a', 'a', 'human') on conflict do nothing`,
    );
    await insertRows(
      application,
      'agent_capabilities_graph',
      Array.from({ length: count }, (_, at) => ({
        id: `00000000-0000-4000-8000-${at.toString(16).padStart(12, '0')}`,
        ...{ agent_id: 'a', capability_name: `skill ${at}`, confidence: 0.9, extraction_confidence: 1 },
        ...{ embedding: near ?? vectorText(randomVector(random)), validation_status: 'unvalidated' },
      })),
    );
  });
}

async function buildGraph(tenant: string): Promise<void> {
  for (const step of ['begin', 'fill', 'finish'])
    await administrator.query(`select app.${step}_vector_index($1)`, [tenant]);
}

const partitions = async (): Promise<string[]> =>
  (
    await administrator.query(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'app.capability_vectors'::regclass`,
    )
  ).rows.map((row) => String(row['name']));

describe.skipIf(database.kind === 'pglite')('tables of vectors', () => {
  it('are out of the application’s reach, with their partitions, by every statement', async () => {
    const tables = [
      'app.capability_vectors',
      'app.pending_vectors',
      'app.vector_indexes',
      ...(await partitions()),
    ];
    expect(tables).toHaveLength(4);
    for (const login of ['agent_agency_app', 'agent_agency_readonly']) {
      const session = await connect(database.urlFor(login));
      await undone(session, 'acme', async () => {
        for (const table of tables)
          for (const statement of [
            `select from ${table}`,
            `select tenant_id from ${table} limit 0`,
            `explain select from ${table}`,
            `explain analyze select from ${table} limit 1`,
            `select from ${table} tablesample system (1)`,
            `insert into ${table} default values`,
            `update ${table} set tenant_id = 'acme'`,
            `delete from ${table}`,
            `truncate ${table}`,
            `lock table ${table} in access share mode`,
            `copy ${table} to stdout`,
            `comment on table ${table} is 'seen'`,
            `drop table ${table}`,
          ])
            await expect(outcomeOf(session, statement), statement).resolves.toBe('42501');
      });
      await session.close();
    }
  });

  it('say in the catalogue that somebody is large, and not who', async () => {
    const seen = await undone(application, 'tiny', async () =>
      Promise.all(
        [
          `select pg_get_expr(relpartbound, oid) as bound, relname from pg_class where relnamespace = 'app'::regnamespace`,
          `select pg_get_constraintdef(oid) as says from pg_constraint where connamespace = 'app'::regnamespace`,
          `select pg_get_indexdef(indexrelid) as says from pg_index`,
        ].map((text) => application.query(text)),
      ),
    );
    expect(JSON.stringify(seen.map(({ rows }) => rows))).not.toContain('acme');
  });

  it('let functions for operators be called by operators only', async () => {
    const { rows } = await administrator.query(
      `select oid::regprocedure::text as name from pg_proc
       where pronamespace = 'app'::regnamespace and proname ~ '_vector(s|_index|_indexes|_recall|_table)$'`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(11);
    for (const { name } of rows)
      for (const role of ['agent_agency_app', 'agent_agency_readonly'])
        expect(
          await queryValue(administrator, `select has_function_privilege($1, $2, 'execute')`, [role, name]),
          `${role} ${String(name)}`,
        ).toBe(false);
  });
});

describe.skipIf(database.kind === 'pglite')('app.capability_candidates', () => {
  const candidates = async (tenant: string | undefined): Promise<Row> =>
    undone(application, tenant, async () => {
      const { rows } = await application.query(
        `select * from app.capability_candidates('${query}', 10, 0.7)`,
      );
      return rows[0] ?? {};
    });

  it('answers with identifiers of the current tenant, and with none without one', async () => {
    expect(await candidates('acme')).toMatchObject({ plan: 'graph', reason: 'large' });
    expect(await candidates('tiny')).toMatchObject({ plan: 'exact', reason: 'few', visited: 5 });
    expect(await candidates('globex')).toMatchObject({ plan: 'exact', candidates: [] });
    expect(await candidates(undefined)).toMatchObject({ plan: 'exact', candidates: [] });
  });

  it.each([-1, 10_001, null])('refuses %s of them', async (wanted) => {
    await expect(
      undone(application, 'acme', () =>
        outcomeOf(application, `select app.capability_candidates('${query}', ${wanted}, 0.7)`),
      ),
    ).resolves.toBe('22023');
  });
});

/** Everything that a tenant's own SQL shows of a search, by its answer, by plans, and by what plans did. */
const OBSERVATIONS = [
  `select * from find_similar_capabilities('${query}')`,
  `select * from find_similar_capabilities('${query}', max_results => 200, min_confidence => 0)`,
  `select * from find_similar_capabilities('${query}', 'globex')`,
  `select * from app.capability_candidates('${query}', 10, 0.7)`,
  `select * from app.search_capabilities('${query}', 10, 0.7)`,
  `explain (verbose, costs off) select * from find_similar_capabilities('${query}')`,
  `explain (analyze, costs off, timing off, summary off) select * from find_similar_capabilities('${query}')`,
  `explain (analyze, costs off, timing off, summary off)
   select id from agent_capabilities_graph
   where tenant_id = 'acme' and embedding_bits is not null and validation_status <> 'rejected'
   order by embedding_bits <~> binary_quantize('${query}'::vector)::bit(768) limit 5`,
  `explain (analyze, costs off, timing off, summary off)
   update agent_capabilities_graph set metadata = '{}' where tenant_id = 'acme' and canonical_name = 'skill 1'`,
];
/** Under each of these, the planner prefers other ways. */
const PREFERENCES = [
  'enable_seqscan = off',
  'enable_sort = off',
  'hnsw.ef_search = 1',
  `hnsw.iterative_scan = strict_order`,
];

async function observe(tenant: string): Promise<string[]> {
  const seen: string[] = [];
  for (const preference of PREFERENCES)
    await undone(application, tenant, async () => {
      await application.query(`set local ${preference}`);
      for (const statement of OBSERVATIONS) {
        await application.query('savepoint one');
        seen.push(JSON.stringify((await application.query(statement)).rows));
        await application.query('rollback to savepoint one');
      }
    });
  return seen;
}

describe.skipIf(database.kind === 'pglite')('vectors of another tenant', () => {
  it('change nothing of what a tenant sees, with a graph or without', async () => {
    await insertVectors('globex', 150, query);
    await settlePlans(administrator);
    // Nearer than all others, or as far as can be; scanned, in a graph, and noted beside it.
    const embed = (embedding: string) => () =>
      administrator.query(
        `update agent_capabilities_graph set embedding = ${embedding} where tenant_id = 'globex'`,
      );
    const worlds = [
      () => Promise.resolve(),
      embed(`array_fill(-1, array[768])::vector * '${query}'::vector`),
      () => buildGraph('globex'),
      embed(`'${query}'::vector`),
    ];
    const seen: [string[], string[]][] = [];
    for (const change of worlds) {
      await change();
      await administrator.query('vacuum (analyze) agent_capabilities_graph');
      seen.push([await observe('acme'), await observe('tiny')]);
    }
    const [first, ...others] = seen;
    expect(first?.[0].join()).toContain('skill');
    for (const [at, other] of others.entries()) expect(other, `world ${at + 2}`).toEqual(first);
  });
});

describe.skipIf(database.kind === 'pglite')('deleting a capability', () => {
  const signsOf = (segment: unknown): Promise<unknown> =>
    queryValue(administrator, `select count(*)::integer from app.capability_vectors_${String(segment)}`);

  it('takes its signs out of a graph that is only half built, too', async () => {
    await createTenants(administrator, 'filling');
    await insertVectors('filling', 3);
    await administrator.query(`select app.begin_vector_index('filling'), app.fill_vector_index('filling')`);
    const segment = await queryValue(
      administrator,
      `select segment from app.vector_indexes where tenant_id = 'filling'`,
    );
    expect(await signsOf(segment)).toBe(3);
    await asTenant(application, 'filling', () => application.query('delete from agent_capabilities_graph'));
    expect(await signsOf(segment)).toBe(0);
    await administrator.query(`select app.drop_vector_index('filling')`);
  });

  it('waits for no graph but its own', async () => {
    const segment = await queryValue(
      administrator,
      `select segment from app.vector_indexes where tenant_id = 'acme'`,
    );
    await undone(administrator, 'acme', async () => {
      await administrator.query(
        `lock table app.capability_vectors_${String(segment)} in access exclusive mode`,
      );
      await undone(application, 'tiny', () =>
        application.query(`set local lock_timeout = '1s'; delete from agent_capabilities_graph`),
      );
    });
  });

  it('is not noted while data are restored', async () => {
    await administrator.query('begin');
    try {
      await administrator.query(
        `set local row_security = off; update agent_capabilities_graph set embedding = '${query}' where tenant_id = 'acme'`,
      );
    } finally {
      await administrator.query('rollback');
    }
  });
});

describe.skipIf(database.kind === 'pglite')('015', () => {
  it('goes down with partitions, filled or half filled, and up again without', async () => {
    await administrator.query(`select app.begin_vector_index('tiny'), app.fill_vector_index('tiny')`);
    const left = async (): Promise<unknown> =>
      queryValue(
        administrator,
        `select count(*)::integer from pg_class where relnamespace = 'app'::regnamespace and relname ~ 'vector'`,
      );
    expect(await left()).toBeGreaterThan(10);
    await migrateDown(administrator, { to: 14 });
    expect(await left()).toBe(0);
    await asTenant(application, 'acme', () =>
      application.query(`update agent_capabilities_graph set confidence = 1`),
    );
    await migrateUp(administrator);
    await expect(
      undone(application, 'acme', () =>
        outcomeOf(application, `select from find_similar_capabilities('${query}')`),
      ),
    ).resolves.toBe(10);
  });
});
