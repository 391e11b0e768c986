import type { ChainHead, ProvenanceNodeRecord } from '../format/node.ts';
import { verifySignatureAsync } from '../signing/signature.ts';
import { addFinding, type ChainReport, type Violation, type ViolationKind } from './chain-report.ts';
import { checkNode } from './check-node.ts';
import { type Place, type PlacedViolation, startWalk, type VerifyChainOptions, type Walk } from './walk.ts';

/** One by one or in batches; what comes in a batch is checked without a pause. */
export type ChainNodes = AsyncIterable<NodeOrBatch> | Iterable<NodeOrBatch>;

type NodeOrBatch = ProvenanceNodeRecord | Batch;
type Batch = readonly ProvenanceNodeRecord[];

/**
 * Walks a tenant's log once, in the order of `seq`, and reports everything that is wrong with it and where.
 *
 * Links and signatures are held against stored hashes, so one changed column is one `hash-mismatch` at its node and the rest
 * stays silent. Wrong nodes never throw; what the iterable itself throws passes through.
 * Does not check that parents stand earlier and ids are unique: that needs all ids at once, and the database's keys see to it.
 *
 * Cost: one SHA-256 and one ed25519 verification a node, and two more SHA-256 up to the last checkpoint; memory for two batches
 * and for each key, whatever the length.
 * @throws ProvenanceError `KEY_INVALID`, `KEY_ID_MISMATCH` for the keys of `options`
 * @see FORMAT.md section 7
 * @example
 * const report = await verifyChain(records, { tenantId: 'acme', keys, expectedHead });
 * if (!report.valid) console.error(report.firstViolation);
 */
export async function verifyChain(nodes: ChainNodes, options: VerifyChainOptions): Promise<ChainReport> {
  const walk = startWalk(options);
  checkEmptyTree(walk);
  let before: CheckedBatch | undefined;
  for await (const batch of batchesOf(nodes)) {
    // The signatures of a batch are checked on other threads while the next one is read and checked here.
    const checked = checkBatch(walk, batch);
    if (before !== undefined) await report(walk, before);
    before = checked;
  }
  if (before !== undefined) await report(walk, before);
  checkExpectedHead(walk, options.expectedHead);
  checkMissed(walk);
  return reportOf(walk);
}
interface CheckedBatch {
  readonly found: PlacedViolation[];
  /** Where the signatures are that are being checked. */
  readonly signed: readonly Place[];
  readonly signatures: Promise<PromiseSettledResult<boolean>[]>;
}

function checkBatch(walk: Walk, batch: Batch): CheckedBatch {
  const found: PlacedViolation[] = [];
  const signed: Place[] = [];
  const signatures: Promise<boolean>[] = [];
  walk.found = found;
  for (const [index, node] of batch.entries()) {
    checkNode(walk, node, index);
    const key = walk.ring?.find(node.signingKeyId);
    if (key === undefined) continue;
    signed.push(walk.place);
    signatures.push(verifySignatureAsync(node.hashChain, node.signature, key));
  }
  // Settled, so that none is left alone should reading the log fail before they are waited for.
  return { found, signed, signatures: Promise.allSettled(signatures) };
}

/** Adds to the report what was found in a batch, in the order of its nodes. */
async function report(walk: Walk, { found, signed, signatures }: CheckedBatch): Promise<void> {
  const before = found.length;
  for (const [at, result] of (await signatures).entries()) {
    if (result.status === 'rejected') throw result.reason;
    const place = signed[at];
    if (!result.value && place !== undefined) found.push(placed(place));
  }
  if (found.length > before) found.sort((a, b) => a.index - b.index);
  for (const { violation } of found) addFinding(walk.violations, violation);
}

function placed({ index, seq, id }: Place): PlacedViolation {
  const message = 'The signature is not one of hash_chain by signing_key_id.';
  return { index, violation: { seq, id, kind: 'bad-signature', message } };
}

/** Enough to keep the threads busy, little enough for nodes of 1 MiB. */
const batchSize = 64;

async function* batchesOf(nodes: ChainNodes): AsyncGenerator<Batch> {
  let single: ProvenanceNodeRecord[] = [];
  for await (const item of nodes) {
    if (!isBatch(item)) single.push(item);
    if (single.length === batchSize || (isBatch(item) && single.length > 0)) {
      yield single;
      single = [];
    }
    if (isBatch(item)) yield item;
  }
  yield single;
}

function isBatch(item: NodeOrBatch): item is Batch {
  return Array.isArray(item);
}

function checkEmptyTree({ tree, violations }: Walk): void {
  for (let count = tree.contradictions(); count > 0; count -= 1)
    addFinding(violations, atEnd('checkpoint-mismatch', 0, 'The checkpoint has no size, and yet a tree.'));
}

function checkMissed({ knownHeads, tree, violations }: Walk): void {
  for (const { seq } of knownHeads.missed()) addFinding(violations, atEnd('head-mismatch', seq, missedHead));
  for (const { size } of tree.missed())
    addFinding(violations, atEnd('checkpoint-mismatch', size, missedCheckpoint));
}

const missedHead = 'A head known from earlier is not in the log: it was truncated or rewound.';
const missedCheckpoint =
  'The log is shorter than the checkpoint: it was truncated or rewound, or the checkpoint is of another log.';

function checkExpectedHead({ head, violations }: Walk, expected: ChainHead | undefined): void {
  if (expected === undefined || (expected.seq === head.seq && expected.hash === head.hash)) return;
  addFinding(violations, atEnd('head-mismatch', expected.seq, headMismatchMessage(head.seq, expected.seq)));
}

/** No node that was seen is wrong, and yet the log. */
function atEnd(kind: ViolationKind, seq: number, message: string): Violation {
  return { seq, id: undefined, kind, message };
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
