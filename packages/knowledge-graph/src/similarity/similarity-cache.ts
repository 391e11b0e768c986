import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { CapabilityId, capabilityNotFound } from '../capabilities/find-capabilities.ts';
import { Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { getGraphSettings } from '../graph-settings.ts';

/** Two capabilities, in either order. */
const Pair = { firstId: CapabilityId.toLowerCase(), secondId: CapabilityId.toLowerCase() };

export const CachedSimilarityQuery = z.strictObject({
  ...Pair,
  /** How old it may be. Default: the tenant's setting `cache_similarity_ttl_hours`. */
  maxAgeHours: z.int().min(0).max(1_000_000).optional(),
});
export type CachedSimilarityQuery = z.input<typeof CachedSimilarityQuery>;

/** A pair to compare, and what another method than the cosine said of it. */
export const SimilarityInput = z
  .strictObject({
    ...Pair,
    /** −1 to 1, at most four decimals. */
    semanticSimilarity: z.number().min(-1).max(1).multipleOf(0.0001).optional(),
    method: Text.min(1).max(50).default('cosine'),
  })
  .refine(({ firstId, secondId }) => firstId !== secondId, 'a capability is not compared with itself');
export type SimilarityInput = z.input<typeof SimilarityInput>;

const SimilarityInputs = z.array(SimilarityInput).max(10_000);

/** The cosine of two capabilities' embeddings. */
export interface Similarity {
  /** The smaller id first. */
  readonly capabilityIds: readonly [string, string];
  /** −1 to 1, four decimals. */
  readonly cosine: number;
}

/**
 * The cosine of two capabilities, if it was computed recently enough and neither has another embedding since.
 *
 * **Runs** `get_cached_similarity()`. @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export async function getCachedSimilarity(
  tx: TenantTransaction,
  query: CachedSimilarityQuery,
): Promise<number | undefined> {
  const { firstId, secondId, maxAgeHours } = parseInput(CachedSimilarityQuery, query);
  const hours = maxAgeHours ?? Math.floor((await getGraphSettings(tx)).cacheSimilarityTtlHours);
  const { rows } = await sql<{ cosine: string | null }>`
    select get_cached_similarity(${firstId}::uuid, ${secondId}::uuid, ${hours}) as cosine
  `.execute(tx);
  const cosine = rows[0]?.cosine;
  return cosine == null ? undefined : Number(cosine);
}

/**
 * Computes the cosines of pairs and caches them; a pair twice counts once, and one without an embedding is left out.
 *
 * The database computes them, of the embeddings as they are, and holds those until the transaction ends: a cosine that is
 * brought along could be of an embedding that another transaction is just replacing.
 *
 * **Runs** a lock on the capabilities, which their next demonstration waits for; one upsert. **Cost** linear.
 * @throws {GraphError} `INVALID_INPUT` with every problem, or `CAPABILITY_NOT_FOUND`; nothing is written.
 */
export async function putSimilarities(
  tx: TenantTransaction,
  pairs: readonly SimilarityInput[],
): Promise<Similarity[]> {
  const given = parseInput(SimilarityInputs, [...pairs]);
  if (given.length === 0) return [];
  await holdEmbeddings(tx, [...new Set(given.flatMap(({ firstId, secondId }) => [firstId, secondId]))]);
  const { rows } = await sql<{ entity1_id: string; entity2_id: string; cosine_similarity: string }>`
    insert into entity_similarity_cache as cached (
      tenant_id, entity1_id, entity2_id, cosine_similarity, semantic_similarity, computation_method
    )
    select distinct on (one.id, other.id)
      ${tx.tenantId}, one.id, other.id, round((1 - (one.embedding <=> other.embedding))::numeric, 4),
      given.semantic_similarity, given.method
    from unnest(
      ${given.map((row) => row.firstId)}::uuid[],
      ${given.map((row) => row.secondId)}::uuid[],
      ${given.map((row) => row.semanticSimilarity ?? null)}::numeric[],
      ${given.map((row) => row.method)}::text[]
    ) with ordinality as given (first_id, second_id, semantic_similarity, method, place)
    join agent_capabilities_graph as one
      on one.tenant_id = ${tx.tenantId} and one.id = least(given.first_id, given.second_id)
    join agent_capabilities_graph as other
      on other.tenant_id = ${tx.tenantId} and other.id = greatest(given.first_id, given.second_id)
    where one.embedding is not null and other.embedding is not null
    order by one.id, other.id, given.place desc
    on conflict (tenant_id, entity1_id, entity2_id) do update
    set
      cosine_similarity = excluded.cosine_similarity,
      semantic_similarity = excluded.semantic_similarity,
      computation_method = excluded.computation_method,
      computed_at = excluded.computed_at
    returning entity1_id, entity2_id, cosine_similarity
  `.execute(tx);
  return rows.map((row) => ({
    capabilityIds: [row.entity1_id, row.entity2_id],
    cosine: Number(row.cosine_similarity),
  }));
}

/** A share lock, unlike the foreign key's, waits for an embedding that is being replaced, and is waited for by the next. */
async function holdEmbeddings(tx: TenantTransaction, ids: readonly string[]): Promise<void> {
  const { rows } = await sql`
    select id from agent_capabilities_graph
    where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])
    order by agent_id collate "C", canonical_name collate "C"
    for share
  `.execute(tx);
  if (rows.length < ids.length) throw capabilityNotFound();
}

/**
 * Deletes cached similarities that were computed longer ago; says how many. For a daily job.
 *
 * **Runs** `cleanup_similarity_cache()`. @throws {GraphError} `INVALID_INPUT`.
 */
export async function cleanUpSimilarities(
  tx: TenantTransaction,
  options: { readonly olderThanDays?: number } = {},
): Promise<{ readonly deleted: number }> {
  const { olderThanDays } = parseInput(
    z.strictObject({ olderThanDays: z.int().min(0).max(36_500).default(7) }),
    options,
  );
  const { rows } = await sql<{ deleted: number }>`
    select cleanup_similarity_cache(${olderThanDays}) as deleted
  `.execute(tx);
  return { deleted: rows[0]?.deleted ?? 0 };
}
