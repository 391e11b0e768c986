import type { TenantTransaction } from '@agent-agency/db-core';
import { type RawBuilder, sql } from 'kysely';
import type { EntityType } from '../format/node.ts';

/** A node without its content: that may be a megabyte, and `getNode` reads it. */
export interface NodeSummary {
  readonly id: string;
  /** Its place in the log. */
  readonly seq: number;
  readonly entityType: EntityType;
  readonly entityId: string;
  /** The nodes that it derives from, in their order. */
  readonly parentIds: readonly string[];
  readonly constitutionalRefs: readonly string[];
  readonly description: string | undefined;
  readonly createdAt: Date;
  readonly hashChain: string;
}

/**
 * Selects the node of an id, as a {@link SummaryRow}.
 *
 * A tenant that is newer than its statistics seems to have one row, for which every index that leads with the tenant would
 * do. Written as a range, and in the order of the ids, it is the primary key's alone.
 */
export const nodeById = (tx: TenantTransaction, id: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select
    id, seq, entity_type, entity_id, parent_ids, constitutional_refs, description, created_at, hash_chain
  from caws_provenance_graph
  where tenant_id = ${tx.tenantId} and id >= ${id} and id <= ${id}
  order by id
  offset 0
`;

/** Whether `node`, a {@link SummaryRow}, is of one of these; with none named, it is. */
export const isOneOf = (types: readonly EntityType[] | undefined): RawBuilder<unknown> =>
  types === undefined ? sql`true` : sql`node.entity_type = any(${types}::text[])`;

export interface SummaryRow {
  readonly id: string;
  readonly seq: string;
  readonly entity_type: EntityType;
  readonly entity_id: string;
  readonly parent_ids: string[];
  readonly constitutional_refs: string[];
  readonly description: string | null;
  readonly created_at: Date;
  readonly hash_chain: string;
}

export function toNodeSummary(row: SummaryRow): NodeSummary {
  return {
    id: row.id,
    seq: Number(row.seq),
    entityType: row.entity_type,
    entityId: row.entity_id,
    parentIds: row.parent_ids,
    constitutionalRefs: row.constitutional_refs,
    description: row.description ?? undefined,
    createdAt: row.created_at,
    hashChain: row.hash_chain,
  };
}
