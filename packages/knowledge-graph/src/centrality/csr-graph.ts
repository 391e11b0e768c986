import { addAt, realAt, wholeAt } from './typed-arrays.ts';

/**
 * A directed graph of the nodes 0 … nodeCount − 1 in compressed sparse rows: 12 bytes an edge. No edge leads from a node
 * to itself, and at most one from a node to another.
 */
export interface CsrGraph {
  readonly nodeCount: number;
  /** Edges of node n are those from `offsets[n]` to before `offsets[n + 1]`. **Shape** [nodeCount + 1]. */
  readonly offsets: Uint32Array;
  /** Where each edge leads, ascending for each node. **Shape** [edges]. */
  readonly targets: Uint32Array;
  /** Not negative. **Shape** [edges]. */
  readonly weights: Float64Array;
}

/** Edges as they come. */
export interface EdgeColumns {
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
  readonly weights: Float64Array;
}

/** The graph of some edges; the weights of parallel ones add up. **Cost** linear. */
export function buildCsrGraph(nodeCount: number, { sources, targets, weights }: EdgeColumns): CsrGraph {
  // Turned twice: the rows of a turned graph are in ascending order.
  const reversed = scatter(nodeCount, { sources: targets, targets: sources, weights });
  return mergeParallelEdges(reverseGraph(reversed));
}

/** The same edges the other way round. **Cost** linear. */
export function reverseGraph(graph: CsrGraph): CsrGraph {
  return scatter(graph.nodeCount, {
    sources: graph.targets,
    targets: sourcesOf(graph),
    weights: graph.weights,
  });
}

/** The graph in which an edge leads back along each edge; both weights add up. **Cost** linear. */
export function symmetricGraph(graph: CsrGraph): CsrGraph {
  const [sources, size] = [sourcesOf(graph), graph.targets.length];
  const columns = {
    sources: new Uint32Array(2 * size),
    targets: new Uint32Array(2 * size),
    weights: new Float64Array(2 * size),
  };
  columns.sources.set(sources);
  columns.sources.set(graph.targets, size);
  columns.targets.set(graph.targets);
  columns.targets.set(sources, size);
  columns.weights.set(graph.weights);
  columns.weights.set(graph.weights, size);
  return buildCsrGraph(graph.nodeCount, columns);
}

/** Where each edge comes from. **Shape** [edges]. */
function sourcesOf({ nodeCount, offsets, targets }: CsrGraph): Uint32Array {
  const sources = new Uint32Array(targets.length);
  for (let node = 0; node < nodeCount; node++) sources.fill(node, offsets[node], offsets[node + 1]);
  return sources;
}

/** Rows of edges, each in the order in which its edges come. */
function scatter(nodeCount: number, edges: EdgeColumns): CsrGraph {
  const offsets = new Uint32Array(nodeCount + 1);
  for (const source of edges.sources) offsets[source + 1] = wholeAt(offsets, source + 1) + 1;
  for (let node = 0; node < nodeCount; node++) {
    offsets[node + 1] = wholeAt(offsets, node + 1) + wholeAt(offsets, node);
  }
  const places = offsets.slice(0, nodeCount);
  const targets = new Uint32Array(edges.targets.length);
  const weights = new Float64Array(edges.targets.length);
  for (let edge = 0; edge < targets.length; edge++) {
    const source = wholeAt(edges.sources, edge);
    const place = wholeAt(places, source);
    places[source] = place + 1;
    targets[place] = wholeAt(edges.targets, edge);
    weights[place] = realAt(edges.weights, edge);
  }
  return { nodeCount, offsets, targets, weights };
}

/** Of a graph whose rows are in ascending order. */
function mergeParallelEdges({ nodeCount, offsets, targets, weights }: CsrGraph): CsrGraph {
  const merged = new Uint32Array(nodeCount + 1);
  let size = 0;
  for (let node = 0; node < nodeCount; node++) {
    const first = size;
    const end = wholeAt(offsets, node + 1);
    for (let edge = wholeAt(offsets, node); edge < end; edge++) {
      const target = wholeAt(targets, edge);
      if (target === node) continue;
      // What is written lies before what is still to be read.
      const weight = realAt(weights, edge);
      if (size > first && targets[size - 1] === target) addAt(weights, size - 1, weight);
      else {
        targets[size] = target;
        weights[size++] = weight;
      }
    }
    merged[node + 1] = size;
  }
  return { nodeCount, offsets: merged, targets: targets.slice(0, size), weights: weights.slice(0, size) };
}
