import { buildCsrGraph, type CsrGraph } from '../../src/centrality/csr-graph.ts';
import { seededRandom } from '../../src/centrality/seeded-random.ts';

/** An edge as a test draws it; it may occur again, and lead back where it comes from. */
export interface DrawnEdge {
  readonly source: number;
  readonly target: number;
  readonly weight: number;
}

export interface DrawnGraph {
  readonly nodeCount: number;
  readonly edges: readonly DrawnEdge[];
}

/** Of many kinds: empty, sparse, dense, directed, undirected, in parts, with a hub, with parallel edges and loops. */
export function drawGraph(seed: number, mostNodes = 12): DrawnGraph {
  const random = seededRandom(seed);
  const nodeCount = random.integer(mostNodes + 1);
  const [parts, density, turns] = [1 + random.integer(2), random.integer(4), random.integer(3)];
  const edges: DrawnEdge[] = [];
  const drawn = nodeCount === 0 ? 0 : random.integer(nodeCount * density + 1);
  for (let at = 0; at < drawn; at++) {
    const source = random.integer(3) === 0 ? 0 : random.integer(nodeCount);
    const target = random.integer(nodeCount);
    if (source % parts !== target % parts) continue;
    const weight = random.integer(11) / 10;
    edges.push({ source, target, weight });
    // Never, always, or sometimes both ways.
    if (turns === 1 || (turns === 2 && random.integer(2) === 0)) {
      edges.push({ source: target, target: source, weight });
    }
  }
  return { nodeCount, edges };
}

export function csrGraphOf({ nodeCount, edges }: DrawnGraph): CsrGraph {
  return buildCsrGraph(nodeCount, {
    sources: Uint32Array.from(edges, (edge) => edge.source),
    targets: Uint32Array.from(edges, (edge) => edge.target),
    weights: Float64Array.from(edges, (edge) => edge.weight),
  });
}

/** Weights from node to node, summed up; 0 on the diagonal, undefined where there is no edge. */
export function matrixOf({ nodeCount, edges }: DrawnGraph): (number | undefined)[][] {
  const matrix = Array.from({ length: nodeCount }, () =>
    new Array<number | undefined>(nodeCount).fill(undefined),
  );
  for (const { source, target, weight } of edges) {
    const row = matrix[source] ?? [];
    if (source !== target) row[target] = (row[target] ?? 0) + weight;
  }
  return matrix;
}
