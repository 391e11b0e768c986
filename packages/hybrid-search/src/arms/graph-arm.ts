import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { Candidate } from './candidate.ts';

/** An agent near the agents of the best hits. */
export interface GraphHit extends Candidate {
  readonly agentId: string;
  /** Hops from `viaAgentId`; 0 for that agent itself. */
  readonly hops: number;
  readonly viaAgentId: string;
  readonly viaAgentName: string;
  /** Product of the relationships' confidences from there, 0–1. */
  readonly confidence: number;
}

export interface GraphQuery {
  /** Agents of the best hits of the other arms, best first. **Shape** no agent twice. */
  readonly seeds: readonly string[];
  readonly hops: number;
  readonly depth: number;
}

/**
 * The seeds, and agents that are related to them: fewest hops first, then by confidence halved with every place that
 * the seed stands further down.
 *
 * **Runs** `traverse_agent_relationships()` once a seed. **Cost** the relationships of the agents that are reached.
 */
export async function searchByGraph(tx: TenantTransaction, query: GraphQuery): Promise<GraphHit[]> {
  if (query.seeds.length === 0) return [];
  const { rows } = await sql<GraphRow>`
    with seed as (
      select given.agent_id, given.place, agent.name
      from unnest(${query.seeds}::text[]) with ordinality as given (agent_id, place)
      join agent_profiles as agent on agent.tenant_id = ${tx.tenantId} and agent.id = given.agent_id
    ),
    reached as (
      select seed.agent_id, seed.name, seed.agent_id as via_id, seed.name as via_name, seed.place,
        0 as hops, 1::double precision as confidence
      from seed
      union all
      select near.agent_id, near.agent_name, seed.agent_id, seed.name, seed.place,
        near.hop_distance, near.cumulative_confidence::double precision
      from seed
      cross join lateral traverse_agent_relationships(seed.agent_id, ${query.hops}) as near
    ),
    nearest as (
      select distinct on (agent_id) *
      from reached
      order by agent_id, hops, confidence * power(0.5, place - 1) desc, place
    )
    select agent_id, name, via_id, via_name, hops, confidence
    from nearest
    order by hops, confidence * power(0.5, place - 1) desc, place, agent_id
    limit ${query.depth}
  `.execute(tx);
  return rows.map((row) => ({
    entityType: 'agent_profile',
    entityId: row.agent_id,
    agentId: row.agent_id,
    name: row.name,
    hops: row.hops,
    viaAgentId: row.via_id,
    viaAgentName: row.via_name,
    confidence: row.confidence,
  }));
}

interface GraphRow {
  readonly agent_id: string;
  readonly name: string;
  readonly via_id: string;
  readonly via_name: string;
  readonly hops: number;
  readonly confidence: number;
}
