import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';

/** How many relationships an agent has now. */
export interface AgentDegree {
  readonly agentId: string;
  /** Those that go out, one that holds both ways among them. */
  readonly outbound: number;
  /** Those that come in, one that holds both ways among them. */
  readonly inbound: number;
  /** Each once. */
  readonly total: number;
}

const AgentIds = z.array(AgentId).max(10_000);

/**
 * Degrees of agents, in the order in which they are asked for; an agent that there is not has none of the three.
 *
 * **Runs** an index-only lookup for each in `agent_degrees`. **Cost** some ten rows an agent, however many relationships.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function listDegrees(
  tx: TenantTransaction,
  agentIds: readonly string[],
): Promise<AgentDegree[]> {
  const given = parseInput(AgentIds, [...agentIds]);
  const { rows } = await sql<DegreeRow>`
    select
      asked.agent_id,
      coalesce(degree.outbound_relationships, 0)::integer as outbound,
      coalesce(degree.inbound_relationships, 0)::integer as inbound,
      coalesce(degree.total_relationships, 0)::integer as total
    from unnest(${given}::text[]) with ordinality as asked (agent_id, place)
    left join lateral (
      select connectivity.*
      from agent_connectivity as connectivity
      where connectivity.tenant_id = ${tx.tenantId} and connectivity.agent_id = asked.agent_id
    ) as degree on true
    order by asked.place`.execute(tx);
  return rows.map(({ agent_id: agentId, ...counts }) => ({ agentId, ...counts }));
}

interface DegreeRow {
  readonly agent_id: string;
  readonly outbound: number;
  readonly inbound: number;
  readonly total: number;
}
