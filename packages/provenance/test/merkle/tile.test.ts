import { describe, expect, it } from 'vitest';
import { tileSlice } from '../../src/merkle/tile.ts';
import { completedTiles, rootOf, type Tile, tileAt, tilePath, tileRoot } from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { leafHashes } from './support/dense-tree.ts';

describe('tilePath', () => {
  it.each<[Tile, string]>([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 999, width: 256 }, 'tile/0/999'],
    [{ level: 1, index: 1000, width: 256 }, 'tile/1/x001/000'],
    [{ level: 0, index: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 1234067, width: 17 }, 'tile/2/x001/x234/067.p/17'],
    [{ level: 0, index: 2 ** 45 - 1, width: 1 }, 'tile/0/x035/x184/x372/x088/831.p/1'],
  ])('names %j as C2SP tlog-tiles does', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });
});

describe('tileAt', () => {
  // The example of C2SP tlog-tiles, "Partial Tiles"
  it.each([
    [0, 272, 256],
    [0, 273, 112],
    [1, 0, 256],
    [1, 1, 17],
    [2, 0, 1],
  ])('gives tile %i/%i of a tree of 70,000 leaves %i hashes', (level, index, width) => {
    expect(tileAt(level, index, 70_000)).toEqual({ level, index, width });
  });

  it('gives a tree of 256 leaves a full tile and one of width 1 above it', () => {
    expect(tileAt(0, 0, 256).width).toBe(256);
    expect(tileAt(1, 0, 256).width).toBe(1);
  });

  it('is right beyond 2^32', () => {
    expect(tileAt(0, 2 ** 45 - 1, 2 ** 53 - 1).width).toBe(255);
    expect(tileAt(6, 0, 2 ** 53 - 1).width).toBe(31);
  });

  it.each([
    [0, 274, 70_000],
    [3, 0, 70_000],
    [0, 0, 0],
    [-1, 0, 70_000],
    [0, -1, 70_000],
    [0.5, 0, 70_000],
    [0, 0.5, 70_000],
    [1000, 0, 70_000],
    [0, 0, 2 ** 53],
    [0, 0, 300.5],
  ])('refuses tile %d/%d of a tree of %d leaves', (level, index, size) => {
    expectCode('TREE_INVALID', () => tileAt(level, index, size));
  });
});

describe('tileSlice', () => {
  it.each([
    [{ level: 0, index: 5 }, { level: 0, index: 0, width: 256 }, [5, 6]],
    [{ level: 7, index: 3 }, { level: 0, index: 1, width: 256 }, [128, 256]],
    [{ level: 8, index: 256 }, { level: 1, index: 1, width: 17 }, [0, 1]],
    [{ level: 9, index: 1 }, { level: 1, index: 0, width: 256 }, [2, 4]],
    [{ level: 16, index: 0 }, { level: 2, index: 0, width: 1 }, [0, 1]],
  ])('finds %j of 70,000 leaves', (subtree, tile, [begin, end]) => {
    expect(tileSlice(subtree, 70_000)).toEqual({ tile, begin, end });
  });

  it.each([
    { level: 0, index: 70_000 },
    { level: 16, index: 1 },
    { level: 17, index: 0 },
    { level: -1, index: 0 },
    { level: 0, index: -1 },
    { level: 0.5, index: 0 },
    { level: 0, index: 0.5 },
    { level: 2000, index: 0 },
  ])('refuses %j of 70,000 leaves', (subtree) => {
    expectCode('TREE_INVALID', () => tileSlice(subtree, 70_000));
  });
});

describe('completedTiles', () => {
  const paths = (oldSize: number, newSize: number): string[] =>
    [...completedTiles(oldSize, newSize)].map(tilePath);

  it('lists every full tile once, whatever the steps in which a log grows', () => {
    const atOnce = paths(0, 140_000);
    expect(atOnce).toHaveLength(546 + 2);
    const inSteps = [0, 1, 255, 256, 257, 700, 65_535, 65_536, 70_000, 131_072, 140_000].flatMap(
      (size, step, sizes) => (step === 0 ? [] : paths(sizes[step - 1] ?? 0, size)),
    );
    expect(inSteps.toSorted()).toEqual(atOnce.toSorted());
  });

  it('lists a level after the level below it', () => {
    expect(paths(65_535, 65_536)).toEqual(['tile/0/255', 'tile/1/000']);
  });

  it('lists nothing when no tile became full', () => {
    expect(paths(256, 511)).toEqual([]);
    expect(paths(7, 7)).toEqual([]);
  });

  it('is right beyond 2^32', () => {
    expect(paths(2 ** 48 - 1, 2 ** 48)).toHaveLength(6);
    expect(paths(2 ** 53 - 257, 2 ** 53 - 1)).toEqual([
      tilePath({ level: 0, index: 2 ** 45 - 2, width: 256 }),
    ]);
  });

  it.each([
    [-1, 5],
    [0, 0.5],
    [0, 2 ** 53],
  ])('refuses %d to %d', (oldSize, newSize) => {
    expectCode('TREE_INVALID', () => paths(oldSize, newSize));
  });
});

describe('tileRoot', () => {
  it('is the root over the 256 hashes', () => {
    const leaves = leafHashes(256);
    expect(tileRoot(new Uint8Array(Buffer.concat(leaves)))).toEqual(rootOf(leaves));
  });

  it.each([0, 8160, 8191, 8224])('refuses %i bytes', (length) => {
    expectCode('TREE_INVALID', () => tileRoot(new Uint8Array(length)));
  });
});
