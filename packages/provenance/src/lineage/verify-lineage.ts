import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { maxListed } from '../chain/chain-report.ts';
import type {} from '../tables.ts';

/** A row beside the log that is not what the nodes say. */
export interface LineageViolation {
  readonly table: 'provenance_parents' | 'provenance_refs' | 'provenance_embeddings';
  /** The node that the row is of, or would be. */
  readonly nodeId: string;
  /** The node says it, and there is no such row; or there is, and the node does not say it. */
  readonly kind: 'missing' | 'unfounded';
}

/** What became of the tables that lineage and search read beside the log. */
export interface LineageReport {
  readonly valid: boolean;
  readonly violationCount: number;
  /** The first of them, by table and node. */
  readonly violations: readonly LineageViolation[];
}

/**
 * Holds what stands beside the log for lineage and search against the nodes: a row that somebody has taken away hides a
 * waiver. Whether the nodes are what they were, `verifyLog` says; embeddings themselves nobody vouches for, only their types.
 *
 * **Runs** one statement. **Cost** linear; what does not fit into the server's `work_mem` goes through its disk.
 */
export async function verifyLineage(tx: TenantTransaction): Promise<LineageReport> {
  const { rows } = await sql<LineageViolation & { readonly found: string }>`
    with node as not materialized (
      select id, seq, entity_type, parent_ids, constitutional_refs
      from caws_provenance_graph
      where tenant_id = ${tx.tenantId}
    ),
    difference as (
      select 'provenance_parents' as "table", coalesce(said.node_id, kept.node_id) as node_id, kept.node_id is null as is_missing
      from (
        select node.id as node_id, parent.ordinal, parent.id as parent_id
        from node
        cross join unnest(node.parent_ids) with ordinality as parent (id, ordinal)
      ) as said
      full join (
        select node_id, ordinal, parent_id from provenance_parents where tenant_id = ${tx.tenantId}
      ) as kept using (node_id, ordinal, parent_id)
      where said.node_id is null or kept.node_id is null
      union all
      select 'provenance_refs', coalesce(said.node_id, kept.node_id), kept.node_id is null
      from (
        select distinct node.id as node_id, node.seq, ref.value as ref
        from node
        cross join unnest(node.constitutional_refs) as ref (value)
      ) as said
      full join (
        select node_id, seq, ref from provenance_refs where tenant_id = ${tx.tenantId}
      ) as kept using (node_id, seq, ref)
      where said.node_id is null or kept.node_id is null
      union all
      select 'provenance_embeddings', kept.node_id, false
      from (select node_id, entity_type from provenance_embeddings where tenant_id = ${tx.tenantId}) as kept
      left join node on node.id = kept.node_id and node.entity_type = kept.entity_type
      where node.id is null
    )
    select
      "table",
      node_id as "nodeId",
      case when is_missing then 'missing' else 'unfounded' end as kind,
      count(*) over () as found
    from difference
    order by "table" desc, node_id
    limit ${maxListed}
  `.execute(tx);
  const violations = rows.map(({ table, nodeId, kind }) => ({ table, nodeId, kind }));
  const violationCount = Number(rows[0]?.found ?? 0);
  return { valid: violationCount === 0, violationCount, violations };
}
