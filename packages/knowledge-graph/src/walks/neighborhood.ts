import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { parseInput } from '../errors.ts';
import type { RelationshipType } from '../generated/tables.ts';
import { traverse, type Traversal, type WalkNode } from './traverse.ts';
import type { Truncation } from './truncation.ts';
import { edgeOf, type Orientation, type WalkEdge } from './walk-edge.ts';
import { TraverseQuery } from './walk-query.ts';

/** A part of the graph. */
export interface Neighborhood {
  /** The start first; then by hops, and of one hop by id. */
  readonly nodes: readonly WalkNode[];
  /** All relationships among them, by source, target and type. */
  readonly edges: readonly WalkEdge[];
  /** Relationships that were looked at. */
  readonly edgesSeen: number;
  readonly truncated?: Truncation;
}

/**
 * The agents that `traverse` reaches, and all relationships among them, whatever their direction: what a drawing shows.
 *
 * **Runs** `traverse` and one more statement. The edges that the walk has left of its budget are left for it; its time
 * begins again. **Cost** the relationships that go out from the agents.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`.
 */
export async function getNeighborhood(tx: TenantTransaction, input: TraverseQuery): Promise<Neighborhood> {
  const query = parseInput(TraverseQuery, input);
  const walk = await traverse(tx, input);
  const { edges, truncated } = await edgesAmong(tx, walk, query);
  const reason = truncated ?? walk.truncated?.reason;
  return {
    nodes: walk.nodes,
    edges,
    edgesSeen: walk.edgesSeen + edges.length,
    ...(reason !== undefined && { truncated: { reason } }),
  };
}

interface EdgesRow {
  readonly edges: readonly (readonly [string, string, RelationshipType, Orientation, number])[];
  readonly is_late: boolean;
}

/** An undirected one is a way from both ends, and taken from the smaller. */
async function edgesAmong(
  tx: TenantTransaction,
  { nodes, edgesSeen }: Traversal,
  query: z.output<typeof TraverseQuery>,
): Promise<{ edges: WalkEdge[]; truncated?: Truncation['reason'] }> {
  const agentIds = nodes.map((node) => node.agentId);
  const edgesLeft = Math.max(0, query.budget.edges - edgesSeen);
  const row = await getOne(
    sql<EdgesRow>`
      with node as materialized (select id, place from unnest(${agentIds}::text[]) with ordinality as given (id, place))
      select
        coalesce(
          json_agg(
            json_build_array(
              edge.source, edge.neighbor, edge.type, edge.orientation, (edge.confidence * 100)::integer
            )
            order by edge.source collate "C", edge.neighbor collate "C", edge.type::text collate "C"
          ) filter (where edge.missing is null),
          '[]'
        ) as edges,
        coalesce(bool_or(edge.missing = 'time'), false) as is_late
      from (
        select node.id as source, step.neighbor, step.type, step.orientation, step.confidence, step.missing
        from app.steps_from(
          ${tx.tenantId}, ${agentIds}::text[], 'outgoing',
          ${query.minConfidence}::numeric, ${query.types ?? null}::text[]::relationship_type[], null,
          statement_timestamp() + ${query.budget.ms}::integer * interval '1 ms',
          coalesce(${query.asOf ?? null}::timestamptz, now()), ${query.knownAt ?? null}::timestamptz
        ) as step
        join node on node.place = step.place
        where step.missing = 'time'
          or step.neighbor::text in (select id from node)
          and (step.orientation = '>' or node.id collate "C" < step.neighbor collate "C")
        limit ${edgesLeft + 1}
      ) as edge
    `.execute(tx),
    'relationships',
  );
  const edges = row.edges
    .slice(0, edgesLeft)
    .map(([from, to, type, orientation, hundredths]) => edgeOf({ from, to, type, orientation, hundredths }));
  if (row.is_late) return { edges, truncated: 'time' };
  return row.edges.length > edgesLeft ? { edges, truncated: 'edges' } : { edges };
}
