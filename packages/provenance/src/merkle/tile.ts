import { rootOf } from './compact-range.ts';
import { requireSubtree, type Subtree } from './subtree.ts';
import { treeHashBytes } from './tree-hash.ts';
import { invalidTree, isTreeSize } from './tree-size.ts';

/** Levels of the tree that a tile replaces: entry 0 … 255 of a tile at level L is a hash at level 8 · L of the tree. */
export const tileHeight = 8;

/** Hashes in a full tile. */
export const tileWidth = 2 ** tileHeight;

/**
 * Consecutive hashes of one level of the tree, packed: 32 · `width` bytes.
 * A full tile has 256 and never changes; one at the right edge of the tree has fewer.
 *
 * @see C2SP tlog-tiles, "Merkle Tree"
 */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

/** Some entries of a tile: those below a perfect subtree. */
export interface TileSlice {
  readonly tile: Tile;
  readonly begin: number;
  readonly end: number;
}

/**
 * Where a tile is served, and a name of it: `tile/0/x001/x234/067`, a partial one `tile/0/x001/x234/067.p/17`.
 *
 * @see C2SP tlog-tiles, "Merkle Tree"
 */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const elements = padded.replaceAll(/\d{3}(?=\d)/g, 'x$&/');
  return `tile/${String(level)}/${elements}${width === tileWidth ? '' : `.p/${String(width)}`}`;
}

/**
 * A tile as it is in a tree of that size.
 *
 * @throws ProvenanceError `TREE_INVALID` when the tree has nothing there
 */
export function tileAt(level: number, index: number, size: number): Tile {
  const entries = Math.floor(size / tileWidth ** level);
  const width = Math.min(tileWidth, entries - index * tileWidth);
  if (![level, index, size].every(isTreeSize) || width < 1)
    throw invalidTree('A tree of this size has no such tile.');
  return { level, index, width };
}

/**
 * The entries, in a tree of that size, that a perfect subtree is the root of.
 *
 * @throws ProvenanceError `TREE_INVALID` when it is not complete
 */
export function tileSlice(subtree: Subtree, size: number): TileSlice {
  requireSubtree(subtree, size);
  const level = Math.floor(subtree.level / tileHeight);
  const length = 2 ** (subtree.level % tileHeight);
  const first = subtree.index * length;
  const begin = first % tileWidth;
  return { tile: tileAt(level, (first - begin) / tileWidth, size), begin, end: begin + length };
}

/** The full tiles that a tree has got by growing, level by level: those of a level follow from those of the level below. */
export function* completedTiles(oldSize: number, newSize: number): Generator<Tile, void, undefined> {
  if (!isTreeSize(oldSize) || !isTreeSize(newSize)) throw invalidTree('A size is a whole number from 0.');
  for (let level = 0, leaves = tileWidth; leaves <= newSize; level += 1, leaves *= tileWidth)
    for (let index = Math.floor(oldSize / leaves); index < Math.floor(newSize / leaves); index += 1)
      yield { level, index, width: tileWidth };
}

/**
 * The hash over a full tile: the entry that stands for it in the tile one level up.
 *
 * @param bytes the 256 hashes, packed
 * @throws ProvenanceError `TREE_INVALID` unless it has 8,192 bytes
 */
export function tileRoot(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== tileWidth * treeHashBytes) throw invalidTree('A full tile has 8,192 bytes.');
  return rootOf(tileHashes(bytes));
}

/** The hashes of a tile one by one, without copying them. */
export function tileHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / treeHashBytes }, (_, place) =>
    bytes.subarray(place * treeHashBytes, (place + 1) * treeHashBytes),
  );
}
