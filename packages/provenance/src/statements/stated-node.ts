import { ProvenanceError } from '../errors.ts';
import type { ProvenanceNodeRecord } from '../format/node.ts';

/** A node that a statement is about. */
export interface StatedNode extends ProvenanceNodeRecord {
  /** The nodes that it derives from, in their order; without it, `parentEntityId` is the only one. */
  readonly parents?: readonly StatedParent[] | undefined;
}

/** A node that another one derives from. */
export interface StatedParent {
  readonly id: string;
  /** Its `hashChain`, when it is known. */
  readonly hash?: string | undefined;
}

/**
 * Nodes by their ids.
 *
 * @throws ProvenanceError `STATEMENT_INVALID` when they are of several tenants, or one is there twice: an id is unique within
 *   a tenant only
 */
export function nodesById(nodes: readonly StatedNode[]): ReadonlyMap<string, StatedNode> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  if (byId.size < nodes.length) throw new ProvenanceError('STATEMENT_INVALID', 'A node is given twice.');
  if (new Set(nodes.map(({ tenantId }) => tenantId)).size > 1)
    throw new ProvenanceError('STATEMENT_INVALID', 'The nodes are of several tenants; state each by itself.');
  return byId;
}

/**
 * What a node derives from, with the hashes that are known: from the node itself, or from the nodes given with it.
 *
 * @throws ProvenanceError `STATEMENT_INVALID` when a node given with it has another hash than the one it derives from
 */
export function parentsOf(node: StatedNode, byId: ReadonlyMap<string, StatedNode>): StatedParent[] {
  const named = node.parents ?? (node.parentEntityId === undefined ? [] : [{ id: node.parentEntityId }]);
  return named.map(({ id, hash }) => {
    const given = byId.get(id)?.hashChain;
    if (hash !== undefined && given !== undefined && hash !== given)
      throw new ProvenanceError(
        'STATEMENT_INVALID',
        'A node given has another hash than the parent it stands for.',
        {
          details: { id },
        },
      );
    return { id, hash: hash ?? given };
  });
}
