import type { Edge } from './data.ts';

/** Of one agent: hops from the start, and the product of the confidences on the best of the shortest ways. */
export interface Reached {
  readonly hops: number;
  readonly confidence: number;
}

/** Ground truth: the graph in memory, walked breadth first. */
export class GraphInMemory {
  readonly #steps: { readonly to: number; readonly confidence: number }[][];

  constructor(agents: number, edges: readonly Edge[]) {
    this.#steps = Array.from({ length: agents }, () => []);
    for (const { source, target, isDirectional, hundredths } of edges) {
      const confidence = hundredths / 100;
      this.#steps[source]?.push({ to: target, confidence });
      if (!isDirectional) this.#steps[target]?.push({ to: source, confidence });
    }
  }

  /** The agent with the most ways on. */
  hub(): number {
    const degrees = this.#steps.map((steps) => steps.length);
    return degrees.indexOf(degrees.reduce((most, degree) => Math.max(most, degree), 0));
  }

  /** Everybody within some hops, the start included. */
  reach(start: number, maxHops: number): Map<number, Reached> {
    const reached = new Map<number, Reached>([[start, { hops: 0, confidence: 1 }]]);
    let frontier = new Map(reached);
    for (let hops = 1; hops <= maxHops; hops += 1) {
      const next = new Map<number, Reached>();
      for (const [agent, { confidence }] of frontier) {
        for (const step of this.#steps[agent] ?? []) {
          const product = confidence * step.confidence;
          if (!reached.has(step.to) && product > (next.get(step.to)?.confidence ?? 0))
            next.set(step.to, { hops, confidence: product });
        }
      }
      for (const [agent, found] of next) reached.set(agent, found);
      frontier = next;
    }
    return reached;
  }
}
