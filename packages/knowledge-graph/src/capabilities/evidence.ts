import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Hundredths, MAX_INTEGER, Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';
import { CapabilityId, capabilityNotFound } from './find-capabilities.ts';
import { lockNames } from './names.ts';

/** Where a capability was seen. */
export const Evidence = z.strictObject({
  capabilityId: CapabilityId,
  chunkId: z.uuid(),
  chunkType: z.enum(['commit', 'task', 'document', 'conversation', 'code', 'decision']),
  mention: Text.min(1).max(16_384),
  /** Text around the mention. */
  context: Text.min(1).max(16_384).optional(),
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
 * **Runs** the lock that demonstrations take, so that no capability is merged away meanwhile; a lookup; one insert from
 * `unnest`, in the order of the keys. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem, or `CAPABILITY_NOT_FOUND`; nothing is written.
 */
export async function putEvidence(
  tx: TenantTransaction,
  input: readonly Evidence[],
): Promise<{ created: number }> {
  const given = parseInput(EvidenceList, [...input]);
  if (given.length === 0) return { created: 0 };
  await lockNames(tx, 'together');
  await requireCapabilities(tx, given);
  const { rows } = await sql<{ id: string }>`
    insert into entity_chunk_mappings (
      tenant_id, entity_id, chunk_id, chunk_type, mention_text, mention_context, start_position, end_position,
      extraction_method, extraction_confidence
    )
    select ${tx.tenantId}, given.*
    from unnest(
      ${given.map((row) => row.capabilityId)}::uuid[],
      ${given.map((row) => row.chunkId)}::uuid[],
      ${given.map((row) => row.chunkType)}::text[],
      ${given.map((row) => row.mention)}::text[],
      ${given.map((row) => row.context ?? null)}::text[],
      ${given.map((row) => row.range?.[0] ?? null)}::integer[],
      ${given.map((row) => row.range?.[1] ?? null)}::integer[],
      ${given.map((row) => row.method)}::text[],
      ${given.map((row) => row.confidence)}::numeric[]
    ) as given (entity_id, chunk_id, chunk_type, mention, context, range_from, range_to, method, confidence)
    order by entity_id, chunk_id, range_from, range_to, mention
    on conflict do nothing
    returning id
  `
    .execute(tx)
    .catch(explainMissingCapability);
  return { created: rows.length };
}

async function requireCapabilities(
  tx: TenantTransaction,
  given: readonly { readonly capabilityId: string }[],
): Promise<void> {
  const ids = new Set(given.map((row) => row.capabilityId.toLowerCase()));
  const { rows } = await sql<{ id: string }>`
    select id from agent_capabilities_graph where tenant_id = ${tx.tenantId} and id = any(${[...ids]}::uuid[])
  `.execute(tx);
  if (rows.length === ids.size) return;
  const found = new Set(rows.map((row) => row.id));
  const place = given.findIndex((row) => !found.has(row.capabilityId.toLowerCase()));
  throw capabilityNotFound(` (${place}.capabilityId)`);
}

/** For one that was deleted between the check and the write. */
function explainMissingCapability(error: unknown): never {
  throw isDataLayerError(error, 'FOREIGN_KEY_VIOLATION') ? capabilityNotFound() : error;
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
