import type { ProvenanceNodeRecord } from '../format/node.ts';
import { canonicalize } from '../format/canonical-json.ts';
import { preAuthenticationEncoding } from '../signing/dsse.ts';
import type { GitCommit } from './read-commit.ts';

/** What a trailer says about a node; a record of the log is one. */
export type NodeReference = Pick<ProvenanceNodeRecord, 'tenantId' | 'id' | 'hashChain'>;

/** What of a commit is known before it is made: `git write-tree`, and the parents in their order. */
export type CommitContent = Pick<GitCommit, 'tree' | 'parents'>;

/** The DSSE payload type of a git trailer's signature. */
export const trailerPayloadType = 'application/vnd.agent-agency.git-trailer.v1';

/**
 * The message that a git trailer's signature is over: DSSE's pre-authentication encoding of canonical JSON. The tree and the parents
 * are in it, so the trailer holds for no other commit; the tenant is, so that it need not be written into a public history.
 *
 * @see DSSE v1.0, protocol.md, and FORMAT.md, "Git trailers"
 */
export function trailerMessage(node: NodeReference, { tree, parents }: CommitContent): Uint8Array {
  const { tenantId: tenant, id, hashChain: hash } = node;
  // Only plain arrays have a canonical form, so no array of the caller's is handed on.
  const payload = canonicalize({ content_tree: tree, hash, node: id, parents: [...parents], tenant });
  return preAuthenticationEncoding({ payloadType: trailerPayloadType, payload });
}
