import { encodeVector, findOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { ProvenanceError } from '../errors.ts';
import { type EntityType, entityTypes } from '../format/node.ts';
import { parseInput, Uuid } from '../input.ts';
import { nodeNotFound } from './node-not-found.ts';
import { Embedding, EMBEDDING_DIMENSIONS } from './put-embeddings.ts';

const MAX_LIMIT = 10_000;

/** What decisions should be like: an embedding, or a node that has one. */
export const VerdictSimilarityQuery = z
  .strictObject({
    embedding: Embedding.optional(),
    /** Like this one, which itself is left out. */
    nodeId: Uuid.optional(),
    entityType: z.enum(entityTypes).default('verdict'),
    limit: z.int().min(1).max(MAX_LIMIT).default(10),
  })
  .refine(({ embedding, nodeId }) => (embedding === undefined) !== (nodeId === undefined), {
    path: ['embedding'],
    message: 'either an embedding or a nodeId has to be given',
  });
export type VerdictSimilarityQuery = z.input<typeof VerdictSimilarityQuery>;

export interface SimilarVerdict {
  readonly id: string;
  readonly entityType: EntityType;
  readonly entityId: string;
  readonly constitutionalRefs: readonly string[];
  readonly createdAt: Date;
  /** Cosine, -1–1. */
  readonly similarity: number;
}

/**
 * The tenant's verdicts, or nodes of another type, nearest to an embedding or to another node: first by the signs of
 * their dimensions, the nearest of those as a whole, which finds 99 of 100 true neighbors and more.
 *
 * **Runs** `find_similar_caws_verdicts()`, one statement; with `nodeId` a look-up before it. **Cost** 0.25 µs a node of
 * the type that has an embedding, and some 10 µs for each of some 100 that are compared.
 *
 * @returns the most similar first; of equals the smaller id.
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem; `NODE_NOT_FOUND`.
 * @example
 * const verdicts = await findSimilarVerdicts(tx, { embedding, limit: 5 });
 */
export async function findSimilarVerdicts(
  tx: TenantTransaction,
  query: VerdictSimilarityQuery,
): Promise<SimilarVerdict[]> {
  const { embedding, nodeId, entityType, limit } = parseInput(VerdictSimilarityQuery, query);
  const vector =
    embedding === undefined
      ? await embeddingOf(tx, nodeId ?? '')
      : encodeVector(embedding, EMBEDDING_DIMENSIONS);
  // The node that others should be like is the nearest to itself.
  const wanted = Math.min(limit + (nodeId === undefined ? 0 : 1), MAX_LIMIT);
  const { rows } = await sql<SimilarVerdict>`
    select
      verdict_id as id,
      entity_type as "entityType",
      entity_id as "entityId",
      constitutional_refs as "constitutionalRefs",
      created_at as "createdAt",
      similarity_score::float8 as similarity
    from find_similar_caws_verdicts(${vector}::vector, ${entityType}, ${wanted})
  `.execute(tx);
  return rows.filter(({ id }) => id !== nodeId).slice(0, limit);
}

/** As text, which the server reads back exactly. */
async function embeddingOf(tx: TenantTransaction, nodeId: string): Promise<string> {
  const node = await findOne(
    sql<{ embedding: string | null }>`
      select item.embedding::text
      from caws_provenance_graph as node
      left join provenance_embeddings as item on item.tenant_id = node.tenant_id and item.node_id = node.id
      where node.tenant_id = ${tx.tenantId} and node.id = ${nodeId}::uuid
    `.execute(tx),
    'node of that id',
  );
  if (node === undefined) throw nodeNotFound({ id: nodeId });
  if (node.embedding !== null) return node.embedding;
  throw new ProvenanceError('INVALID_INPUT', 'the input is wrong: nodeId has no embedding yet', {
    details: { field: 'nodeId', problems: 1 },
  });
}
