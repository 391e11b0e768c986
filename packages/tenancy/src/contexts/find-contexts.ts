import {
  cutPage,
  encodeVector,
  isBehind,
  placeOf,
  type PlacedRow,
  type TenantTransaction,
} from '@agent-agency/db-core';
import { sql } from 'kysely';
import { createTenantCipher } from '../encryption/tenant-cipher.ts';
import { parseInput } from '../errors.ts';
import type { Compression } from './compression.ts';
import { ContextPage, ContextQuery } from './context-input.ts';
import { summaryPlace, type ContextOptions } from './context-options.ts';

/** A context that is put aside, without its content. */
export interface ContextSummary {
  readonly id: string;
  readonly summary: string;
  readonly compression: Compression;
  readonly originalSizeBytes: number;
  /** Before it was sealed. */
  readonly compressedSizeBytes: number;
  readonly accessCount: number;
  /** Undefined if it was never loaded. */
  readonly lastAccessedAt: Date | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}

/** A context, and how far its summary is from what was looked for. */
export interface FoundContext extends ContextSummary {
  /** Cosine distance, 0–2. */
  readonly distance: number;
}

interface SummaryRow {
  readonly id: string;
  readonly summary: string;
  readonly compression: Compression;
  readonly original_size_bytes: number;
  readonly compressed_size_bytes: number;
  readonly access_count: number;
  readonly last_accessed: Date | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

const COLUMNS = sql`
  id, summary, compression, original_size_bytes, compressed_size_bytes, access_count, last_accessed, created_at, expires_at
`;

/**
 * The contexts whose summaries are nearest to an embedding, nearest first. Expired ones and those without an embedding are
 * left out.
 *
 * **Runs** one exact comparison with each of the tenant's contexts, which an index of the tenant finds.
 * **Cost** linear in the tenant's contexts.
 * @throws {TenancyError} `INVALID_INPUT` with every problem; and as {@link createTenantCipher} says.
 */
export async function findContexts(
  tx: TenantTransaction,
  query: ContextQuery,
  options: Pick<ContextOptions, 'keyRing'> = {},
): Promise<FoundContext[]> {
  const { embedding, limit } = parseInput(ContextQuery, query);
  const { rows } = await sql<SummaryRow & { readonly distance: number }>`
    select ${COLUMNS}, distance
    from (
      select *, summary_embedding <=> ${encodeVector(embedding)}::vector as distance
      from offloaded_contexts
      where tenant_id = ${tx.tenantId} and summary_embedding is not null and ${isAlive}
      -- A fence: no index may answer the order approximately.
      offset 0
    ) as compared
    order by distance, id
    limit ${limit}
  `.execute(tx);
  const summaries = await openSummaries(tx, rows, options);
  return summaries.map((summary, at) => ({ ...summary, distance: rows[at]?.distance ?? Number.NaN }));
}

/**
 * A page of the tenant's contexts, newest first. Expired ones are left out.
 *
 * @returns `next` to be handed in as `after` for the next page; missing on the last one.
 * @throws {TenancyError} `INVALID_INPUT` with every problem; and as {@link createTenantCipher} says.
 */
export async function listContexts(
  tx: TenantTransaction,
  page: ContextPage = {},
  options: Pick<ContextOptions, 'keyRing'> = {},
): Promise<{ readonly contexts: ContextSummary[]; readonly next: string | undefined }> {
  const { limit, after } = parseInput(ContextPage, page);
  const instant = sql`created_at`;
  const found = await sql<SummaryRow & PlacedRow>`
    select ${COLUMNS}, ${placeOf(instant)}
    from offloaded_contexts
    where tenant_id = ${tx.tenantId} and ${isAlive} and ${isBehind(instant, after)}
    order by created_at desc, id desc
    limit ${limit + 1}
  `.execute(tx);
  const { rows, next } = cutPage(found.rows, limit);
  return { contexts: await openSummaries(tx, rows, options), next };
}

const isAlive = sql`(expires_at is null or expires_at > now())`;

async function openSummaries(
  tx: TenantTransaction,
  rows: readonly SummaryRow[],
  { keyRing }: Pick<ContextOptions, 'keyRing'>,
): Promise<ContextSummary[]> {
  const cipher = createTenantCipher(tx, keyRing);
  const summaries: ContextSummary[] = [];
  for (const row of rows) {
    summaries.push({
      id: row.id,
      summary: await cipher.openText(summaryPlace(row.id), row.summary),
      compression: row.compression,
      originalSizeBytes: row.original_size_bytes,
      compressedSizeBytes: row.compressed_size_bytes,
      accessCount: row.access_count,
      lastAccessedAt: row.last_accessed ?? undefined,
      createdAt: row.created_at,
      expiresAt: row.expires_at ?? undefined,
    });
  }
  return summaries;
}
