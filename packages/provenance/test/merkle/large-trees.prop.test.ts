import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createTileReader,
  proveConsistency,
  proveInclusion,
  type SubtreeReader,
  type Tile,
  verifyConsistency,
  verifyInclusion,
} from '../../src/verify.ts';
import { flip } from './support/bytes.ts';
import { SparseTree } from './support/sparse-tree.ts';

/** Sizes of every magnitude, and around every power of two. */
function sizes(max: number): fc.Arbitrary<number> {
  const bits = Math.ceil(Math.log2(max));
  const powers = fc
    .tuple(fc.integer({ min: 0, max: bits }), fc.integer({ min: -2, max: 2 }))
    .map(([bit, offset]) => Math.min(max, Math.max(1, 2 ** bit + offset)));
  const magnitudes = fc
    .tuple(fc.integer({ min: 1, max: bits }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([bit, part]) => Math.min(max, 1 + Math.floor(part * (2 ** bit - 1))));
  return fc.oneof(powers, magnitudes);
}

/** Two different numbers below or equal to a size, and the size. */
function growth(max: number): fc.Arbitrary<{ size: number; oldSize: number; index: number }> {
  return fc.tuple(sizes(max), sizes(max), sizes(max)).map(([a, b, c]) => {
    const [first = a, second = b, size = c] = [a, b, c].sort((one, other) => one - other);
    return { size, oldSize: second, index: first - 1 };
  });
}

/** The proofs of a tree in which the interesting leaves are unlike all others, checked against the definition. */
async function check(
  { size, oldSize, index }: { size: number; oldSize: number; index: number },
  readerOf: (tree: SparseTree) => SubtreeReader,
): Promise<void> {
  const tree = new SparseTree([index, oldSize - 1, size - 1]);
  const read = readerOf(tree);
  const [oldRoot, newRoot] = [tree.root(oldSize), tree.root(size)];
  const inclusion = await proveInclusion(index, size, read);
  expect(inclusion).toEqual(tree.inclusionPath(index, size));
  const included = { leafHash: tree.leaf(index), index, size, root: newRoot };
  expect(verifyInclusion({ ...included, proof: inclusion })).toEqual({ ok: true });
  const proof = await proveConsistency(oldSize, size, read);
  const consistent = { oldSize, newSize: size, oldRoot, newRoot };
  expect(verifyConsistency({ ...consistent, proof })).toEqual({ ok: true });
  for (const [place, hash] of inclusion.entries())
    expect(verifyInclusion({ ...included, proof: inclusion.with(place, flip(hash, place)) }).ok).toBe(false);
  for (const [place, hash] of proof.entries())
    expect(verifyConsistency({ ...consistent, proof: proof.with(place, flip(hash, place)) }).ok).toBe(false);
}

describe('proofs of large trees', () => {
  it('hold up to 2^20 leaves', () =>
    fc.assert(
      fc.asyncProperty(growth(2 ** 20), (place) => check(place, (tree) => tree.read)),
      { numRuns: 100 },
    ));

  it('hold up to 2^53 − 1 leaves, with bits beyond those of JavaScript’s operators', () =>
    fc.assert(
      fc.asyncProperty(growth(2 ** 53 - 1), (place) => check(place, (tree) => tree.read)),
      { numRuns: 50, examples: [[{ size: 2 ** 53 - 1, oldSize: 2 ** 53 - 2, index: 2 ** 53 - 3 }]] },
    ));

  it('are made of at most 14 tiles, read at once', () =>
    fc.assert(
      fc.asyncProperty(growth(2 ** 53 - 1), async (place) => {
        const asked: (readonly Tile[])[] = [];
        const readerOf = (tree: SparseTree): SubtreeReader =>
          createTileReader({
            size: place.size,
            readTiles: (tiles) => {
              asked.push(tiles);
              return tree.readTiles(tiles);
            },
          });
        await check(place, readerOf);
        expect(asked.length).toBeLessThanOrEqual(2);
        for (const tiles of asked) {
          expect(tiles.length).toBeLessThanOrEqual(14);
          expect(new Set(tiles.map((tile) => JSON.stringify(tile))).size).toBe(tiles.length);
        }
      }),
      { numRuns: 20 },
    ));
});
