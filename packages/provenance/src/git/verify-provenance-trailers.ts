import { verifyEd25519, type VerifyingKey } from '../crypto/index.ts';
import { importPublicKeys, type PublicKeyRecord } from '../signing/public-key.ts';
import { type ClaimProblem, readProvenanceTrailers, type TrailerClaim } from './provenance-claim.ts';
import { type GitCommit, readCommit } from './read-commit.ts';
import { type CommitContent, trailerMessage } from './trailer-message.ts';

/** Why a commit's provenance trailers do not hold; each is explained in FORMAT.md, "Git trailers". */
export type TrailerProblem =
  | 'malformed-commit'
  | ClaimProblem
  | 'unknown-key'
  | 'bad-signature'
  | 'wrong-tree'
  | 'wrong-parents'
  | 'wrong-commit'
  | 'unknown-node'
  | 'wrong-hash';

/** What the provenance trailers of a commit are worth. */
export type TrailerVerdict =
  | { readonly ok: true; readonly nodeId: string; readonly hashChain: string; readonly keyId: string }
  | { readonly ok: false; readonly reason: TrailerProblem };

/** What a trailer is held against. */
export interface VerifyTrailerOptions {
  /** Whose log the node is in; the trailer does not say it. */
  readonly tenantId: string;
  /** Trusted keys, from where you trust them. Whether a key was valid at the time is for the log to say. */
  readonly keys: readonly PublicKeyRecord[];
  /** The `hashChain` of a node of the log, or undefined when there is none. Without it the verdict is about the signature alone. */
  readonly findHash?: (nodeId: string) => string | undefined;
  /**
   * Commits that the trailers may have been made for, as those of a reflog. They only tell a trailer that was left behind
   * by a rebase or an amend from one that was forged: neither holds.
   */
  readonly origins?: readonly CommitContent[];
}

/**
 * Whether the provenance trailers in a commit's message were signed for this very commit: for its tree, its parents and the tenant,
 * by a trusted key. Never throws for what a commit says.
 *
 * Cost: linear in the size of the commit, and one ed25519 verification; one more for each of `origins` when that one fails.
 * @param commit what `git cat-file commit <id>` prints; `commitId` says whether it is the one that was asked for
 * @throws ProvenanceError `KEY_ID_MISMATCH` or `KEY_INVALID` for wrong `keys`
 * @see FORMAT.md, "Git trailers"
 * @example
 * const verdict = verifyProvenanceTrailers(bytes, { tenantId: 'acme', keys, findHash: (id) => hashes.get(id) });
 * if (!verdict.ok) console.log(verdict.reason); // 'wrong-tree'
 */
export function verifyProvenanceTrailers(commit: Uint8Array, options: VerifyTrailerOptions): TrailerVerdict {
  const keys = importPublicKeys(options.keys);
  const content = tryReadCommit(commit);
  if (content === undefined) return { ok: false, reason: 'malformed-commit' };
  const read = readProvenanceTrailers(content.message);
  if (!read.ok) return read;
  const { nodeId, hashChain, keyId } = read.claim;
  const key = keys.get(keyId);
  if (key === undefined) return { ok: false, reason: 'unknown-key' };
  const reason =
    signatureProblem({ ...options, claim: read.claim, key }, content) ?? logProblem(read.claim, options);
  return reason === undefined ? { ok: true, nodeId, hashChain, keyId } : { ok: false, reason };
}

/** What is signed, by whom. */
interface Signed extends VerifyTrailerOptions {
  readonly claim: TrailerClaim;
  readonly key: VerifyingKey;
}

function tryReadCommit(commit: Uint8Array): GitCommit | undefined {
  try {
    return readCommit(commit);
  } catch {
    return undefined;
  }
}

function signatureProblem(signed: Signed, content: CommitContent): TrailerProblem | undefined {
  if (isSignedFor(signed, content)) return undefined;
  const origin = signed.origins?.find((candidate) => isSignedFor(signed, candidate));
  return origin === undefined ? 'bad-signature' : difference(content, origin);
}

function isSignedFor({ claim, key, tenantId }: Signed, content: CommitContent): boolean {
  const message = trailerMessage({ tenantId, id: claim.nodeId, hashChain: claim.hashChain }, content);
  return verifyEd25519(key, message, claim.signature);
}

function difference(content: CommitContent, origin: CommitContent): TrailerProblem {
  if (content.tree === origin.tree) return 'wrong-parents';
  return content.parents.join() === origin.parents.join() ? 'wrong-tree' : 'wrong-commit';
}

function logProblem(
  { nodeId, hashChain }: TrailerClaim,
  { findHash }: VerifyTrailerOptions,
): TrailerProblem | undefined {
  if (findHash === undefined) return undefined;
  const logged = findHash(nodeId);
  if (logged === undefined) return 'unknown-node';
  return logged === hashChain ? undefined : 'wrong-hash';
}
