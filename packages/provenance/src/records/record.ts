import { sql } from 'kysely';
import type { DecisionType, JsonRecord } from './verdict.ts';

/** A verdict as it is recorded: a copy of what its node in the log says. */
export interface ProvenanceRecord {
  /** The id of its node. */
  readonly verdictId: string;
  readonly taskId: string;
  readonly decisionType: DecisionType;
  readonly decisionData: JsonRecord;
  /** **Units** 0–1. */
  readonly consensusScore: number;
  readonly judgeVerdicts: JsonRecord;
  readonly cawsCompliance: JsonRecord;
  readonly claimVerification?: JsonRecord | undefined;
  readonly metadata: JsonRecord;
  /** The commit that was judged. */
  readonly gitCommitHash?: string | undefined;
  /** Lines for the message of a commit that rests on it: the node and its hash. Who signs it adds a third. */
  readonly gitTrailer: string;
  /** The node's, base64. */
  readonly signature: string;
  /** When it was decided: the node's time, to the millisecond. */
  readonly timestamp: Date;
  readonly createdAt: Date;
}

/** What {@link toRecord} needs. */
export const recordColumns = sql`
  record.verdict_id, record.task_id, record.decision_type, record.decision_data, record.consensus_score,
  record.judge_verdicts, record.caws_compliance, record.claim_verification, record.metadata,
  record.git_commit_hash, record.git_trailer, record.signature, record."timestamp", record.created_at
`;

export interface RecordRow {
  readonly verdict_id: string;
  readonly task_id: string;
  readonly decision_type: DecisionType;
  readonly decision_data: JsonRecord;
  readonly consensus_score: string;
  readonly judge_verdicts: JsonRecord;
  readonly caws_compliance: JsonRecord;
  readonly claim_verification: JsonRecord | null;
  readonly metadata: JsonRecord;
  readonly git_commit_hash: string | null;
  readonly git_trailer: string;
  readonly signature: string;
  readonly timestamp: Date;
  readonly created_at: Date;
}

export function toRecord(row: RecordRow): ProvenanceRecord {
  return {
    verdictId: row.verdict_id,
    taskId: row.task_id,
    decisionType: row.decision_type,
    decisionData: row.decision_data,
    consensusScore: Number(row.consensus_score),
    judgeVerdicts: row.judge_verdicts,
    cawsCompliance: row.caws_compliance,
    claimVerification: row.claim_verification ?? undefined,
    metadata: row.metadata,
    gitCommitHash: row.git_commit_hash ?? undefined,
    gitTrailer: row.git_trailer,
    signature: row.signature,
    timestamp: row.timestamp,
    createdAt: row.created_at,
  };
}
