import { createHash } from 'node:crypto';

/*
 * The definitions of RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1, word for word: recursive and slow, over lists of leaf hashes.
 * Hashes are strings of latin1 characters here, so that they can be compared.
 */

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('binary');
}

/** MTH */
export function treeHash(leaves: readonly string[]): string {
  const [only] = leaves;
  if (only === undefined) return sha256('');
  if (leaves.length === 1) return only;
  const k = largestPowerOfTwoBelow(leaves.length);
  return sha256(`\x01${treeHash(leaves.slice(0, k))}${treeHash(leaves.slice(k))}`);
}

/** PATH */
export function inclusionPath(m: number, leaves: readonly string[]): string[] {
  if (leaves.length === 1) return [];
  const k = largestPowerOfTwoBelow(leaves.length);
  return m < k
    ? [...inclusionPath(m, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...inclusionPath(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}

/** PROOF */
export function consistencyProof(m: number, leaves: readonly string[]): string[] {
  return subProof(m, leaves, true);
}

function subProof(m: number, leaves: readonly string[], isWholeOldTree: boolean): string[] {
  if (m === leaves.length) return isWholeOldTree ? [] : [treeHash(leaves)];
  const k = largestPowerOfTwoBelow(leaves.length);
  return m <= k
    ? [...subProof(m, leaves.slice(0, k), isWholeOldTree), treeHash(leaves.slice(k))]
    : [...subProof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))];
}

function largestPowerOfTwoBelow(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}
