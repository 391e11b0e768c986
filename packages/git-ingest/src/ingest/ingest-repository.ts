import type { ConnectionPoolManager } from '@agent-agency/db-core';
import type { EmbeddingProvider } from '@agent-agency/hybrid-search';
import { relateCooccurringAgents } from '@agent-agency/knowledge-graph';
import type { Signer } from '@agent-agency/provenance';
import { inspectRepository, type Repository } from '../git/inspect-repository.ts';
import { readCommits } from '../git/read-commits.ts';
import { batchesOf } from './batches.ts';
import { storeBatch } from './store-batch.ts';

export interface IngestOptions {
  readonly tenantId: string;
  readonly signer: Signer;
  readonly embeddings: EmbeddingProvider;
  /** A branch, tag or commit; default `HEAD`. */
  readonly ref?: string;
  /** Two authors of one file within one window of so many days collaborate. Default 90. */
  readonly windowDays?: number;
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly signal?: AbortSignal;
}

export interface IngestProgress {
  readonly commitsRead: number;
  readonly commitsStored: number;
  readonly commitsTotal: number;
}

export interface IngestSummary {
  readonly commitsRead: number;
  /** Commits that were not stored before. */
  readonly commitsStored: number;
  readonly agentsCreated: number;
  readonly evidenceCreated: number;
  /** Relationships made or changed. */
  readonly relationshipsChanged: number;
  readonly durationMs: number;
}

// 500 commits are a few thousand rows and, with embeddings, a few megabytes: under a second on a server.
const BATCH = { commits: 500, paths: 20_000 };
/** Comparing all pairs of a large history takes longer than a statement usually may. */
const RELATE_TIMEOUT_MS = 600_000;

/**
 * Turns a repository's history into agents, capabilities, evidence, relationships and a provenance log of the tenant.
 *
 * Commits are stored in batches, each batch in one transaction; a commit is stored whole or not at all, and one that is
 * stored is not stored again. So a run that broke off is continued by running again.
 *
 * **Cost** linear in the history, and at the end the sum over files and windows of the square of their authors. Memory
 * for one batch, however long the history.
 *
 * @throws {GitIngestError} what is wrong with the repository, before anything is written.
 * @throws {DatabaseError} what is wrong with the database; the batches before it stay.
 */
export async function ingestRepository(
  manager: ConnectionPoolManager,
  path: string,
  options: IngestOptions,
): Promise<IngestSummary> {
  const startedAt = performance.now();
  const { tenantId, signer, embeddings, signal, windowDays = 90 } = options;
  const repository = await inspectRepository(path, {
    ...(options.ref === undefined ? {} : { ref: options.ref }),
    ...(signal === undefined ? {} : { signal }),
  });
  const scope = { tenantId, project: repository.rootCommits.join(' '), windowDays };
  const counts = { commitsRead: 0, commitsStored: 0, agentsCreated: 0, evidenceCreated: 0 };
  for await (const batch of batchesOf(commitsOf(repository, signal), BATCH)) {
    const stored = await storeBatch({ manager, signer, embeddings, scope }, batch);
    counts.commitsRead += batch.length;
    counts.commitsStored += stored.commits;
    counts.agentsCreated += stored.agents;
    counts.evidenceCreated += stored.evidence;
    const { commitsRead, commitsStored } = counts;
    options.onProgress?.({ commitsRead, commitsStored, commitsTotal: repository.commitCount });
  }
  signal?.throwIfAborted();
  const { changed } = await manager.withTenant({ tenantId }, relateCooccurringAgents, {
    statementTimeoutMs: RELATE_TIMEOUT_MS,
  });
  return { ...counts, relationshipsChanged: changed, durationMs: Math.round(performance.now() - startedAt) };
}

function commitsOf(repository: Repository, signal: AbortSignal | undefined) {
  return readCommits(repository, signal === undefined ? {} : { signal });
}
