import type { ProvenanceNodeRecord } from '../format/node.ts';
import type { KeyFault, KeyRing, KeyStatementFault, SignedNumbers } from '../keys/key-ring.ts';
import { violate, type Walk } from './walk.ts';

const faultMessages = {
  'unknown-key': 'signing_key_id is neither trusted nor admitted by the log so far.',
  'key-not-valid': 'signing_key_id may not sign nodes here: not yet, no more, or not this.',
  'revoked-key': 'signing_key_id is revoked from here on.',
} as const satisfies Record<KeyFault, string>;

const statementMessages = {
  'malformed-statement': 'is none in the form that it must have',
  'other-tenant': 'is about another tenant',
  'bad-signature': 'has a signature that is not of it',
  'possession-not-proven': 'is not signed by the key that it admits',
  'not-authorized': 'is not signed by a key that may sign statements about keys here',
  'admitted-before': 'admits a key again',
  'unknown-key': 'is about a key that is not known here',
} as const satisfies Record<KeyStatementFault, string>;

/** Whether the key that a node names may sign it, and what the node says about keys itself. */
export function checkKey(walk: Walk, ring: KeyRing, node: ProvenanceNodeRecord): void {
  const { seq } = walk.place;
  const { signingKeyId, createdAtMicros } = node;
  // First what it says: a node may be signed by the key that it admits, so that a root has to sign statements only.
  if (node.entityType === 'key') checkStatement(walk, ring, node);
  const fault = ring.faultOf(signingKeyId, { purpose: 'nodes', seq, atMicros: createdAtMicros });
  if (fault === undefined) ring.noteSigned(signingKeyId, seq);
  else violate(walk, fault, faultMessages[fault]);
}

function checkStatement(walk: Walk, ring: KeyRing, { content, createdAtMicros }: ProvenanceNodeRecord): void {
  const verdict = ring.apply({ seq: walk.place.seq, createdAtMicros, content });
  if (verdict.ok) for (const numbers of verdict.disbelieved) disbelieve(walk, numbers);
  else violate(walk, 'bad-key-statement', `The statement ${statementMessages[verdict.reason]}.`);
}

/** Said at the place of the revocation, of nodes that were walked over before. */
function disbelieve({ found, place }: Walk, { keyId, first, last }: SignedNumbers): void {
  const message = `What ${keyId} signed from number ${String(first)} to number ${String(last)} is revoked.`;
  const violation = { seq: first, lastSeq: last, id: undefined, kind: 'revoked-key', message } as const;
  found.push({ index: place.index, violation });
}
