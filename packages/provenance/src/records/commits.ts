import { getOne, isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { ProvenanceError } from '../errors.ts';
import { Instant, parseInput, Text, Uuid } from '../input.ts';
import type {} from '../tables.ts';
import { CommitHash } from './verdict.ts';

/** A commit, and the verdict that it rests on. */
export const CommitLink = z.strictObject({
  verdictId: Uuid,
  /** The commit's id in full, of SHA-1 or of SHA-256. */
  hash: CommitHash,
  author: Text.min(1).max(255).optional(),
  message: Text.optional(),
  /** When it was written. */
  timestamp: Instant.optional(),
});
export type CommitLink = z.input<typeof CommitLink>;

/** A commit as it was linked. */
export interface LinkedCommit {
  readonly hash: string;
  readonly author?: string | undefined;
  readonly message?: string | undefined;
  readonly timestamp?: Date | undefined;
  readonly linkedAt: Date;
}

/**
 * Says that a commit rests on a recorded verdict. A commit rests on one; a verdict may have several, as a commit is amended or
 * rebased. For good: neither the record nor the link changes any more.
 *
 * **Runs** the SQL function `link_provenance_to_commit`.
 * @returns `linked` is false when the same link was there already; what is said of the commit stays what it was.
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem; `RECORD_NOT_FOUND` when the verdict has no record; `COMMIT_TAKEN`
 *   when the commit rests on another one. After the last two the transaction is over.
 * @example
 * await linkProvenanceToCommit(tx, { verdictId: record.verdictId, hash: commitId(bytes, sha1) });
 */
export async function linkProvenanceToCommit(
  tx: TenantTransaction,
  link: CommitLink,
): Promise<{ readonly linked: boolean }> {
  const { verdictId, hash, author = null, message = null, timestamp = null } = parseInput(CommitLink, link);
  const answer = sql<{ linked: boolean }>`
    select link_provenance_to_commit(${verdictId}, ${hash}, ${author}, ${message}, ${timestamp}) as linked
  `.execute(tx);
  try {
    return await getOne(answer, 'answer');
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

/** By SQLSTATE, and by the name of the constraint. */
function refusalOf(cause: unknown): ProvenanceError | undefined {
  if (!isDataLayerError(cause)) return undefined;
  const { sqlState, constraint } = cause.details;
  if (sqlState === 'AALNK')
    return new ProvenanceError('COMMIT_TAKEN', 'The commit rests on another verdict: look which one it is.', {
      cause,
    });
  if (constraint === 'git_commits_provenance_record_id_fkey')
    return new ProvenanceError('RECORD_NOT_FOUND', 'The verdict has no record here: record it first.', {
      cause,
    });
  return undefined;
}

/**
 * The commits that rest on a verdict, in the order in which they were linked.
 *
 * **Runs** over `idx_git_commits_provenance_record_id`. @throws {ProvenanceError} `INVALID_INPUT`
 */
export async function listLinkedCommits(
  tx: TenantTransaction,
  verdict: { readonly verdictId: string },
): Promise<LinkedCommit[]> {
  const { verdictId } = parseInput(z.strictObject({ verdictId: Uuid }), verdict);
  const { rows } = await sql<CommitRow>`
    select hash, author, message, "timestamp", created_at
    from git_commits
    where tenant_id = ${tx.tenantId} and provenance_record_id = ${verdictId}
    order by created_at, hash
  `.execute(tx);
  return rows.map(toCommit);
}

interface CommitRow {
  readonly hash: string;
  readonly author: string | null;
  readonly message: string | null;
  readonly timestamp: Date | null;
  readonly created_at: Date;
}

function toCommit(row: CommitRow): LinkedCommit {
  return {
    hash: row.hash,
    author: row.author ?? undefined,
    message: row.message ?? undefined,
    timestamp: row.timestamp ?? undefined,
    linkedAt: row.created_at,
  };
}
