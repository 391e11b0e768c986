import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { maxListed } from '../chain/chain-report.ts';
import { ProvenanceError } from '../errors.ts';
import { canonicalize, type JsonValue, parseCanonical } from '../format/canonical-json.ts';
import { toHex } from '../format/encoding.ts';
import { isJsonObject } from '../format/json-object.ts';
import type {} from '../tables.ts';
import { recordTrailer } from './record-verdict.ts';

/** A column of a record that is not what the verdict's node says. */
export interface RecordViolation {
  readonly verdictId: string;
  /** `verdict_id` when the log has no such verdict. */
  readonly column: string;
}

/** What became of a tenant's records. */
export interface RecordReport {
  readonly valid: boolean;
  readonly checked: number;
  readonly violationCount: number;
  /** The first of them, by the ids of the verdicts. */
  readonly violations: readonly RecordViolation[];
}

const pageSize = 50;

/**
 * Holds every record against its node, and reports every column that differs. A record is a copy: whether the nodes are what they
 * were, `verifyLog` says.
 *
 * What is linked in `git_commits` is in no node; about a commit, `verifyCommit` asks the commit.
 *
 * **Runs** one range of keys a page of 50. **Cost** linear; memory for one page.
 */
export async function verifyRecords(tx: TenantTransaction): Promise<RecordReport> {
  const violations: RecordViolation[] = [];
  let [checked, violationCount] = [0, 0];
  for (let after: string | undefined; ;) {
    const rows = await readPage(tx, after);
    for (const row of rows) {
      const columns = differingColumns(row);
      violationCount += columns.length;
      violations.push(...columns.map((column) => ({ verdictId: row.verdict_id, column })));
    }
    violations.splice(maxListed);
    checked += rows.length;
    after = rows.at(-1)?.verdict_id;
    if (rows.length < pageSize) return { valid: violationCount === 0, checked, violationCount, violations };
  }
}

/** The columns that a node's content has as members. */
interface Members {
  readonly task_id: string;
  readonly decision_type: string;
  readonly decision_data: JsonValue;
  readonly consensus_score: number;
  readonly judge_verdicts: JsonValue;
  readonly caws_compliance: JsonValue;
  readonly claim_verification: JsonValue;
  readonly metadata: JsonValue;
  readonly git_commit_hash: string | null;
}

interface ComparedRow extends Members {
  readonly verdict_id: string;
  readonly git_trailer: string;
  readonly signature: string;
  readonly timestamp: string;
  readonly node_type: string | null;
  readonly node_content: Uint8Array;
  readonly node_hash: string;
  readonly node_signature: string;
  readonly node_timestamp: string;
}

async function readPage(tx: TenantTransaction, after: string | undefined): Promise<readonly ComparedRow[]> {
  const { rows } = await sql<ComparedRow>`
    select
      record.verdict_id, record.task_id, record.decision_type, record.decision_data,
      record.consensus_score::float8 as consensus_score,
      record.judge_verdicts, record.caws_compliance, record.claim_verification, record.metadata,
      record.git_commit_hash, record.git_trailer, record.signature, extract(epoch from record."timestamp")::text as "timestamp",
      node.entity_type as node_type, node.content as node_content, node.hash_chain as node_hash,
      node.signature as node_signature, extract(epoch from node.created_at)::text as node_timestamp
    from (
      select * from provenance_records
      where tenant_id = ${tx.tenantId} and ${after === undefined ? sql`true` : sql`verdict_id > ${after}`}
      order by verdict_id
      limit ${pageSize}
    ) as record
    left join lateral (
      select * from caws_provenance_graph where tenant_id = ${tx.tenantId} and id = record.verdict_id
      offset 0
    ) as node on true
    order by record.verdict_id
  `.execute(tx);
  return rows;
}

function differingColumns(row: ComparedRow): string[] {
  if (row.node_type !== 'verdict') return ['verdict_id'];
  const content = contentOf(row.node_content);
  const isSame: Readonly<Record<string, boolean>> = {
    task_id: content['task_id'] === row.task_id,
    decision_type: content['decision_type'] === row.decision_type,
    decision_data: isSameJson(content['decision_data'], row.decision_data),
    consensus_score: content['consensus_score'] === row.consensus_score,
    judge_verdicts: isSameJson(content['judge_verdicts'], row.judge_verdicts),
    caws_compliance: isSameJson(content['caws_compliance'], row.caws_compliance),
    claim_verification: isSameJson(content['claim_verification'] ?? null, row.claim_verification),
    metadata: isSameJson(content['metadata'], row.metadata),
    git_commit_hash: (content['git_commit_hash'] ?? null) === row.git_commit_hash,
    git_trailer: recordTrailer({ id: row.verdict_id, hashChain: row.node_hash }) === row.git_trailer,
    signature: row.node_signature === row.signature,
    timestamp: row.node_timestamp === row.timestamp,
  };
  return Object.keys(isSame).filter((column) => isSame[column] === false);
}

/** What is no JSON object says nothing. */
function contentOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const content = parseCanonical(new Uint8Array(bytes));
    return isJsonObject(content) ? content : {};
  } catch (error) {
    if (error instanceof ProvenanceError) return {};
    throw error;
  }
}

function isSameJson(said: unknown, stored: JsonValue): boolean {
  return said !== undefined && canonicalText(said as JsonValue) === canonicalText(stored);
}

/** What is stored may be anything: deeper than what has a canonical form, for one. */
function canonicalText(value: JsonValue): string | undefined {
  try {
    return toHex(canonicalize(value));
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}
