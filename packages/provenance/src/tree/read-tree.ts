import type { TenantTransaction } from '@agent-agency/db-core';
import { joinPerfect, perfectSubtrees, type Subtree } from '../merkle/subtree.ts';
import type { SubtreeReader } from '../merkle/subtree-reader.ts';
import { createTileReader } from '../merkle/tile-reader.ts';
import { emptyRoot } from '../merkle/tree-hash.ts';
import { readTiles } from './read-tiles.ts';

/**
 * The `read` of a proof in the tree of the log's first `size` nodes. It believes what is stored: `proveInclusionOf` and
 * `proveConsistencyBetween` verify what they make of it.
 *
 * **Runs** at most two statements for all that it is asked at once: a range of the primary key of `provenance_tiles` for each tile,
 * and one of the log's for at most 255 leaves.
 * @throws {ProvenanceError} `TREE_CORRUPT` when something of it is not there, `TREE_INVALID` for what is beyond `size`.
 * @example
 * const proof = await proveInclusion(index, size, createTreeReader(tx, size));
 */
export function createTreeReader(tx: TenantTransaction, size: number): SubtreeReader {
  return createTileReader({ size, readTiles: (tiles) => readTiles(tx, tiles) });
}

/**
 * The root of the tree of the log's first `size` nodes, as it is stored.
 *
 * @throws {ProvenanceError} as {@link createTreeReader}.
 */
export async function rootAt(tx: TenantTransaction, size: number): Promise<Uint8Array> {
  const tree = await readAhead(createTreeReader(tx, size), wholeTree(size));
  return tree.rootAt(size);
}

/** The perfect subtrees that a tree is made of. */
export function wholeTree(size: number): Subtree[] {
  return perfectSubtrees({ begin: 0, end: size });
}

/** What was read of a tree in one go. */
export interface ReadAhead {
  /** For proofs that need nothing else. */
  readonly read: SubtreeReader;
  /** The root of a tree of which {@link wholeTree} was read. */
  rootAt(size: number): Uint8Array;
}

/** Reads all of `subtrees` at once, each once, so that many proofs cost as many statements as one. */
export async function readAhead(read: SubtreeReader, subtrees: readonly Subtree[]): Promise<ReadAhead> {
  const wanted = new Map(subtrees.map((subtree) => [nameOf(subtree), subtree]));
  const hashes = wanted.size === 0 ? [] : await read([...wanted.values()]);
  const known = new Map([...wanted.keys()].map((name, place) => [name, hashes[place]]));
  const take = (asked: readonly Subtree[]): Uint8Array[] =>
    asked.map((subtree) => known.get(nameOf(subtree))).filter((hash) => hash !== undefined);
  return {
    read: (asked) => Promise.resolve(take(asked)),
    rootAt: (size) => (size === 0 ? emptyRoot() : joinPerfect(take(wholeTree(size)))),
  };
}

function nameOf({ level, index }: Subtree): string {
  return `${String(level)}/${String(index)}`;
}
