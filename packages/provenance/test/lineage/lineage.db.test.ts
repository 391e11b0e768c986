import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import { settlePlans, withSession } from '@agent-agency/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ancestry,
  appendNodes,
  descendants,
  type EntityType,
  getNode,
  type Lineage,
  type LineageQuery,
  waiversOf,
  type WaiverQuery,
} from '../../src/index.ts';
import { testSigner } from '../fixtures/chain.ts';
import { nodeToAppend } from '../log/support/nodes.ts';
import { countReads } from './support/count-reads.ts';
import { NaiveLineage } from './support/naive-lineage.ts';
import { plantNodes } from './support/planted-log.ts';
import { idOf, nameOf, project } from './support/project.ts';
import { numbersFrom, randomDags, uuidOf } from './support/random-dags.ts';

const app = useApplication(testDatabase());
const dags = randomDags(200, 1);
let [tenant, layered, looped] = ['', '', ''];

/** A log with 4^79 ways through it: 80 layers of 50 verdicts, each with four parents in the layer before. */
const LAYERS = `
  select n, 'verdict', case when n > 50 then array(
    select (n - 1) / 50 * 50 - 50 + (n * 7 + ordinal * 13) % 50 + 1 from generate_series(1, 4) as ordinal
  ) else '{}'::integer[] end
  from generate_series(1, 4000) as n
`;

beforeAll(async () => {
  [tenant = '', layered = '', looped = ''] = await app.newTenants(3);
  // The planner's statistics are of tenants with two nodes: what comes then is newer.
  for (const small of await app.newTenants(3))
    await plantNodes(
      app.database.url,
      small,
      `values (1, 'spec', '{}'::integer[]), (2, 'verdict', array[1])`,
    );
  await withSession(app.database.url, (session) => settlePlans(session));
  const nodes = [...dags.flat(), ...Object.values(project)];
  for (let from = 0; from < nodes.length; from += 500)
    await app.inTenant(tenant, (tx) => appendNodes(tx, nodes.slice(from, from + 500), testSigner));
  await plantNodes(app.database.url, layered, LAYERS);
  await plantNodes(
    app.database.url,
    looped,
    `values (1, 'spec', array[3]), (2, 'waiver', array[1, 99]), (3, 'verdict', array[2]), (4, 'gate', array[99])`,
  );
});

const inLog = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> => app.inTenant(tenant, work);
const planted = (owner: string, seq: number): Promise<string> =>
  app.inTenant(owner, async (tx) => (await getNode(tx, { seq })).id);
const placesOf = ({ nodes }: Lineage): [string, number][] => nodes.map(({ id, depth }) => [id, depth]);

describe('ancestry, descendants', () => {
  it('find what a walk in memory finds, in 200 graphs', async () => {
    const random = numbersFrom(2);
    await inLog(async (tx) => {
      for (const dag of dags) {
        const naive = new NaiveLineage(dag);
        const id = dag[Math.floor(random() * dag.length)]?.id ?? '';
        const up = await ancestry(tx, { id });
        const down = await descendants(tx, { id });
        expect(placesOf(up)).toEqual(naive.ancestry(id));
        expect(placesOf(down)).toEqual(naive.descendants(id));
        expect([up.truncated, down.truncated]).toEqual([undefined, undefined]);
      }
    });
  });

  it('leave out what was not asked for, and say up to where nothing else is missing', async () => {
    const random = numbersFrom(3);
    let truncated = 0;
    await inLog(async (tx) => {
      for (const dag of dags.filter(({ length }) => length > 6)) {
        const naive = new NaiveLineage(dag);
        const id = dag.at(-1)?.id ?? '';
        const maxDepth = 1 + Math.floor(random() * 3);
        const limit = 1 + Math.floor(random() * 4);
        const entityTypes: EntityType[] = ['waiver', 'gate', 'spec', 'policy'];
        const wanted = naive
          .ancestry(id)
          .filter(([, depth]) => depth <= maxDepth)
          .filter(([node]) => entityTypes.includes(naive.typeOf(node)));
        const found = await ancestry(tx, { id, maxDepth, limit, entityTypes });
        expect(placesOf(found)).toEqual(wanted.slice(0, limit));
        const [, beyond] = wanted[limit] ?? [];
        expect(found.truncated).toEqual(beyond && { reason: 'limit', completeDepth: beyond - 1 });
        truncated += beyond === undefined ? 0 : 1;
      }
    });
    expect(truncated).toBeGreaterThan(5);
  });

  it('say of each node what it is', async () => {
    const { nodes } = await inLog((tx) => descendants(tx, { id: idOf('gate'), maxDepth: 1 }));
    const { hashChain, seq } = await inLog((tx) => getNode(tx, { id: idOf('verdict') }));
    expect(nodes).toEqual([
      {
        ...{ id: idOf('verdict'), seq, entityType: 'verdict', entityId: 'verdict', depth: 1 },
        parentIds: [idOf('gate'), idOf('spec')],
        constitutionalRefs: ['CAWS:Section4.2', 'CAWS:§7'],
        description: 'accepted',
        createdAt: new Date('2026-01-01T00:00:00Z'),
        hashChain,
      },
    ]);
  });

  it('go once to a node that many ways lead to', async () => {
    const last = await planted(layered, 4000);
    const { nodes, truncated } = await app.inTenant(layered, (tx) =>
      ancestry(tx, { id: last, limit: 10_000 }),
    );
    expect(truncated).toBeUndefined();
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    expect(nodes.at(-1)).toMatchObject({ depth: 79, seq: 50 });
    expect(nodes.filter(({ seq }) => seq <= 50)).toHaveLength(50);
  });

  it('reach no more nodes than they may, the nearest first', async () => {
    const first = await planted(layered, 1);
    const { nodes, truncated } = await app.inTenant(layered, (tx) =>
      descendants(tx, { id: first, limit: 1000, maxNodes: 100 }),
    );
    expect(nodes).toHaveLength(100);
    expect(truncated?.reason).toBe('maxNodes');
    const all = await app.inTenant(layered, (tx) =>
      descendants(tx, { id: first, limit: 1000, maxDepth: truncated?.completeDepth }),
    );
    expect(nodes.slice(0, all.nodes.length)).toEqual(all.nodes);
    expect(nodes[all.nodes.length]?.depth).toBe((truncated?.completeDepth ?? 0) + 1);
  });

  it('end, although somebody has bent the tables into a ring', async () => {
    const [spec, waiver, verdict, gate] = await Promise.all([1, 2, 3, 4].map((seq) => planted(looped, seq)));
    await app.inTenant(looped, async (tx) => {
      expect(placesOf(await ancestry(tx, { id: verdict ?? '' }))).toEqual([
        [waiver, 1],
        [spec, 2],
      ]);
      expect(placesOf(await descendants(tx, { id: verdict ?? '' }))).toEqual([
        [spec, 1],
        [waiver, 2],
      ]);
      expect(await ancestry(tx, { id: gate ?? '' })).toEqual({ nodes: [] });
      expect((await waiversOf(tx, { id: verdict ?? '' })).waivers).toMatchObject([
        { id: waiver, relation: 'ancestor', depth: 1 },
      ]);
    });
  });

  it('know no node that is not there, or another tenant’s', async () => {
    for (const [owner, id] of [
      [tenant, uuidOf('nobody')],
      [looped, idOf('verdict')],
    ] as const)
      for (const read of [ancestry, descendants, waiversOf])
        await expect(app.inTenant<unknown>(owner, (tx) => read(tx, { id }))).rejects.toMatchObject({
          code: 'NODE_NOT_FOUND',
          details: { id },
        });
  });

  it('go a million steps if they are asked to', async () => {
    const found = await inLog((tx) => ancestry(tx, { id: idOf('verdict'), maxDepth: 1_000_000 }));
    expect(found.nodes).toHaveLength(5);
  });

  it.each<[string, object]>([
    ['no id', {}],
    ['an id in capitals', { id: idOf('verdict').toUpperCase() }],
    ['what is no id', { id: '%' }],
    ['no steps', { id: idOf('verdict'), maxDepth: 0 }],
    ['more than a million steps', { id: idOf('verdict'), maxDepth: 1_000_001 }],
    ['half a step', { id: idOf('verdict'), maxDepth: 1.5 }],
    ['a limit of 0', { id: idOf('verdict'), limit: 0 }],
    ['a limit of 100,001', { id: idOf('verdict'), limit: 100_001 }],
    ['no budget', { id: idOf('verdict'), maxNodes: 0 }],
    ['types that there are not', { id: idOf('verdict'), entityTypes: ['agent'] }],
    ['no types', { id: idOf('verdict'), entityTypes: [] }],
    ['what it does not know', { id: idOf('verdict'), depth: 3 }],
  ])('refuse %s', async (_, query) => {
    await inLog(async (tx) => {
      for (const read of [ancestry, descendants])
        await expect(read(tx, query as LineageQuery)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });
  });
});

describe('waiversOf', () => {
  it('finds what three walks in memory find, in 200 graphs', async () => {
    let found = 0;
    await inLog(async (tx) => {
      for (const dag of dags) {
        const naive = new NaiveLineage(dag);
        const id = (dag.findLast(({ entityType }) => entityType === 'verdict') ?? dag[0])?.id ?? '';
        const { waivers, truncated } = await waiversOf(tx, { id });
        expect(waivers.map((waiver) => [waiver.id, waiver.relation, waiver.depth])).toEqual(
          naive.waiversOf(id),
        );
        expect(truncated).toBeUndefined();
        found += waivers.length;
      }
    });
    expect(found).toBeGreaterThan(100);
  });

  it('finds them at any depth, on both sides, and none of another verdict', async () => {
    const { waivers } = await inLog((tx) => waiversOf(tx, { id: idOf('verdict') }));
    expect(waivers.map(({ id, relation, depth }) => [nameOf(id), relation, depth])).toEqual([
      ['applied waiver', 'ancestor', 2],
      ['old waiver', 'ancestor', 3],
      ['granted waiver', 'descendant', 2],
      ['unused waiver', 'same-evidence', 1],
      ['waiver of all', 'same-evidence', 1],
    ]);
  });

  it('says when there are more', async () => {
    await inLog(async (tx) => {
      const few = await waiversOf(tx, { id: idOf('verdict'), limit: 2 });
      expect(few.waivers).toHaveLength(2);
      expect(few.truncated).toEqual({ reason: 'limit' });
      const early = await waiversOf(tx, { id: idOf('verdict'), maxNodes: 2 });
      expect(early.truncated).toEqual({ reason: 'maxNodes' });
      expect(await waiversOf(tx, { id: idOf('lonely verdict') })).toEqual({ waivers: [] });
    });
  });

  it.each<[string, object]>([
    ['no id', {}],
    ['a limit of 0', { id: idOf('verdict'), limit: 0 }],
    ['a budget of more than a million', { id: idOf('verdict'), maxNodes: 1_000_001 }],
    ['a depth', { id: idOf('verdict'), maxDepth: 1 }],
  ])('refuses %s', async (_, query) => {
    await expect(inLog((tx) => waiversOf(tx, query as WaiverQuery))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

const readsOf = (work: (tx: TenantTransaction) => Promise<unknown>): Promise<Record<string, number>> =>
  app.inTenant(layered, (tx) =>
    countReads(tx, ['caws_provenance_graph', 'provenance_parents'], () => work(tx)),
  );

describe('reads, of a tenant that is newer than its statistics', () => {
  it.each<[string, number, (tx: TenantTransaction, id: string) => Promise<unknown>, Record<string, number>]>([
    ['ancestry', 4000, (tx, id) => ancestry(tx, { id }), { caws_provenance_graph_pkey: 2 * 3848 }],
    [
      'descendants',
      1,
      (tx, id) => descendants(tx, { id }),
      { caws_provenance_graph_pkey: 3848, idx_provenance_parents_parent: 15_192 },
    ],
    [
      'waiversOf',
      2000,
      (tx, id) => waiversOf(tx, { id }),
      { caws_provenance_graph_pkey: 5593, idx_provenance_parents_parent: 7392 },
    ],
    [
      'getNode',
      7,
      (tx, id) => getNode(tx, { id }),
      { caws_provenance_graph_pkey: 1, caws_provenance_graph_seq_key: 2 },
    ],
  ])('%s reads each node and each edge once', async (_, seq, read, expected) => {
    const id = await planted(layered, seq);
    expect(await readsOf((tx) => read(tx, id))).toEqual(expected);
  });
  it('getNode by entity reads three entries', async () => {
    const reads = await readsOf((tx) => getNode(tx, { entityType: 'verdict', entityId: 'PLANTED-7' }));
    expect(Object.values(reads).reduce((sum, count) => sum + count)).toBe(3);
  });
  it('appendNodes reads the parents, and nothing else of the log', async () => {
    const [grown] = await app.newTenants(1);
    const parents = [nodeToAppend(), nodeToAppend()];
    await app.inTenant(grown ?? '', (tx) => appendNodes(tx, parents, testSigner));
    await plantNodes(
      app.database.url,
      grown ?? '',
      `select n, 'spec', '{}'::integer[] from generate_series(1000, 2000) as n`,
    );
    const append = (tx: TenantTransaction) =>
      appendNodes(
        tx,
        [nodeToAppend({ parents: parents.map(({ id }) => id), constitutionalRefs: ['CAWS:§7'] })],
        testSigner,
      );
    const reads = await app.inTenant(grown ?? '', async (tx) => {
      // Five times a session plans the check of a foreign key for the tenant, then for every tenant.
      for (let round = 0; round < 6; round += 1) await append(tx);
      return countReads(tx, ['caws_provenance_graph'], () => append(tx));
    });
    expect(Object.values(reads).reduce((sum, count) => sum + count)).toBeLessThan(20);
  });
});
