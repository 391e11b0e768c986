import {
  cutPage,
  getOne,
  isBehind,
  LatestFirstPlace,
  placeOf,
  type PlacedRow,
  type TenantTransaction,
} from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { PageSize, parseInput, Uuid } from '../input.ts';
import type {} from '../tables.ts';
import { type ProvenanceRecord, recordColumns, type RecordRow, toRecord } from './record.ts';
import { CommitHash } from './verdict.ts';

const VerdictReference = z.strictObject({ verdictId: Uuid });

/** Which records: all, or those about a task. */
export const RecordPage = z.strictObject({
  taskId: Uuid.optional(),
  limit: PageSize,
  /** `next` of the page before. */
  after: LatestFirstPlace.optional(),
});
export type RecordPage = z.input<typeof RecordPage>;

/**
 * The record of a verdict.
 *
 * **Runs** one lookup by key. @throws {ProvenanceError} `INVALID_INPUT` @throws {DatabaseError} `NOT_FOUND`
 */
export async function getProvenanceRecord(
  tx: TenantTransaction,
  verdict: z.input<typeof VerdictReference>,
): Promise<ProvenanceRecord> {
  const { verdictId } = parseInput(VerdictReference, verdict);
  const found = sql<RecordRow>`
    select ${recordColumns}
    from provenance_records as record
    where tenant_id = ${tx.tenantId} and verdict_id = ${verdictId}
  `.execute(tx);
  return toRecord(await getOne(found, 'provenance record of that verdict'));
}

/**
 * A page of records, the latest decision first.
 *
 * **Runs** over `idx_provenance_records_timestamp`, or `idx_provenance_records_task_id` and a sort of the task's records.
 * @returns `next` to be handed in as `after` for the next page; undefined on the last one.
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem.
 */
export async function listProvenanceRecords(
  tx: TenantTransaction,
  page: RecordPage = {},
): Promise<{ readonly records: ProvenanceRecord[]; readonly next: string | undefined }> {
  const { taskId, limit, after } = parseInput(RecordPage, page);
  const [instant, id] = [sql`record."timestamp"`, sql`record.verdict_id`];
  const found = await sql<RecordRow & PlacedRow>`
    select ${recordColumns}, ${placeOf(instant, id)}
    from provenance_records as record
    where tenant_id = ${tx.tenantId}
      and ${taskId === undefined ? sql`true` : sql`task_id = ${taskId}`}
      and ${isBehind(instant, after, id)}
    order by record."timestamp" desc, record.verdict_id desc
    limit ${limit + 1}
  `.execute(tx);
  const { rows, next } = cutPage(found.rows, limit);
  return { records: rows.map(toRecord), next };
}

/**
 * The records about a commit, the earliest first: that of the verdict it rests on, and those of verdicts that judged it. What is
 * linked is what somebody said; `verifyCommit` asks the commit.
 *
 * **Runs** the SQL function `get_provenance_by_commit`. @throws {ProvenanceError} `INVALID_INPUT` for what is no object id in full.
 */
export async function getProvenanceByCommit(
  tx: TenantTransaction,
  hash: string,
): Promise<ProvenanceRecord[]> {
  const commit = parseInput(z.object({ hash: CommitHash }), { hash });
  const { rows } = await sql<RecordRow>`
    select ${recordColumns} from get_provenance_by_commit(${commit.hash}) as record
  `.execute(tx);
  return rows.map(toRecord);
}
