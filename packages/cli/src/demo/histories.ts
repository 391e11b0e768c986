import { ingestRepository } from '@agent-agency/git-ingest';
import { createLexicalHashEmbeddings } from '@agent-agency/hybrid-search';
import { createSigner, generateSigningKey } from '@agent-agency/provenance';
import { createTenant } from '@agent-agency/tenancy';
import { describeIngest } from '../commands/ingest-git.ts';
import { withSecondProject } from './second-project.ts';
import { A, B, type Stage } from './stage.ts';
import type { Finding } from './steps.ts';
import { describeStore } from './store.ts';

/** Two tenants, each with a history of its own. */
export async function ingestBoth(stage: Stage, repository: string): Promise<void> {
  const { manager, steps } = stage;
  await manager.withSystem('agency-db demo', async (tx) => {
    await createTenant(tx, { id: A });
    await createTenant(tx, { id: B });
  });
  await steps.run(`tenant A: the history of ${repository}`, () => ingest(stage, A, repository));
  await steps.run('tenant B: a small history of its own', () =>
    withSecondProject((path) => ingest(stage, B, path)),
  );
}

async function ingest(
  { manager, terminal, signal }: Stage,
  tenantId: string,
  path: string,
): Promise<Finding> {
  const summary = await ingestRepository(manager, path, {
    tenantId,
    signal,
    signer: createSigner(generateSigningKey().privateKeyPem),
    embeddings: createLexicalHashEmbeddings(),
    onProgress: ({ commitsRead, commitsTotal }) => {
      terminal.progress(commitsRead, commitsTotal, 'commits');
    },
  });
  const stored = await manager.withTenant({ tenantId }, describeStore, { readOnly: true });
  return { lines: [describeIngest(summary), ...stored], held: summary.commitsStored === summary.commitsRead };
}
