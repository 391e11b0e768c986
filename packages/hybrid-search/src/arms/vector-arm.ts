import { encodeVector, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type {} from '../tables.ts';
import { type Candidate, type CandidateRow, toCandidate } from './candidate.ts';

export interface VectorHit extends Candidate {
  /** Cosine similarity, −1 to 1. */
  readonly similarity: number;
}

export interface VectorQuery {
  readonly embedding: Float32Array;
  readonly depth: number;
  readonly minSimilarity: number;
}

/**
 * The nearest entities by cosine, exactly: every vector of the tenant is compared.
 *
 * **Runs** one scan of the tenant's rows. The inner query computes each distance once, and keeps a nearest-neighbour
 * index out of it: such an index is filtered by tenant only afterwards, and then returns fewer rows than asked, or none.
 * **Cost** linear in the tenant's vectors.
 */
export async function searchByVector(tx: TenantTransaction, query: VectorQuery): Promise<VectorHit[]> {
  const { rows } = await sql<CandidateRow & { similarity: number }>`
    select entity_type, id, name, parent_id, 1 - distance as similarity
    from (
      select
        entity_type, id, name, parent_id,
        embedding <=> ${encodeVector(query.embedding)}::vector as distance
      from hybrid_search_index
      where tenant_id = ${tx.tenantId} and embedding is not null
      offset 0
    ) as compared
    where distance <= ${1 - query.minSimilarity}
    order by distance, entity_type, id
    limit ${query.depth}
  `.execute(tx);
  return rows.map((row) => ({ ...toCandidate(row), similarity: row.similarity }));
}
