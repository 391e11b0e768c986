import type { HashedRange, LeafRange } from './subtree.ts';
import { isTreeHash } from './tree-hash.ts';

/** What a proof says. Verifying never throws: proofs come from outside. */
export type ProofVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: ProofFault };

/** Every way in which a proof can fail. */
export type ProofFault =
  /** A size or an index is not a whole number from 0 to 2^53 − 1. */
  | 'malformed-number'
  /** The tree is too small to have that leaf; the empty one has none. */
  | 'index-outside-tree'
  /** The new tree is smaller than the old one: what only grows was rewound. */
  | 'size-decreased'
  /** A leaf hash or a root is not 32 bytes. */
  | 'malformed-hash'
  /** Fewer hashes than a proof of these sizes has. */
  | 'proof-too-short'
  /** More hashes than a proof of these sizes has. */
  | 'proof-too-long'
  /** The proof is no array, or something in it is not 32 bytes. */
  | 'malformed-proof'
  /** Another leaf, another place, another tree, or a changed proof. */
  | 'root-mismatch'
  /** The proof is not about the old tree. */
  | 'old-root-mismatch'
  /** The new tree does not continue the old one. */
  | 'new-root-mismatch';

/** The verdict on a proof that holds. */
export const accepted: ProofVerdict = Object.freeze({ ok: true });

export function refused(reason: ProofFault): ProofVerdict {
  return { ok: false, reason };
}

/**
 * Gives each range of leaves its hash of the proof, or says why the proof does not fit. A proof's length follows from the
 * sizes alone, so one of another length is refused before anything in it is looked at.
 */
export function matchProof(
  ranges: readonly LeafRange[],
  proof: unknown,
): readonly HashedRange[] | ProofFault {
  if (!Array.isArray(proof)) return 'malformed-proof';
  if (proof.length < ranges.length) return 'proof-too-short';
  if (proof.length > ranges.length) return 'proof-too-long';
  const matched = ranges.map((range, place) => ({ ...range, hash: proof[place] as unknown }));
  return matched.every(isHashed) ? matched : 'malformed-proof';
}

function isHashed(range: LeafRange & { readonly hash: unknown }): range is HashedRange {
  return isTreeHash(range.hash);
}
