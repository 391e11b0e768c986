import { type HashedSubtree, joinPerfect, perfectSubtrees } from './subtree.ts';
import { emptyRoot, innerHash, isTreeHash, requireTreeHash } from './tree-hash.ts';
import { invalidTree, isTreeSize } from './tree-size.ts';

/** What is left of a tree when only its growth and its root matter. */
export interface CompactRangeState {
  /** How many leaves there are. */
  readonly size: number;
  /** The perfect subtrees the tree is made of, from left to right: one for each binary digit 1 of `size`, at most 53. */
  readonly hashes: readonly Uint8Array[];
}

/**
 * A tree that grows at its right edge, in logarithmic memory. It is what it is made from: store `size` and `hashes`, and go on later.
 *
 * Cost: on average one hash a leaf.
 * @throws ProvenanceError `TREE_INVALID` for a state that is none
 * @see RFC 9162 section 2.1.2, and "compact ranges" of transparency-dev/merkle
 * @example
 * const range = new CompactRange(stored);
 * for (const { level, index, hash } of range.append(logLeafHash(node.hashChain))) await keep(level, index, hash);
 * const root = range.root();
 */
export class CompactRange implements CompactRangeState {
  #size: number;
  readonly #hashes: Uint8Array[];

  constructor({ size, hashes }: CompactRangeState = { size: 0, hashes: [] }) {
    const fits = isTreeSize(size) && hashes.length === perfectSubtrees({ begin: 0, end: size }).length;
    if (!fits || !hashes.every(isTreeHash))
      throw invalidTree('A compact range has one hash of 32 bytes for each binary digit 1 of its size.');
    this.#size = size;
    this.#hashes = [...hashes];
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Uint8Array[] {
    return [...this.#hashes];
  }

  /**
   * Appends a leaf, or at a higher `level` a whole perfect subtree, which fits where the size is a multiple of its leaves.
   *
   * Shape: every perfect subtree that is complete by it, the appended one first and each twice as large as the one before.
   * @throws ProvenanceError `TREE_INVALID`
   */
  append(hash: Uint8Array, level = 0): HashedSubtree[] {
    requireTreeHash(hash);
    const leaves = 2 ** level;
    const index = this.#size / leaves;
    if (!isTreeSize(level) || !isTreeSize(index) || !isTreeSize(this.#size + leaves))
      throw invalidTree(
        'A subtree can be appended only where it stands alone: its leaves must divide the size.',
      );
    this.#size += leaves;
    return this.#complete({ level, index, hash });
  }

  /** The root of the tree so far. */
  root(): Uint8Array {
    return this.#hashes.length === 0 ? emptyRoot() : joinPerfect(this.#hashes);
  }

  /** A right one of two completes what is above both, and so on. */
  #complete(subtree: HashedSubtree): HashedSubtree[] {
    const completed = [subtree];
    let { level, index, hash } = subtree;
    while (index % 2 === 1) {
      hash = innerHash(this.#hashes.pop() ?? hash, hash);
      level += 1;
      index = (index - 1) / 2;
      completed.push({ level, index, hash });
    }
    this.#hashes.push(hash);
    return completed;
  }
}

/**
 * The root of the tree over these leaf hashes.
 *
 * @throws ProvenanceError `TREE_INVALID` when one is not 32 bytes
 * @see RFC 9162 section 2.1.1 (MTH)
 */
export function rootOf(leafHashes: Iterable<Uint8Array>): Uint8Array {
  const range = new CompactRange();
  for (const hash of leafHashes) range.append(hash);
  return range.root();
}
