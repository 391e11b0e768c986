import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';

/** A hundred years: an interval of any number of them would lie before the calendar begins. */
const MAX_INACTIVE_MS = 100 * 366 * 86_400_000;

export const StaleAgents = z.strictObject({
  /** How long an agent has to have been inactive. */
  inactiveForMs: z.int().min(1).max(MAX_INACTIVE_MS),
  /** How many are archived in one go. */
  limit: z.int().min(1).max(10_000).default(1000),
});
export type StaleAgents = z.input<typeof StaleAgents>;

/**
 * Archives active agents that were not seen for long, the longest not seen first; call it again while as many as the limit
 * are answered. Nothing of them is deleted. An archived agent is active again as soon as it is seen: by `recordActivity`,
 * `recordPerformance` or `putAgents` with a later moment; or by `updateAgent`.
 *
 * **Runs** one update along `idx_agent_profiles_stale`. Rows that somebody holds are left for next time.
 *
 * @returns the ids of those that it archived: none when it is called again.
 * @throws {AgentRegistryError} `INVALID_INPUT`.
 */
export async function archiveStaleAgents(
  tx: TenantTransaction,
  input: StaleAgents,
): Promise<{ readonly archived: readonly string[] }> {
  const { inactiveForMs, limit } = parseInput(StaleAgents, input, 'the limits');
  const { rows } = await sql<{ id: string }>`
    update agent_profiles as profile
    set status = 'archived'
    where tenant_id = ${tx.tenantId}
      and id = any(array(
        select id
        from agent_profiles
        where tenant_id = ${tx.tenantId}
          and status = 'active'
          and last_active_at < now() - ${inactiveForMs}::float8 * interval '1 millisecond'
        order by last_active_at, id
        limit ${limit}
        for no key update skip locked
      ))
    returning id
  `.execute(tx);
  return { archived: rows.map((row) => row.id).toSorted() };
}
