import { type Bundle, type BundledNode } from '../../src/bundle/bundle.ts';
import type { BundleTrust } from '../../src/bundle/bundle-trust.ts';
import { cosignCheckpoint } from '../../src/checkpoint/cosign-checkpoint.ts';
import { addSignatures, parseNote } from '../../src/checkpoint/note.ts';
import { signCheckpoint } from '../../src/checkpoint/sign-checkpoint.ts';
import { admitKey, type KeyContent, revokeKey } from '../../src/keys/sign-key-statement.ts';
import type { Signer } from '../../src/signing/signature.ts';
import {
  canonicalize,
  logLeafHash,
  proveInclusion,
  type ProvenanceNode,
  type ProvenanceNodeRecord,
  rootOf,
} from '../../src/verify.ts';
import { origin, seconds, witnessKey, witnessName, witnessSigner } from '../checkpoint/log.ts';
import { at, headOf, nodeAfter, otherSigner, seal, seededSigner, testSigner } from '../fixtures/chain.ts';

export const root = testSigner;
/** Admitted at 2 for nodes, revoked at 8 from 7 on. */
export const local = otherSigner;
/** Takes the place of the root at 5. */
export const successor = seededSigner(Buffer.alloc(32, 11));

export type Log = readonly ProvenanceNodeRecord[];

/** The log with one more node. */
export async function append(log: Log, fields: Partial<ProvenanceNode>, signer: Signer): Promise<Log> {
  return [
    ...log,
    await seal(nodeAfter(headOf(log), { signingKeyId: signer.keyId, parents: [], ...fields }), signer),
  ];
}

/** The log with a statement about a key. */
export function appendKey(
  log: Log,
  content: KeyContent,
  signer: Signer,
  fields: Partial<ProvenanceNode> = {},
): Promise<Log> {
  return append(log, { ...fields, entityType: 'key', content: canonicalize(content) }, signer);
}

/** Parents by their numbers. */
export function parentsOf(log: Log, ...seqs: readonly number[]): Pick<ProvenanceNode, 'parents'> {
  return { parents: seqs.map((seq) => ({ id: at(log, seq).id, hash: at(log, seq).hashChain })) };
}

const tenantId = 'acme';

/** A log in which keys come and go: 10 nodes. */
export async function buildLog(): Promise<Log> {
  let log = await append([], { entityType: 'spec' }, root);
  log = await appendKey(
    log,
    await admitKey({ tenantId, key: local, purposes: ['nodes'], authorities: [root] }),
    root,
  );
  log = await append(log, { entityType: 'waiver', ...parentsOf(log, 1) }, local);
  log = await append(log, { entityType: 'gate' }, root);
  log = await appendKey(
    log,
    await admitKey({ tenantId, key: successor, replaces: root.keyId, authorities: [root] }),
    root,
  );
  log = await append(log, { entityType: 'verdict', ...parentsOf(log, 3, 4) }, local);
  log = await append(log, { entityType: 'gate' }, successor);
  const lost = { tenantId, keyId: local.keyId, fromSeq: 7, reason: 'lost', authorities: [successor] };
  log = await appendKey(log, await revokeKey(lost), successor);
  log = await append(log, { entityType: 'verdict', ...parentsOf(log, 6, 7) }, successor);
  return append(log, { entityType: 'budget' }, successor);
}

/** Whom the log says to sign its checkpoints. */
function checkpointSigner(log: Log): Signer {
  const contents = log.map(({ content }) => Buffer.from(content).toString());
  return contents.some((content) => content.includes(`"replaces":"${root.keyId}"`)) ? successor : root;
}

/** A checkpoint that the witness has seen. */
export async function cosignedCheckpoint(
  log: Log,
  signer = checkpointSigner(log),
  of = origin,
): Promise<string> {
  const note = await signCheckpoint({ origin: of, size: log.length, root: rootOfLog(log) }, signer);
  const { text } = parseNote(note);
  return addSignatures(note, [
    await cosignCheckpoint(text, { name: witnessName, signer: witnessSigner, seconds }),
  ]);
}

function rootOfLog(log: Log): Uint8Array {
  return rootOf(log.map(({ hashChain }) => logLeafHash(hashChain)));
}

/** The node at a number, with its proof in the tree of the whole log. */
export async function bundled(log: Log, seq: number): Promise<BundledNode> {
  const inclusionProof = await proveInclusion(seq - 1, log.length, (subtrees) =>
    Promise.resolve(
      subtrees.map(({ level, index }) => rootOfLog(log.slice(index * 2 ** level, (index + 1) * 2 ** level))),
    ),
  );
  return { ...at(log, seq), inclusionProof };
}

/** A bundle of these nodes and all about keys, as an honest log makes it. */
export async function bundleOf(log: Log, seqs: readonly number[], checkpoint?: string): Promise<Bundle> {
  const wanted = log.filter(({ seq, entityType }) => seqs.includes(seq) || entityType === 'key');
  return {
    tenantId,
    checkpoint: checkpoint ?? (await cosignedCheckpoint(log)),
    nodes: await Promise.all(wanted.map(({ seq }) => bundled(log, seq))),
  };
}

/** Only the first key of the log is known. */
export const trust: BundleTrust = { origin, keys: [root], witnesses: [witnessKey] };
