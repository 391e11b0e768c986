import { putAgents } from '@agent-agency/agent-registry';
import type { ConnectionPoolManager, TenantTransaction } from '@agent-agency/db-core';
import type { EmbeddingProvider } from '@agent-agency/hybrid-search';
import {
  canonicalName,
  demonstrateCapabilities,
  listTopics,
  observeCooccurrences,
  putEvidence,
  type CapabilityKey,
  type Demonstration,
  type Evidence,
  type StoredCapability,
} from '@agent-agency/knowledge-graph';
import {
  appendNodes,
  findRecorded,
  lockHead,
  type NodeToAppend,
  type Signer,
} from '@agent-agency/provenance';
import { participantsOf } from '../extract/participants.ts';
import type { Commit } from '../git/commit.ts';
import { entityIdOf, nodeIdOf, nodeOf } from './commit-node.ts';
import { cooccurrencesOf, type ContextScope } from './contexts.ts';
import { embedTallies, hasWords, keyOf, tallyOf } from './demonstrations.ts';
import { showingsOf, type Showing } from './showings.ts';

/** What storing needs besides the commits. */
export interface StoreContext {
  readonly manager: ConnectionPoolManager;
  readonly signer: Signer;
  readonly embeddings: EmbeddingProvider;
  readonly scope: ContextScope;
}

export interface StoredCounts {
  readonly commits: number;
  readonly agents: number;
  readonly evidence: number;
}

/** What a batch turns into, worked out before the transaction that stores it. */
interface Prepared {
  readonly commits: readonly Commit[];
  readonly nodes: readonly NodeToAppend[];
  readonly showings: readonly (Showing & { readonly chunkId: string })[];
  readonly demonstrations: readonly Demonstration[];
}

/**
 * Stores the commits of a batch that are not stored yet: agents, capabilities, evidence, co-occurrences and log nodes,
 * all of them in one transaction.
 *
 * Embedding may call another machine, so it happens between two transactions. If somebody else stored one of the
 * commits meanwhile, the batch starts over.
 */
export async function storeBatch(context: StoreContext, batch: readonly Commit[]): Promise<StoredCounts> {
  const { manager, scope } = context;
  for (;;) {
    const { fresh, topics } = await manager.withTenant(
      { tenantId: scope.tenantId },
      async (tx) => lookUp(tx, batch),
      { readOnly: true },
    );
    if (fresh.length === 0) return { commits: 0, agents: 0, evidence: 0 };
    const prepared = await prepare(context, fresh, topics);
    const stored = await manager.withTenant({ tenantId: scope.tenantId }, (tx) =>
      store(tx, context, prepared),
    );
    if (stored !== undefined) return stored;
  }
}

type Topics = Awaited<ReturnType<typeof listTopics>>;

async function lookUp(
  tx: TenantTransaction,
  batch: readonly Commit[],
): Promise<{ fresh: Commit[]; topics: Topics }> {
  const fresh = await notRecorded(tx, batch);
  const keys: CapabilityKey[] = tallyOf(fresh.flatMap((commit) => showingsOf(commit, tx.tenantId)));
  return { fresh, topics: await listTopics(tx, keys) };
}

async function notRecorded(tx: TenantTransaction, commits: readonly Commit[]): Promise<Commit[]> {
  const recorded = await findRecorded(
    tx,
    'verdict',
    commits.map((commit) => entityIdOf(commit.id)),
  );
  return commits.filter((commit) => !recorded.has(entityIdOf(commit.id)));
}

async function prepare(context: StoreContext, commits: readonly Commit[], topics: Topics): Promise<Prepared> {
  const { tenantId } = context.scope;
  const recordedAt = new Date();
  const showings = commits.flatMap((commit) =>
    showingsOf(commit, tenantId).map((showing) => ({ ...showing, chunkId: nodeIdOf(commit.id) })),
  );
  const nodes = commits.map((commit) => nodeOf(commit, tenantId, recordedAt));
  return {
    commits,
    nodes: await embedNodes(nodes, context.embeddings),
    showings,
    demonstrations: await embedTallies(tallyOf(showings), topics, context.embeddings),
  };
}

async function embedNodes(
  nodes: readonly NodeToAppend[],
  embeddings: EmbeddingProvider,
): Promise<NodeToAppend[]> {
  const texts = nodes.map((node) => node.description ?? '').filter(hasWords);
  const vectors = (await embeddings.embed(texts)).values();
  return nodes.map((node) =>
    hasWords(node.description ?? '') ? { ...node, embedding: vectors.next().value } : node,
  );
}

/** Undefined when the batch has to start over. */
async function store(
  tx: TenantTransaction,
  context: StoreContext,
  prepared: Prepared,
): Promise<StoredCounts | undefined> {
  await lockHead(tx);
  if ((await notRecorded(tx, prepared.commits)).length < prepared.commits.length) return undefined;
  const agents = await putAgents(tx, agentsOf(prepared.commits, tx.tenantId));
  const capabilities = await demonstrateCapabilities(tx, prepared.demonstrations);
  const nodes = await appendNodes(tx, prepared.nodes, context.signer);
  const evidence = await putEvidence(tx, evidenceOf(prepared.showings, capabilities));
  await observeCooccurrences(tx, cooccurrencesOf(prepared.commits, context.scope));
  return { commits: nodes.length, agents: agents.created, evidence: evidence.created };
}

function agentsOf(commits: readonly Commit[], tenantId: string) {
  const agents = new Map<string, { id: string; name: string; modelFamily: string; lastActiveAt: Date }>();
  for (const commit of commits) {
    for (const { agentId, name } of participantsOf(commit, tenantId)) {
      const known = agents.get(agentId);
      const lastActiveAt =
        known !== undefined && known.lastActiveAt > commit.authoredAt
          ? known.lastActiveAt
          : commit.authoredAt;
      agents.set(agentId, { id: agentId, name: known?.name ?? name, modelFamily: 'human', lastActiveAt });
    }
  }
  return [...agents.values()];
}

function evidenceOf(showings: Prepared['showings'], capabilities: readonly StoredCapability[]): Evidence[] {
  const ids = new Map(capabilities.map((capability) => [keyOf(capability), capability.id]));
  return showings.map((showing) => {
    const capabilityId = ids.get(
      keyOf({ agentId: showing.agentId, canonicalName: canonicalName(showing.name) }),
    );
    if (capabilityId === undefined)
      throw new RangeError(`no capability ${showing.name} was stored for its agent`);
    return {
      capabilityId,
      chunkId: showing.chunkId,
      chunkType: 'commit',
      mention: showing.mention,
      method: showing.method,
      confidence: showing.confidence,
    };
  });
}
