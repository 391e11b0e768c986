import type { Adjacency } from './adjacency.ts';
import { compareIds } from './compare-ids.ts';
import type { Way } from './walk-edge.ts';
import type { Search } from './best-shortest.ts';

/** The best way to an agent with so many hops. */
interface Label {
  readonly id: string;
  /** Product of the confidences, in hundredths of as many hops as are allowed, so that those of all lengths compare. */
  readonly product: number;
  readonly way?: Way;
  readonly before?: Label;
  /** Place of its path among those of as many hops, by the ids on them. */
  rank: number;
}

/**
 * The way with the highest product of confidences within some hops, of those the shortest, of those the one with the
 * smaller ids; undefined when there is none.
 *
 * By hops, as Bellman and Ford do: an agent is gone on from again only when more hops made the way to it more confident.
 * No confidence is above 1, so that such a way passes nobody twice, and one that is no better than the best way to the
 * target is given up.
 */
export async function strongestWay(graph: Adjacency, search: Search): Promise<Way[] | undefined> {
  const { from, to, maxHops } = search;
  const best = new Map<string, number>();
  let found: Label | undefined;
  let frontier: Label[] = [{ id: from, product: 100 ** maxHops, rank: 0 }];
  for (let hops = 0; ; hops += 1) {
    for (const label of frontier) best.set(label.id, label.product);
    const arrived = frontier.find((label) => label.id === to);
    if (arrived !== undefined) found = arrived;
    const least = found?.product ?? 0;
    const open = frontier.filter((label) => label.product > least);
    if (hops === maxHops || open.length === 0) break;
    frontier = await nextLabels(graph, open, best);
  }
  return found === undefined ? undefined : waysTo(found);
}

async function nextLabels(
  graph: Adjacency,
  frontier: readonly Label[],
  best: ReadonlyMap<string, number>,
): Promise<Label[]> {
  const ways = await graph.waysOf(
    frontier.map((label) => label.id),
    'onward',
  );
  const labels = new Map<string, Label>();
  for (const before of frontier) {
    for (const way of ways.get(before.id) ?? []) {
      const product = (before.product * way.hundredths) / 100;
      if (product <= (best.get(way.to) ?? 0)) continue;
      const known = labels.get(way.to);
      const isBetter =
        known === undefined ||
        product > known.product ||
        (product === known.product && before.rank < (known.before?.rank ?? 0));
      if (isBetter) labels.set(way.to, { id: way.to, product, way, before, rank: 0 });
    }
  }
  return ranked([...labels.values()]);
}

function ranked(labels: Label[]): Label[] {
  labels.sort((a, b) => (a.before?.rank ?? 0) - (b.before?.rank ?? 0) || compareIds(a.id, b.id));
  for (const [rank, label] of labels.entries()) label.rank = rank;
  return labels;
}

function waysTo(label: Label): Way[] {
  const ways: Way[] = [];
  for (let at: Label | undefined = label; at?.way !== undefined; at = at.before) ways.unshift(at.way);
  return ways;
}
