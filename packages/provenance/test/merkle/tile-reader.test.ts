import { describe, expect, it } from 'vitest';
import {
  CompactRange,
  createTileReader,
  inclusionSubtrees,
  proveConsistency,
  proveInclusion,
  type Subtree,
  type Tile,
  tilePath,
  verifyConsistency,
  verifyInclusion,
} from '../../src/verify.ts';
import { latin1, leafHashes } from './support/dense-tree.ts';
import { treeHash } from './support/rfc-9162.ts';
import { TileStore } from './support/tile-store.ts';

// One full tile of level 1 and all that hangs to the right of it.
const leaves = leafHashes(66_000);
const store = new TileStore(leaves);
const boundaries = [0, 1, 255, 256, 257, 511, 512, 32_768, 65_279, 65_280, 65_535, 65_536, 65_792, 65_999];

const leaf0 = new Uint8Array();
const subtrees = new Map<string, Uint8Array>();
const rootsBySize = new Map<number, Uint8Array>();
const range = new CompactRange();
for (const leaf of leaves) {
  for (const { level, index, hash } of range.append(leaf)) subtrees.set(key({ level, index }), hash);
  if (boundaries.includes(range.size) || range.size === leaves.length)
    rootsBySize.set(range.size, range.root());
}

function key({ level, index }: Subtree): string {
  return `${String(level)} ${String(index)}`;
}

describe('createTileReader', () => {
  it('answers every subtree as the tree has it', async () => {
    const read = createTileReader({ size: store.size, readTiles: store.readTiles });
    const asked = [...subtrees.keys()]
      .map((text) => text.split(' ').map(Number))
      .map(([level = 0, index = 0]) => ({ level, index }))
      .filter(({ level, index }) => level > 6 || index % 97 === 0 || index > 65_000 / 2 ** level);
    expect(asked.length).toBeGreaterThan(4000);
    const answered = await read(asked);
    expect(answered.map(latin1)).toEqual(asked.map((subtree) => latin1(subtrees.get(key(subtree)) ?? leaf0)));
  });

  it('agrees with the definition', async () => {
    const read = createTileReader({ size: store.size, readTiles: store.readTiles });
    const [low, high] = await read([
      { level: 7, index: 257 },
      { level: 9, index: 127 },
    ]);
    expect([low, high].map((hash) => latin1(hash ?? leaf0))).toEqual([
      treeHash(leaves.slice(257 * 128, 258 * 128).map(latin1)),
      treeHash(leaves.slice(127 * 512, 128 * 512).map(latin1)),
    ]);
  });

  it('makes proofs that hold, in the whole log and as it was earlier', async () => {
    for (const [size, root] of rootsBySize) {
      const read = createTileReader({ size, readTiles: store.readTiles });
      for (const index of boundaries.filter((place) => place < size)) {
        const proof = await proveInclusion(index, size, read);
        const leafHash = leaves[index] ?? leaf0;
        expect(verifyInclusion({ leafHash, index, size, proof, root })).toEqual({ ok: true });
      }
      for (const [oldSize, oldRoot] of rootsBySize) {
        if (oldSize > size) continue;
        const proof = await proveConsistency(oldSize, size, read);
        expect(verifyConsistency({ oldSize, newSize: size, oldRoot, newRoot: root, proof })).toEqual({
          ok: true,
        });
      }
    }
  });

  it('reads each tile once, and only tiles that the tree of that size has', async () => {
    const asked: string[][] = [];
    const readTiles = (tiles: readonly Tile[]): Promise<Uint8Array[]> => {
      asked.push(tiles.map(tilePath));
      return store.readTiles(tiles);
    };
    await proveInclusion(300, 65_999, createTileReader({ size: 65_999, readTiles }));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.toSorted()).toEqual(['tile/0/001', 'tile/0/257.p/207', 'tile/1/000', 'tile/1/001.p/1']);
  });

  it('refuses a proof beyond the size it was made for', async () => {
    const read = createTileReader({ size: 300, readTiles: store.readTiles });
    await expect(proveInclusion(0, 301, read)).rejects.toMatchObject({ code: 'TREE_INVALID' });
  });

  it.each<[string, (answer: Uint8Array[]) => unknown[]]>([
    ['nothing', () => []],
    ['a tile too few', (answer) => answer.slice(1)],
    ['a tile cut short', ([first, ...rest]) => [first?.slice(32), ...rest]],
    ['hashes and a half', ([first, ...rest]) => [first?.slice(16), ...rest]],
    ['text', ([, ...rest]) => ['tile', ...rest]],
  ])('refuses a store that answers %s', async (_what, spoil) => {
    const readTiles = async (tiles: readonly Tile[]): Promise<Uint8Array[]> =>
      spoil(await store.readTiles(tiles)) as Uint8Array[];
    const read = createTileReader({ size: 700, readTiles });
    expect(inclusionSubtrees(3, 700).length).toBeGreaterThan(8);
    await expect(proveInclusion(3, 700, read)).rejects.toMatchObject({ code: 'TREE_STORE_FAULTY' });
  });
});
