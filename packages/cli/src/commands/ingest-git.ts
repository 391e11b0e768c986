import { ingestRepository, inspectRepository, type IngestSummary } from '@agent-agency/git-ingest';
import { createLexicalHashEmbeddings } from '@agent-agency/hybrid-search';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { openTenantSigner } from '../provenance/tenant-signer.ts';

export interface IngestGitOptions {
  readonly tenant: string;
  readonly ref?: string;
  readonly windowDays?: number;
  readonly signingKey?: string;
}

/** `agency-db ingest git <path> --tenant <id>` */
export async function ingestGitCommand(
  context: CommandContext,
  path: string,
  options: IngestGitOptions,
): Promise<void> {
  const { terminal, env, interruption } = context;
  const { tenant: tenantId, windowDays } = options;
  const config = databaseConfig(env);
  const signal = interruption('what is stored stays, and the same command goes on from there');
  const selection = { signal, ...(options.ref === undefined ? {} : { ref: options.ref }) };
  const summary = await withManager(config, async (manager) => {
    // Both before anything is made: a key for a tenant or a repository that is not there would stay behind.
    await manager.withTenant({ tenantId }, getOwnTenant, { readOnly: true });
    await inspectRepository(path, selection);
    const signer = await openTenantSigner(context, manager, { ...options, purpose: 'nodes' });
    terminal.status('reading commits');
    return ingestRepository(manager, path, {
      ...selection,
      tenantId,
      signer,
      embeddings: createLexicalHashEmbeddings(),
      ...(windowDays === undefined ? {} : { windowDays }),
      onProgress: ({ commitsRead, commitsTotal }) => {
        terminal.progress(commitsRead, commitsTotal, 'commits');
        if (commitsRead === commitsTotal) terminal.status('relating those who worked together');
      },
    });
  });
  terminal.print(describeIngest(summary));
  terminal.printJson(summary);
}

export function describeIngest(summary: IngestSummary): string {
  const { commitsRead, commitsStored, agentsCreated, evidenceCreated, relationshipsChanged, durationMs } =
    summary;
  const seconds = durationMs / 1000;
  return [
    `read ${counted(commitsRead, 'commit')}, ${String(commitsStored)} of them new`,
    `${counted(agentsCreated, 'new agent')}, ${counted(evidenceCreated, 'piece')} of evidence`,
    `${counted(relationshipsChanged, 'relationship')} made or changed`,
    `${seconds.toFixed(1)} s, ${String(Math.round(commitsRead / Math.max(seconds, 0.001)))} commits/s`,
  ].join('; ');
}
