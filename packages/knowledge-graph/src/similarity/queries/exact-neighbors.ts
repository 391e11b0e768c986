import { encodeVector } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { EMBEDDING_DIMENSIONS } from '../../capabilities/embedding.ts';
import type { CheckedQuery } from '../similarity-query.ts';

/** Ground truth: every vector compared as a whole. The fence keeps every index from answering approximately. */
export const EXACT_NEIGHBORS = (
  tenantId: string,
  { limit, minConfidence, type, agentId }: CheckedQuery,
  embedding: Float32Array,
): RawBuilder<{ readonly id: string }> => sql`
  select compared.id
  from (
    select id, embedding <=> ${encodeVector(embedding, EMBEDDING_DIMENSIONS)}::vector as distance
    from agent_capabilities_graph
    where tenant_id = ${tenantId}
      and embedding is not null
      and validation_status <> 'rejected'
      and confidence >= ${minConfidence}::numeric
      and (${type ?? null}::entity_type is null or capability_type = ${type ?? null}::entity_type)
      and (${agentId ?? null}::text is null or agent_id = ${agentId ?? null}::text)
    offset 0
  ) as compared
  order by compared.distance, compared.id
  limit ${limit}
`;
