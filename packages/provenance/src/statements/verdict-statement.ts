import { ProvenanceError } from '../errors.ts';
import { type JsonValue, parseCanonical } from '../format/canonical-json.ts';
import type { ParentReference, ProvenanceNodeRecord } from '../format/node.ts';
import { formatInstant } from './instant.ts';
import { type Statement, type StatementSubject, statementType, verdictPredicateType } from './statement.ts';
import { nodesById, parentsOf } from './stated-node.ts';

/** What a statement of a verdict is made of. */
export interface VerdictToState {
  readonly verdict: ProvenanceNodeRecord;
  /** What was decided on: `{ name: 'repository', digest: { gitCommit: '…' } }`. Without it, the verdict's own node. */
  readonly subjects?: readonly StatementSubject[] | undefined;
  /** Nodes that it derives from, to be named in it; those that are not given stand there with id and hash. */
  readonly evidence?: readonly ProvenanceNodeRecord[] | undefined;
}

/**
 * An in-toto statement of a verdict: what was decided on which things, on what evidence, and where the log has it.
 * The nodes are taken as they are: verify their log first.
 *
 * @throws ProvenanceError `STATEMENT_INVALID` for a node that is no verdict, or evidence that it does not derive from;
 *   `JSON_NOT_CANONICAL` for content that is no canonical JSON
 * @see in-toto attestation framework, spec/v1/statement.md
 */
export function describeVerdict({ verdict, subjects, evidence = [] }: VerdictToState): Statement {
  if (verdict.entityType !== 'verdict')
    throw new ProvenanceError('STATEMENT_INVALID', 'A statement of a verdict is made of a verdict.');
  const byId = nodesById([verdict, ...evidence]);
  const parents = parentsOf(verdict, byId);
  const derivedFrom = new Set(parents.map(({ id }) => id));
  if (!evidence.every(({ id }) => derivedFrom.has(id)))
    throw new ProvenanceError('STATEMENT_INVALID', 'The verdict does not derive from all of the evidence.');
  return {
    _type: statementType,
    subject: subjects ?? [{ ...describeNode(verdict), digest: { sha256: verdict.hashChain } }],
    predicateType: verdictPredicateType,
    predicate: {
      verdict: parseCanonical(verdict.content),
      record: describeRecord(verdict),
      evidence: parents.map((parent) => describeParent(parent, byId.get(parent.id))),
    },
  };
}

function describeRecord(node: ProvenanceNodeRecord): JsonValue {
  return {
    tenant: node.tenantId,
    seq: node.seq,
    id: node.id,
    entityId: node.entityId,
    hash: node.hashChain,
    signature: node.signature,
    signingKeyId: node.signingKeyId,
    recordedAt: formatInstant(node.createdAtMicros),
    constitutionalRefs: node.constitutionalRefs,
    ...given('specHash', node.specHash),
    ...given('description', node.description),
    ...given('evidenceCompleteness', score(node.evidenceCompleteness)),
    ...given('budgetAdherence', score(node.budgetAdherence)),
    ...given('gateIntegrity', score(node.gateIntegrity)),
    ...given('provenanceClarity', score(node.provenanceClarity)),
  };
}

function describeParent(
  { id, hash }: ParentReference,
  node: ProvenanceNodeRecord | undefined,
): Record<string, JsonValue> {
  const named = node === undefined ? { uri: `urn:uuid:${id}` } : describeNode(node);
  return { ...named, digest: { sha256: hash } };
}

function describeNode({ id, entityType, entityId }: ProvenanceNodeRecord): {
  readonly name: string;
  readonly uri: string;
} {
  return { name: `${entityType}/${entityId}`, uri: `urn:uuid:${id}` };
}

function given(name: string, value: JsonValue | undefined): Record<string, JsonValue> {
  return value === undefined ? {} : { [name]: value };
}

/** Hundredths as a share: 85 is 0.85, the double that is nearest to it. */
function score(hundredths: number | undefined): number | undefined {
  return hundredths === undefined ? undefined : hundredths / 100;
}
