import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactRange, type HashedSubtree, rootOf } from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { hashOf, hex } from './support/bytes.ts';
import { denseStore, fromLatin1, latin1, leafHashes } from './support/dense-tree.ts';
import { treeHash } from './support/rfc-9162.ts';

const leaves = leafHashes(70);

function grow(range: CompactRange, from: number, to: number): HashedSubtree[] {
  return leaves.slice(from, to).flatMap((leaf) => range.append(leaf));
}

describe('CompactRange', () => {
  it('has the root of the definition at every size', () => {
    const range = new CompactRange();
    for (let size = 0; size <= leaves.length; size += 1) {
      expect(range.size).toBe(size);
      expect(hex(range.root())).toBe(hex(fromLatin1(treeHash(leaves.slice(0, size).map(latin1)))));
      grow(range, size, size + 1);
    }
  });

  it('answers every perfect subtree once, when it is complete, with its hash', async () => {
    const completed = grow(new CompactRange(), 0, 70);
    const expected = [0, 1, 2, 3, 4, 5, 6].flatMap((level) =>
      Array.from({ length: Math.floor(70 / 2 ** level) }, (_, index) => ({ level, index })),
    );
    const places = completed.map(({ level, index }) => ({ level, index }));
    expect(new Set(places.map((place) => JSON.stringify(place)))).toEqual(
      new Set(expected.map((place) => JSON.stringify(place))),
    );
    expect(places).toHaveLength(expected.length);
    expect(completed.map(({ hash }) => hash)).toEqual(await denseStore(leaves).read(places));
  });

  it('answers the appended subtree first and each twice as large as the one before', () => {
    const range = new CompactRange();
    grow(range, 0, 7);
    const completed = range.append(hashOf(7));
    expect(completed.map(({ level, index }) => [level, index])).toEqual([
      [0, 7],
      [1, 3],
      [2, 1],
      [3, 0],
    ]);
  });

  it('goes on from what was stored, at every size', () => {
    for (let size = 0; size <= leaves.length; size += 1) {
      const range = new CompactRange();
      grow(range, 0, size);
      const restored = new CompactRange({ size: range.size, hashes: range.hashes });
      grow(restored, size, leaves.length);
      expect(restored.root()).toEqual(rootOf(leaves));
    }
  });

  it('keeps its hashes to itself', () => {
    const range = new CompactRange();
    grow(range, 0, 3);
    const stored = range.hashes;
    grow(new CompactRange({ size: 3, hashes: stored }), 3, 4);
    expect(stored).toHaveLength(2);
    (stored as Uint8Array[]).pop();
    expect(range.root()).toEqual(rootOf(leaves.slice(0, 3)));
  });

  it('grows by whole subtrees as by their leaves', async () => {
    const store = denseStore(leaves);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 12 }), async (levels) => {
        const range = new CompactRange();
        for (const wanted of levels) {
          const level = [wanted, 0].find((fitting) => range.size % 2 ** fitting === 0) ?? 0;
          if (range.size + 2 ** level > leaves.length) break;
          const [hash = new Uint8Array()] = await store.read([{ level, index: range.size / 2 ** level }]);
          range.append(hash, level);
        }
        expect(range.root()).toEqual(rootOf(leaves.slice(0, range.size)));
      }),
    );
  });

  it('ends at 2^53 − 1 leaves', () => {
    const hashes = Array.from({ length: 52 }, (_, level) => hashOf(level));
    const range = new CompactRange({ size: 2 ** 53 - 2, hashes });
    expect(range.append(hashOf('last')).map(({ index }) => index)).toEqual([2 ** 53 - 2]);
    expect(range.size).toBe(2 ** 53 - 1);
    expectCode('TREE_INVALID', () => range.append(hashOf('more')));
    expect(range.hashes).toHaveLength(53);
  });

  it.each([
    [6, 2],
    [1, 1],
    [0, -1],
    [0, 0.5],
    [0, 53],
    [0, 2000],
    [0, NaN],
    [0, Math.log2(3)], // 2 to its power is 3, a whole number of leaves
  ])('refuses after %i leaves a subtree of level %d, and stays as it was', (size, level) => {
    const range = new CompactRange();
    grow(range, 0, size);
    expectCode('TREE_INVALID', () => range.append(hashOf('any'), level));
    expect(range.root()).toEqual(rootOf(leaves.slice(0, size)));
  });

  it('refuses a hash that is not 32 bytes', () => {
    const range = new CompactRange();
    expectCode('TREE_INVALID', () => range.append(new Uint8Array(31)));
    expectCode('TREE_INVALID', () => range.append('00'.repeat(32) as never));
    expect(range.size).toBe(0);
  });

  it.each([
    ['too few hashes', { size: 3, hashes: [hashOf(1)] }],
    ['too many hashes', { size: 0, hashes: [hashOf(1)] }],
    ['a hash that is not 32 bytes', { size: 1, hashes: [new Uint8Array(33)] }],
    ['a negative size', { size: -1, hashes: [] }],
    ['half a leaf', { size: 0.5, hashes: [] }],
    ['more than 2^53 − 1 leaves', { size: 2 ** 53, hashes: [hashOf(1)] }],
  ])('refuses a state with %s', (_what, state) => {
    expectCode('TREE_INVALID', () => new CompactRange(state));
  });
});
