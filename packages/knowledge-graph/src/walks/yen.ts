import type { Adjacency } from './adjacency.ts';
import { bestShortestWay, type Search } from './best-shortest.ts';
import { compareIds } from './compare-ids.ts';
import type { Way } from './walk-edge.ts';
import { productOf } from './walk-path.ts';

/**
 * The k best ways that pass nobody twice: fewest hops, then most confident, then smaller ids. Fewer when there are no
 * more. Of several relationships between the same two agents the best one counts.
 *
 * @see Yen, "Finding the k shortest loopless paths in a network", 1971
 */
export async function shortestWays(graph: Adjacency, search: Search, k: number): Promise<Way[][]> {
  const first = await bestShortestWay(graph, search);
  if (first === undefined) return [];
  const ways = [first];
  const candidates = new Map<string, Way[]>();
  while (ways.length < k) {
    for (const candidate of await deviations(graph, search, ways)) {
      candidates.set(keyOf(candidate), candidate);
    }
    const best = [...candidates.values()].toSorted(compareWays)[0];
    if (best === undefined) break;
    candidates.delete(keyOf(best));
    ways.push(best);
  }
  return ways;
}

/** For each agent on the last way: the best way that is the same as far as there, and then goes on as none that is known. */
async function deviations(
  graph: Adjacency,
  { to, maxHops }: Search,
  known: readonly (readonly Way[])[],
): Promise<Way[][]> {
  const last = known.at(-1) ?? [];
  const found: Way[][] = [];
  for (const [place, { from: spur }] of last.entries()) {
    const root = last.slice(0, place);
    const siblings = known.filter((ways) => keyOf(ways.slice(0, place)) === keyOf(root));
    const rest = await bestShortestWay(graph, {
      from: spur,
      to,
      maxHops: maxHops - place,
      without: new Set(root.map((way) => way.from)),
      notFirst: new Set(siblings.flatMap((ways) => ways[place]?.to ?? [])),
    });
    if (rest !== undefined) found.push([...root, ...rest]);
  }
  return found;
}

function keyOf(ways: readonly Way[]): string {
  return JSON.stringify(ways.map((way) => way.to));
}

function compareWays(a: readonly Way[], b: readonly Way[]): number {
  return a.length - b.length || productOf(b) - productOf(a) || compareByIds(a, b);
}

function compareByIds(a: readonly Way[], b: readonly Way[]): number {
  for (const [at, way] of a.entries()) {
    const order = compareIds(way.to, b[at]?.to ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
