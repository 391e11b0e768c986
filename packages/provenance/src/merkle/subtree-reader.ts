import { ProvenanceError } from '../errors.ts';
import { joinPerfect, type LeafRange, perfectSubtrees, type Subtree } from './subtree.ts';
import { isTreeHash } from './tree-hash.ts';

/**
 * A store of a tree's hashes: answers the hash of each subtree, in the order asked. `createTileReader` makes one out of tiles.
 */
export type SubtreeReader = (subtrees: readonly Subtree[]) => Promise<readonly Uint8Array[]>;

/**
 * The hash over each range of leaves. The subtrees that are perfect are read, all at once, the others follow from them.
 *
 * @throws ProvenanceError `TREE_STORE_FAULTY`
 */
export async function readRanges(ranges: readonly LeafRange[], read: SubtreeReader): Promise<Uint8Array[]> {
  const parts = ranges.map(perfectSubtrees);
  const hashes = await readSubtrees(parts.flat(), read);
  let next = 0;
  return parts.map(({ length }) => {
    next += length;
    return joinPerfect(hashes.slice(next - length, next));
  });
}

async function readSubtrees(
  subtrees: readonly Subtree[],
  read: SubtreeReader,
): Promise<readonly Uint8Array[]> {
  if (subtrees.length === 0) return [];
  const hashes = await read(subtrees);
  if (hashes.length !== subtrees.length || !hashes.every(isTreeHash))
    throw new ProvenanceError(
      'TREE_STORE_FAULTY',
      'The store of the tree must answer one hash of 32 bytes for each subtree.',
      { details: { asked: subtrees.length, answered: hashes.length } },
    );
  return hashes;
}
