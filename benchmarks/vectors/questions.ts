import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { encodeVector } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { Embedder } from './embeddings.ts';
import type { Tenant } from './tenants.ts';

export const WANTED = 10;

/** An embedding that nobody has stored, and its true nearest. */
export interface Question {
  readonly tenant: Tenant;
  readonly embedding: Float32Array;
  /** min(10, all), nearest first. */
  readonly nearest: readonly string[];
}

/**
 * Draws questions as a tenant's embeddings are drawn, and finds the answers by comparing with every vector that the
 * tenant has.
 */
export async function ask(
  manager: ConnectionPoolManager,
  tenant: Tenant,
  { embedder, count }: { readonly embedder: Embedder; readonly count: number },
): Promise<Question[]> {
  const embeddings = Array.from({ length: count }, () => embedder.draw());
  return manager.withTenant(
    { tenantId: tenant.id },
    async (tx) => {
      const questions: Question[] = [];
      for (const embedding of embeddings) {
        const { rows } = await sql<{ id: string }>`
          select id
          from (
            select id, embedding <=> ${encodeVector(embedding)}::vector as distance
            from agent_capabilities_graph
            where tenant_id = ${tx.tenantId} and validation_status <> 'rejected'
            offset 0
          ) as compared
          order by distance, id
          limit ${WANTED}
        `.execute(tx);
        questions.push({ tenant, embedding, nearest: rows.map(({ id }) => id) });
      }
      return questions;
    },
    { statementTimeoutMs: 0 },
  );
}
