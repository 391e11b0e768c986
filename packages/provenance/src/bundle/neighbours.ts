import type { BundledNode } from './bundle.ts';
import type { UnseenParent } from './bundle-verdict.ts';
import type { NodeFinding } from './check-node.ts';

/** The nodes of a bundle, by what refers to them. */
export interface Neighbours {
  readonly nodes: readonly BundledNode[];
  readonly byId: ReadonlyMap<string, BundledNode>;
  readonly byHash: ReadonlyMap<string, BundledNode>;
}

/** Of several nodes with one id, or one stored hash, the first counts. */
export function neighboursOf(nodes: readonly BundledNode[]): Neighbours {
  const fromLast = nodes.toReversed();
  return {
    nodes,
    byId: new Map(fromLast.map((node) => [node.id, node])),
    byHash: new Map(fromLast.map((node) => [node.hashChain, node])),
  };
}

/** Whether a node fits to those around it: the one before, and its parents. */
export function* checkNeighbours(index: number, neighbours: Neighbours): Generator<NodeFinding> {
  const node = neighbours.nodes[index];
  if (node === undefined) return;
  if (neighbours.byId.get(node.id) !== node) yield ['duplicate-id', 'An earlier node has the same id.'];
  yield* checkPlace(node, neighbours.nodes[index - 1]);
  yield* checkParents(node, neighbours);
}

function* checkPlace(node: BundledNode, before: BundledNode | undefined): Generator<NodeFinding> {
  if (before === undefined) return;
  if (node.seq === before.seq) yield ['duplicate-seq', 'The node before has the same number.'];
  else if (node.seq < before.seq) yield ['out-of-order', 'The node before has a larger number.'];
  else if (node.seq === before.seq + 1 && node.previousHash !== before.hashChain)
    yield ['previous-hash-mismatch', 'previous_hash is not the hash of the node before.'];
}

function* checkParents(node: BundledNode, { byId, byHash }: Neighbours): Generator<NodeFinding> {
  for (const { id, hash } of node.parents) {
    if (id === node.id) yield ['self-parent', 'The node names itself as its parent.'];
    else if (byId.get(id) !== byHash.get(hash))
      yield ['parent-mismatch', 'A parent is in the bundle with another hash, or its hash with another id.'];
  }
}

/** Parents that are not in the bundle, each as often as it is named. */
export function unseenParentsOf({ nodes, byId }: Neighbours): readonly UnseenParent[] {
  return nodes.flatMap((child) =>
    child.parents.filter(({ id }) => !byId.has(id)).map((parent) => ({ ...parent, child })),
  );
}
