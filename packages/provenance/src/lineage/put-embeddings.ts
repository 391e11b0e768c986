import { encodeVectors, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, Uuid } from '../input.ts';
import type {} from '../tables.ts';

export const EMBEDDING_DIMENSIONS = 768;

// PostgreSQL adds the squares up in single precision: beyond these bounds the sum is 0 or infinite, and no cosine exists.
const MIN_SQUARED_LENGTH = 1e-36;
const MAX_SQUARED_LENGTH = 1e38;

/** What a node means. **Shape** [768], finite, not all zero, of a length from 1e-18 to 1e19. */
export const Embedding = z
  .custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array')
  .superRefine((vector, context) => {
    const message = problemOf(vector);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

function problemOf(vector: Float32Array): string | undefined {
  if (vector.length !== EMBEDDING_DIMENSIONS) return `must have ${EMBEDDING_DIMENSIONS} dimensions`;
  const squared = vector.reduce((sum, value) => sum + value ** 2, 0);
  if (!Number.isFinite(squared)) return 'must be finite';
  if (squared === 0) return 'must not be all zero';
  if (squared < MIN_SQUARED_LENGTH || squared > MAX_SQUARED_LENGTH)
    return 'must have a length from 1e-18 to 1e19';
  return undefined;
}

const NodeEmbeddings = z
  .array(z.strictObject({ nodeId: Uuid, embedding: Embedding }))
  .refine(
    (nodes) => new Set(nodes.map(({ nodeId }) => nodeId)).size === nodes.length,
    'must not have a node twice',
  );
export type NodeEmbedding = z.input<typeof NodeEmbeddings>[number];

/**
 * Gives nodes embeddings, in place of those that they had. They stand beside the log: no hash covers them, so that a new
 * model for all of them changes nothing that can be verified.
 *
 * **Runs** one statement. **Cost** linear, some 30 µs a node.
 *
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem.
 * @throws {DatabaseError} `FOREIGN_KEY_VIOLATION` for a node that is not in the tenant's log. The transaction is over then.
 */
export async function putEmbeddings(
  tx: TenantTransaction,
  embeddings: readonly NodeEmbedding[],
): Promise<void> {
  const nodes = parseInput(NodeEmbeddings, [...embeddings], 'the embeddings');
  if (nodes.length === 0) return;
  // In one order, so that of two who put the same ones the second waits for the first.
  await sql`
    insert into provenance_embeddings (tenant_id, node_id, entity_type, embedding)
    select ${tx.tenantId}, given.node_id, '', given.embedding
    from unnest(
      ${nodes.map(({ nodeId }) => nodeId)}::uuid[],
      ${encodeVectors(nodes.map(({ embedding }) => embedding))}::vector[]
    ) as given (node_id, embedding)
    order by given.node_id
    on conflict (tenant_id, node_id) do update set embedding = excluded.embedding
  `.execute(tx);
}

/**
 * Takes nodes out of the search by meaning: what an embedding was made of can be guessed from it.
 *
 * @returns how many had one.
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem.
 */
export async function removeEmbeddings(tx: TenantTransaction, nodeIds: readonly string[]): Promise<number> {
  const ids = parseInput(z.array(Uuid), [...nodeIds], 'the list of nodes');
  const { numDeletedRows } = await tx
    .deleteFrom('provenance_embeddings')
    .where('tenant_id', '=', tx.tenantId)
    .where(sql<boolean>`node_id = any(${ids}::uuid[])`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
