import { ProvenanceError } from '../errors.ts';
import { rootOf } from './compact-range.ts';
import type { SubtreeReader } from './subtree-reader.ts';
import { type Tile, tileHashes, tilePath, type TileSlice, tileSlice } from './tile.ts';
import { treeHashBytes } from './tree-hash.ts';

/** Where the tiles are. */
export interface TileReaderOptions {
  /** The size of the tree that proofs are made in; the log may be longer by now. */
  readonly size: number;
  /**
   * Answers the bytes of each tile, in the order asked, each asked for once. It is asked at most once a proof, for at most 14 tiles.
   *
   * A log needs to keep only full tiles, each with its `tileRoot`: those of a level are the entries of the level above,
   * and those of level 0 are the leaf hashes.
   */
  readonly readTiles: (tiles: readonly Tile[]) => Promise<readonly Uint8Array[]>;
}

/**
 * The `read` of a proof out of tiles, from a database or as a log serves them (C2SP tlog-tiles).
 * It believes what it reads: verify a proof before you hand it on.
 *
 * Cost: reads at most 8 KiB a tile, and hashes at most 255 times for each.
 * @throws ProvenanceError `TREE_STORE_FAULTY` when `readTiles` does not answer such tiles, `TREE_INVALID` for a proof beyond `size`
 * @example
 * const proof = await proveInclusion(index, size, createTileReader({ size, readTiles }));
 */
export function createTileReader({ size, readTiles }: TileReaderOptions): SubtreeReader {
  return async (subtrees) => {
    const slices = subtrees.map((subtree) => tileSlice(subtree, size));
    const tiles = new Map(slices.map(({ tile }) => [tilePath(tile), tile]));
    const answer = await readTiles([...tiles.values()]);
    const contents = new Map([...tiles.keys()].map((path, place) => [path, answer[place]]));
    return slices.map((slice) => rootOf(entriesOf(slice, contents.get(tilePath(slice.tile)))));
  };
}

function entriesOf({ tile, begin, end }: TileSlice, bytes: unknown): Uint8Array[] {
  if (!(bytes instanceof Uint8Array) || bytes.length !== tile.width * treeHashBytes)
    throw new ProvenanceError('TREE_STORE_FAULTY', 'A tile must have 32 bytes for each of its hashes.', {
      details: { tile: tilePath(tile) },
    });
  return tileHashes(bytes.subarray(begin * treeHashBytes, end * treeHashBytes));
}
