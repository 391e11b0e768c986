import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { GraphError } from '../errors.ts';
import type { RelationshipKey } from './relationship-key.ts';

/**
 * Makes sure that agents are registered, and that they stay so until the transaction ends. Says when it began, in whole
 * milliseconds.
 *
 * Before any lock of a relationship: who unregisters an agent goes from it to its relationships as well.
 *
 * @throws {GraphError} `AGENT_NOT_FOUND` with the place of each relationship that names somebody else.
 */
export async function requireAgents(
  tx: TenantTransaction,
  keys: readonly RelationshipKey[],
): Promise<{ readonly now: Date }> {
  const ids = [...new Set(keys.flatMap((key) => [key.sourceAgentId, key.targetAgentId]))];
  const { now, registered } = await getOne(
    sql<{ now: Date; registered: string[] }>`
      with agent as materialized (
        select id from agent_profiles where tenant_id = ${tx.tenantId} and id = any(${ids}::text[]) order by id for key share
      )
      select date_trunc('milliseconds', now()) as now, array(select id::text from agent) as registered
    `.execute(tx),
    'beginning of the transaction',
  );
  const known = new Set(registered);
  const places = keys.flatMap((key, place) =>
    known.has(key.sourceAgentId) && known.has(key.targetAgentId) ? [] : [place],
  );
  if (places.length === 0) return { now };
  throw new GraphError(
    'AGENT_NOT_FOUND',
    `${places.join(', ')}: the tenant has no such agent: register it first`,
    { details: { places } },
  );
}
