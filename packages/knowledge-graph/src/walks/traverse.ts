import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { GraphError, parseInput } from '../errors.ts';
import type { RelationshipType } from '../generated/tables.ts';
import type { Truncation } from './truncation.ts';
import { edgeOf, type Orientation, type WalkEdge, type Way } from './walk-edge.ts';
import type { WalkPath } from './walk-path.ts';
import { TraverseQuery } from './walk-query.ts';

/** An agent that was reached. */
export interface WalkNode {
  readonly agentId: string;
  readonly hops: number;
  /** Product of the confidences along the best of the shortest ways, 0–1. */
  readonly confidence: number;
}

export interface Traversal {
  /** The start first; then by hops, and of one hop by id. */
  readonly nodes: readonly WalkNode[];
  /** The last hop of the best way to each agent but the start, in their order. **Shape** [nodes − 1]. */
  readonly edges: readonly WalkEdge[];
  /** Relationships that were looked at. */
  readonly edgesSeen: number;
  /** `completeHops`: up to there nothing is missing. */
  readonly truncated?: Truncation & { readonly completeHops: number };
}

/**
 * Agents within some hops of one, each once, by the best of the shortest ways to it: highest product of confidences, then
 * smallest id of the agent before it, then first type by name. The same graph always gives the same answer, unless time
 * runs out.
 *
 * Where a budget ends the walk, the most confident agents are followed and kept.
 *
 * **Runs** `app.walk_agent_relationships()`: a statement a hop, which reads two covering indexes. **Cost** the
 * relationships of the agents that are reached, those of the last hop left out.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`.
 * @example
 * const { nodes, edges, truncated } = await traverse(tx, { from: 'ann', maxHops: 3, budget: { nodes: 1000 } });
 */
export async function traverse(tx: TenantTransaction, input: TraverseQuery): Promise<Traversal> {
  const row = await walk(tx, parseInput(TraverseQuery, input));
  const { agent_ids: ids, parents, hops, products } = row;
  return {
    nodes: ids.map((agentId, place) => {
      const distance = hops[place] ?? 0;
      return { agentId, hops: distance, confidence: (products[place] ?? 0) / 100 ** distance };
    }),
    edges: parents.slice(1).map((_, place) => edgeOf(wayTo(row, place + 1))),
    edgesSeen: row.edges,
    ...(row.truncated !== null && {
      truncated: { reason: row.truncated, completeHops: row.truncated_at - 1 },
    }),
  };
}

/**
 * The way by which a walk came to an agent; undefined when it did not.
 *
 * **Cost** linear in what the walk reached.
 */
export function pathTo({ nodes, edges }: Traversal, agentId: string): WalkPath | undefined {
  const places = new Map(nodes.map((node, place) => [node.agentId, place]));
  const target = places.get(agentId);
  const [start] = nodes;
  if (target === undefined || start === undefined) return undefined;
  const agentIds = [agentId];
  const taken: WalkEdge[] = [];
  for (let place = target; place > 0; place = places.get(agentIds[0] ?? '') ?? 0) {
    const edge = edges[place - 1];
    if (edge === undefined) break;
    taken.unshift(edge);
    agentIds.unshift(edge.sourceAgentId === agentIds[0] ? edge.targetAgentId : edge.sourceAgentId);
  }
  return { hops: taken.length, confidence: nodes[target]?.confidence ?? 0, agentIds, edges: taken };
}

/** Arrays of the same length, one entry an agent; parents count from 1. */
interface WalkRow {
  readonly agent_ids: string[];
  readonly parents: number[];
  readonly types: RelationshipType[];
  readonly orientations: Orientation[];
  readonly products: number[];
  readonly hops: number[];
  readonly edges: number;
  readonly truncated: Truncation['reason'] | null;
  readonly truncated_at: number;
}

async function walk(tx: TenantTransaction, query: z.output<typeof TraverseQuery>): Promise<WalkRow> {
  const { budget } = query;
  // As JSON: the driver reads arrays letter by letter.
  const { rows } = await sql<WalkRow>`
    select
      to_json(agent_ids) as agent_ids, to_json(parents) as parents, to_json(types) as types,
      to_json(orientations) as orientations, to_json(products) as products, to_json(hops) as hops,
      edges, truncated, truncated_at
    from app.walk_agent_relationships(
      ${query.from}, ${query.maxHops}, ${query.minConfidence}::numeric, ${query.types ?? null}::text[]::relationship_type[],
      ${query.direction}, ${budget.nodes}, ${budget.edges}, ${budget.ms}, ${query.fanOut ?? null},
      ${query.asOf ?? null}, ${query.knownAt ?? null}
    )
  `.execute(tx);
  const [row] = rows;
  if (row === undefined || row.agent_ids.length === 0) {
    throw new GraphError('AGENT_NOT_FOUND', 'the tenant has no such agent: from');
  }
  return row;
}

function wayTo({ agent_ids: ids, parents, types, orientations, products }: WalkRow, place: number): Way {
  const parent = (parents[place] ?? 1) - 1;
  return {
    from: ids[parent] ?? '',
    to: ids[place] ?? '',
    type: types[place] ?? 'COLLABORATES_WITH',
    orientation: orientations[place] ?? '-',
    // Whole numbers, exact unless the way is very long.
    hundredths: Math.round((products[place] ?? 0) / (products[parent] ?? 1)),
  };
}
