import { reverseGraph, type CsrGraph } from './csr-graph.ts';
import type { SeededRandom } from './seeded-random.ts';
import { addAt, realAt, wholeAt } from './typed-arrays.ts';

/**
 * Draws shortest paths between two nodes, each of them as likely as the others.
 *
 * It searches from both ends in turns, a hop from the side with fewer edges ahead, until they meet. All shortest paths then
 * pass the newest hop of the one side, and each of its nodes lies on as many as lead to it times as many as lead from it.
 *
 * **Cost** of a path: the edges of the nodes that are nearer than about half the way.
 *
 * @see Borassi, Natale, "KADABRA is an adaptive algorithm for betweenness via random approximation", 2019, §4.
 */
export class PathSampler {
  readonly #random: SeededRandom;
  readonly #forward: Side;
  readonly #backward: Side;

  constructor(graph: CsrGraph, random: SeededRandom) {
    this.#random = random;
    const reversed = reverseGraph(graph);
    this.#forward = new Side(graph, reversed);
    this.#backward = new Side(reversed, graph);
  }

  /** Calls `visit` with each node between the two on one of their shortest paths. */
  draw(source: number, target: number, visit: (node: number) => void): void {
    const [forward, backward] = [this.#forward, this.#backward];
    forward.begin(source);
    backward.begin(target);
    const newest = this.#approach();
    if (newest !== undefined) {
      const other = newest === forward ? backward : forward;
      const meeting = newest.pick(
        newest.newest(),
        this.#random,
        (node) => newest.paths(node) * other.paths(node),
      );
      if (meeting !== source && meeting !== target) visit(meeting);
      newest.walkBack(meeting, this.#random, visit);
      other.walkBack(meeting, this.#random, visit);
    }
    forward.forget();
    backward.forget();
  }

  /** Searches until the two sides meet; returns the one whose newest hop has reached the other, if they do. */
  #approach(): Side | undefined {
    for (;;) {
      const isForward = this.#forward.edgesAhead <= this.#backward.edgesAhead;
      const [side, other] = isForward ? [this.#forward, this.#backward] : [this.#backward, this.#forward];
      const size = side.hop();
      if (size === 0) return undefined;
      if (side.newest().some((node) => other.hasReached(node))) return side;
    }
  }
}

/** A breadth-first search that takes one hop at a time. */
class Side {
  /** Edges that the next hop goes along. */
  edgesAhead = 0;
  readonly #graph: CsrGraph;
  readonly #reversed: CsrGraph;
  readonly #order: Uint32Array;
  readonly #distances: Int32Array;
  readonly #paths: Float64Array;
  #reached = 0;
  #newestFrom = 0;

  constructor(graph: CsrGraph, reversed: CsrGraph) {
    this.#graph = graph;
    this.#reversed = reversed;
    this.#order = new Uint32Array(graph.nodeCount);
    this.#distances = new Int32Array(graph.nodeCount).fill(-1);
    this.#paths = new Float64Array(graph.nodeCount);
  }

  begin(node: number): void {
    this.#order[0] = node;
    this.#distances[node] = 0;
    this.#paths[node] = 1;
    this.#reached = 1;
    this.#newestFrom = 0;
    this.edgesAhead = this.#degree(node);
  }

  /** Goes one hop further, and returns how many nodes it reaches anew. */
  hop(): number {
    const { offsets, targets } = this.#graph;
    const end = this.#reached;
    const distance = (this.#distances[wholeAt(this.#order, this.#newestFrom)] ?? 0) + 1;
    this.edgesAhead = 0;
    for (let place = this.#newestFrom; place < end; place++) {
      const node = wholeAt(this.#order, place);
      const last = wholeAt(offsets, node + 1);
      for (let edge = wholeAt(offsets, node); edge < last; edge++) {
        this.#reach(wholeAt(targets, edge), distance, realAt(this.#paths, node));
      }
    }
    this.#newestFrom = end;
    return this.#reached - end;
  }

  #reach(node: number, distance: number, paths: number): void {
    if (this.#distances[node] === -1) {
      this.#distances[node] = distance;
      this.#paths[node] = paths;
      this.#order[this.#reached++] = node;
      this.edgesAhead += this.#degree(node);
    } else if (this.#distances[node] === distance) addAt(this.#paths, node, paths);
  }

  #degree(node: number): number {
    return wholeAt(this.#graph.offsets, node + 1) - wholeAt(this.#graph.offsets, node);
  }

  /** Nodes of the newest hop. */
  newest(): Uint32Array {
    return this.#order.subarray(this.#newestFrom, this.#reached);
  }

  hasReached(node: number): boolean {
    return this.#distances[node] !== -1;
  }

  /** How many shortest paths lead to a node; 0 if it is not reached. */
  paths(node: number): number {
    return this.hasReached(node) ? realAt(this.#paths, node) : 0;
  }

  /** One of the nodes, by their weights. */
  pick(nodes: Uint32Array, random: SeededRandom, weightOf: (node: number) => number): number {
    let total = 0;
    for (const node of nodes) total += weightOf(node);
    let left = random.fraction() * total;
    let last = 0;
    for (const node of nodes) {
      const weight = weightOf(node);
      if (weight === 0) continue;
      last = node;
      left -= weight;
      if (left < 0) break;
    }
    return last;
  }

  /** Visits the nodes between where the search began and one that it reached, on one of the shortest paths. */
  walkBack(from: number, random: SeededRandom, visit: (node: number) => void): void {
    const { offsets, targets } = this.#reversed;
    let node = from;
    for (let distance = (this.#distances[from] ?? 0) - 1; distance > 0; distance--) {
      const before = targets.subarray(offsets[node], offsets[node + 1]);
      const wanted = distance;
      node = this.pick(before, random, (it) => (this.#distances[it] === wanted ? this.paths(it) : 0));
      visit(node);
    }
  }

  forget(): void {
    for (let place = 0; place < this.#reached; place++) this.#distances[wholeAt(this.#order, place)] = -1;
  }
}
