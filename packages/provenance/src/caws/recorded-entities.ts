import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type {} from '../tables.ts';
import type { NodeDraft } from './node-draft.ts';

/** What of a node tells whether it is the one that was drafted. */
export interface RecordedNode {
  /** That of the node, whoever recorded it. */
  readonly id: string;
  readonly content: Uint8Array;
  readonly constitutionalRefs: readonly string[];
  readonly parentIds: readonly string[];
}

/**
 * The nodes that record the drafted entities already, by the ids of the drafts.
 *
 * **Runs** one statement. **Cost** a lookup over `unique_entity` each.
 */
export async function findRecordedEntities(
  tx: TenantTransaction,
  drafts: readonly NodeDraft[],
): Promise<ReadonlyMap<string, RecordedNode>> {
  const { rows } = await sql<RecordedRow>`
    select draft.id as draft_id, node.id, node.content, node.constitutional_refs, node.parent_ids
    from unnest(
      ${drafts.map(({ id }) => id)}::uuid[],
      ${drafts.map(({ entityType }) => entityType)}::text[],
      ${drafts.map(({ entityId }) => entityId)}::text[]
    ) as draft (id, entity_type, entity_id)
    cross join lateral (
      select * from caws_provenance_graph
      where tenant_id = ${tx.tenantId} and entity_type = draft.entity_type and entity_id = draft.entity_id
      offset 0
    ) as node
  `.execute(tx);
  return new Map(rows.map((row) => [row.draft_id, toNode(row)]));
}

interface RecordedRow {
  readonly draft_id: string;
  readonly id: string;
  readonly content: Uint8Array;
  readonly constitutional_refs: string[];
  readonly parent_ids: string[];
}

function toNode(row: RecordedRow): RecordedNode {
  return {
    id: row.id,
    content: row.content,
    constitutionalRefs: row.constitutional_refs,
    parentIds: row.parent_ids,
  };
}

/**
 * What the drafted versions of documents replace: for each draft of which the log has another version, the id of the one that
 * was recorded last.
 *
 * **Runs** one statement, none without versions. **Cost** the tenant's nodes of their types.
 */
export async function findFormerVersions(
  tx: TenantTransaction,
  drafts: readonly NodeDraft[],
): Promise<ReadonlyMap<string, string>> {
  const versions = drafts.filter(({ versionOf }) => versionOf !== undefined);
  if (versions.length === 0) return new Map();
  const { rows } = await sql<{ draft_id: string; id: string }>`
    select distinct on (draft.id) draft.id as draft_id, node.id
    from caws_provenance_graph as node
    join unnest(
      ${versions.map(({ id }) => id)}::uuid[],
      ${versions.map(({ entityType }) => entityType)}::text[],
      ${versions.map(({ versionOf }) => versionOf)}::text[]
    ) as draft (id, entity_type, version_of)
      on node.entity_type = draft.entity_type
      and substring(node.entity_id from '^(.*)@[0-9a-f]{64}$') = draft.version_of
    where node.tenant_id = ${tx.tenantId}
      and node.entity_type = any(${[...new Set(versions.map(({ entityType }) => entityType))]}::text[])
    order by draft.id, node.seq desc
  `.execute(tx);
  return new Map(rows.map((row) => [row.draft_id, row.id]));
}
