import { ProvenanceError } from '../errors.ts';
import type { ParentReference, ProvenanceNodeRecord } from '../format/node.ts';

/**
 * Nodes by their ids.
 *
 * @throws ProvenanceError `STATEMENT_INVALID` when they are of several tenants, or one is there twice: an id is unique within
 *   a tenant only
 */
export function nodesById(nodes: readonly ProvenanceNodeRecord[]): ReadonlyMap<string, ProvenanceNodeRecord> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  if (byId.size < nodes.length) throw new ProvenanceError('STATEMENT_INVALID', 'A node is given twice.');
  if (new Set(nodes.map(({ tenantId }) => tenantId)).size > 1)
    throw new ProvenanceError('STATEMENT_INVALID', 'The nodes are of several tenants; state each by itself.');
  return byId;
}

/**
 * What a node derives from.
 *
 * @throws ProvenanceError `STATEMENT_INVALID` when a node given with it has another hash than the one it derives from
 */
export function parentsOf(
  { parents }: ProvenanceNodeRecord,
  byId: ReadonlyMap<string, ProvenanceNodeRecord>,
): readonly ParentReference[] {
  const stranger = parents.find(({ id, hash }) => (byId.get(id)?.hashChain ?? hash) !== hash);
  if (stranger === undefined) return parents;
  throw new ProvenanceError(
    'STATEMENT_INVALID',
    'A node given has another hash than the parent it stands for.',
    { details: { id: stranger.id } },
  );
}
