import { innerHash } from './tree-hash.ts';
import { bitLength, invalidTree, isTreeSize } from './tree-size.ts';

/**
 * Where a perfect subtree stands: `level` 0 is a leaf, and at `level` k it is over the leaves from `index` · 2^k, 2^k of them.
 * Once it is complete its hash never changes, whatever the log grows to.
 */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** A perfect subtree and its hash. */
export interface HashedSubtree extends Subtree {
  /** Shape: 32 bytes. */
  readonly hash: Uint8Array;
}

/** The leaves from `begin` up to, not including, `end`, where they are a subtree of some tree, perfect or not. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

/** Some leaves and the hash over them. */
export interface HashedRange extends LeafRange {
  readonly hash: Uint8Array;
}

/**
 * The two subtrees below one of at least two leaves: the left one has as many leaves as the largest power of two that leaves
 * some for the right one.
 *
 * @see RFC 9162 section 2.1.1
 */
export function halves({ begin, end }: LeafRange): { left: LeafRange; right: LeafRange } {
  const middle = begin + 2 ** (bitLength(end - begin - 1) - 1);
  return { left: { begin, end: middle }, right: { begin: middle, end } };
}

/** The perfect subtrees that a subtree of a tree is made of, from left to right and so from large to small. */
export function perfectSubtrees({ begin, end }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let leaf = begin; leaf < end;) {
    const level = bitLength(end - leaf) - 1;
    subtrees.push({ level, index: leaf / 2 ** level });
    leaf += 2 ** level;
  }
  return subtrees;
}

/** The hash over two neighbours, whichever of them is the left one. */
export function joinNeighbours(one: HashedRange, other: HashedRange): HashedRange {
  const [left, right] = one.begin < other.begin ? [one, other] : [other, one];
  return { begin: left.begin, end: right.end, hash: innerHash(left.hash, right.hash) };
}

/** The hash over {@link perfectSubtrees}, of which there is at least one: small ones hang below large ones. */
export function joinPerfect(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => innerHash(left, right));
}

/** @throws ProvenanceError `TREE_INVALID` unless the subtree is complete in a tree of that size */
export function requireSubtree({ level, index }: Subtree, size: number): void {
  const isAddress = isTreeSize(level) && isTreeSize(index) && isTreeSize(size);
  if (!isAddress || (index + 1) * 2 ** level > size)
    throw invalidTree('A subtree is not complete in a tree of this size.');
}
