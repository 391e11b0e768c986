import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId, Instant, refuseRepetitions } from './column-values.ts';
import { parseInput } from './errors.ts';
import { RELATE_COOCCURRING_AGENTS } from './queries/relate-cooccurring-agents.ts';
import type {} from './tables.ts';

/** That an agent was seen in a context: a file within a time window, a task, a meeting. */
export const Cooccurrence = z.strictObject({
  contextId: z.uuid(),
  agentId: AgentId,
  observedAt: Instant,
});
export type Cooccurrence = z.infer<typeof Cooccurrence>;

// A UUID is the same in either case.
const Cooccurrences = z
  .array(Cooccurrence)
  .superRefine(refuseRepetitions(({ contextId, agentId }) => [contextId.toLowerCase(), agentId]));

/**
 * Notes who was seen where; the same again only moves the time forward.
 *
 * **Shape** no (context, agent) twice. **Runs** one insert from `unnest`, in the order of the keys. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; nothing is written.
 * @throws {DatabaseError} `FOREIGN_KEY_VIOLATION` when an agent is not registered.
 */
export async function observeCooccurrences(
  tx: TenantTransaction,
  input: readonly Cooccurrence[],
): Promise<void> {
  const given = parseInput(Cooccurrences, [...input]);
  if (given.length === 0) return;
  await sql`
    insert into agent_cooccurrences as seen (tenant_id, context_id, agent_id, observed_at)
    select ${tx.tenantId}, context_id, agent_id, observed_at
    from unnest(
      ${given.map((row) => row.contextId)}::uuid[],
      ${given.map((row) => row.agentId)}::text[],
      ${given.map((row) => row.observedAt)}::timestamptz[]
    ) as given (context_id, agent_id, observed_at)
    order by context_id, agent_id
    on conflict (tenant_id, context_id, agent_id) do update
    set observed_at = excluded.observed_at
    where seen.observed_at < excluded.observed_at
  `.execute(tx);
}

/**
 * Brings the `COLLABORATES_WITH` relationships up to what was observed: every pair of agents that shares a context.
 * Returns how many relationships were made or changed.
 *
 * With N contexts, of which n_a and n_b have either agent and n_ab both:
 * - `cooccurrence_count` = n_ab;
 * - `pointwise_mutual_information` = log2(n_ab · N / (n_a · n_b)), bits;
 * - `mutual_information` = Σ p(x,y) log2(p(x,y) / (p(x) p(y))) over both agents' presence and absence, bits;
 * - `confidence` = 0.50 + 0.50 · n_ab / (n_ab + 3);
 * - `strength` = n_ab / (n_a + n_b − n_ab), the Jaccard coefficient.
 *
 * `confidence` and `strength` are rounded to two decimals, the information to six.
 *
 * **Runs** one statement, in a tenant one at a time: it waits for another that has not committed. **Cost** the sum over
 * contexts of the square of their agents.
 *
 * @see Church, Hanks, "Word association norms, mutual information, and lexicography", 1990, §2.
 */
export async function relateCooccurringAgents(tx: TenantTransaction): Promise<{ changed: number }> {
  // Of two at the same moment, the one that saw less could write last.
  const lock = `knowledge-graph/relate/${tx.tenantId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
  return getOne(RELATE_COOCCURRING_AGENTS(tx.tenantId).execute(tx), 'count of relationships');
}

/** How many relationships the tenant has. */
export async function countRelationships(tx: TenantTransaction): Promise<number> {
  const row = await tx
    .selectFrom('agent_relationships')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
