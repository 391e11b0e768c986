import type { SqlSession } from '@agent-agency/testing';
import { connect, settlePlans } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  appendNodes,
  nodeAfter,
  putEmbeddings,
  putSigningKey,
  type Node,
} from './support/provenance-node.ts';
import { seededRandom } from './support/random.ts';
import { createTenants, insertRows } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { outcomeOf, undone } from './support/undone.ts';
import { axis, cosine, randomVector, vectorText } from './support/vectors.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

interface Entity {
  readonly id: string;
  /** Missing: not embedded yet. */
  readonly embedding: readonly number[] | undefined;
}

interface Capability extends Entity {
  readonly name: string;
  readonly agent: string;
  readonly confidence: number;
  readonly status: string;
}

const random = seededRandom(3);
const query = randomVector(random);
const repeated = randomVector(random);

/** Every seventh has the same embedding, every ninth has none, every fifth is rejected. */
const capabilities: Capability[] = Array.from({ length: 150 }, (_, at) => ({
  id: uuid(random.integer(2 ** 32), at),
  name: `Skill ${at}`,
  agent: random.pick(['a', 'b']),
  confidence: (70 + random.integer(31)) / 100,
  status: at % 5 === 0 ? 'rejected' : random.pick(['unvalidated', 'validated']),
  embedding: at % 9 === 0 ? undefined : at % 7 === 0 ? repeated : randomVector(random),
}));

/** Every third is a waiver; the others are verdicts. */
const decisions: (Entity & Node)[] = [];
for (let at = 0; at < 40; at += 1) {
  const node = nodeAfter(decisions.at(-1), {
    tenant_id: 'acme',
    id: uuid(random.integer(2 ** 32), at),
    entity_type: at % 3 === 0 ? 'waiver' : 'verdict',
    constitutional_refs: [`clause ${at}`],
  });
  const embedding = at % 9 === 0 ? undefined : at % 7 === 0 ? repeated : randomVector(random);
  decisions.push({ ...node, embedding });
}

function uuid(begin: number, at: number): string {
  return `${begin.toString(16).padStart(8, '0')}-0000-4000-8000-${at.toString(16).padStart(12, '0')}`;
}

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex', 'tiny', 'empty');
  for (const tenant of ['acme', 'globex', 'tiny'])
    await asTenant(application, tenant, () =>
      insertRows(
        application,
        'agent_profiles',
        ['a', 'b'].map((id) => ({ id, name: id, model_family: 'human' })),
      ),
    );
  await asTenant(application, 'acme', async () => {
    await insertCapabilities(capabilities);
    await insertDecisions();
  });
  await asTenant(application, 'tiny', () => insertCapabilities(capabilities.slice(0, 20)));
  await insertCrowd(600);
  await settlePlans(administrator);
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

async function insertCapabilities(rows: readonly Capability[]): Promise<void> {
  await insertRows(
    application,
    'agent_capabilities_graph',
    rows.map(({ id, name, agent, confidence, status, embedding }) => ({
      ...{ id, agent_id: agent, capability_name: name, confidence, extraction_confidence: 1 },
      ...{ validation_status: status, embedding: embedding === undefined ? null : vectorText(embedding) },
    })),
  );
}

async function insertDecisions(): Promise<void> {
  await putSigningKey(application);
  await appendNodes(application, ...decisions.map(({ embedding: _embedding, ...node }) => node));
  await putEmbeddings(
    application,
    decisions.flatMap(({ id, embedding }) => (embedding === undefined ? [] : [[id, vectorText(embedding)]])),
  );
}

/** A large neighbor, all of whose capabilities are nearer to the query than anybody else's. */
async function insertCrowd(size: number): Promise<void> {
  await asTenant(application, 'globex', () =>
    application.query(
      `insert into agent_capabilities_graph
         (agent_id, capability_name, canonical_name, confidence, extraction_confidence, embedding)
       select 'a', 'Skill ' || number, '', 0.9, 1,
         $1::text::vector + (array_fill(0, array[number]) || array[1] || array_fill(0, array[767 - number]))::vector
       from generate_series(1, ${size}) as number`,
      [vectorText(query)],
    ),
  );
}

const bySimilarity = (one: Entity & Found, other: Entity & Found): number =>
  other.similarity - one.similarity || (one.id < other.id ? -1 : 1);

interface Found {
  readonly similarity: number;
}

/** What is nearest to the query, by comparing with everything. */
function nearest<T extends Entity>(entities: readonly T[], limit: number): (T & Found)[] {
  return entities
    .flatMap((entity) =>
      entity.embedding === undefined ? [] : [{ ...entity, similarity: cosine(entity.embedding, query) }],
    )
    .sort(bySimilarity)
    .slice(0, limit);
}

const rowsAs = (tenant: string | undefined, text: string, values: readonly unknown[]): Promise<Row[]> =>
  undone(application, tenant, async () => (await application.query(text, values)).rows);
type Row = Record<string, unknown>;

const without = (row: Row, ...names: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

const similar = (tenant: string | undefined, more = '', embedding = query): Promise<Row[]> =>
  rowsAs(tenant, `select * from find_similar_capabilities($1${more})`, [vectorText(embedding)]);
const precedents = (tenant: string | undefined, more = ''): Promise<Row[]> =>
  rowsAs(tenant, `select * from find_similar_caws_verdicts($1${more})`, [vectorText(query)]);

function expectSimilarity(rows: readonly Row[], expected: readonly Found[]): void {
  for (const [at, { similarity }] of expected.entries())
    expect(Number(rows[at]?.['similarity_score']), String(at)).toBeCloseTo(similarity, 5);
}

describe.skipIf(database.kind === 'pglite')('find_similar_capabilities', () => {
  const accepted = (least: number): Capability[] =>
    capabilities.filter(({ status, confidence }) => status !== 'rejected' && confidence >= least);

  it.each([
    [10, 0.7],
    [1, 0.7],
    [150, 0.7],
    [150, 0.85],
    [10_000, 1],
    [25, 0],
  ])('finds what comparing with everything finds: %s of those from %s on', async (limit, least) => {
    const expected = nearest(accepted(least), limit);
    expect(expected.length).toBeGreaterThan(0);
    const rows = await similar('acme', `, null, ${limit}, ${least}`);
    expect(rows.map((row) => without(row, 'similarity_score'))).toEqual(
      expected.map(({ id, name, agent, confidence }) => ({
        ...{ capability_id: id, capability_name: name, agent_id: agent },
        confidence: confidence.toFixed(2),
      })),
    );
    expectSimilarity(rows, expected);
  });

  it('puts equal ones in the order of their identifiers', async () => {
    const equal = accepted(0).filter(({ embedding }) => embedding === repeated);
    expect(equal.length).toBeGreaterThan(5);
    const rows = await similar('acme', `, null, ${equal.length}, 0`, repeated);
    expect(rows.map((row) => row['capability_id'])).toEqual(equal.map(({ id }) => id).sort());
    for (const row of rows) expect(Number(row['similarity_score'])).toBeCloseTo(1, 6);
  });

  it('finds ten from a confidence of 0.7 on unless told otherwise', async () => {
    const rows = await similar('acme');
    expect(rows.map((row) => row['capability_id'])).toEqual(nearest(accepted(0.7), 10).map(({ id }) => id));
  });

  it('finds what is opposite last', async () => {
    const rows = await similar('acme', '', query);
    const opposite = await similar(
      'acme',
      ', null, 10000, 0',
      query.map((value) => -value),
    );
    expect(opposite.at(-1)?.['capability_id']).toBe(rows[0]?.['capability_id']);
    expect(Number(opposite.at(-1)?.['similarity_score'])).toBeLessThan(0);
  });

  it.each([
    ['0', 0],
    ['-1', '22023'],
    ['10001', '22023'],
    ['null', '22023'],
  ])('answers to a limit of %s with %s', async (limit, expected) => {
    for (const tenant of ['acme', 'empty'])
      await expect(
        undone(application, tenant, () =>
          outcomeOf(application, `select from find_similar_capabilities($1, null, ${limit})`, [
            vectorText(query),
          ]),
        ),
        tenant,
      ).resolves.toBe(expected);
  });

  it.each([
    ['two dimensions', '[1,2]', '22023'],
    ['769 dimensions', vectorText([...axis(0), 1]), '22023'],
    ['no direction', vectorText(axis(0).map(() => 0)), '22023'],
    ['NaN', vectorText(axis(0)).replace('1', 'NaN'), '22000'],
    // Their cosine is computed with single precision, where the squares are 0 and infinite.
    ['hardly any direction', vectorText(axis(0)).replace('1', '1e-30'), '22023'],
    ['too much of one', vectorText(axis(0)).replace('1', '1e30'), '22023'],
    ['nothing', null, 0],
  ])('answers to %s, whether or not there are rows', async (_, embedding, expected) => {
    for (const tenant of ['acme', 'empty'])
      for (const search of ['find_similar_capabilities', 'find_similar_caws_verdicts'])
        await expect(
          undone(application, tenant, () =>
            outcomeOf(application, `select from ${search}($1::text::vector)`, [embedding]),
          ),
          `${tenant} ${search}`,
        ).resolves.toBe(expected);
  });

  it.each(['0', '1e-30', '1e30'])(
    'meets no embedding whose cosine would be NaN, as with %s',
    async (length) => {
      const agent = `insert into agent_profiles (name, model_family, embedding) values ('x', 'human', $1)`;
      const capability = `
      insert into agent_capabilities_graph
        (agent_id, capability_name, canonical_name, confidence, extraction_confidence, embedding)
      values ('a', 'x', '', 0.9, 1, $1)`;
      const context = `
      insert into offloaded_contexts
        (summary, original_size_bytes, compressed_size_bytes, storage_location, storage_checksum, summary_embedding)
      values ('x', 1, 1, 'x', repeat('a', 64), $1)`;
      await undone(application, 'acme', async () => {
        for (const statement of [agent, capability, context]) {
          await expect(outcomeOf(application, statement, [vectorText(axis(0))])).resolves.toBe(0);
          await expect(
            outcomeOf(application, statement, [vectorText(axis(0)).replace('1', length)]),
            statement,
          ).resolves.toBe('23514');
        }
      });
    },
  );

  it('finds nothing from no confidence', async () => {
    await expect(similar('acme', ', null, 10, null')).resolves.toEqual([]);
  });

  it.each(['globex', 'nobody', ''])('shows nothing of the tenant %j, whoever asks', async (tenant) => {
    await expect(similar('acme', `, '${tenant}'`)).resolves.toEqual([]);
    await expect(similar(undefined, `, '${tenant}'`)).resolves.toEqual([]);
  });

  it('shows nothing to whoever has no tenant', async () => {
    await expect(similar(undefined)).resolves.toEqual([]);
    await expect(similar(undefined, `, 'acme'`)).resolves.toEqual([]);
  });

  it('is the same with the tenant’s own name', async () => {
    await expect(similar('acme', `, 'acme'`)).resolves.toEqual(await similar('acme'));
  });
});

describe.skipIf(database.kind === 'pglite')('a small tenant beside a large one that is nearer', () => {
  const own = capabilities.slice(0, 20);

  it('still gets as many as it asked for', async () => {
    const expected = nearest(
      own.filter(({ status }) => status !== 'rejected'),
      10,
    );
    expect(expected).toHaveLength(10);
    const rows = await similar('tiny');
    expect(rows.map((row) => row['capability_id'])).toEqual(expected.map(({ id }) => id));
  });

  it.each(['', 'set local enable_seqscan = off; set local enable_sort = off; set local hnsw.ef_search = 1'])(
    'gets them from a plain query too: no order of everybody’s embeddings is in its plan %s',
    async (settings) => {
      const plain = `
        select id from agent_capabilities_graph
        where embedding is not null order by embedding <=> '${vectorText(query)}' limit 10`;
      await undone(application, 'tiny', async () => {
        if (settings !== '') await application.query(settings);
        const { rows } = await application.query(plain);
        expect(rows.map((row) => row['id'])).toEqual(nearest(own, 10).map(({ id }) => id));
        const plan = (await application.query(`explain ${plain}`)).rows
          .map((row) => row['QUERY PLAN'])
          .join('\n');
        expect(plan).toContain('Sort');
        expect(plan).not.toContain('Order By');
      });
    },
  );
});

describe.skipIf(database.kind === 'pglite')('find_similar_caws_verdicts', () => {
  it.each([
    ['', 'verdict', 10],
    [', null, 3', 'verdict', 3],
    [`, 'verdict', 40`, 'verdict', 40],
    [`, 'waiver', 40`, 'waiver', 40],
    [`, 'gate'`, 'gate', 10],
    [`, 'nonsense'`, 'nonsense', 10],
    [', null, 0', 'verdict', 0],
  ])('finds with (embedding%s) what comparing with everything finds', async (more, type, limit) => {
    const expected = nearest(
      decisions.filter(({ entity_type }) => entity_type === type),
      limit,
    );
    const rows = await precedents('acme', more);
    expect(rows.map((row) => without(row, 'similarity_score', 'created_at'))).toEqual(
      expected.map(({ id, entity_id, entity_type, constitutional_refs }) => ({
        ...{ verdict_id: id, entity_id, entity_type, constitutional_refs },
      })),
    );
    expectSimilarity(rows, expected);
  });

  it.each(['-1', '10001', 'null'])('refuses a limit of %s', async (limit) => {
    await expect(precedents('acme', `, null, ${limit}`)).rejects.toMatchObject({ code: '22023' });
    await expect(precedents('empty', `, null, ${limit}`)).rejects.toMatchObject({ code: '22023' });
  });

  it('shows nothing of another tenant, and nothing without one', async () => {
    await expect(precedents('globex')).resolves.toEqual([]);
    await expect(precedents(undefined)).resolves.toEqual([]);
  });
});
