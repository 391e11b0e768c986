import { randomUUID } from 'node:crypto';
import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { encodeVector, type TenantTransaction } from '@agent-agency/db-core';
import { settlePlans, withSession } from '@agent-agency/testing';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  appendNodes,
  findByRef,
  findSimilarVerdicts,
  getNode,
  type NodeEmbedding,
  type NodeToAppend,
  putEmbeddings,
  type RefQuery,
  removeEmbeddings,
  type VerdictSimilarityQuery,
  verifyLog,
} from '../../src/index.ts';
import { testSigner } from '../fixtures/chain.ts';
import { nodeToAppend } from '../log/support/nodes.ts';
import { countReads } from './support/count-reads.ts';
import { plantNodes } from './support/planted-log.ts';
import { uuidOf } from './support/random-dags.ts';
import { cosine, nearestTo, topicalVectors } from './support/topical-vectors.ts';

const app = useApplication(testDatabase());
const draw = topicalVectors(1);
const refs: readonly (readonly string[])[] = [
  ['CAWS:Section4', 'CAWS:§7'],
  ['CAWS:Section4.2'],
  ['CAWS:Section4.2', 'CAWS:Section4.1', 'CAWS:Section4'],
  [],
  ['caws:Section4'],
  ['100%', '100 per cent', 'a_b'],
  ['x'.repeat(1024)],
  ['CAWS:Section4.2'],
];
const nodes: readonly NodeToAppend[] = refs.map((constitutionalRefs, place) =>
  nodeToAppend({
    id: uuidOf(`ref ${place}`),
    entityId: `NODE-${place}`,
    entityType: place === 7 ? 'waiver' : 'verdict',
    constitutionalRefs,
  }),
);
const idAt = (place: number): string => nodes[place]?.id ?? '';
let [tenant, crowded, other] = ['', '', ''];
/** Of the nodes of the crowded tenant; every tenth is a waiver. */
const vectors = new Map<string, Float32Array>();

beforeAll(async () => {
  [tenant = '', crowded = '', other = ''] = await app.newTenants(3);
  await knowOnlySmallTenants();
  await app.inTenant(tenant, (tx) => appendNodes(tx, nodes, testSigner));
  await plantNodes(
    app.database.url,
    crowded,
    `select n, case when n % 10 = 0 then 'waiver' else 'verdict' end, '{}'::integer[] from generate_series(1, 1500) as n`,
  );
  await app.inTenant(crowded, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id from caws_provenance_graph where tenant_id = ${crowded} order by seq
    `.execute(tx);
    for (const { id } of rows) vectors.set(id, draw());
    await putEmbeddings(
      tx,
      [...vectors].map(([nodeId, embedding]) => ({ nodeId, embedding })),
    );
  });
});

/** The planner's statistics are of tenants with one row in each table: what comes then is newer. */
async function knowOnlySmallTenants(): Promise<void> {
  for (const small of await app.newTenants(3)) {
    await plantNodes(app.database.url, small, `values (1, 'verdict', '{}'::integer[])`);
    await app.inTenant(small, async (tx) => {
      const { id } = await getNode(tx, { seq: 1 });
      await putEmbeddings(tx, [{ nodeId: id, embedding: draw() }]);
    });
  }
  await withSession(app.database.url, async (session) => {
    await session.query(`
      set session_replication_role = replica;
      insert into provenance_refs (tenant_id, ref, seq, node_id)
      select tenant_id, 'CAWS:1', seq, id from caws_provenance_graph;
    `);
    await settlePlans(session);
  });
}

const inLog = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> => app.inTenant(tenant, work);

describe('findByRef', () => {
  const find = (query: RefQuery) => inLog((tx) => findByRef(tx, query));
  const placesOf = async (query: RefQuery): Promise<(readonly [number, string])[]> =>
    (await find(query)).nodes.map(({ id, ref }) => [nodes.findIndex((node) => node.id === id), ref]);

  it('finds the nodes that refer to a clause, in the order of the log', async () => {
    expect(await placesOf({ ref: 'CAWS:Section4.2' })).toEqual([
      [1, 'CAWS:Section4.2'],
      [2, 'CAWS:Section4.2'],
      [7, 'CAWS:Section4.2'],
    ]);
    expect(await placesOf({ ref: 'CAWS:Section4.2', entityTypes: ['waiver'] })).toEqual([
      [7, 'CAWS:Section4.2'],
    ]);
    expect(await placesOf({ ref: 'CAWS:Section9' })).toEqual([]);
    expect((await find({ ref: 'CAWS:§7' })).nodes).toEqual([
      expect.objectContaining({ id: idAt(0), seq: 1, constitutionalRefs: refs[0], ref: 'CAWS:§7' }),
    ]);
  });

  it('finds the nodes whose clauses begin so, by clause and number', async () => {
    expect(await placesOf({ prefix: 'CAWS:Section4' })).toEqual([
      [0, 'CAWS:Section4'],
      [2, 'CAWS:Section4'],
      [2, 'CAWS:Section4.1'],
      [1, 'CAWS:Section4.2'],
      [2, 'CAWS:Section4.2'],
      [7, 'CAWS:Section4.2'],
    ]);
  });

  it.each<[string, RefQuery, number[]]>([
    ['a percent sign', { prefix: '100%' }, [5]],
    ['a percent sign alone', { prefix: '%' }, []],
    ['an underscore', { prefix: 'a_' }, [5]],
    ['a backslash', { ref: '\\' }, []],
    ['quotes', { prefix: `'; drop table provenance_refs; --` }, []],
    ['the longest ref', { ref: 'x'.repeat(1024) }, [6]],
    ['the last of all characters', { prefix: '\u{10ffff}' }, []],
  ])('takes %s as it stands', async (_, query, places) => {
    expect((await placesOf(query)).map(([place]) => place)).toEqual(places);
  });

  it.each([1, 2, 3, 5])('gives each node once in pages of %s', async (limit) => {
    for (const query of [{ prefix: 'CAWS:' }, { ref: 'CAWS:Section4.2' }] as const) {
      const paged: unknown[] = [];
      let after: string | undefined;
      do {
        const page = await find({ ...query, limit, ...(after !== undefined && { after }) });
        paged.push(...page.nodes);
        after = page.next;
      } while (after !== undefined);
      expect(paged).toEqual((await find(query)).nodes);
    }
  });

  it('finds nothing of another tenant', async () => {
    expect(await app.inTenant(other, (tx) => findByRef(tx, { prefix: 'CAWS:' }))).toEqual({ nodes: [] });
  });

  it.each<[string, object]>([
    ['neither a ref nor a prefix', {}],
    ['both', { ref: 'a', prefix: 'a' }],
    ['an empty prefix', { prefix: '' }],
    ['NUL', { ref: 'a\0' }],
    ['half of a surrogate pair', { prefix: '\ud800' }],
    ['what is longer than any ref', { ref: 'x'.repeat(10_000) }],
    ['1,025 bytes', { prefix: `${'§'.repeat(512)}x` }],
    ['a limit of 0', { ref: 'a', limit: 0 }],
    ['a limit of 1,001', { ref: 'a', limit: 1001 }],
    ['types that there are not', { ref: 'a', entityTypes: ['agent'] }],
    ['a place that is none', { ref: 'a', after: 'x' }],
    ['a place with NUL', { ref: 'a', after: `1.${Buffer.from('\0').toString('base64url')}` }],
  ])('refuses %s', async (_, query) => {
    await expect(find(query as RefQuery)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('putEmbeddings, removeEmbeddings', () => {
  it('change nothing that is verified', async () => {
    const before = await inLog((tx) => verifyLog(tx, { keys: [testSigner] }));
    await inLog(async (tx) => {
      for (let round = 0; round < 2; round += 1)
        await putEmbeddings(
          tx,
          nodes.map(({ id }) => ({ nodeId: id, embedding: draw() })),
        );
    });
    expect(before).toMatchObject({ valid: true, head: { seq: nodes.length } });
    expect(await inLog((tx) => verifyLog(tx, { keys: [testSigner] }))).toEqual(before);
  });

  it('put the last one in the place of those before', async () => {
    const [first, second] = [draw(), draw()];
    await inLog(async (tx) => {
      await putEmbeddings(tx, [{ nodeId: idAt(0), embedding: first }]);
      await putEmbeddings(tx, [{ nodeId: idAt(0), embedding: second }]);
      const [nearest] = await findSimilarVerdicts(tx, { embedding: first, limit: 100 });
      const found = await findSimilarVerdicts(tx, { embedding: second, limit: 1 });
      expect(nearest?.similarity).toBeLessThan(0.99);
      expect(found).toMatchObject([{ id: idAt(0), similarity: expect.closeTo(1, 6) as number }]);
    });
  });

  it('remove those that are there', async () => {
    await inLog(async (tx) => {
      await putEmbeddings(tx, [{ nodeId: idAt(3), embedding: draw() }]);
      expect(await removeEmbeddings(tx, [idAt(3), randomUUID()])).toBe(1);
      expect(await removeEmbeddings(tx, [idAt(3)])).toBe(0);
      const found = await findSimilarVerdicts(tx, { embedding: draw(), limit: 100 });
      expect(found.map(({ id }) => id)).not.toContain(idAt(3));
    });
    expect(await app.inTenant(other, (tx) => removeEmbeddings(tx, [...vectors.keys()]))).toBe(0);
  });

  it.each([
    ['that is not there', () => uuidOf('nobody')],
    ['of another tenant', () => [...vectors.keys()][0] ?? ''],
  ])('know no node %s', async (_, nodeId) => {
    await expect(
      inLog((tx) => putEmbeddings(tx, [{ nodeId: nodeId(), embedding: draw() }])),
    ).rejects.toMatchObject({ code: 'FOREIGN_KEY_VIOLATION' });
  });

  it.each<[string, () => object[]]>([
    ['a node twice', () => [0, 0].map((place) => ({ nodeId: idAt(place), embedding: draw() }))],
    ['767 dimensions', () => [{ nodeId: idAt(0), embedding: draw().slice(1) }]],
    ['NaN', () => [{ nodeId: idAt(0), embedding: draw().fill(Number.NaN, 5, 6) }]],
    ['infinity', () => [{ nodeId: idAt(0), embedding: draw().fill(Infinity, 5, 6) }]],
    ['no direction', () => [{ nodeId: idAt(0), embedding: new Float32Array(768) }]],
    ['a length that is nothing', () => [{ nodeId: idAt(0), embedding: new Float32Array(768).fill(1e-30) }]],
    ['an array of numbers', () => [{ nodeId: idAt(0), embedding: [...draw()] }]],
    ['what is no id', () => [{ nodeId: '*', embedding: draw() }]],
  ])('refuse %s', async (_, embeddings) => {
    await expect(inLog((tx) => putEmbeddings(tx, embeddings() as NodeEmbedding[]))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('findSimilarVerdicts', () => {
  const find = (query: VerdictSimilarityQuery) =>
    app.inTenant(crowded, (tx) => findSimilarVerdicts(tx, query));
  const idsOf = async (query: VerdictSimilarityQuery): Promise<string[]> =>
    (await find(query)).map(({ id }) => id);
  const ofType = (type: 'verdict' | 'waiver') =>
    new Map([...vectors].filter((_, place) => (place % 10 === 9) === (type === 'waiver')));

  it('finds 99 of 100 true neighbors', async () => {
    const verdicts = ofType('verdict');
    let found = 0;
    for (let question = 0; question < 20; question += 1) {
      const embedding = draw();
      const expected = new Set(nearestTo(embedding, verdicts, 10));
      found += (await idsOf({ embedding })).filter((id) => expected.has(id)).length;
    }
    expect(found).toBeGreaterThanOrEqual(198);
  });

  it('finds nodes of another type, and all that there are', async () => {
    const embedding = draw();
    const expected = nearestTo(embedding, ofType('waiver'), 150);
    expect(expected).toHaveLength(150);
    expect(await idsOf({ embedding, entityType: 'waiver', limit: 10_000 })).toEqual(expected);
    expect(await idsOf({ embedding, entityType: 'spec' })).toEqual([]);
  });

  it('says of each what it is', async () => {
    const embedding = draw();
    const [nearest] = await find({ embedding, limit: 1 });
    const vector = vectors.get(nearest?.id ?? '') ?? new Float32Array();
    expect(nearest).toEqual({
      id: expect.any(String) as string,
      entityType: 'verdict',
      entityId: expect.stringMatching(/^PLANTED-\d+$/) as string,
      constitutionalRefs: [],
      createdAt: expect.any(Date) as Date,
      similarity: expect.closeTo(cosine(embedding, vector), 5) as number,
    });
  });

  it('finds what is like a node, without that one', async () => {
    const [nodeId = '', embedding = draw()] = [...vectors][0] ?? [];
    const expected = nearestTo(embedding, ofType('verdict'), 6).filter((id) => id !== nodeId);
    expect(await idsOf({ nodeId, limit: 5 })).toEqual(expected);
  });

  it('knows no node that is not there, is another tenant’s, or has no embedding', async () => {
    for (const nodeId of [uuidOf('nobody'), idAt(0)])
      await expect(find({ nodeId })).rejects.toMatchObject({
        code: 'NODE_NOT_FOUND',
        details: { id: nodeId },
      });
    await inLog(async (tx) => {
      await removeEmbeddings(tx, [idAt(0)]);
      await expect(findSimilarVerdicts(tx, { nodeId: idAt(0) })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: 'nodeId' },
      });
    });
  });

  it.each<[string, object]>([
    ['nothing to be like', {}],
    ['both', { embedding: draw(), nodeId: uuidOf('x') }],
    ['767 dimensions', { embedding: draw().slice(1) }],
    ['a limit of 0', { embedding: draw(), limit: 0 }],
    ['a limit of 10,001', { embedding: draw(), limit: 10_001 }],
    ['a type that there is not', { embedding: draw(), entityType: 'agent' }],
  ])('refuses %s', async (_, query) => {
    await expect(find(query as VerdictSimilarityQuery)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('reads, of a tenant that is newer than its statistics', () => {
  const tables = ['caws_provenance_graph', 'provenance_embeddings', 'provenance_refs'];
  const readsOf = (work: (tx: TenantTransaction) => Promise<unknown>) =>
    app.inTenant(crowded, (tx) => countReads(tx, tables, () => work(tx)));

  it('findByRef reads no more than its page', async () => {
    await withSession(app.database.url, (session) =>
      session.query(`
        set session_replication_role = replica;
        insert into provenance_refs (tenant_id, ref, seq, node_id)
        select tenant_id, 'CAWS:' || seq % 3, seq, id from caws_provenance_graph where tenant_id = '${crowded}';
      `),
    );
    for (const query of [{ ref: 'CAWS:1' }, { prefix: 'CAWS:' }]) {
      const reads = await readsOf((tx) => findByRef(tx, { ...query, limit: 9 }));
      expect(reads).toEqual({ idx_provenance_constitutional: 10, caws_provenance_graph_pkey: 10 });
    }
  });

  it('findSimilarVerdicts reads every sign, few vectors, and the nodes that it returns', async () => {
    const reads = await readsOf((tx) => findSimilarVerdicts(tx, { embedding: draw() }));
    expect(reads).toEqual({
      idx_provenance_embedding: 1350,
      provenance_embeddings_pkey: expect.any(Number) as number,
      caws_provenance_graph_pkey: 10,
    });
    expect(reads['provenance_embeddings_pkey']).toBeLessThan(400);
  });

  it('hybrid_search reads each vector, and no vector for each other one', async () => {
    const reads = await readsOf((tx) =>
      sql`select * from hybrid_search(${encodeVector(draw())}::vector, 'accept', 10, 2)`.execute(tx),
    );
    expect(reads['provenance_embeddings_pkey']).toBe(3000);
    for (const count of Object.values(reads)) expect(count).toBeLessThanOrEqual(20 * 1500);
  });
});
