import { readFile } from 'node:fs/promises';
import { createTestTenants, explainStatements, useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  appendNodes,
  CompactRange,
  createTreeReader,
  emptyRoot,
  type InclusionProof,
  logLeafHash,
  proveConsistency,
  proveConsistencyBetween,
  proveInclusion,
  proveInclusionOf,
  proveInclusionsOf,
  type ProvenanceNodeRecord,
  rootAt,
  rootOf,
  tilePath,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from '../../src/index.ts';
import { logKeyOf } from '../checkpoint/log.ts';
import { testSigner } from '../fixtures/chain.ts';
import { nodesToAppend } from '../log/support/nodes.ts';
import { hex } from '../merkle/support/bytes.ts';
import { denseStore } from '../merkle/support/dense-tree.ts';
import { TileStore } from '../merkle/support/tile-store.ts';
import { administer, fabricatedHash, fabricateNodes, storeTiles } from './support/administer.ts';
import { prove } from './support/readme-proof.ts';

const app = useApplication(testDatabase());

/** Around the edges of tiles, and where subtrees are joined. */
const sizes = [1, 2, 3, 5, 255, 256, 257, 384, 511, 512, 513, 600];
const length = 600;
let tenant = '';
let log: readonly ProvenanceNodeRecord[] = [];
let leaves: readonly Uint8Array[] = [];

beforeAll(async () => {
  tenant = await app.newTenant();
  // In batches that complete no tile, one, and the rest.
  const appended = [200, 100, 300].map((count) =>
    app.inTenant(tenant, (tx) => appendNodes(tx, nodesToAppend(count), testSigner)),
  );
  log = (await Promise.all(appended)).flat().sort((a, b) => a.seq - b.seq);
  leaves = log.map(({ hashChain }) => logLeafHash(hashChain));
});

const inLog = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> => app.inTenant(tenant, work);
const naiveRoot = (size: number): Uint8Array => rootOf(leaves.slice(0, size));
const idsUpTo = (size: number): string[] => log.slice(0, size).map(({ id }) => id);

/** Texts are quicker to compare. */
const inHex = ({ id, seq, index, size, leafHash, proof, root }: InclusionProof): string =>
  [id, seq, index, size, ...[leafHash, root, ...proof].map(hex)].join(' ');

/** How many statements `work` runs. */
async function countStatements(work: (tx: TenantTransaction) => Promise<unknown>): Promise<number> {
  return inLog(async (tx) => {
    const executeQuery = vi.spyOn(tx.getExecutor(), 'executeQuery');
    await work(tx);
    return executeQuery.mock.calls.length;
  });
}

describe('proveInclusionOf and proveInclusionsOf', () => {
  it.each(sizes)('prove every node in the tree of %i, as a tree of leaves does', async (size) => {
    const { read } = denseStore(leaves);
    const root = naiveRoot(size);
    const expected = await Promise.all(
      log.slice(0, size).map(async ({ id, seq, hashChain }, index) => ({
        ...{ id, seq, index, size, root },
        leafHash: logLeafHash(hashChain),
        proof: await proveInclusion(index, size, read),
      })),
    );
    const proofs = await inLog((tx) => proveInclusionsOf(tx, { ids: idsUpTo(size), size }));
    expect(proofs.map(inHex)).toEqual(expected.map(inHex));
    expect(proofs.filter((proof) => !verifyInclusion({ ...proof, root }).ok)).toEqual([]);
  });

  it('prove a node by its id and by its number, in the whole log unless told', async () => {
    const id = log[416]?.id;
    const proof = await inLog((tx) => proveInclusionOf(tx, { id }));
    expect(proof).toMatchObject({ id, seq: 417, index: 416, size: length, root: naiveRoot(length) });
    expect(await inLog((tx) => proveInclusionOf(tx, { seq: 417, size: length }))).toEqual(proof);
    expect(await inLog((tx) => proveInclusionsOf(tx, { ids: [] }))).toEqual([]);
  });

  it('answer in the order asked', async () => {
    const ids = [599, 3, 300].map((index) => log[index]?.id ?? '');
    const proofs = await inLog((tx) => proveInclusionsOf(tx, { ids }));
    expect(proofs.map(({ id }) => id)).toEqual(ids);
  });

  it('run three statements for one node and for many, and two where the tree ends with a tile', async () => {
    expect(await countStatements((tx) => proveInclusionOf(tx, { seq: 1 }))).toBe(3);
    expect(await countStatements((tx) => proveInclusionsOf(tx, { ids: idsUpTo(length) }))).toBe(3);
    expect(await countStatements((tx) => proveInclusionOf(tx, { seq: 1, size: 512 }))).toBe(2);
    expect(await countStatements((tx) => proveInclusionOf(tx, { seq: 1, size: 1 }))).toBe(2);
  });

  it('refuse nodes and trees that the log does not have', async () => {
    const refused = (input: Parameters<typeof proveInclusionOf>[1]) =>
      expect(inLog((tx) => proveInclusionOf(tx, input))).rejects;
    await refused({ seq: length + 1 }).toMatchObject({ code: 'NODE_NOT_FOUND' });
    await refused({ seq: 1, size: length + 1 }).toMatchObject({ code: 'TREE_INVALID' });
    await refused({ seq: 5, size: 4 }).toMatchObject({ code: 'TREE_INVALID' });
    await refused({ seq: 1, size: 0 }).toMatchObject({ code: 'TREE_INVALID' });
  });

  it('do not see another tenant’s log', async () => {
    const other = await app.newTenant();
    const id = log[0]?.id;
    await expect(app.inTenant(other, (tx) => proveInclusionOf(tx, { id }))).rejects.toMatchObject({
      code: 'NODE_NOT_FOUND',
    });
    await app.inTenant(other, (tx) => appendNodes(tx, nodesToAppend(1), testSigner));
    await expect(
      app.inTenant(other, (tx) => proveInclusionsOf(tx, { ids: idsUpTo(2), size: 1 })),
    ).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
    await expect(app.inTenant(other, (tx) => rootAt(tx, 256))).rejects.toMatchObject({
      code: 'TREE_CORRUPT',
    });
  });

  it('refuse what is no node, and say everything that is wrong', async () => {
    const wrong = [
      {},
      { id: 'x' },
      { seq: 0 },
      { seq: 1.5 },
      { seq: 1, id: idsUpTo(1)[0] },
      { seq: 1, size: -1 },
    ];
    for (const input of wrong)
      await expect(
        inLog((tx) => proveInclusionOf(tx, input)),
        JSON.stringify(input),
      ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const [id = ''] = idsUpTo(1);
    await expect(inLog((tx) => proveInclusionsOf(tx, { ids: [id, id], size: NaN }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: 2 },
    });
  });
});

describe('proveConsistencyBetween', () => {
  it('proves all pairs of sizes, as a tree of leaves does', async () => {
    const { read } = denseStore(leaves);
    const all = [0, ...sizes];
    const naiveRoots = new Map(all.map((size) => [size, naiveRoot(size)]));
    const pairs = all.flatMap((oldSize) =>
      all.filter((newSize) => oldSize <= newSize).map((newSize) => ({ oldSize, newSize })),
    );
    await inLog(async (tx) => {
      for (const { oldSize, newSize } of pairs) {
        const claim = await proveConsistencyBetween(tx, oldSize, newSize);
        expect(claim).toEqual({
          oldSize,
          newSize,
          oldRoot: naiveRoots.get(oldSize),
          newRoot: naiveRoots.get(newSize),
          proof: await proveConsistency(oldSize, newSize, read),
        });
        expect(verifyConsistency(claim)).toEqual({ ok: true });
      }
    });
  });

  it('runs three statements', async () => {
    expect(await countStatements((tx) => proveConsistencyBetween(tx, 300, length))).toBe(3);
  });

  it.each([
    [2, 1, 'TREE_INVALID'],
    [0, length + 1, 'TREE_INVALID'],
    [-1, 1, 'INVALID_INPUT'],
    [1, 2.5, 'INVALID_INPUT'],
  ])('refuses to prove that %d became %d', async (oldSize, newSize, code) => {
    await expect(inLog((tx) => proveConsistencyBetween(tx, oldSize, newSize))).rejects.toMatchObject({
      code,
    });
  });
});

describe('rootAt', () => {
  it('answers the root of every size', async () => {
    for (const size of [0, ...sizes]) expect(await inLog((tx) => rootAt(tx, size))).toEqual(naiveRoot(size));
  });
});

describe('a log of 66,000 nodes, which has a full tile of the second level', () => {
  const leafOf = (index: number) => logLeafHash(fabricatedHash('n', index + 1));
  const grown = Array.from({ length: 66_000 }, (_, index) => leafOf(index));
  const store = new TileStore(grown);
  const edges = [65_535, 65_536, 65_537, 66_000];
  const roots = new Map<number, Uint8Array>();
  let large = '';

  beforeAll(() => {
    const range = new CompactRange();
    for (const leaf of grown) {
      range.append(leaf);
      if (edges.includes(range.size)) roots.set(range.size, range.root());
    }
  });

  /** The nodes and tiles that the proofs need; the database itself makes the last full tile of the first level, and the one above. */
  beforeAll(async () => {
    large = await app.newTenant();
    const early = [1, 256, 257, 40_000].map((seq) =>
      fabricateNodes(large, { from: seq, to: seq, word: 'n' }),
    );
    const tiles = Array.from({ length: 255 }, (_, index) => ({ level: 0, index, width: 256 }));
    await storeTiles(app.database.url, large, await store.readTiles(tiles));
    await administer(
      app.database.url,
      ...early,
      fabricateNodes(large, { from: 65_281, to: 66_000, word: 'n' }),
      `select app.put_provenance_tile('${large}', 0, 255), app.put_provenance_tile('${large}', 0, 256)`,
    );
  });

  it('has the tiles that a tree of leaves has', async () => {
    const wanted = [
      { level: 1, index: 0, width: 256 },
      { level: 0, index: 255, width: 256 },
      { level: 0, index: 256, width: 256 },
    ];
    const stored = await withSession(app.database.url, (session) =>
      session.query(
        `select format('%s/%s', level, tile_index) as place, hashes from provenance_tiles
         where tenant_id = $1 and (level = 1 or tile_index >= 255) order by level desc, tile_index`,
        [large],
      ),
    );
    expect(
      stored.rows.map(({ place, hashes }) => ({ place, hashes: new Uint8Array(hashes as Buffer) })),
    ).toEqual(
      (await store.readTiles(wanted)).map((hashes, place) => ({
        place: `${wanted[place]?.level}/${wanted[place]?.index}`,
        hashes,
      })),
    );
  });

  it.each(edges)('proves nodes in the tree of %i', async (size) => {
    const root = roots.get(size) ?? emptyRoot();
    for (const index of [0, 255, 256, 39_999, size - 2, size - 1]) {
      const { proof } = await app.inTenant(large, (tx) => proveInclusionOf(tx, { seq: index + 1, size }));
      expect(verifyInclusion({ leafHash: leafOf(index), index, size, proof, root })).toEqual({ ok: true });
    }
    const claim = await app.inTenant(large, (tx) => proveConsistencyBetween(tx, 40_000, size));
    expect(claim.newRoot).toEqual(root);
    expect(verifyConsistency(claim)).toEqual({ ok: true });
  });
});

describe('a tree that somebody with every right has changed', () => {
  const flipped = 'set_byte(hashes, 200, get_byte(hashes, 200) # 1)';
  it.each([
    ['a hash in a tile', `update provenance_tiles set hashes = ${flipped}`],
    ['the hash over a tile', 'update provenance_tiles set root = sha256(root)'],
    ['a tile that is gone', 'delete from provenance_tiles'],
    [
      'the node’s hash',
      `update caws_provenance_graph set hash_chain = repeat('0', 64) where seq = 2 and true`,
    ],
    ['a node at the edge that is gone', 'delete from caws_provenance_graph where seq = 290 and true'],
  ])('hands out no proof over %s', async (_, change) => {
    const changed = await app.newTenant();
    const owned = change.endsWith('true') ? `and tenant_id = '${changed}'` : `where tenant_id = '${changed}'`;
    await administer(
      app.database.url,
      fabricateNodes(changed, { from: 1, to: 300, word: changed }),
      'select app.complete_provenance_trees()',
    );
    await expect(app.inTenant(changed, (tx) => proveInclusionOf(tx, { seq: 2 }))).resolves.toHaveProperty(
      'size',
      300,
    );
    await administer(app.database.url, `${change} ${owned}`);
    await expect(app.inTenant(changed, (tx) => proveInclusionOf(tx, { seq: 2 }))).rejects.toMatchObject({
      code: 'TREE_CORRUPT',
    });
  });

  it('hands out no proof of consistency that contradicts itself', async () => {
    const changed = await app.newTenant();
    await administer(
      app.database.url,
      fabricateNodes(changed, { from: 1, to: 600, word: changed }),
      'select app.complete_provenance_trees()',
      `update provenance_tiles set hashes = ${flipped} where tenant_id = '${changed}'`,
    );
    await expect(app.inTenant(changed, (tx) => proveConsistencyBetween(tx, 100, 600))).rejects.toMatchObject({
      code: 'TREE_CORRUPT',
    });
  });

  it('says which tile is missing', async () => {
    const tile = { level: 0, index: 1, width: 256 };
    await expect(
      inLog((tx) => createTreeReader(tx, 10_000)([{ level: 7, index: 40 }])),
    ).rejects.toMatchObject({ code: 'TREE_CORRUPT', details: { tile: tilePath({ ...tile, index: 20 }) } });
  });
});

describe('plans, as the application role', () => {
  it('read a range of the primary key for each tile, and one of the log for leaves', async () => {
    await administer(app.database.url, 'analyze caws_provenance_graph, provenance_tiles');
    const [, tiles = [], nodes = []] = await inLog((tx) =>
      explainStatements(tx, () => proveInclusionOf(tx, { seq: 300 })),
    );
    const scanOf = (plan: typeof tiles, name: string) =>
      plan.filter((node) => node['Relation Name'] === name);
    expect(scanOf(tiles, 'provenance_tiles')).toMatchObject([{ 'Index Name': 'provenance_tiles_pkey' }]);
    expect(scanOf(tiles, 'provenance_tiles')[0]?.['Index Cond']).toMatch(
      /tenant_id.*level = .*tile_index >= .*tile_index < /,
    );
    expect(scanOf(nodes, 'caws_provenance_graph')).toMatchObject([
      { 'Index Name': 'caws_provenance_graph_seq_key' },
    ]);
    expect(scanOf(nodes, 'caws_provenance_graph')[0]?.['Index Cond']).toMatch(/tenant_id.*seq >= .*seq <= /);
    expect([...tiles, ...nodes].map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });
});

describe('README.md, of proofs', () => {
  it('shows an example that runs: its proof is held against its note', async () => {
    const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
    const example = (await read('support/readme-proof.ts')).replaceAll(/^export /gm, '');
    expect(await read('../../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
    await createTestTenants(app.database, 'acme');
    const [node] = await app.inTenant('acme', (tx) => appendNodes(tx, nodesToAppend(1), testSigner));
    const { note = '', proof } = (await prove(app.manager, node?.id ?? '', testSigner)) ?? {};
    const origin = 'log.example.com/acme';
    const verdict = verifyCheckpoint(note, { origin, logKeys: [logKeyOf(testSigner, origin)] });
    expect(proof).toMatchObject({ id: node?.id, leafHash: logLeafHash(node?.hashChain ?? '') });
    expect(proof && verdict.ok && verifyInclusion({ ...proof, ...verdict.checkpoint })).toEqual({ ok: true });
  });
});
