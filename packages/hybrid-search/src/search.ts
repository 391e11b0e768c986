import type { TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { type Candidate, candidateKey } from './arms/candidate.ts';
import { searchByGraph, type GraphHit } from './arms/graph-arm.ts';
import { type LexicalHit, searchByWords } from './arms/lexical-arm.ts';
import { searchByVector, type VectorHit } from './arms/vector-arm.ts';
import { assertEmbedding, type EmbeddingProvider } from './embedding-provider.ts';
import { SearchError } from './errors.ts';
import { fuseRanks } from './fusion.ts';

export const SearchQuery = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(10_000)
    // What PostgreSQL refuses (NUL) or would change (half of a surrogate pair).
    .refine((text) => !/[\0\p{Cs}]/u.test(text), 'must not contain NUL or unpaired surrogates'),
  /** How far from the agents of the best hits the graph is followed; 0: those agents only. */
  hops: z.int().min(0).max(5).default(1),
  limit: z.int().min(1).max(1000).default(10),
  /** Vectors less similar than this are no hit, 0–1. */
  minSimilarity: z.number().min(0).max(1).default(0.15),
});
export type SearchQuery = z.input<typeof SearchQuery>;

/** What one arm says of a result. Ranks count from 1. */
export type SearchReason =
  | { readonly arm: 'vector'; readonly rank: number; readonly similarity: number }
  | { readonly arm: 'lexical'; readonly rank: number; readonly wordScore: number }
  | {
      readonly arm: 'graph';
      readonly rank: number;
      readonly hops: number;
      readonly viaAgentName: string;
      readonly confidence: number;
    };

export interface SearchResult extends Candidate {
  /** Name of the agent it belongs to, when that is somebody else. */
  readonly agentName: string | undefined;
  /** Sum over the arms of 1 / (60 + rank). */
  readonly score: number;
  readonly reasons: readonly SearchReason[];
}

/** A query with its embedding, ready for {@link search}. */
export type PreparedQuery = z.output<typeof SearchQuery> & { readonly embedding: Float32Array | undefined };

/** How far each arm looks, so that something that is middling in every arm can still win. */
const depthOf = (limit: number): number => Math.max(50, 5 * limit);
const SEEDS = 5;
/** What the stored embeddings have. */
const DIMENSIONS = 768;

/**
 * Checks a query and embeds it, outside any transaction. Text that has nothing to embed is searched by words alone.
 *
 * @throws {SearchError} `INVALID_ARGUMENT` with every problem; `INVALID_EMBEDDING` when the provider's vectors cannot be
 *   compared with the stored ones, `EMBEDDING_FAILED` when it answers with none, and what it throws itself.
 */
export async function prepareQuery(input: SearchQuery, provider: EmbeddingProvider): Promise<PreparedQuery> {
  const parsed = SearchQuery.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim());
    throw new SearchError('INVALID_ARGUMENT', `the query is wrong: ${problems.join('; ')}`);
  }
  return { ...parsed.data, embedding: await embedText(parsed.data.text, provider) };
}

/** Undefined for text that has nothing to embed. */
async function embedText(text: string, provider: EmbeddingProvider): Promise<Float32Array | undefined> {
  const vectors = await provider.embed([text]).catch((error: unknown) => {
    if (error instanceof SearchError && error.code === 'EMPTY_TEXT') return undefined;
    throw error;
  });
  if (vectors === undefined) return undefined;
  const [embedding] = vectors;
  if (embedding === undefined)
    throw new SearchError(
      'EMBEDDING_FAILED',
      `the provider ${provider.model} answered one text with no vector`,
    );
  assertEmbedding(embedding, DIMENSIONS);
  return embedding;
}

/**
 * Searches capabilities, the provenance log and agents of the tenant by vector, by words and by relation, and fuses the
 * three by reciprocal rank. At most `limit` results, each entity once, in an order that repeats.
 */
export async function search(tx: TenantTransaction, query: PreparedQuery): Promise<SearchResult[]> {
  const depth = depthOf(query.limit);
  const { embedding, minSimilarity, text, hops } = query;
  const byVector =
    embedding === undefined ? [] : await searchByVector(tx, { embedding, depth, minSimilarity });
  const byWords = await searchByWords(tx, { text, depth });
  const byGraph = await searchByGraph(tx, { seeds: seedsOf(byVector, byWords), hops, depth });

  const reasons = new Map([
    ['vector', reasonsOf(byVector, vectorReason)],
    ['lexical', reasonsOf(byWords, lexicalReason)],
    ['graph', reasonsOf(byGraph, graphReason)],
  ]);
  const found = new Map([...byGraph, ...byWords, ...byVector].map((hit) => [candidateKey(hit), hit]));
  const fused = fuseRanks(
    [...reasons].map(([name, ranked]) => ({ name, ids: [...ranked.keys()] })),
    { limit: query.limit },
  );
  const names = await agentNames(
    tx,
    fused.map(({ id }) => found.get(id)?.agentId),
  );
  return fused.flatMap(({ id, score }) => {
    const hit = found.get(id);
    if (hit === undefined) return [];
    const { entityType, entityId, name, agentId } = hit;
    const isOwn = agentId === undefined || entityType === 'agent_profile';
    return {
      ...{ entityType, entityId, name, agentId, score },
      agentName: isOwn ? undefined : names.get(agentId),
      reasons: [...reasons.values()].flatMap((ranked) => ranked.get(id) ?? []),
    };
  });
}

/** Agents of the best hits of the two arms, taken in turns. */
function seedsOf(byVector: readonly Candidate[], byWords: readonly Candidate[]): string[] {
  const fused = fuseRanks([
    { name: 'vector', ids: agentsOf(byVector) },
    { name: 'lexical', ids: agentsOf(byWords) },
  ]);
  return fused.slice(0, SEEDS).map(({ id }) => id);
}

function agentsOf(hits: readonly Candidate[]): string[] {
  return [...new Set(hits.flatMap((hit) => hit.agentId ?? []))];
}

function reasonsOf<Hit extends Candidate>(
  hits: readonly Hit[],
  reason: (hit: Hit, rank: number) => SearchReason,
): Map<string, SearchReason> {
  return new Map(hits.map((hit, place) => [candidateKey(hit), reason(hit, place + 1)]));
}

function vectorReason({ similarity }: VectorHit, rank: number): SearchReason {
  return { arm: 'vector', rank, similarity };
}

function lexicalReason({ wordScore }: LexicalHit, rank: number): SearchReason {
  return { arm: 'lexical', rank, wordScore };
}

function graphReason({ hops, viaAgentName, confidence }: GraphHit, rank: number): SearchReason {
  return { arm: 'graph', rank, hops, viaAgentName, confidence };
}

async function agentNames(
  tx: TenantTransaction,
  ids: readonly (string | undefined)[],
): Promise<Map<string | undefined, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== undefined);
  if (wanted.length === 0) return new Map();
  const rows = await tx
    .selectFrom('hybrid_search_index')
    .select(['id', 'name'])
    .where('tenant_id', '=', tx.tenantId)
    .where('entity_type', '=', 'agent_profile')
    .where('id', 'in', wanted)
    .execute();
  return new Map(rows.flatMap(({ id, name }) => (id === null || name === null ? [] : [[id, name] as const])));
}
