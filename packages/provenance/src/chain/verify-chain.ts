import type { VerifyingKey } from '../crypto/index.ts';
import { parseCanonical } from '../format/canonical-json.ts';
import {
  addFinding,
  type ChainReport,
  type Findings,
  noFindings,
  type ViolationKind,
  type WarningKind,
} from './chain-report.ts';
import { ProvenanceError, type ProvenanceErrorCode } from '../errors.ts';
import { hashNode } from '../format/node-hash.ts';
import { type ChainHead, emptyHead, type ProvenanceNodeRecord } from '../format/node.ts';
import { importPublicKeys, type PublicKeyRecord } from '../signing/public-key.ts';
import { verifySignatureAsync } from '../signing/signature.ts';

/** What the log is held against. */
export interface VerifyChainOptions {
  readonly tenantId: string;
  /** The keys trusted for this log, retired ones included, from where you trust them and not from the log. */
  readonly keys: readonly PublicKeyRecord[];
  /** Where the log must end, exactly. Without it a log cut at its end looks like a valid shorter one. */
  readonly expectedHead?: ChainHead | undefined;
  /** Heads seen earlier, which must still be in the log; it may have grown since. */
  readonly knownHeads?: readonly ChainHead[] | undefined;
}

type Nodes = AsyncIterable<ProvenanceNodeRecord> | Iterable<ProvenanceNodeRecord>;

/**
 * Walks a tenant's log once, in the order of `seq`, and reports everything that is wrong with it and where.
 *
 * Links and signatures are held against stored hashes, so one changed column is one `hash-mismatch` at its node and the rest
 * stays silent. Wrong nodes never throw; what the iterable itself throws passes through.
 * Does not check that parents stand earlier and ids are unique: that needs all ids at once, and the database's keys see to it.
 *
 * Cost: one SHA-256 and one ed25519 verification a node; constant memory whatever the length.
 * @throws ProvenanceError `KEY_INVALID`, `KEY_ID_MISMATCH` for the keys of `options`
 * @see FORMAT.md section 7
 * @example
 * const report = await verifyChain(records, { tenantId: 'acme', keys, expectedHead });
 * if (!report.valid) console.error(report.firstViolation);
 */
export async function verifyChain(nodes: Nodes, options: VerifyChainOptions): Promise<ChainReport> {
  const walk = startWalk(options);
  for await (const batch of batchesOf(nodes)) {
    // The signatures of a batch are checked on other threads while the rest of its nodes is checked here.
    const signatures = batch.map((node) => checkSignature(walk, node));
    for (const [index, node] of batch.entries()) checkNode(walk, node, await signatures[index]);
  }
  checkExpectedHead(walk, options.expectedHead);
  checkMissedHeads(walk);
  return reportOf(walk);
}

interface Walk {
  readonly tenantId: string;
  readonly keys: ReadonlyMap<string, VerifyingKey>;
  /** Known heads that have not been passed yet. */
  readonly knownHeads: Map<number, ChainHead[]>;
  readonly violations: Findings<ViolationKind>;
  readonly warnings: Findings<WarningKind>;
  checked: number;
  head: ChainHead;
  clock: bigint | undefined;
}

function startWalk(options: VerifyChainOptions): Walk {
  return {
    tenantId: options.tenantId,
    keys: importPublicKeys(options.keys),
    // Every log has been empty once: the empty head says nothing.
    knownHeads: Map.groupBy(
      (options.knownHeads ?? []).filter((head) => head.seq !== emptyHead.seq),
      (head) => head.seq,
    ),
    violations: noFindings(),
    warnings: noFindings(),
    checked: 0,
    head: emptyHead,
    clock: undefined,
  };
}

function checkNode(walk: Walk, node: ProvenanceNodeRecord, signatureFault: SignatureFault | undefined): void {
  walk.checked += 1;
  const seq = isSequenceNumber(node.seq) ? node.seq : walk.head.seq + 1;
  const violate = (kind: ViolationKind, message: string): void => {
    addFinding(walk.violations, { seq, id: node.id, kind, message });
  };

  if (node.tenantId !== walk.tenantId) violate('wrong-tenant', 'The node belongs to another tenant.');
  checkKnownHead(walk, node, violate);
  checkPlace(walk, { ...node, seq }, violate);
  if (node.parentEntityId === node.id) violate('self-parent', 'The node names itself as its parent.');
  if (checkHash(node, violate)) checkClock(walk, node);
  checkContent(node, violate);
  if (signatureFault !== undefined) violate(signatureFault, signatureMessages[signatureFault]);
}

type Violate = (kind: ViolationKind, message: string) => void;

/** Sequence and link, and where the walk stands afterwards. */
function checkPlace(walk: Walk, node: ProvenanceNodeRecord, violate: Violate): void {
  const { head } = walk;
  const next = head.seq + 1;
  const links = node.previousHash === head.hash;
  if (node.seq > next) violate('sequence-gap', gapMessage(next, node.seq - 1));
  else if (node.seq === head.seq) violate('duplicate-seq', 'The number of the node before is used again.');
  else if (node.seq < head.seq) violate('out-of-order', `The node stands after number ${String(head.seq)}.`);
  else if (!links) violate('previous-hash-mismatch', 'previous_hash is not the hash of the node before.');
  // A node that links on to the head follows it, even under a wrong number: going on from it keeps one changed
  // number from being reported for every later node.
  if (node.seq >= next || links) walk.head = { seq: node.seq, hash: node.hashChain };
}

function gapMessage(first: number, last: number): string {
  return first === last
    ? `Number ${String(first)} is missing.`
    : `Numbers ${String(first)} to ${String(last)} are missing.`;
}

/** Answers whether the node could be encoded at all. */
function checkHash(node: ProvenanceNodeRecord, violate: Violate): boolean {
  const hash = attempt('NODE_INVALID', () => hashNode(node));
  if (hash instanceof ProvenanceError) {
    violate('malformed-node', hash.message);
    return false;
  }
  if (hash !== node.hashChain) violate('hash-mismatch', 'hash_chain is not the hash of the fields.');
  return true;
}

function checkClock(walk: Walk, node: ProvenanceNodeRecord): void {
  const { seq, id, createdAtMicros } = node;
  if (walk.clock !== undefined && createdAtMicros < walk.clock)
    addFinding(walk.warnings, {
      seq,
      id,
      kind: 'clock-back',
      message: 'created_at is before that of the node before.',
    });
  walk.clock = createdAtMicros;
}

function checkContent(node: ProvenanceNodeRecord, violate: Violate): void {
  const content = attempt('JSON_NOT_CANONICAL', () => parseCanonical(node.content));
  if (content instanceof ProvenanceError) violate('content-not-canonical', content.message);
}

const signatureMessages = {
  'unknown-key': 'signing_key_id is not among the trusted keys.',
  'bad-signature': 'The signature is not one of hash_chain by signing_key_id.',
} as const satisfies Partial<Record<ViolationKind, string>>;

type SignatureFault = keyof typeof signatureMessages;

async function checkSignature(walk: Walk, node: ProvenanceNodeRecord): Promise<SignatureFault | undefined> {
  const key = walk.keys.get(node.signingKeyId);
  if (key === undefined) return 'unknown-key';
  const valid = await verifySignatureAsync(node.hashChain, node.signature, key);
  return valid ? undefined : 'bad-signature';
}

/** Enough to keep the threads busy, little enough for nodes of 1 MiB. */
const batchSize = 64;

async function* batchesOf(nodes: Nodes): AsyncGenerator<readonly ProvenanceNodeRecord[]> {
  let batch: ProvenanceNodeRecord[] = [];
  for await (const node of nodes) {
    if (batch.push(node) < batchSize) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function checkKnownHead(walk: Walk, node: ProvenanceNodeRecord, violate: Violate): void {
  for (const known of walk.knownHeads.get(node.seq) ?? []) {
    if (known.hash !== node.hashChain)
      violate('head-mismatch', 'A head known from earlier has another hash at this number.');
  }
  walk.knownHeads.delete(node.seq);
}

function checkMissedHeads(walk: Walk): void {
  for (const { seq } of [...walk.knownHeads.values()].flat()) {
    const message = 'A head known from earlier is not in the log: it was truncated or rewound.';
    addFinding(walk.violations, { seq, id: undefined, kind: 'head-mismatch', message });
  }
}

function checkExpectedHead(walk: Walk, expected: ChainHead | undefined): void {
  const { seq, hash } = walk.head;
  if (expected === undefined || (expected.seq === seq && expected.hash === hash)) return;
  addFinding(walk.violations, {
    seq: expected.seq,
    id: undefined,
    kind: 'head-mismatch',
    message: headMismatchMessage(seq, expected.seq),
  });
}

function headMismatchMessage(seq: number, expectedSeq: number): string {
  if (seq === expectedSeq) return 'The last node has another hash than the expected head.';
  const found = `The log ends at ${String(seq)}, its head is expected at ${String(expectedSeq)}`;
  return seq < expectedSeq
    ? `${found}: it was truncated or rewound.`
    : `${found}: it is longer than its head.`;
}

function reportOf(walk: Walk): ChainReport {
  const { checked, violations, warnings, head } = walk;
  return {
    valid: violations.count === 0,
    checked,
    violations: violations.listed,
    violationCount: violations.count,
    firstViolation: violations.listed[0],
    warnings: warnings.listed,
    warningCount: warnings.count,
    head,
  };
}

/** The value, or the error when it is the expected one: here a wrong node is a finding. */
function attempt<Value>(code: ProvenanceErrorCode, read: () => Value): Value | ProvenanceError {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProvenanceError && error.code === code) return error;
    throw error;
  }
}

function isSequenceNumber(seq: unknown): boolean {
  return Number.isSafeInteger(seq) && Number(seq) >= 1;
}
