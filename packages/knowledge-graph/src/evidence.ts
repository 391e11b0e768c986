import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Hundredths, MAX_INTEGER, Text } from './column-values.ts';
import { parseInput } from './errors.ts';
import type {} from './tables.ts';

/** Where a capability was seen. */
export const Evidence = z.strictObject({
  capabilityId: z.uuid(),
  chunkId: z.uuid(),
  chunkType: z.enum(['commit', 'task', 'document', 'conversation', 'code', 'decision']),
  mention: Text.min(1).max(16_384),
  /** Characters of the chunk that mention it: from, to (exclusive). */
  range: z
    .tuple([z.int().min(0), z.int().min(1).max(MAX_INTEGER)])
    .refine(([from, to]) => from < to, 'must not be empty')
    .optional(),
  method: z.enum(['file_extension', 'path_area', 'subject_verb', 'pattern', 'model', 'manual']),
  /** How sure the extraction was, 0–1, at most two decimals. */
  confidence: Hundredths,
});
export type Evidence = z.infer<typeof Evidence>;

const EvidenceList = z.array(Evidence);

/**
 * Stores evidence; what is stored already stays as it is. Returns how many were new.
 *
 * Evidence is the same if capability, chunk, range and mention are.
 *
 * **Runs** one insert from `unnest`, in the order of the keys. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; nothing is written.
 * @throws {DatabaseError} `FOREIGN_KEY_VIOLATION` when a capability does not exist.
 */
export async function putEvidence(
  tx: TenantTransaction,
  input: readonly Evidence[],
): Promise<{ created: number }> {
  const given = parseInput(EvidenceList, [...input]);
  if (given.length === 0) return { created: 0 };
  const { rows } = await sql<{ id: string }>`
    insert into entity_chunk_mappings (
      tenant_id, entity_id, chunk_id, chunk_type, mention_text, start_position, end_position,
      extraction_method, extraction_confidence
    )
    select ${tx.tenantId}, given.*
    from unnest(
      ${given.map((row) => row.capabilityId)}::uuid[],
      ${given.map((row) => row.chunkId)}::uuid[],
      ${given.map((row) => row.chunkType)}::text[],
      ${given.map((row) => row.mention)}::text[],
      ${given.map((row) => row.range?.[0] ?? null)}::integer[],
      ${given.map((row) => row.range?.[1] ?? null)}::integer[],
      ${given.map((row) => row.method)}::text[],
      ${given.map((row) => row.confidence)}::numeric[]
    ) as given (entity_id, chunk_id, chunk_type, mention, range_from, range_to, method, confidence)
    order by entity_id, chunk_id, range_from, range_to, mention
    on conflict do nothing
    returning id
  `.execute(tx);
  return { created: rows.length };
}

/** How many pieces of evidence the tenant has. */
export async function countEvidence(tx: TenantTransaction): Promise<number> {
  const row = await tx
    .selectFrom('entity_chunk_mappings')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
