import { equalBytes } from '../format/encoding.ts';
import { descend } from './descent.ts';
import { accepted, matchProof, type ProofVerdict, refused } from './proof-verdict.ts';
import { joinNeighbours, type LeafRange, perfectSubtrees, type Subtree } from './subtree.ts';
import { readRanges, type SubtreeReader } from './subtree-reader.ts';
import { emptyRoot, isTreeHash } from './tree-hash.ts';
import { invalidTree, isTreeSize } from './tree-size.ts';

/** That a tree begins with all leaves of an older one, in their order, and what is to prove it. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly newSize: number;
  /** Shape: 32 bytes. */
  readonly oldRoot: Uint8Array;
  /** Shape: 32 bytes. */
  readonly newRoot: Uint8Array;
  /** Shape: hashes of 32 bytes, as many as the sizes say, from the lowest to the highest; none between trees of one size. */
  readonly proof: readonly Uint8Array[];
}

/**
 * Whether the new tree is the old one and more: nothing changed, removed or put in between.
 *
 * The empty tree is the beginning of every tree: from `oldSize` 0 the proof is empty, and nothing is said about `newRoot`.
 *
 * Cost: at most 106 hashes; a proof of the wrong length costs nothing.
 * @see RFC 9162 section 2.1.4.2
 * @example
 * const verdict = verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof });
 * if (!verdict.ok) alarm(verdict.reason);
 */
export function verifyConsistency(claim: ConsistencyClaim): ProofVerdict {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
  if (!isTreeSize(oldSize) || !isTreeSize(newSize)) return refused('malformed-number');
  if (oldSize > newSize) return refused('size-decreased');
  if (!isTreeHash(oldRoot) || !isTreeHash(newRoot)) return refused('malformed-hash');
  const { known, path } = consistencyPath(oldSize, newSize);
  const parts = matchProof(path, proof);
  if (typeof parts === 'string') return refused(parts);
  if (oldSize === 0) return verifyFromEmpty(claim);
  const whole = [...known.map((range) => ({ ...range, hash: oldRoot })), ...parts];
  const old = whole.filter(({ begin }) => begin < oldSize);
  if (!equalBytes(old.reduce(joinNeighbours).hash, oldRoot)) return refused('old-root-mismatch');
  return equalBytes(whole.reduce(joinNeighbours).hash, newRoot) ? accepted : refused('new-root-mismatch');
}

/**
 * Proves that the tree of the first `newSize` leaves begins with that of the first `oldSize`.
 *
 * Shape: the `proof` of a {@link ConsistencyClaim}, at most 54 hashes.
 * @param read asked once, for {@link consistencySubtrees}; not at all when nothing is to be proved
 * @throws ProvenanceError `TREE_INVALID` for sizes that are none or shrink, `TREE_STORE_FAULTY` when `read` answers no hashes
 * @see RFC 9162 section 2.1.4.1
 */
export async function proveConsistency(
  oldSize: number,
  newSize: number,
  read: SubtreeReader,
): Promise<Uint8Array[]> {
  requireGrowth(oldSize, newSize);
  return readRanges(consistencyPath(oldSize, newSize).path, read);
}

/**
 * The perfect subtrees out of which a consistency proof is made. The last ones of a new tree that is not perfect are joined into
 * one hash of the proof.
 *
 * @throws ProvenanceError `TREE_INVALID`
 */
export function consistencySubtrees(oldSize: number, newSize: number): Subtree[] {
  requireGrowth(oldSize, newSize);
  return consistencyPath(oldSize, newSize).path.flatMap(perfectSubtrees);
}

/** What the new tree is put together from. */
interface ConsistencyPath {
  /** The old tree, when it is a subtree of the new one: its root is known and not in the proof. */
  readonly known: readonly LeafRange[];
  /** The leaves below each hash of the proof. */
  readonly path: readonly LeafRange[];
}

/** PROOF of the RFC: the way down to the last perfect subtree of the old tree; the siblings left of it are the rest of the old tree. */
function consistencyPath(oldSize: number, newSize: number): ConsistencyPath {
  if (oldSize === 0) return { known: [], path: [] };
  const { goal, siblings } = descend(newSize, oldSize - 1, ({ end }) => end === oldSize);
  return goal.begin === 0 ? { known: [goal], path: siblings } : { known: [], path: [goal, ...siblings] };
}

function verifyFromEmpty({ newSize, oldRoot, newRoot }: ConsistencyClaim): ProofVerdict {
  if (!equalBytes(oldRoot, emptyRoot())) return refused('old-root-mismatch');
  return newSize > 0 || equalBytes(newRoot, oldRoot) ? accepted : refused('new-root-mismatch');
}

function requireGrowth(oldSize: number, newSize: number): void {
  if (!isTreeSize(oldSize) || !isTreeSize(newSize) || oldSize > newSize)
    throw invalidTree('A tree can only continue one that is not larger: oldSize must be from 0 to newSize.');
}
