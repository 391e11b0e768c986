import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { parseInput } from '../errors.ts';
import type { RelationshipType } from '../generated/tables.ts';
import type { PathSearch } from './path-search.ts';
import { requireEnds } from './require-ends.ts';
import type { Truncation } from './truncation.ts';
import type { Orientation, Way } from './walk-edge.ts';
import { pathOf } from './walk-path.ts';
import { PathSearchQuery } from './walk-query.ts';

/**
 * The shortest path, of the shortest the most confident. From an agent to itself: the path without a hop.
 *
 * **Runs** `app.shortest_agent_path()`: from both ends, a statement a hop. **Cost** the relationships of the agents that
 * are at most half as far as the target.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`.
 * @example
 * const { path } = await findShortestPath(tx, { from: 'ann', to: 'bob', types: ['COLLABORATES_WITH'] });
 */
export async function findShortestPath(tx: TenantTransaction, input: PathSearchQuery): Promise<PathSearch> {
  const query = parseInput(PathSearchQuery, input);
  const row = await search(tx, query);
  if (row.agent_ids === null) await requireEnds(tx, query);
  return {
    ...((row.agent_ids?.length ?? 0) > 0 && { path: pathOf(query.from, waysOf(row)) }),
    edgesSeen: row.edges,
    ...(row.truncated !== null && { truncated: { reason: row.truncated } }),
  };
}

/** Arrays by the agents on the path, and by the hops. */
interface PathRow {
  /** Null: one of the ends is not registered. */
  readonly agent_ids: string[] | null;
  readonly types: RelationshipType[] | null;
  readonly orientations: Orientation[] | null;
  readonly products: number[] | null;
  readonly edges: number;
  readonly truncated: Truncation['reason'] | null;
}

function search(tx: TenantTransaction, query: z.output<typeof PathSearchQuery>): Promise<PathRow> {
  const { budget } = query;
  return getOne(
    sql<PathRow>`
      select
        to_json(agent_ids) as agent_ids, to_json(types) as types, to_json(orientations) as orientations,
        to_json(products) as products, edges, truncated
      from app.shortest_agent_path(
        ${query.from}, ${query.to}, ${query.maxHops}, ${query.minConfidence}::numeric,
        ${query.types ?? null}::text[]::relationship_type[], ${query.direction},
        ${budget.nodes}, ${budget.edges}, ${budget.ms}, ${query.asOf ?? null}, ${query.knownAt ?? null}
      )
    `.execute(tx),
    'search for a path',
  );
}

function waysOf({ agent_ids: ids, types, orientations, products }: PathRow): Way[] {
  return (types ?? []).map((type, place) => ({
    from: ids?.[place] ?? '',
    to: ids?.[place + 1] ?? '',
    type,
    orientation: orientations?.[place] ?? '-',
    hundredths: Math.round((products?.[place + 1] ?? 0) / (products?.[place] ?? 1)),
  }));
}
