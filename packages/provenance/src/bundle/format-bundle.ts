import { ProvenanceError } from '../errors.ts';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { fromUtf8, toBase64 } from '../format/encoding.ts';
import { type Bundle, type BundledNode, bundleVersion } from './bundle.ts';
import { readBundle } from './parse-bundle.ts';

/**
 * A bundle as it is sent and stored: canonical JSON. Says nothing about whether it verifies.
 *
 * **Cost** linear, for at most 64 MiB.
 * @throws ProvenanceError `BUNDLE_INVALID` for what `parseBundle` would not read, and for a node of another tenant
 * @see FORMAT.md section 15
 */
export function formatBundle({ tenantId, checkpoint, nodes }: Bundle): string {
  if (nodes.some((node) => node.tenantId !== tenantId)) throw invalid('it holds a node of another tenant.');
  const document = { bundle: bundleVersion, checkpoint, nodes: nodes.map(jsonOf), tenant_id: tenantId };
  const text = textOf(canonicalize(document));
  const read = readBundle(text);
  if ('reason' in read) throw invalid(read.message);
  return text;
}

function jsonOf(node: BundledNode): JsonValue {
  const members: Record<string, JsonValue | undefined> = {
    budget_adherence: node.budgetAdherence,
    constitutional_refs: node.constitutionalRefs,
    content: textOf(node.content),
    created_at: String(node.createdAtMicros),
    description: node.description,
    entity_id: node.entityId,
    entity_type: node.entityType,
    evidence_completeness: node.evidenceCompleteness,
    gate_integrity: node.gateIntegrity,
    hash_chain: node.hashChain,
    id: node.id,
    inclusion_proof: node.inclusionProof.map(toBase64),
    parents: node.parents.map(({ id, hash }) => ({ hash, id })),
    previous_hash: node.previousHash,
    provenance_clarity: node.provenanceClarity,
    seq: node.seq,
    signature: node.signature,
    signing_key_id: node.signingKeyId,
    spec_hash: node.specHash,
  };
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, JsonValue] => member[1] !== undefined),
  );
}

function textOf(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  if (text === undefined) throw invalid('the content of a node is not UTF-8.');
  return text;
}

function invalid(reason: string): ProvenanceError {
  return new ProvenanceError('BUNDLE_INVALID', `This cannot be a bundle: ${reason}`, { details: { reason } });
}
