import type { Adjacency, Side } from './adjacency.ts';
import { compareIds } from './compare-ids.ts';
import type { Way } from './walk-edge.ts';

export interface Search {
  readonly from: string;
  readonly to: string;
  readonly maxHops: number;
  /** Nobody of these is passed. */
  readonly without?: ReadonlySet<string>;
  /** Nobody of these is the first one after `from`. */
  readonly notFirst?: ReadonlySet<string>;
}

/** What one end has reached. */
interface Reach {
  readonly side: Side;
  readonly reached: Set<string>;
  frontier: readonly string[];
  /** Ways that led one hop further, by hop. */
  readonly hops: Way[][];
}

/**
 * The shortest way, of the shortest the most confident, of those the one with the smaller ids; undefined when there is
 * none.
 *
 * From both ends, the smaller frontier first: two searches of half the length reach far fewer agents than one. When they
 * meet, they have the length of the shortest way together, and the ways that they found hold all ways of that length.
 */
export async function bestShortestWay(graph: Adjacency, search: Search): Promise<Way[] | undefined> {
  if (search.from === search.to) return [];
  const ahead: Reach = startAt(search.from, 'onward');
  const behind: Reach = startAt(search.to, 'backward');
  for (let hops = 1; hops <= search.maxHops; hops += 1) {
    const [one, other] = ahead.frontier.length <= behind.frontier.length ? [ahead, behind] : [behind, ahead];
    await goOn(graph, one, search);
    if (one.frontier.some((id) => other.reached.has(id))) return mostConfident(ahead, behind, search);
    if (one.frontier.length === 0) return undefined;
  }
  return undefined;
}

function startAt(id: string, side: Side): Reach {
  return { side, reached: new Set([id]), frontier: [id], hops: [] };
}

async function goOn(graph: Adjacency, reach: Reach, { from, without, notFirst }: Search): Promise<void> {
  const next = new Set<string>();
  const taken: Way[] = [];
  for (const ways of (await graph.waysOf(reach.frontier, reach.side)).values()) {
    for (const way of ways) {
      const neighbor = reach.side === 'onward' ? way.to : way.from;
      if (reach.reached.has(neighbor) || without?.has(neighbor) === true) continue;
      if (way.from === from && notFirst?.has(way.to) === true) continue;
      next.add(neighbor);
      taken.push(way);
    }
  }
  for (const id of next) reach.reached.add(id);
  reach.frontier = [...next];
  reach.hops.push(taken);
}

/** The best way on from an agent, and its product with what follows. */
interface Rest {
  readonly product: number;
  readonly way?: Way;
}

/** Back from the target, hop by hop, over all shortest ways. */
function mostConfident(ahead: Reach, behind: Reach, { from, to }: Search): Way[] {
  const best = new Map<string, Rest>([[to, { product: 1 }]]);
  for (const ways of [...behind.hops, ...ahead.hops.toReversed()]) {
    // Where a budget cut the search short, the two ends may disagree on how far an agent is: the nearer the better.
    for (const [id, rest] of bestRests(ways, best)) if (!best.has(id)) best.set(id, rest);
  }
  const path: Way[] = [];
  for (let at = best.get(from)?.way; at !== undefined; at = best.get(at.to)?.way) path.push(at);
  return path;
}

function bestRests(ways: readonly Way[], best: ReadonlyMap<string, Rest>): Map<string, Required<Rest>> {
  const found = new Map<string, Required<Rest>>();
  for (const way of ways) {
    const product = way.hundredths * (best.get(way.to)?.product ?? 0);
    if (product > 0 && isBetter({ product, way }, found.get(way.from))) found.set(way.from, { product, way });
  }
  return found;
}

function isBetter(rest: Required<Rest>, than: Required<Rest> | undefined): boolean {
  if (than === undefined) return true;
  if (rest.product !== than.product) return rest.product > than.product;
  return compareIds(rest.way.to, than.way.to) < 0;
}
