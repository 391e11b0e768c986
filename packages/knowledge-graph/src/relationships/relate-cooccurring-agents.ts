import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { lockAllRelationships } from './lock-relationships.ts';
import { RELATE_COOCCURRING_AGENTS } from './queries/relate-cooccurring-agents.ts';

const Scope = z.strictObject({
  /** Only relationships of these agents. */
  agentIds: z.array(AgentId).min(1).optional(),
});

/**
 * Brings the `COLLABORATES_WITH` relationships up to what was observed: every pair of agents that shares a context.
 * Returns how many relationships were made or changed.
 *
 * With N contexts, of which n_a and n_b have either agent and n_ab both:
 * - `cooccurrenceCount` = n_ab;
 * - `pointwiseMutualInformation` = log2(n_ab · N / (n_a · n_b)), bits;
 * - `mutualInformation` = Σ p(x,y) log2(p(x,y) / (p(x) p(y))) over both agents' presence and absence, bits;
 * - `confidence` = 0.50 + 0.50 · n_ab / (n_ab + 3);
 * - `strength` = n_ab / (n_a + n_b − n_ab), the Jaccard coefficient.
 *
 * `confidence` and `strength` are rounded to two decimals, the information to six.
 *
 * It is the open version that gets these, and begins when they first met; before it was open is left alone. A relationship
 * that has ended begins anew when they meet again; one that was deleted comes back, since it was observed.
 *
 * With `agentIds` only relationships of these: right in themselves, while N has changed for the others as well.
 *
 * **Runs** one statement, while nobody else writes relationships of the tenant. **Cost** the sum over contexts (with
 * `agentIds`: over theirs) of the square of their agents.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 * @see Church, Hanks, "Word association norms, mutual information, and lexicography", 1990, §2.
 */
export async function relateCooccurringAgents(
  tx: TenantTransaction,
  input: z.input<typeof Scope> = {},
): Promise<{ changed: number }> {
  const { agentIds } = parseInput(Scope, input);
  // Of two at the same moment, the one that saw less could write last.
  await lockAllRelationships(tx);
  return getOne(RELATE_COOCCURRING_AGENTS(tx.tenantId, agentIds).execute(tx), 'count of relationships');
}
