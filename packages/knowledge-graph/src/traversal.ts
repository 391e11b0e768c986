import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from './column-values.ts';
import { parseInput } from './errors.ts';

export const NeighborQuery = z.strictObject({
  agentId: AgentId,
  maxHops: z.int().min(1).max(10).default(1),
  /** Relationships below it are not followed, 0–1. */
  minConfidence: z.number().min(0).max(1).default(0.5),
});
export type NeighborQuery = z.input<typeof NeighborQuery>;

/** An agent that was reached, and how. */
export interface Neighbor {
  readonly agentId: string;
  readonly agentName: string;
  readonly hops: number;
  /** Product of the confidences along the path, 0–1. */
  readonly confidence: number;
  /** Agents from the start to this one, both included. **Shape** [hops + 1]. */
  readonly path: readonly string[];
  /** Types of the relationships along the path. **Shape** [hops]. */
  readonly relationships: readonly string[];
}

/**
 * Agents within some hops of one, each once by its best shortest path: nearest first, then most confident.
 *
 * **Runs** `traverse_agent_relationships()`. **Cost** the edges of the agents that are reached.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function listNeighbors(tx: TenantTransaction, input: NeighborQuery): Promise<Neighbor[]> {
  const query = parseInput(NeighborQuery, input);
  const { rows } = await sql<TraversalRow>`
    select * from traverse_agent_relationships(${query.agentId}, ${query.maxHops}, ${query.minConfidence}::numeric)
  `.execute(tx);
  return rows.map((row) => ({
    agentId: row.agent_id,
    agentName: row.agent_name,
    hops: row.hop_distance,
    confidence: Number(row.cumulative_confidence),
    path: row.path,
    relationships: row.relationship_path,
  }));
}

export const PathQuery = z.strictObject({
  sourceAgentId: AgentId,
  targetAgentId: AgentId,
  maxHops: z.int().min(0).max(10).default(5),
});
export type PathQuery = z.input<typeof PathQuery>;

export interface AgentPath {
  readonly hops: number;
  readonly confidence: number;
  /** Agents in order, source and target included. **Shape** [hops + 1]. */
  readonly agents: readonly { readonly id: string; readonly name: string }[];
  readonly relationships: readonly string[];
}

/**
 * The shortest path between two agents, of the shortest the most confident; undefined when there is none.
 *
 * **Runs** `find_agent_path()`. **Cost** the edges of the agents that are nearer than the target.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function findPath(tx: TenantTransaction, input: PathQuery): Promise<AgentPath | undefined> {
  const query = parseInput(PathQuery, input);
  const { rows } = await sql<PathRow>`
    select path.*, array(
      select agent.name
      from unnest(path.agent_path) with ordinality as step (agent_id, place)
      join agent_profiles as agent on agent.tenant_id = ${tx.tenantId} and agent.id = step.agent_id
      order by step.place
    ) as agent_names
    from find_agent_path(${query.sourceAgentId}, ${query.targetAgentId}, ${query.maxHops}) as path
  `.execute(tx);
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    hops: row.path_length,
    confidence: Number(row.total_confidence),
    agents: row.agent_path.map((id, place) => ({ id, name: row.agent_names[place] ?? id })),
    relationships: row.relationship_path,
  };
}

interface TraversalRow {
  readonly agent_id: string;
  readonly agent_name: string;
  readonly hop_distance: number;
  readonly relationship_path: string[];
  readonly cumulative_confidence: string;
  readonly path: string[];
}

interface PathRow {
  readonly path_length: number;
  readonly relationship_path: string[];
  readonly agent_path: string[];
  readonly total_confidence: string;
  readonly agent_names: string[];
}
