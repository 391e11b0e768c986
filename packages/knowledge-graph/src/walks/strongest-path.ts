import type { TenantTransaction } from '@agent-agency/db-core';
import { parseInput } from '../errors.ts';
import type { PathSearch } from './path-search.ts';
import { AdjacencyReader } from './read-adjacency.ts';
import { requireEnds } from './require-ends.ts';
import { strongestWay } from './strongest.ts';
import { pathOf } from './walk-path.ts';
import { PathSearchQuery } from './walk-query.ts';

/**
 * The path with the highest product of confidences, of those the shortest: often a longer one than the shortest path.
 *
 * **Runs** a statement a hop. **Cost** the relationships of all agents within `maxHops` that are reached more confidently
 * than the target: set a budget.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`.
 */
export async function findStrongestPath(tx: TenantTransaction, input: PathSearchQuery): Promise<PathSearch> {
  const query = parseInput(PathSearchQuery, input);
  await requireEnds(tx, query);
  const graph = new AdjacencyReader(tx, query, [query.from, query.to]);
  const ways = await strongestWay(graph, query);
  return {
    ...(ways !== undefined && { path: pathOf(query.from, ways) }),
    ...graph.spent,
  };
}
