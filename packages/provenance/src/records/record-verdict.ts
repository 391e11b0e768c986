import { randomUUID } from 'node:crypto';
import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import { provenanceKeys } from '../git/provenance-claim.ts';
import { formatTrailers } from '../git/trailer.ts';
import { parseInput } from '../input.ts';
import { appendNodes } from '../log/append-nodes.ts';
import type { NodeToAppend } from '../log/node-to-append.ts';
import type { Signer } from '../signing/signature.ts';
import type {} from '../tables.ts';
import { type ProvenanceRecord, recordColumns, type RecordRow, toRecord } from './record.ts';
import { VerdictToRecord } from './verdict.ts';

/** A verdict in the log and in the records. */
export interface RecordedVerdict {
  readonly record: ProvenanceRecord;
  readonly node: ProvenanceNodeRecord;
}

/**
 * Records a verdict: appends its node to the tenant's log and keeps it as a record, in the caller's own transaction.
 *
 * The node's content is the whole verdict. The record is taken from the node, and the database refuses one that says something else.
 *
 * **Runs** `appendNodes`, then one insert.
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem, before the database is asked; and what `appendNodes` throws.
 * @example
 * const { record } = await recordVerdict(
 *   tx,
 *   { taskId, decisionType: 'accept', decisionData, consensusScore: 0.9, cawsCompliance, parents: [spec.id, waiver.id] },
 *   signer,
 * );
 */
export async function recordVerdict(
  tx: TenantTransaction,
  verdict: VerdictToRecord,
  signer: Signer,
): Promise<RecordedVerdict> {
  const checked = parseInput(VerdictToRecord, verdict, 'the verdict');
  const node = await getOne(appendNodes(tx, [nodeOf(checked)], signer), 'node of the verdict');
  return { record: await insertRecord(tx, node), node };
}

/** What the two lines of a record's trailer are: the signature of a commit's is made for that commit. */
export function recordTrailer({ id, hashChain }: Pick<ProvenanceNodeRecord, 'id' | 'hashChain'>): string {
  return formatTrailers([
    { key: provenanceKeys.node, value: id },
    { key: provenanceKeys.hash, value: hashChain },
  ]);
}

function nodeOf(verdict: z.output<typeof VerdictToRecord>): NodeToAppend {
  const { id = randomUUID(), entityId = id, claimVerification, gitCommitHash, ...rest } = verdict;
  return {
    id,
    entityType: 'verdict',
    entityId,
    parents: rest.parents,
    content: {
      task_id: rest.taskId,
      decision_type: rest.decisionType,
      decision_data: rest.decisionData,
      consensus_score: rest.consensusScore,
      judge_verdicts: rest.judgeVerdicts,
      caws_compliance: rest.cawsCompliance,
      ...(claimVerification && { claim_verification: claimVerification }),
      metadata: rest.metadata,
      ...(gitCommitHash !== undefined && { git_commit_hash: gitCommitHash }),
    },
    constitutionalRefs: rest.constitutionalRefs,
    specHash: rest.specHash,
    description: rest.description,
    evidenceCompleteness: rest.evidenceCompleteness,
    budgetAdherence: rest.budgetAdherence,
    gateIntegrity: rest.gateIntegrity,
    provenanceClarity: rest.provenanceClarity,
    createdAt: rest.createdAt,
  };
}

/** What the record says is read where it stands. */
async function insertRecord(tx: TenantTransaction, node: ProvenanceNodeRecord): Promise<ProvenanceRecord> {
  const inserted = sql<RecordRow>`
    insert into provenance_records as record (
      tenant_id, verdict_id, task_id, decision_type, decision_data, consensus_score, judge_verdicts,
      caws_compliance, claim_verification, metadata, git_commit_hash, git_trailer, signature, "timestamp"
    )
    select
      node.tenant_id, node.id,
      (node.metadata ->> 'task_id')::uuid,
      node.metadata ->> 'decision_type',
      node.metadata -> 'decision_data',
      (node.metadata ->> 'consensus_score')::numeric,
      node.metadata -> 'judge_verdicts',
      node.metadata -> 'caws_compliance',
      node.metadata -> 'claim_verification',
      node.metadata -> 'metadata',
      node.metadata ->> 'git_commit_hash',
      ${recordTrailer(node)}, node.signature, node.created_at
    from caws_provenance_graph as node
    where node.tenant_id = ${tx.tenantId} and node.id = ${node.id}
    returning ${recordColumns}
  `.execute(tx);
  return toRecord(await getOne(inserted, 'record of the verdict'));
}
