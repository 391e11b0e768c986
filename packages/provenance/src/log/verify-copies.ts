import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { maxListed } from '../chain/chain-report.ts';
import { ProvenanceError } from '../errors.ts';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { equalBytes } from '../format/encoding.ts';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import type {} from '../tables.ts';
import { readLogPages } from './read-log.ts';

/** Columns that the database derives from a node's others, to find it by. No hash covers them. */
export const nodeCopies = ['metadata', 'parent_entity_id', 'search_vector'] as const;

/** One of {@link nodeCopies}. */
export type NodeCopy = (typeof nodeCopies)[number];

/** A column that is not what the node says. */
export interface CopyViolation {
  readonly seq: number;
  readonly id: string;
  readonly copy: NodeCopy;
}

/** What became of the copies. */
export interface CopyReport {
  readonly valid: boolean;
  /** How many nodes there are. */
  readonly checked: number;
  readonly violationCount: number;
  /** The first of them. */
  readonly violations: readonly CopyViolation[];
}

/**
 * Holds the columns that are derived from each node against the node, and reports what differs: queries and searches read
 * them. Whether the nodes are what they were, `verifyLog` says; the tables beside them, `verifyLineage` and `verifyRecords`.
 *
 * **Runs** a page of the log, and the copies of its nodes, at a time. **Cost** linear; memory for a few pages.
 */
export async function verifyCopies(tx: TenantTransaction): Promise<CopyReport> {
  const violations: CopyViolation[] = [];
  let [checked, violationCount] = [0, 0];
  for await (const page of readLogPages(tx)) {
    const copies = new Map((await readCopies(tx, page)).map((row) => [row.id, row]));
    const found = page.flatMap((node) => differing(node, copies.get(node.id)));
    violationCount += found.length;
    violations.push(...found.slice(0, maxListed - violations.length));
    checked += page.length;
  }
  return { valid: violationCount === 0, checked, violationCount, violations };
}

interface CopyRow {
  readonly id: string;
  readonly metadata: string;
  readonly isParentSame: boolean;
  readonly isVectorSame: boolean;
}

async function readCopies(
  tx: TenantTransaction,
  page: readonly ProvenanceNodeRecord[],
): Promise<readonly CopyRow[]> {
  const { rows } = await sql<CopyRow>`
    select
      node.id,
      node.metadata::text as metadata,
      node.parent_entity_id is not distinct from node.parent_ids[1] as "isParentSame",
      node.search_vector is not distinct from
        setweight(to_tsvector('english'::regconfig, coalesce(node.description, '')), 'A') as "isVectorSame"
    from unnest(${page.map(({ id }) => id)}::uuid[]) as wanted (id)
    cross join lateral (
      select * from caws_provenance_graph where tenant_id = ${tx.tenantId} and id = wanted.id
      offset 0
    ) as node
  `.execute(tx);
  return rows;
}

function differing({ seq, id, content }: ProvenanceNodeRecord, row: CopyRow | undefined): CopyViolation[] {
  const isSame: Readonly<Record<NodeCopy, boolean>> = {
    metadata: row !== undefined && saysTheSame(row.metadata, content),
    parent_entity_id: row?.isParentSame === true,
    search_vector: row?.isVectorSame === true,
  };
  return nodeCopies.filter((copy) => !isSame[copy]).map((copy) => ({ seq, id, copy }));
}

function saysTheSame(metadata: string, content: Uint8Array): boolean {
  try {
    return equalBytes(canonicalize(JSON.parse(metadata) as JsonValue), content);
  } catch (error) {
    if (error instanceof ProvenanceError) return false;
    throw error;
  }
}
