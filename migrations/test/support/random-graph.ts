import type { Edge, Graph, WalkLimits } from './graph.ts';
import { seededRandom } from './random.ts';

const TYPES = ['COLLABORATES_WITH', 'SIMILAR_TO', 'VALIDATES'];

/** A graph with up to 8 agents and every kind of relationship; the same for the same seed. */
export function randomGraph(seed: number): Graph {
  const random = seededRandom(seed);
  const agents = Array.from({ length: 2 + random.integer(7) }, (_, at) => `agent ${at}`);
  const edges = new Map<string, Edge>();
  for (let count = agents.length + random.integer(agents.length * 2); count > 0; count -= 1) {
    const pair = [random.pick(agents), random.pick(agents)];
    const directional = random.integer(2) === 0;
    if (!directional) pair.sort();
    const [source = '', target = ''] = pair;
    const type = random.pick(TYPES);
    if (source !== target) {
      edges.set(`${source} ${target} ${type}`, {
        ...{ source, target, type, directional },
        confidence: (50 + random.integer(51)) / 100,
      });
    }
  }
  return { tenant: `random-${seed}`, agents, edges: [...edges.values()] };
}

/** How far and along what; the same for the same seed. */
export function randomLimits(seed: number): WalkLimits {
  const random = seededRandom(seed + 1_000_000);
  const limits = { maxHops: 1 + random.integer(5), minConfidence: (50 + random.integer(20)) / 100 };
  return random.integer(2) === 0 ? limits : { ...limits, types: TYPES.slice(0, 1 + random.integer(2)) };
}
