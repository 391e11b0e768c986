export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly type: 'COLLABORATES_WITH' | 'VALIDATES' | 'DEPENDS_ON';
  readonly isDirectional: boolean;
  /** 0.5–1, two decimals. */
  readonly confidence: number;
}

export interface Reached {
  readonly hops: number;
  /** The greatest product of confidences over the shortest paths. */
  readonly confidence: number;
}

/** The edges that lead on from an agent. */
export function stepsFrom(
  edges: readonly Edge[],
  agent: string,
): { to: string; type: string; confidence: number }[] {
  return edges.flatMap(({ source, target, type, isDirectional, confidence }) => [
    ...(source === agent ? [{ to: target, type, confidence }] : []),
    ...(target === agent && !isDirectional ? [{ to: source, type, confidence }] : []),
  ]);
}

/** Breadth-first search, hop by hop, without the start. */
export function reach(edges: readonly Edge[], start: string, maxHops: number): Map<string, Reached> {
  const reached = new Map<string, Reached>([[start, { hops: 0, confidence: 1 }]]);
  for (let hops = 1; hops <= maxHops; hops++) {
    const next = new Map<string, Reached>();
    for (const [agent, { hops: before, confidence }] of reached) {
      if (before !== hops - 1) continue;
      for (const step of stepsFrom(edges, agent)) {
        const product = confidence * step.confidence;
        if (!reached.has(step.to) && product > (next.get(step.to)?.confidence ?? 0)) {
          next.set(step.to, { hops, confidence: product });
        }
      }
    }
    for (const [agent, found] of next) reached.set(agent, found);
  }
  reached.delete(start);
  return reached;
}
