import { signBytes } from '../signing/sign-bytes.ts';
import { ProvenanceError } from '../errors.ts';
import { hashBytes, uuidBytes } from '../format/bytes.ts';
import { toBase64 } from '../format/encoding.ts';
import type { Signer } from '../signing/signature.ts';
import { isObjectId } from './object-id.ts';
import { provenanceKeys } from './provenance-claim.ts';
import { addTrailer, isWithoutText, type MessageOptions, removeTrailers, type Trailer } from './trailer.ts';
import { type CommitContent, type NodeReference, trailerMessage } from './trailer-message.ts';

/**
 * The three trailers that tie a commit to a node of the log, signed for the tree and the parents that the commit is going to have.
 * In another commit they do not verify. The message, the author and the dates of the commit are not covered.
 *
 * @param node a record of the log, or its `tenantId`, `id` and `hashChain`
 * @param commit `git write-tree`, and the ids that will be the parents, in their order
 * @throws ProvenanceError `TRAILER_INVALID` with `details.fields`; `KEY_ID_MISMATCH`, `KEY_INVALID` or `SIGNER_FAULTY` when the
 *   signer is not what it says
 * @see FORMAT.md, "Git trailers"
 * @example
 * const trailers = await createProvenanceTrailers(record, { tree, parents: [head] }, signer);
 * const text = putProvenanceTrailers(message, trailers);
 */
export async function createProvenanceTrailers(
  node: NodeReference,
  commit: CommitContent,
  signer: Signer,
): Promise<readonly Trailer[]> {
  requireFields(node, commit);
  const signature = await signBytes(trailerMessage(node, commit), signer);
  return [
    { key: provenanceKeys.node, value: node.id },
    { key: provenanceKeys.hash, value: node.hashChain },
    { key: provenanceKeys.signature, value: `${signer.keyId}/${toBase64(signature)}` },
  ];
}

/**
 * The message with these provenance trailers in place of any that it had: an amended or rebased commit needs new ones. A message
 * without text stays as it is, because git calls the commit off for it.
 *
 * @throws ProvenanceError `TRAILER_INVALID`, as `addTrailer`
 */
export function putProvenanceTrailers(
  message: string,
  trailers: readonly Trailer[],
  options: MessageOptions = {},
): string {
  if (isWithoutText(message, options)) return message;
  const bare = removeTrailers(message, Object.values(provenanceKeys), options);
  return trailers.reduce((text, trailer) => addTrailer(text, trailer, options), bare);
}

function requireFields({ tenantId, id, hashChain }: NodeReference, { tree, parents }: CommitContent): void {
  const isValid = {
    tenantId: tenantId !== '' && tenantId.isWellFormed(),
    id: uuidBytes(id) !== undefined,
    hashChain: hashBytes(hashChain) !== undefined,
    tree: isObjectId(tree),
    parents: parents.every((parent) => isObjectId(parent) && parent.length === tree.length),
  };
  const fields = Object.entries(isValid)
    .flatMap(([field, valid]) => (valid ? [] : [field]))
    .join(', ');
  if (fields !== '')
    throw new ProvenanceError('TRAILER_INVALID', `A provenance trailer cannot be made: check ${fields}.`, {
      details: { fields },
    });
}
