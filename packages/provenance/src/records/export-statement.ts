import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, Uuid } from '../input.ts';
import type { Signer } from '../signing/signature.ts';
import type { DsseEnvelope } from '../statements/dsse.ts';
import { signStatement } from '../statements/sign-statement.ts';
import type { StatementSubject } from '../statements/statement.ts';
import { describeVerdict } from '../statements/verdict-statement.ts';
import type {} from '../tables.ts';
import { requireNodes } from './read-nodes.ts';

/** A verdict of the log to make a statement of. */
export interface VerdictToExport {
  readonly verdictId: string;
  /** What was decided on. Default: the commits that its record knows, those it judged and those that rest on it; or its own node. */
  readonly subjects?: readonly StatementSubject[] | undefined;
}

/**
 * A verdict of the tenant's log as a signed in-toto statement, with all that it derives from as its evidence.
 *
 * Every node in it is held against its hash, and every parent against the hash that the verdict has of it. Who signs says that the
 * log has it so: verify the log first.
 *
 * **Runs** four lookups. **Cost** linear in what the verdict derives from.
 * @throws {ProvenanceError} `INVALID_INPUT`, `NODE_NOT_FOUND`, `LOG_CORRUPT`; `STATEMENT_INVALID` for a node that is no verdict, or
 *   subjects without a digest; and what `signStatement` throws.
 * @example
 * const envelope = await exportStatement(tx, { verdictId: record.verdictId }, signer);
 * verifyStatement(envelope, { keys, subject: { gitCommit: hash } }).ok; // true
 */
export async function exportStatement(
  tx: TenantTransaction,
  { verdictId, subjects }: VerdictToExport,
  signer: Signer,
): Promise<DsseEnvelope> {
  const { id } = parseInput(z.object({ id: Uuid }), { id: verdictId });
  const verdict = await getOne(requireNodes(tx, [id]), 'verdict of that id');
  const parentIds = verdict.parents.map((parent) => parent.id);
  const evidence = await requireNodes(tx, parentIds);
  const statement = describeVerdict({
    verdict,
    evidence,
    subjects: subjects ?? (await commitsOf(tx, id)),
  });
  return signStatement(statement, signer);
}

async function commitsOf(
  tx: TenantTransaction,
  verdictId: string,
): Promise<readonly StatementSubject[] | undefined> {
  const { rows } = await sql<{ hash: string }>`
    select git_commit_hash as hash
    from provenance_records
    where tenant_id = ${tx.tenantId} and verdict_id = ${verdictId} and git_commit_hash is not null
    union
    select hash from git_commits where tenant_id = ${tx.tenantId} and provenance_record_id = ${verdictId}
    order by hash
  `.execute(tx);
  return rows.length === 0 ? undefined : rows.map(({ hash }) => ({ digest: { gitCommit: hash } }));
}
