import { ProvenanceError } from '../errors.ts';
import { parseCanonical } from '../format/canonical-json.ts';
import { hashNode } from '../format/node-hash.ts';
import type { ParentReference, ProvenanceNodeRecord } from '../format/node.ts';
import { addFinding } from './chain-report.ts';
import { checkKey } from './check-key.ts';
import { violate, type Walk } from './walk.ts';

/** Everything about a node but its signature. */
export function checkNode(walk: Walk, node: ProvenanceNodeRecord, index: number): void {
  walk.checked += 1;
  const seq = isSequenceNumber(node.seq) ? node.seq : walk.head.seq + 1;
  walk.place = { index, seq, id: node.id };
  if (node.tenantId !== walk.tenantId) violate(walk, 'wrong-tenant', 'The node belongs to another tenant.');
  for (let count = walk.knownHeads.contradictions(node); count > 0; count -= 1)
    violate(walk, 'head-mismatch', 'A head known from earlier has another hash at this number.');
  checkPlace(walk, node);
  if (namesItself(node)) violate(walk, 'self-parent', 'The node names itself as its parent.');
  if (checkHash(walk, node)) checkClock(walk, node);
  if (walk.ring === undefined) return;
  checkContent(walk, node);
  checkKey(walk, walk.ring, node);
}

/** Sequence and link, and where the walk stands afterwards. */
function checkPlace(walk: Walk, node: ProvenanceNodeRecord): void {
  const { head, place } = walk;
  const { seq } = place;
  const next = head.seq + 1;
  const links = node.previousHash === head.hash;
  if (seq > next) violate(walk, 'sequence-gap', gapMessage(next, seq - 1));
  else if (seq === head.seq) violate(walk, 'duplicate-seq', 'The number of the node before is used again.');
  else if (seq < head.seq) violate(walk, 'out-of-order', `The node stands after number ${String(head.seq)}.`);
  else if (!links)
    violate(walk, 'previous-hash-mismatch', 'previous_hash is not the hash of the node before.');
  // A node that links on to the head follows it, even under a wrong number: going on from it keeps one changed
  // number from being reported for every later node.
  if (seq >= next || links) follow(walk, seq, node.hashChain);
}

function follow(walk: Walk, seq: number, hashChain: string): void {
  walk.head = { seq, hash: hashChain };
  walk.tree.append(hashChain);
  for (let count = walk.tree.contradictions(); count > 0; count -= 1)
    violate(
      walk,
      'checkpoint-mismatch',
      'The tree of the log up to this node is not that of the checkpoint.',
    );
}

function gapMessage(first: number, last: number): string {
  return first === last
    ? `Number ${String(first)} is missing.`
    : `Numbers ${String(first)} to ${String(last)} are missing.`;
}

/** Of parents that are none, the hash says so. */
function namesItself({ id, parents }: ProvenanceNodeRecord): boolean {
  return Array.isArray(parents) && parents.some((parent: ParentReference | null) => parent?.id === id);
}

/** Answers whether the node could be encoded at all. */
function checkHash(walk: Walk, node: ProvenanceNodeRecord): boolean {
  try {
    if (hashNode(node) !== node.hashChain)
      violate(walk, 'hash-mismatch', 'hash_chain is not the hash of the fields.');
    return true;
  } catch (error) {
    if (!(error instanceof ProvenanceError) || error.code !== 'NODE_INVALID') throw error;
    violate(walk, 'malformed-node', error.message);
    return false;
  }
}

function checkClock(walk: Walk, { createdAtMicros }: ProvenanceNodeRecord): void {
  if (walk.clock !== undefined && createdAtMicros < walk.clock) {
    const { seq, id } = walk.place;
    const message = 'created_at is before that of the node before.';
    addFinding(walk.warnings, { seq, id, kind: 'clock-back', message });
  }
  walk.clock = createdAtMicros;
}

function checkContent(walk: Walk, { content }: ProvenanceNodeRecord): void {
  try {
    parseCanonical(content);
  } catch (error) {
    if (!(error instanceof ProvenanceError) || error.code !== 'JSON_NOT_CANONICAL') throw error;
    violate(walk, 'content-not-canonical', error.message);
  }
}

function isSequenceNumber(seq: unknown): boolean {
  return Number.isSafeInteger(seq) && Number(seq) >= 1;
}
