import { createHash } from 'node:crypto';
import {
  canonicalize,
  createSigner,
  generateSigningKey,
  type NodeToAppend,
  type PublicKeyRecord,
} from '@agent-agency/provenance';

export const SIGNER = createSigner(generateSigningKey().privateKeyPem);
export const KEYS: readonly PublicKeyRecord[] = [SIGNER];

const FIRST_AT = Date.UTC(2026, 0, 1);

/** The same for the same name, and in no order, as random ones are. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const version = `4${hex.slice(13, 16)}`;
  const variant = `8${hex.slice(17, 20)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), version, variant, hex.slice(20, 32)].join('-');
}

/** What verdicts of a log derive from: its first two nodes. */
export function foundations(tenantId: string): NodeToAppend[] {
  return (['policy', 'spec'] as const).map((entityType) => ({
    id: uuidOf(`${entityType} of ${tenantId}`),
    entityType,
    entityId: `${entityType} of ${tenantId}`,
    content: { version: 1 },
    createdAt: new Date(FIRST_AT),
  }));
}

/** A verdict as CAWS has it: 0.7 kB of content, two parents, two clauses, scores and a line for people. */
export function verdict(tenantId: string, at: number): NodeToAppend {
  const name = `verdict ${at} of ${tenantId}`;
  return {
    id: uuidOf(name),
    entityType: 'verdict',
    entityId: name,
    parents: foundations(tenantId).map(({ id }) => id),
    content: contentOf(at),
    constitutionalRefs: ['CAWS:Section4.2', `CAWS:Section${at % 50}`],
    specHash: createHash('sha256')
      .update(String(at % 100))
      .digest('hex'),
    description: `Accepted: task ${at} keeps its change budget and passes its gates`,
    evidenceCompleteness: at % 101,
    budgetAdherence: 100,
    gateIntegrity: 90 + (at % 11),
    provenanceClarity: 85,
    createdAt: new Date(FIRST_AT + at),
  };
}

function contentOf(at: number): NodeToAppend['content'] {
  const judge = (name: string, score: number) => ({
    ...{ name, score, vote: 'accept' },
    reason: 'The change does what its working spec asks for, and its tests fail without it.',
  });
  return {
    task_id: uuidOf(`task ${at}`),
    decision_type: 'accept',
    decision_data: { files: 3 + (at % 7), lines: 40 + (at % 300), risk_tier: 1 + (at % 3) },
    consensus_score: 0.9,
    judge_verdicts: [judge('constitutional', 0.95), judge('technical', 0.9), judge('quality', 0.85)],
    caws_compliance: { waivers: 0, gates: ['tests', 'coverage', 'mutation'], compliant: true },
  };
}

/** What is stored of a node, without anything computed in the database. */
export interface PlainRow {
  readonly node: NodeToAppend;
  readonly content: Uint8Array;
  /** As long as a hash and a signature are. */
  readonly hash: string;
  readonly signature: string;
}

export function plainRow(node: NodeToAppend): PlainRow {
  const content = canonicalize(node.content);
  const digest = createHash('sha512').update(content).digest();
  return {
    ...{ node, content },
    hash: digest.subarray(0, 32).toString('hex'),
    signature: digest.toString('base64'),
  };
}
