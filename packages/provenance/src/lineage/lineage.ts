import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { parseInput } from '../input.ts';
import { LineageQuery } from './lineage-query.ts';
import { nodeNotFound } from './node-not-found.ts';
import { isOneOf, nodeById, type NodeSummary, type SummaryRow, toNodeSummary } from './node-summary.ts';

export interface LineageNode extends NodeSummary {
  /** Steps of the shortest way to it. */
  readonly depth: number;
}

export interface Lineage {
  /** By depth, of one depth by number. */
  readonly nodes: readonly LineageNode[];
  /** Present if nodes are missing. `completeDepth`: up to there none is. */
  readonly truncated?: { readonly reason: 'limit' | 'maxNodes'; readonly completeDepth: number };
}

/**
 * What a node derives from: its parents, theirs, and so on, each node once, by the shortest way.
 *
 * **Runs** one statement: `app.walk_provenance()`, and a look-up of each node that is reached, both over the primary key of
 * the nodes. **Cost** some 10 µs a node that is reached, however many ways lead to it and however deep it is.
 *
 * @throws {ProvenanceError} `NODE_NOT_FOUND`; `INVALID_INPUT` with every problem.
 * @example
 * const { nodes, truncated } = await ancestry(tx, { id: verdict.id, entityTypes: ['spec', 'policy'] });
 */
export async function ancestry(tx: TenantTransaction, query: LineageQuery): Promise<Lineage> {
  return walk(tx, 'up', parseInput(LineageQuery, query));
}

/**
 * What derives from a node: the nodes that name it as a parent, those that name them, and so on; otherwise as
 * {@link ancestry}.
 *
 * **Runs** as {@link ancestry}, the walk over `idx_provenance_parents_parent`.
 *
 * @throws {ProvenanceError} `NODE_NOT_FOUND`; `INVALID_INPUT` with every problem.
 */
export async function descendants(tx: TenantTransaction, query: LineageQuery): Promise<Lineage> {
  return walk(tx, 'down', parseInput(LineageQuery, query));
}

type LineageRow = { readonly complete_depth: number | null } & (
  (SummaryRow & { readonly depth: number }) | { readonly id: null }
);

async function walk(
  tx: TenantTransaction,
  direction: 'up' | 'down',
  { id, maxDepth, maxNodes, entityTypes, limit }: z.output<typeof LineageQuery>,
): Promise<Lineage> {
  // A node without a lineage gives one row that is empty but for the first column; no node gives none.
  const { rows } = await sql<LineageRow>`
    select walk.complete_depth, reached.*
    from (${nodeById(tx, sql`${id}::uuid`)}) as start
    cross join lateral app.walk_provenance(
      array[start.id], ${direction}, ${maxDepth ?? null}::integer, ${maxNodes}::integer
    ) as walk
    left join lateral (
      select found.depth, node.*
      from unnest(walk.node_ids, walk.depths) as found (id, depth)
      cross join lateral (${nodeById(tx, sql`found.id`)}) as node
      where ${isOneOf(entityTypes)}
      order by found.depth, node.seq
      limit ${limit + 1}
    ) as reached on true
    order by reached.depth, reached.seq
  `.execute(tx);
  const [first] = rows;
  if (first === undefined) throw nodeNotFound({ id });
  return toLineage(rows, { limit, completeDepth: first.complete_depth });
}

function toLineage(
  rows: readonly LineageRow[],
  { limit, completeDepth }: { readonly limit: number; readonly completeDepth: number | null },
): Lineage {
  const nodes = rows.flatMap((row) => (row.id === null ? [] : { ...toNodeSummary(row), depth: row.depth }));
  const beyond = nodes[limit];
  if (beyond !== undefined)
    return {
      nodes: nodes.slice(0, limit),
      truncated: { reason: 'limit', completeDepth: beyond.depth - 1 },
    };
  return completeDepth === null ? { nodes } : { nodes, truncated: { reason: 'maxNodes', completeDepth } };
}
