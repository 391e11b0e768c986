import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { GraphTime } from '../graph-time.ts';

export const NeighborQuery = z.strictObject({
  ...GraphTime.shape,
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
    select * from traverse_agent_relationships(
      ${query.agentId}, ${query.maxHops}, ${query.minConfidence}::numeric,
      p_as_of => ${query.asOf ?? null}::timestamptz, p_known_at => ${query.knownAt ?? null}::timestamptz
    )
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

interface TraversalRow {
  readonly agent_id: string;
  readonly agent_name: string;
  readonly hop_distance: number;
  readonly relationship_path: string[];
  readonly cumulative_confidence: string;
  readonly path: string[];
}
