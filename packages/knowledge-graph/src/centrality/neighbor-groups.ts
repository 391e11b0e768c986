import type { CsrGraph } from './csr-graph.ts';
import { realAt, wholeAt } from './typed-arrays.ts';

/** How much weight leads from a node to each group that it is adjacent to; reused from node to node. */
export class NeighborGroups {
  /** Groups that the node is adjacent to, each once. */
  readonly found: number[] = [];
  readonly #weights: Float64Array;

  constructor(groupCount: number) {
    this.#weights = new Float64Array(groupCount).fill(-1);
  }

  /** Looks at a node's neighbors, or those of them that `isWanted`. Edges without weight are none. */
  look(
    { offsets, targets, weights }: CsrGraph,
    node: number,
    { groups, isWanted }: { groups: Uint32Array; isWanted?: (neighbor: number) => boolean },
  ): void {
    for (const group of this.found) this.#weights[group] = -1;
    this.found.length = 0;
    const end = wholeAt(offsets, node + 1);
    for (let edge = wholeAt(offsets, node); edge < end; edge++) {
      const neighbor = wholeAt(targets, edge);
      const weight = realAt(weights, edge);
      if (weight === 0 || isWanted?.(neighbor) === false) continue;
      const group = wholeAt(groups, neighbor);
      const before = realAt(this.#weights, group);
      if (before < 0) this.found.push(group);
      this.#weights[group] = Math.max(before, 0) + weight;
    }
  }

  /** Weight that leads to a group; 0 where none does. */
  weightTo(group: number): number {
    return Math.max(realAt(this.#weights, group), 0);
  }
}
