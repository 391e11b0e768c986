import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { GraphError, parseInput } from '../errors.ts';
import { buildCsrGraph, type CsrGraph } from './csr-graph.ts';
import { EdgeList } from './edge-list.ts';
import { GraphSelection, selectedAgents, selectedRelationships } from './graph-selection.ts';
import { readPages } from './read-pages.ts';

export const AgentGraphQuery = GraphSelection.extend({
  /** What makes a relationship weigh more. `none`: each weighs the same. */
  weight: z.enum(['confidence', 'strength', 'none']).default('confidence'),
  /** `both`: as if every relationship held both ways. */
  direction: z.enum(['asStated', 'both']).default('asStated'),
  maxAgents: z.int().min(0).max(16_000_000).default(1_000_000),
  maxRelationships: z.int().min(0).max(100_000_000).default(10_000_000),
});
export type AgentGraphQuery = z.input<typeof AgentGraphQuery>;

/** The relationships between a tenant's agents at one moment, in memory. */
export interface AgentGraph {
  /** By bytes. **Shape** [nodes]; an agent's place here is its node there. */
  readonly agentIds: readonly string[];
  /** One that holds both ways is two edges. Several from one agent to another are one edge; weights, in hundredths, add up. */
  readonly edges: CsrGraph;
  /** How many relationships they were. */
  readonly relationshipCount: number;
}

/**
 * Reads the relationships between all agents, to compute with them outside of the transaction.
 *
 * **Runs** two cursors over the agents and over the relationships, 10,000 rows at a time. **Cost** linear; memory of about
 * 100 bytes an agent and 40 an edge.
 *
 * @throws {GraphError} `INVALID_INPUT`; `GRAPH_TOO_LARGE` past `maxAgents` or `maxRelationships`.
 */
export async function readAgentGraph(
  tx: TenantTransaction,
  input: AgentGraphQuery = {},
): Promise<AgentGraph> {
  const query = parseInput(AgentGraphQuery, input);
  const places = await readPlaces(tx, query);
  const { edges, relationshipCount } = await readEdges(tx, query, places);
  return {
    agentIds: [...places.keys()],
    edges: buildCsrGraph(places.size, edges.columns()),
    relationshipCount,
  };
}

type ParsedQuery = z.output<typeof AgentGraphQuery>;

async function readPlaces(tx: TenantTransaction, query: ParsedQuery): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  for await (const page of readPages(tx, 'graph_agents', selectedAgents(tx.tenantId, query))) {
    for (const { id } of page) places.set(id, places.size);
    refuseMore(places.size, query.maxAgents, 'agents');
  }
  return places;
}

interface EdgeRow {
  readonly source: string;
  readonly target: string;
  readonly is_directional: boolean;
  readonly weight: number;
}

async function readEdges(
  tx: TenantTransaction,
  query: ParsedQuery,
  places: ReadonlyMap<string, number>,
): Promise<{ edges: EdgeList; relationshipCount: number }> {
  const edges = new EdgeList();
  let relationshipCount = 0;
  const rows = sql<EdgeRow>`
    select
      edge.source_agent_id as source,
      edge.target_agent_id as target,
      edge.is_directional,
      (100 * ${query.weight === 'none' ? sql`1` : sql.ref(`edge.${query.weight}`)})::integer as weight
    from ${selectedRelationships(tx.tenantId, query)} as edge`;
  for await (const page of readPages(tx, 'graph_relationships', rows)) {
    relationshipCount += page.length;
    refuseMore(relationshipCount, query.maxRelationships, 'relationships');
    for (const { source, target, is_directional: isDirectional, weight } of page) {
      const [from, to] = [places.get(source), places.get(target)];
      // An agent that came, and its relationship, after the agents were read.
      if (from === undefined || to === undefined) continue;
      edges.add(from, to, weight);
      if (!isDirectional || query.direction === 'both') edges.add(to, from, weight);
    }
  }
  return { edges, relationshipCount };
}

function refuseMore(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new GraphError(
    'GRAPH_TOO_LARGE',
    `the graph has more than ${most} ${what}: select less, or allow more`,
  );
}
