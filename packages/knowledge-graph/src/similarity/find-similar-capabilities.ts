import { encodeVector, findOne, getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { CapabilityType } from '../capabilities/capability.ts';
import { EMBEDDING_DIMENSIONS } from '../capabilities/embedding.ts';
import { capabilityNotFound } from '../capabilities/find-capabilities.ts';
import { GraphError, parseInput } from '../errors.ts';
import { SEARCH_CAPABILITIES, type SearchRow } from './queries/search-capabilities.ts';
import { sentenceOf, type SearchExplanation } from './search-plan.ts';
import { MAX_LIMIT, SimilarityQuery, type CheckedQuery } from './similarity-query.ts';

export interface SimilarCapability {
  readonly id: string;
  readonly agentId: string;
  readonly name: string;
  readonly type: CapabilityType;
  readonly confidence: number;
  /** Cosine, -1–1. */
  readonly similarity: number;
}

export interface SimilarCapabilities {
  /** The most similar first; of equals the smaller id. */
  readonly capabilities: readonly SimilarCapability[];
  /** Present if it was asked for. */
  readonly explanation?: SearchExplanation;
}

/**
 * The tenant's capabilities nearest to an embedding, or to another capability, without rejected ones.
 *
 * As many as are wanted or there are. All of a small tenant's are compared; a larger one's by the signs of their
 * dimensions, and those that are nearest by them as a whole, which finds 99 of 100 true neighbors and more. A tenant for
 * which `maintainVectorIndexes()` has built a graph is searched by that.
 *
 * **Runs** `app.search_capabilities()`, one statement; with `capabilityId` a look-up before, with `explain` a count after it.
 * **Cost** 0.25 µs a capability of the tenant, or its graph's 2 ms; and 6 µs for each that is compared: some 100, of a graph some 12.
 * Those of one agent are all compared.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; `CAPABILITY_NOT_FOUND`.
 * @example
 * const { capabilities } = await findSimilarCapabilities(tx, { embedding, limit: 5, type: 'TECHNOLOGY' });
 */
export async function findSimilarCapabilities(
  tx: TenantTransaction,
  query: SimilarityQuery,
): Promise<SimilarCapabilities> {
  const checked = parseInput(SimilarityQuery, query);
  const vector =
    checked.embedding === undefined
      ? await embeddingOf(tx, checked.capabilityId ?? '')
      : encodeVector(checked.embedding, EMBEDDING_DIMENSIONS);
  const startedAt = performance.now();
  const search = SEARCH_CAPABILITIES({
    vector,
    // The capability that others should be like is the nearest to itself.
    limit: Math.min(checked.limit + (checked.capabilityId === undefined ? 0 : 1), MAX_LIMIT),
    minConfidence: checked.minConfidence,
    type: checked.type,
    agentId: checked.agentId,
  });
  const row = await getOne(search.execute(tx), 'answer of a search');
  const durationMs = performance.now() - startedAt;
  const capabilities = toCapabilities(row, checked);
  return checked.explain
    ? { capabilities, explanation: await explain(tx, row, durationMs) }
    : { capabilities };
}

/** As text, which the server reads back exactly. */
async function embeddingOf(tx: TenantTransaction, id: string): Promise<string> {
  const row = await findOne(
    sql<{ embedding: string | null }>`
      select embedding::text from agent_capabilities_graph where tenant_id = ${tx.tenantId} and id = ${id}::uuid
    `.execute(tx),
    'capability of that id',
  );
  if (row === undefined) throw capabilityNotFound();
  if (row.embedding === null)
    throw new GraphError('INVALID_INPUT', 'the input is wrong: capabilityId: it has no embedding yet');
  return row.embedding;
}

function toCapabilities(row: SearchRow, { capabilityId, limit }: CheckedQuery): SimilarCapability[] {
  const itself = capabilityId?.toLowerCase();
  return row.ids
    .map((id, place) => ({
      id,
      agentId: at(row.agent_ids, place),
      name: at(row.names, place),
      type: at(row.types, place),
      confidence: at(row.confidences, place),
      similarity: 1 - at(row.distances, place),
    }))
    .filter(({ id }) => id !== itself)
    .slice(0, limit);
}

function at<Value>(values: readonly Value[], place: number): Value {
  const value = values[place];
  if (value === undefined)
    throw new RangeError('app.search_capabilities() answers with arrays of one length');
  return value;
}

async function explain(
  tx: TenantTransaction,
  { plan, reason, visited, compared }: SearchRow,
  durationMs: number,
): Promise<SearchExplanation> {
  const counting = sql<{ count: string }>`
    select count(*) from agent_capabilities_graph
    where tenant_id = ${tx.tenantId} and embedding_bits is not null
  `.execute(tx);
  const { count } = await getOne(counting, 'count of embeddings');
  const because = sentenceOf(reason);
  return { plan, reason, because, rows: Number(count), visited, compared, durationMs };
}
