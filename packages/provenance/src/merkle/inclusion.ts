import { equalBytes } from '../format/encoding.ts';
import { descend } from './descent.ts';
import { accepted, matchProof, type ProofVerdict, refused } from './proof-verdict.ts';
import { joinNeighbours, type LeafRange, perfectSubtrees, type Subtree } from './subtree.ts';
import { readRanges, type SubtreeReader } from './subtree-reader.ts';
import { isTreeHash } from './tree-hash.ts';
import { invalidTree, isTreeSize } from './tree-size.ts';

/** That a tree has a leaf at a place, and what is to prove it. */
export interface InclusionClaim {
  /** Shape: 32 bytes; of a log's node, `logLeafHash`. Compute it: a leaf hash that was handed over proves nothing about an entry. */
  readonly leafHash: Uint8Array;
  /** From 0; of a log's node, `seq − 1`. */
  readonly index: number;
  /** How many leaves the tree has. Take it, with `root`, from a checkpoint you trust. */
  readonly size: number;
  /** Shape: as many hashes of 32 bytes as the way from the leaf to the root is long, from the leaf upwards. */
  readonly proof: readonly Uint8Array[];
  /** Shape: 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Whether a leaf is in a tree at that place.
 *
 * Cost: at most 53 hashes; a proof of the wrong length costs nothing.
 * @see RFC 9162 section 2.1.3.2
 * @example
 * const verdict = verifyInclusion({ leafHash: logLeafHash(node.hashChain), index: node.seq - 1, size, proof, root });
 * if (!verdict.ok) report(verdict.reason);
 */
export function verifyInclusion({ leafHash, index, size, proof, root }: InclusionClaim): ProofVerdict {
  if (!isTreeSize(index) || !isTreeSize(size)) return refused('malformed-number');
  if (index >= size) return refused('index-outside-tree');
  if (!isTreeHash(leafHash) || !isTreeHash(root)) return refused('malformed-hash');
  const siblings = matchProof(inclusionPath(index, size), proof);
  if (typeof siblings === 'string') return refused(siblings);
  const tree = siblings.reduce(joinNeighbours, { begin: index, end: index + 1, hash: leafHash });
  return equalBytes(tree.hash, root) ? accepted : refused('root-mismatch');
}

/**
 * Proves that the leaf at `index` is in the tree of the first `size` leaves.
 *
 * Shape: the `proof` of an {@link InclusionClaim}, at most 53 hashes.
 * @param read asked once, for {@link inclusionSubtrees}; not at all in a tree of one leaf, where nothing is to be proved
 * @throws ProvenanceError `TREE_INVALID` when the tree has no such leaf, `TREE_STORE_FAULTY` when `read` answers no hashes
 * @see RFC 9162 section 2.1.3.1
 */
export async function proveInclusion(
  index: number,
  size: number,
  read: SubtreeReader,
): Promise<Uint8Array[]> {
  requireLeaf(index, size);
  return readRanges(inclusionPath(index, size), read);
}

/**
 * The perfect subtrees out of which an inclusion proof is made. The last ones of a tree that is not perfect are joined into
 * one hash of the proof.
 *
 * @throws ProvenanceError `TREE_INVALID`
 */
export function inclusionSubtrees(index: number, size: number): Subtree[] {
  requireLeaf(index, size);
  return inclusionPath(index, size).flatMap(perfectSubtrees);
}

/** PATH of the RFC, as the leaves below each of its hashes. */
function inclusionPath(index: number, size: number): readonly LeafRange[] {
  return descend(size, index, ({ begin, end }) => end - begin === 1).siblings;
}

function requireLeaf(index: number, size: number): void {
  if (!isTreeSize(index) || !isTreeSize(size) || index >= size)
    throw invalidTree('Only a leaf of the tree can be proved to be in it: index must be from 0 to size - 1.');
}
