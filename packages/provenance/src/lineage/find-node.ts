import type { TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { type ProvenanceNodeRecord, entityTypes } from '../format/node.ts';
import { parseInput, Text, Uuid } from '../input.ts';
import { readPage } from '../log/node-page.ts';
import type {} from '../tables.ts';
import { nodeNotFound } from './node-not-found.ts';

/** A node by one of the three names that it has in its tenant's log. */
export const NodeKey = z.union(
  [
    z.strictObject({ id: Uuid }),
    z.strictObject({ entityType: z.enum(entityTypes), entityId: Text.min(1).max(255) }),
    /** Its number. */
    z.strictObject({ seq: z.int().min(1) }),
  ],
  'must be { id }, a UUID in lower case, or { entityType, entityId }, or { seq }',
);
export type NodeKey = z.input<typeof NodeKey>;

/**
 * A node as it stands in the log, with its content; undefined if there is none. Whether it is what was signed, `verifyLog`
 * says.
 *
 * **Runs** one look-up in the index of the name, one by number.
 *
 * @throws {ProvenanceError} `INVALID_INPUT`.
 */
export async function findNode(
  tx: TenantTransaction,
  key: NodeKey,
): Promise<ProvenanceNodeRecord | undefined> {
  const checked = parseInput(NodeKey, key, 'the name of the node');
  const seq = 'seq' in checked ? BigInt(checked.seq) : await seqOf(tx, checked);
  if (seq === undefined) return undefined;
  const { nodes } = await readPage(tx, { after: seq - 1n, upTo: seq, pageSize: 1 });
  return nodes[0];
}

/**
 * A node as it stands in the log, with its content.
 *
 * @throws {ProvenanceError} `NODE_NOT_FOUND`; `INVALID_INPUT`.
 * @example
 * const { hashChain, content } = await getNode(tx, { entityType: 'verdict', entityId: 'VERDICT-001' });
 */
export async function getNode(tx: TenantTransaction, key: NodeKey): Promise<ProvenanceNodeRecord> {
  const node = await findNode(tx, key);
  if (node === undefined) throw nodeNotFound({ ...key });
  return node;
}

async function seqOf(
  tx: TenantTransaction,
  key: Exclude<z.output<typeof NodeKey>, { readonly seq: number }>,
): Promise<bigint | undefined> {
  const nodes = tx.selectFrom('caws_provenance_graph').select('seq').where('tenant_id', '=', tx.tenantId);
  // As ranges, and in order, for the index of the name: see `nodeById`.
  const named =
    'id' in key
      ? nodes.where('id', '>=', key.id).where('id', '<=', key.id).orderBy('id')
      : nodes
          .where('entity_type', '=', key.entityType)
          .where('entity_id', '>=', key.entityId)
          .where('entity_id', '<=', key.entityId)
          .orderBy('entity_id');
  const row = await named.executeTakeFirst();
  return row && BigInt(row.seq);
}
