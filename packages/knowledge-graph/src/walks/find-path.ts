import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { GraphTime } from '../graph-time.ts';

export const PathQuery = z.strictObject({
  ...GraphTime.shape,
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
    from find_agent_path(
      ${query.sourceAgentId}, ${query.targetAgentId}, ${query.maxHops},
      ${query.asOf ?? null}::timestamptz, ${query.knownAt ?? null}::timestamptz
    ) as path
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

interface PathRow {
  readonly path_length: number;
  readonly relationship_path: string[];
  readonly agent_path: string[];
  readonly total_confidence: string;
  readonly agent_names: string[];
}
