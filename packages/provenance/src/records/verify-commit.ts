import type { TenantTransaction } from '@agent-agency/db-core';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import { readProvenanceTrailers } from '../git/provenance-claim.ts';
import { readCommit } from '../git/read-commit.ts';
import type { CommitContent } from '../git/trailer-message.ts';
import {
  type TrailerProblem,
  type TrailerVerdict,
  verifyProvenanceTrailers,
} from '../git/verify-provenance-trailers.ts';
import { ProvenanceError } from '../errors.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';
import { readNodes, rehash } from './read-nodes.ts';
import { trailerKeys } from './trailer-keys.ts';

/** Whom to believe about a commit. */
export interface CommitTrust {
  /** Keys that you trust for this log. Whom else they admitted, and which keys are revoked, the log says. */
  readonly keys: readonly PublicKeyRecord[];
  /** Commits that the trailers may have been made for; see `verifyProvenanceTrailers`. */
  readonly origins?: readonly CommitContent[] | undefined;
}

/** What a commit's trailers are worth, and the node that they name. */
export type CommitVerdict =
  | (Extract<TrailerVerdict, { readonly ok: true }> & { readonly node: ProvenanceNodeRecord })
  | { readonly ok: false; readonly reason: TrailerProblem };

/**
 * Whether a commit rests on a node of the tenant's log: its trailers are signed for this very commit, by a trusted key, and the log
 * has the node that they name, saying what was signed. A key that the log has revoked is not trusted. That something was linked or
 * written into a message proves nothing. Whether the log is what it was, `verifyLog` says.
 *
 * **Runs** two lookups, and reads the log's statements about keys.
 * @param commit what `git cat-file commit <id>` prints; `commitId` says whether it is the one that was asked for
 * @throws {ProvenanceError} `KEY_ID_MISMATCH` or `KEY_INVALID` for wrong `keys`; never for what the commit says.
 * @example
 * const verdict = await verifyCommit(tx, bytes, { keys });
 * if (!verdict.ok) console.log(verdict.reason); // 'wrong-tree'
 */
export async function verifyCommit(
  tx: TenantTransaction,
  commit: Uint8Array,
  { keys, origins = [] }: CommitTrust,
): Promise<CommitVerdict> {
  const claimed = claimedNode(commit);
  const [node] = claimed === undefined ? [] : await readNodes(tx, [claimed]);
  const verdict = verifyProvenanceTrailers(commit, {
    tenantId: tx.tenantId,
    keys: await trailerKeys(tx, keys),
    origins,
    // Of what the node says, not the hash that is stored beside it. What has none is another hash than any.
    findHash: () => node && (rehash(node) ?? ''),
  });
  if (!verdict.ok) return verdict;
  return node === undefined ? { ok: false, reason: 'unknown-node' } : { ...verdict, node };
}

/** The id of the node that a commit names, however it is signed. */
function claimedNode(commit: Uint8Array): string | undefined {
  const message = messageOf(commit);
  const read = message === undefined ? undefined : readProvenanceTrailers(message);
  return read?.ok === true ? read.claim.nodeId : undefined;
}

function messageOf(commit: Uint8Array): string | undefined {
  try {
    return readCommit(commit).message;
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}
