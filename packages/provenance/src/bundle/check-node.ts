import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { ProvenanceError } from '../errors.ts';
import { parseCanonical } from '../format/canonical-json.ts';
import { maxContentBytes } from '../format/content.ts';
import { hashBytes } from '../format/bytes.ts';
import { hashNode } from '../format/node-hash.ts';
import { verifyInclusion } from '../merkle/inclusion.ts';
import { leafHash } from '../merkle/tree-hash.ts';
import type { BundledNode } from './bundle.ts';
import type { BundleFaultReason } from './bundle-verdict.ts';

/** What is found in a node: the reason, and what is wrong. */
export type NodeFinding = readonly [reason: BundleFaultReason, message: string];

/** Whether the node is what its stored hash says. */
export function* checkFields(node: BundledNode): Generator<NodeFinding> {
  const hash = attempt(() => hashNode(node));
  if (hash instanceof ProvenanceError) yield ['malformed-node', hash.message];
  else if (hash !== node.hashChain) yield ['hash-mismatch', 'hash_chain is not the hash of the fields.'];
  yield* checkContent(node);
}

function* checkContent({ content }: BundledNode): Generator<NodeFinding> {
  if (content.length > maxContentBytes) {
    yield ['malformed-node', `content is longer than ${maxContentBytes} bytes.`];
    return;
  }
  const value = attempt(() => parseCanonical(content));
  if (value instanceof ProvenanceError) yield ['content-not-canonical', value.message];
}

/** Whether it is in the log, at its place. */
export function* checkInclusion(node: BundledNode, { size, root }: Checkpoint): Generator<NodeFinding> {
  const entry = hashBytes(node.hashChain);
  // Of a stored hash that is none the fields say so.
  if (entry === undefined || node.seq === 0) return;
  const claim = { leafHash: leafHash(entry), index: node.seq - 1, size, proof: node.inclusionProof, root };
  const verdict = verifyInclusion(claim);
  if (!verdict.ok) yield [verdict.reason, 'The inclusion proof does not lead from hash_chain to the root.'];
}

/** The value, or the error when something from outside is wrong: here that is a finding. */
export function attempt<Value>(read: () => Value): Value | ProvenanceError {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProvenanceError) return error;
    throw error;
  }
}
