import { encodeVector, type ConnectionPoolManager, type TenantTransaction } from '@agent-agency/db-core';
import { findSimilarCapabilities } from '@agent-agency/knowledge-graph';
import { sql } from 'kysely';
import { WANTED, type Question } from './questions.ts';

/** A way to find what is near, in a transaction of the tenant: ids, nearest first. */
export type Search = (manager: ConnectionPoolManager, question: Question) => Promise<string[]>;

export const searches = {
  ours: inTenant(async (tx, { embedding }) => {
    const { capabilities } = await findSimilarCapabilities(tx, {
      embedding,
      limit: WANTED,
      minConfidence: 0.7,
    });
    return capabilities.map(({ id }) => id);
  }),
  plain: inTenant((tx, question) => byIndex(tx, question, 'off')),
  iterative: inTenant((tx, question) => byIndex(tx, question, 'relaxed_order')),
  exact: inTenant(exactly),
} satisfies Record<string, Search>;

function inTenant(search: (tx: TenantTransaction, question: Question) => Promise<string[]>): Search {
  return (manager, question) =>
    manager.withTenant({ tenantId: question.tenant.id }, (tx) => search(tx, question), {
      statementTimeoutMs: 0,
    });
}

/** By the index whatever the planner prefers: it takes the exact way while it believes the tenant to be small. */
async function byIndex(
  tx: TenantTransaction,
  { embedding }: Question,
  iterative: 'off' | 'relaxed_order',
): Promise<string[]> {
  await sql`
    select set_config('enable_sort', 'off', true), set_config('hnsw.iterative_scan', ${iterative}, true)
  `.execute(tx);
  const { rows } = await sql<{ id: string }>`
    select id from bench_vectors order by embedding <=> ${encodeVector(embedding)}::vector limit ${WANTED}
  `.execute(tx);
  return rows.map(({ id }) => id);
}

async function exactly(tx: TenantTransaction, { embedding }: Question): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id
    from (
      select id, embedding <=> ${encodeVector(embedding)}::vector as distance
      from bench_vectors
      where tenant_id = ${tx.tenantId}
      offset 0
    ) as compared
    order by distance, id
    limit ${WANTED}
  `.execute(tx);
  return rows.map(({ id }) => id);
}
