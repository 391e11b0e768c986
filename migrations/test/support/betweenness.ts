import { stepsFrom, type Graph } from './graph.ts';

const EVERYTHING = { maxHops: Infinity, minConfidence: 0 };

/** The agents that shortest paths from one lead to, nearest first. */
interface ShortestPaths {
  readonly order: readonly string[];
  /** How many shortest paths there are to each. */
  readonly counts: ReadonlyMap<string, number>;
  /** Who comes right before each on one of them. */
  readonly before: ReadonlyMap<string, readonly string[]>;
}

function shortestPaths(graph: Graph, start: string): ShortestPaths {
  const [order, counts] = [[start], new Map([[start, 1]])];
  const [distances, before] = [new Map([[start, 0]]), new Map<string, string[]>()];
  for (const agent of order) {
    const [distance, count] = [valueOf(distances, agent), valueOf(counts, agent)];
    for (const to of new Set(stepsFrom(graph, agent, EVERYTHING).map((step) => step.to))) {
      if (!distances.has(to)) order.push(to);
      if ((distances.get(to) ?? Infinity) <= distance) continue;
      distances.set(to, distance + 1);
      counts.set(to, valueOf(counts, to) + count);
      before.set(to, [...(before.get(to) ?? []), agent]);
    }
  }
  return { order, counts, before };
}

/** The share of shortest paths, from everybody to everybody else, that leads through each agent (Brandes 2001). */
export function betweenness(graph: Graph): Map<string, number> {
  const through = new Map(graph.agents.map((agent) => [agent, 0]));
  for (const start of graph.agents) {
    const { order, counts, before } = shortestPaths(graph, start);
    const dependency = new Map<string, number>();
    for (const agent of order.slice(1).reverse()) {
      const own = valueOf(dependency, agent);
      for (const earlier of before.get(agent) ?? []) {
        const share = valueOf(counts, earlier) / valueOf(counts, agent);
        dependency.set(earlier, valueOf(dependency, earlier) + share * (1 + own));
      }
      through.set(agent, valueOf(through, agent) + own);
    }
  }
  const pairs = (graph.agents.length - 1) * (graph.agents.length - 2);
  return new Map([...through].map(([agent, count]) => [agent, pairs > 0 ? count / pairs : 0]));
}

const valueOf = (numbers: ReadonlyMap<string, number>, key: string): number => numbers.get(key) ?? 0;
