import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { GraphError } from '../errors.ts';

/** @throws {GraphError} `AGENT_NOT_FOUND`, with the places of the rows whose agent is not registered. */
export async function requireAgents(
  tx: TenantTransaction,
  given: readonly { readonly agentId: string }[],
): Promise<void> {
  const agentIds = [...new Set(given.map((row) => row.agentId))];
  const { rows } = await sql<{ id: string }>`
    select given.id
    from unnest(${agentIds}::text[]) as given (id)
    where not exists (
      select from agent_profiles as agent where agent.tenant_id = ${tx.tenantId} and agent.id = given.id
    )
  `.execute(tx);
  if (rows.length === 0) return;
  const missing = new Set(rows.map((row) => row.id));
  const places = given.flatMap(({ agentId }, place) => (missing.has(agentId) ? [place] : []));
  throw agentNotFound(`of ${places.slice(0, 10).join(', ')}${places.length > 10 ? ', …' : ''}`);
}

/** For an agent that went between the check and the write. */
export function explainMissingAgent(error: unknown): never {
  const isAgent =
    isDataLayerError(error, 'FOREIGN_KEY_VIOLATION') &&
    String(error.details['constraint']).endsWith('_agent_id_fkey');
  throw isAgent ? agentNotFound('of one of them', error) : error;
}

function agentNotFound(whose: string, cause?: unknown): GraphError {
  return new GraphError(
    'AGENT_NOT_FOUND',
    `the tenant has no such agent (agentId ${whose}): register it first`,
    { cause },
  );
}
