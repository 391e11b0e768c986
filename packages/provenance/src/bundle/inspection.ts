import type { CheckpointVerdict } from '../checkpoint/verify-checkpoint.ts';
import { uuidBytes } from '../format/bytes.ts';
import type { Bundle, BundledNode } from './bundle.ts';
import type { BundleTrust } from './bundle-trust.ts';
import type { BundleFault } from './bundle-verdict.ts';
import { checkFields, checkInclusion, type NodeFinding } from './check-node.ts';
import { KeyHistory } from './key-history.ts';
import { checkNeighbours, type Neighbours, neighboursOf, unseenParentsOf } from './neighbours.ts';

/** What is looked at, and what it is held against. */
export interface Inspection {
  readonly bundle: Bundle;
  readonly trust: BundleTrust;
  readonly neighbours: Neighbours;
  readonly history: KeyHistory;
}

export function inspectionOf(bundle: Bundle, trust: BundleTrust): Inspection {
  const history = new KeyHistory(bundle.tenantId, trust.keys);
  return { bundle, trust, neighbours: neighboursOf(bundle.nodes), history };
}

/** What is wrong with the nodes whatever the checkpoint is. Fills the history of keys. */
export function* readNodes({ neighbours, history }: Inspection): Generator<BundleFault> {
  for (const [index, node] of neighbours.nodes.entries()) {
    yield* faultsAt(index, node, checkFields(node));
    yield* faultsAt(index, node, checkNeighbours(index, neighbours));
    yield* faultsAt(index, node, history.read(node));
  }
}

/** What is wrong with their places, now that the keys and the tree are known. */
export function* judgeNodes(
  { neighbours, history }: Inspection,
  checkpoint: CheckpointVerdict,
): Generator<BundleFault> {
  for (const [index, node] of neighbours.nodes.entries()) {
    yield* faultsAt(index, node, history.check(node));
    if (checkpoint.ok) yield* faultsAt(index, node, checkInclusion(node, checkpoint.checkpoint));
  }
}

function* faultsAt(
  index: number,
  node: BundledNode,
  findings: Iterable<NodeFinding>,
): Generator<BundleFault> {
  for (const [reason, message] of findings)
    yield { reason, place: 'node', index, seq: node.seq, id: idOf(node), message };
}

/** Whatever else stands there is not repeated. */
function idOf({ id }: { readonly id: string }): string | undefined {
  return uuidBytes(id) === undefined ? undefined : id;
}

/** What is wrong with the log that the bundle is of. */
export function* logFaults(
  { bundle, trust }: Inspection,
  checkpoint: CheckpointVerdict,
): Generator<BundleFault> {
  const nowhere = { index: undefined, seq: undefined, id: undefined };
  if (!checkpoint.ok) {
    const message =
      'The checkpoint is not one of the log by a key that may sign it, with enough cosignatures.';
    yield { ...nowhere, reason: checkpoint.reason, place: 'checkpoint', message };
  }
  if (trust.origin.endsWith(`/${bundle.tenantId}`)) return;
  const message = 'tenant_id is not that of the log.';
  yield { ...nowhere, reason: 'wrong-tenant', place: 'document', message };
}

/** What must be in the bundle and is not. A statement about a key goes with all that it derives from. */
export function* missingNodes({ trust, neighbours }: Inspection): Generator<BundleFault> {
  const { ids = [], withAncestry = false } = trust;
  for (const id of new Set(ids))
    if (!neighbours.byId.has(id))
      yield missing('missing-node', id, 'A node that is asked for is not in the bundle.');
  const unseen = unseenParentsOf(neighbours).filter(
    ({ child }) => withAncestry || child.entityType === 'key',
  );
  for (const id of new Set(unseen.map((parent) => parent.id)))
    yield missing('missing-parent', id, 'A node that another one derives from is not in the bundle.');
}

function missing(reason: 'missing-node' | 'missing-parent', id: string, message: string): BundleFault {
  return { reason, place: 'node', index: undefined, seq: undefined, id: idOf({ id }), message };
}
