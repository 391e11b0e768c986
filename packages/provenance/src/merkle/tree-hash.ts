import { sha256 } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { hashBytes } from '../format/bytes.ts';
import { invalidTree } from './tree-size.ts';

/** Bytes of a hash in the tree. */
export const treeHashBytes = 32;

/** What keeps an inner hash from being passed off as a leaf: no input begins with both. */
const leafPrefix = Uint8Array.of(0);
const innerPrefix = Uint8Array.of(1);

/**
 * The hash of a leaf: SHA-256(0x00 ‖ entry). In the log the entry is a node's `hashChain` as raw bytes, see `logLeafHash`.
 *
 * @see RFC 9162 section 2.1.1
 */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(leafPrefix, entry);
}

/**
 * The leaf of a log's node, which is leaf `seq − 1`.
 *
 * @param hashChain the node's hash, 64 lower-case hex digits
 * @throws ProvenanceError `HASH_INVALID`
 * @example
 * verifyInclusion({ leafHash: logLeafHash(node.hashChain), index: node.seq - 1, size, proof, root });
 */
export function logLeafHash(hashChain: string): Uint8Array {
  const entry = hashBytes(hashChain);
  if (entry === undefined) throw new ProvenanceError('HASH_INVALID', 'A hash is 64 lower-case hex digits.');
  return leafHash(entry);
}

/**
 * The hash above two hashes: SHA-256(0x01 ‖ left ‖ right).
 *
 * @throws ProvenanceError `TREE_INVALID` unless both have 32 bytes: of other lengths, two pairs could hash alike
 * @see RFC 9162 section 2.1.1
 */
export function innerHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  requireTreeHash(left);
  requireTreeHash(right);
  return sha256(innerPrefix, left, right);
}

/** The root of the tree that has no leaf: the SHA-256 of nothing. */
export function emptyRoot(): Uint8Array {
  return sha256();
}

/** Whether a value has the form of a hash in the tree. */
export function isTreeHash(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === treeHashBytes;
}

/** @throws ProvenanceError `TREE_INVALID` */
export function requireTreeHash(value: unknown): void {
  if (!isTreeHash(value)) throw invalidTree('A hash in the tree has 32 bytes.');
}
