import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { GraphSelection, selectedAgents, selectedRelationships } from '../centrality/graph-selection.ts';
import { readPages } from '../centrality/read-pages.ts';
import { parseInput } from '../errors.ts';
import type { ExportedAgent, ExportedRelationship, GraphStream } from './exported-graph.ts';

/**
 * The whole tenant's graph, or the selected relationships of it with all agents, to be written while it is read. Has to be
 * used up within the transaction; one in `repeatable read` sees agents and relationships of one moment.
 *
 * **Runs** two cursors, one after the other, in an order that repeats. **Cost** the server sorts the relationships; memory
 * of one page of 10,000 rows.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 * @example
 * await manager.withTenant({ tenantId }, (tx) => pipeline(writeGraphMl(streamAgentGraph(tx)), createWriteStream(path)));
 */
export function streamAgentGraph(tx: TenantTransaction, selection: GraphSelection = {}): GraphStream {
  const parsed = parseInput(GraphSelection, selection);
  return {
    nodes: agentsOf(tx, parsed),
    edges: relationshipsOf(tx, parsed),
  };
}

type ParsedSelection = Parameters<typeof selectedRelationships>[1];

async function* agentsOf(tx: TenantTransaction, selection: ParsedSelection): AsyncGenerator<ExportedAgent> {
  for await (const page of readPages(tx, 'graph_agents', selectedAgents(tx.tenantId, selection))) {
    for (const { id, name } of page) yield name === null ? { id } : { id, name };
  }
}

interface RelationshipRow {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly is_directional: boolean;
  readonly confidence: number;
  readonly strength: number;
  readonly cooccurrence_count: number;
  readonly valid_from: Date | null;
  readonly valid_to: Date | null;
  readonly recorded_at: Date;
}

async function* relationshipsOf(
  tx: TenantTransaction,
  selection: ParsedSelection,
): AsyncGenerator<ExportedRelationship> {
  const rows = sql<RelationshipRow>`
    select
      edge.source_agent_id as source, edge.target_agent_id as target, edge.type::text, edge.is_directional,
      edge.confidence::double precision, edge.strength::double precision, edge.cooccurrence_count,
      nullif(edge.valid_from, '-infinity') as valid_from, nullif(edge.valid_to, 'infinity') as valid_to,
      edge.recorded_at
    from ${selectedRelationships(tx.tenantId, selection)} as edge
    order by edge.source_agent_id collate "C", edge.target_agent_id collate "C", edge.type, edge.id, edge.recorded_at`;
  for await (const page of readPages(tx, 'graph_relationships', rows)) {
    for (const row of page) yield toRelationship(row);
  }
}

function toRelationship(row: RelationshipRow): ExportedRelationship {
  return {
    sourceAgentId: row.source,
    targetAgentId: row.target,
    type: row.type,
    isDirectional: row.is_directional,
    confidence: row.confidence,
    strength: row.strength,
    cooccurrenceCount: row.cooccurrence_count,
    ...(row.valid_from !== null && { validFrom: row.valid_from }),
    ...(row.valid_to !== null && { validTo: row.valid_to }),
    recordedAt: row.recorded_at,
  };
}
