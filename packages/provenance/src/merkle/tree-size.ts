import { ProvenanceError } from '../errors.ts';

/*
 * Sizes of trees and indexes in them: whole numbers up to 2^53 − 1. JavaScript's bit operators would cut them to 32 bits.
 */

/** Whether a value can be the size of a tree, or an index. */
export function isTreeSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** How many binary digits a number has; 0 has none. `Math.log2` is rounded, and wrong just below high powers of two. */
export function bitLength(number: number): number {
  return number < 2 ** 32 ? 32 - Math.clz32(number) : 64 - Math.clz32(number / 2 ** 32);
}

/** What is thrown when a size, an index or a hash is impossible. */
export function invalidTree(message: string): ProvenanceError {
  return new ProvenanceError('TREE_INVALID', message);
}
