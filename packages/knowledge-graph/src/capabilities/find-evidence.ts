import {
  cutPage,
  isBehind,
  LatestFirstPlace,
  placeOf,
  type PlacedRow,
  type TenantTransaction,
} from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { PageSize } from '../page.ts';
import type { Evidence } from './evidence.ts';
import { CapabilityId } from './find-capabilities.ts';

const Selection = {
  capabilityId: CapabilityId.optional(),
  chunkId: z.uuid().optional(),
};

/** Whose evidence, or what was seen in a chunk: at least one of the two. */
export const EvidencePage = z
  .strictObject({
    ...Selection,
    limit: PageSize,
    /** `next` of the page before. */
    after: LatestFirstPlace.optional(),
  })
  .refine(namesSomething, 'name a capability or a chunk');
export type EvidencePage = z.input<typeof EvidencePage>;

/** Evidence to remove: what fits everything that is named, and at least one thing is. */
export const EvidenceSelection = z
  .strictObject({ ...Selection, ids: z.array(z.uuid()).min(1).max(10_000).optional() })
  .refine(namesSomething, 'name a capability, a chunk, or ids');
export type EvidenceSelection = z.input<typeof EvidenceSelection>;

interface Named {
  readonly capabilityId?: string | undefined;
  readonly chunkId?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

function namesSomething({ capabilityId, chunkId, ids }: Named): boolean {
  return (capabilityId ?? chunkId ?? ids) !== undefined;
}

/** Where a capability was seen, as it is stored. */
export interface StoredEvidence extends Evidence {
  readonly id: string;
  readonly createdAt: Date;
}

/**
 * A page of evidence, newest first.
 *
 * **Runs** over `idx_entity_chunks_entity`, or `idx_entity_chunks_chunk` and a sort of the chunk's evidence.
 * @returns `next` to be handed in as `after` for the next page; undefined on the last one.
 * @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export async function listEvidence(
  tx: TenantTransaction,
  page: EvidencePage,
): Promise<{ readonly evidence: StoredEvidence[]; readonly next: string | undefined }> {
  const { limit, after, ...named } = parseInput(EvidencePage, page);
  const instant = sql`created_at`;
  const found = await sql<EvidenceRow>`
    select
      id, entity_id, chunk_id, chunk_type, mention_text, mention_context, start_position, end_position,
      extraction_method, extraction_confidence, created_at,
      ${placeOf(instant)}
    from entity_chunk_mappings
    where ${isSelected(tx.tenantId, named)} and ${isBehind(instant, after)}
    order by created_at desc, id desc
    limit ${limit + 1}
  `.execute(tx);
  const { rows, next } = cutPage(found.rows, limit);
  return { evidence: rows.map(toEvidence), next };
}

/**
 * Removes evidence. The capabilities stay as they are: what was counted was counted.
 *
 * **Runs** a delete by key, by capability, or by chunk. @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export async function removeEvidence(
  tx: TenantTransaction,
  selection: EvidenceSelection,
): Promise<{ readonly removed: number }> {
  const named = parseInput(EvidenceSelection, selection);
  const { numAffectedRows } = await sql`
    delete from entity_chunk_mappings where ${isSelected(tx.tenantId, named)}
  `.execute(tx);
  return { removed: Number(numAffectedRows) };
}

function isSelected(tenantId: string, { capabilityId, chunkId, ids }: Named): RawBuilder<unknown> {
  return sql.join(
    [
      sql`tenant_id = ${tenantId}`,
      ...(capabilityId === undefined ? [] : [sql`entity_id = ${capabilityId}`]),
      ...(chunkId === undefined ? [] : [sql`chunk_id = ${chunkId}`]),
      ...(ids === undefined ? [] : [sql`id = any(${ids}::uuid[])`]),
    ],
    sql` and `,
  );
}

interface EvidenceRow extends PlacedRow {
  readonly id: string;
  readonly entity_id: string;
  readonly chunk_id: string;
  readonly chunk_type: Evidence['chunkType'];
  readonly mention_text: string;
  readonly mention_context: string | null;
  readonly start_position: number | null;
  readonly end_position: number | null;
  readonly extraction_method: Evidence['method'];
  readonly extraction_confidence: string;
  readonly created_at: Date;
}

function toEvidence(row: EvidenceRow): StoredEvidence {
  const { start_position: from, end_position: to } = row;
  return {
    id: row.id,
    capabilityId: row.entity_id,
    chunkId: row.chunk_id,
    chunkType: row.chunk_type,
    mention: row.mention_text,
    context: row.mention_context ?? undefined,
    range: from === null || to === null ? undefined : [from, to],
    method: row.extraction_method,
    confidence: Number(row.extraction_confidence),
    createdAt: row.created_at,
  };
}
