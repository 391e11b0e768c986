import { ProvenanceError } from '../errors.ts';
import { fromBase64, fromUtf8, utf8 } from '../format/encoding.ts';
import type { EntityType } from '../format/node.ts';
import { type Bundle, type BundledNode, bundleVersion, maxBundleBytes } from './bundle.ts';
import { FormMismatch, type PathStep } from './cursor.ts';
import { constant, listOf, objectOf, optional, parsedText, readForm, text, wholeNumber } from './form.ts';

/** No tree has leaves deeper down. */
const maxProofHashes = 53;

/** More than any node needs: the database has room for fewer parents. */
const maxItems = 65_536;

const hash = parsedText('base64 in its one spelling', fromBase64);
const micros = parsedText('a whole number of microseconds', parseMicros);
const parent = objectOf({ hash: text, id: text });

/** FORMAT.md section 15. Whether the values can be those of a node is for its hash to say. */
const node = objectOf({
  budget_adherence: optional(wholeNumber),
  constitutional_refs: listOf(text, maxItems),
  content: text,
  created_at: micros,
  description: optional(text),
  entity_id: text,
  entity_type: text,
  evidence_completeness: optional(wholeNumber),
  gate_integrity: optional(wholeNumber),
  hash_chain: text,
  id: text,
  inclusion_proof: listOf(hash, maxProofHashes),
  parents: listOf(parent, maxItems),
  previous_hash: optional(text),
  provenance_clarity: optional(wholeNumber),
  seq: wholeNumber,
  signature: text,
  signing_key_id: text,
  spec_hash: optional(text),
});

const document = objectOf({
  bundle: constant(bundleVersion),
  checkpoint: text,
  nodes: listOf(node, Infinity),
  tenant_id: text,
});

/**
 * Reads a bundle, strictly: there is one way to write it. Believes what it reads; `verifyBundle` does not.
 *
 * **Cost** linear, for at most {@link maxBundleBytes}.
 * @throws ProvenanceError `BUNDLE_INVALID`; `details.reason` is `too-large` or `malformed-bundle`, and of the latter `path` and
 *   `offset` say where the text stops being a bundle
 * @see FORMAT.md section 15
 */
export function parseBundle(bundle: string | Uint8Array): Bundle {
  const read = readBundle(bundle);
  if (!('reason' in read)) return read;
  throw new ProvenanceError('BUNDLE_INVALID', read.message, {
    details: { reason: read.reason, path: read.path, offset: read.offset },
  });
}

/** Why something is no bundle. */
export interface UnreadableBundle {
  readonly reason: 'too-large' | 'malformed-bundle';
  /** As `nodes[3].seq`; empty for the whole. */
  readonly path: string;
  /** **Units** UTF-16 code units. */
  readonly offset: number;
  /** In which node it is. */
  readonly index: number | undefined;
  readonly message: string;
}

/** As {@link parseBundle}, without throwing. */
export function readBundle(bundle: unknown): Bundle | UnreadableBundle {
  const read = readText(bundle);
  if (read === undefined) return unreadable('too-large', `A bundle has at most ${maxBundleBytes} bytes.`);
  try {
    const { tenant_id: tenantId, checkpoint, nodes } = readForm(document, read);
    return { tenantId, checkpoint, nodes: nodes.map((members) => toNode(members, tenantId)) };
  } catch (error) {
    if (error instanceof FormMismatch) return malformed(error);
    throw error;
  }
}

/** Undefined when it is too large. What is no text at all is read as the empty one. */
function readText(bundle: unknown): string | undefined {
  if (bundle instanceof Uint8Array)
    return bundle.length > maxBundleBytes ? undefined : (fromUtf8(bundle) ?? '');
  if (typeof bundle !== 'string') return '';
  // Each code unit is one to three bytes, so most texts need not be encoded to be measured.
  if (bundle.length > maxBundleBytes) return undefined;
  return bundle.length * 3 > maxBundleBytes && utf8(bundle).length > maxBundleBytes ? undefined : bundle;
}

function unreadable(reason: UnreadableBundle['reason'], message: string): UnreadableBundle {
  return { reason, path: '', offset: 0, index: undefined, message };
}

function malformed({ path, offset, message }: FormMismatch): UnreadableBundle {
  const [member, index] = path;
  const place = path.map(pathStep).join('').replace(/^\./, '');
  return {
    reason: 'malformed-bundle',
    path: place,
    offset,
    index: member === 'nodes' && typeof index === 'number' ? index : undefined,
    message: `${place === '' ? 'The bundle' : place} is not as it must be at offset ${offset}: expected ${message}.`,
  };
}

function pathStep(step: PathStep): string {
  return typeof step === 'number' ? `[${step}]` : `.${step}`;
}

function toNode(members: ReturnType<typeof node.read>, tenantId: string): BundledNode {
  return {
    tenantId,
    seq: members.seq,
    previousHash: members.previous_hash,
    id: members.id,
    entityType: members.entity_type as EntityType,
    entityId: members.entity_id,
    parents: members.parents,
    content: utf8(members.content),
    constitutionalRefs: members.constitutional_refs,
    specHash: members.spec_hash,
    description: members.description,
    evidenceCompleteness: members.evidence_completeness,
    budgetAdherence: members.budget_adherence,
    gateIntegrity: members.gate_integrity,
    provenanceClarity: members.provenance_clarity,
    createdAtMicros: members.created_at,
    signingKeyId: members.signing_key_id,
    hashChain: members.hash_chain,
    signature: members.signature,
    inclusionProof: members.inclusion_proof,
  };
}

/** One spelling a number: no plus sign, no leading zero, no minus zero. */
function parseMicros(digits: string): bigint | undefined {
  return /^(?:0|-?[1-9][0-9]{0,18})$/.test(digits) ? BigInt(digits) : undefined;
}
