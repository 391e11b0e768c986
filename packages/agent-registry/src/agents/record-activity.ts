import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { noSuchAgent, parseInput } from '../errors.ts';
import { seenAgents } from './seen-agents.ts';

const AgentIds = z.array(AgentId).min(1).max(10_000);

/**
 * Notes that agents are alive. Archived ones are active again; inactive ones stay so.
 *
 * **Runs** one lookup for each, and a write only where the last one is more than a minute ago, so it may be called with
 * every heartbeat: `lastActiveAt` is exact to the minute.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT`; `AGENT_NOT_FOUND` if there is one that the tenant does not have. Nothing is
 *   written.
 */
export async function recordActivity(tx: TenantTransaction, agentIds: readonly string[]): Promise<void> {
  const ids = [...new Set(parseInput(AgentIds, [...agentIds], 'the ids'))];
  const { rows } = await sql<{ missing: number }>`
    with given (agent_id, seen_at) as materialized (
      select agent_id, now() from unnest(${ids}::text[]) as given (agent_id)
    ),
    missing as materialized (
      select from given
      where not exists (
        select from agent_profiles as profile
        where profile.tenant_id = ${tx.tenantId} and profile.id = given.agent_id
      )
    ),
    ${seenAgents(tx.tenantId)}
    select count(*)::integer as missing from missing
  `.execute(tx);
  if (rows[0]?.missing !== 0) throw noSuchAgent();
}
