import type { TenantTransaction } from '@agent-agency/db-core';
import { parseInput } from '../errors.ts';
import type { PathSearch } from './path-search.ts';
import { AdjacencyReader } from './read-adjacency.ts';
import { requireEnds } from './require-ends.ts';
import { pathOf, type WalkPath } from './walk-path.ts';
import { ShortestPathsQuery } from './walk-query.ts';
import { shortestWays } from './yen.ts';

/** What a search for several paths came to. */
export interface PathsSearch extends Omit<PathSearch, 'path'> {
  /** The best first; fewer than asked for when there are no more. */
  readonly paths: readonly WalkPath[];
}

/**
 * The k best paths, each through other agents: fewest hops, then most confident, then smaller ids. None passes an agent
 * twice; of several relationships between two agents the most confident counts.
 *
 * **Runs** a statement for every hop further than what was read before. **Cost** up to 10 k searches in what was read.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`.
 */
export async function listShortestPaths(
  tx: TenantTransaction,
  input: ShortestPathsQuery,
): Promise<PathsSearch> {
  const query = parseInput(ShortestPathsQuery, input);
  await requireEnds(tx, query);
  const graph = new AdjacencyReader(tx, query, [query.from, query.to]);
  const ways = await shortestWays(graph, query, query.k);
  return { paths: ways.map((path) => pathOf(query.from, path)), ...graph.spent };
}
