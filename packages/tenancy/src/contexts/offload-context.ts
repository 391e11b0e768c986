import { createHash } from 'node:crypto';
import { encodeVector, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { createTenantCipher } from '../encryption/tenant-cipher.ts';
import { parseInput, TenancyError } from '../errors.ts';
import { compress, type Compression } from './compression.ts';
import { ContextToOffload } from './context-input.ts';
import { contentPlace, MAX_BYTES_IN_ROW, summaryPlace, type ContextOptions } from './context-options.ts';

/** What was put aside. */
export interface OffloadedContext {
  readonly id: string;
  readonly compression: Compression;
  readonly originalSizeBytes: number;
  /** Before it was sealed. */
  readonly compressedSizeBytes: number;
  /** Where it lies in the storage; undefined if in the row. */
  readonly storageLocation: string | undefined;
}

/**
 * Puts a context aside: compressed behind its digest, then sealed for a tenant with encryption, then with a checksum over
 * what is stored. Up to 1 MiB it is stored in the row, above that in the storage.
 *
 * **Runs** one insert. A content goes to the storage before the transaction commits: one that is rolled back leaves it
 * there, for {@link sweepContextStorage}.
 * **Cost** linear; about four times the content in memory.
 * @throws {TenancyError} `INVALID_INPUT` with every problem, also for a content above 1 MiB without a storage; and as
 *   {@link createTenantCipher} says. Nothing is written.
 * @example
 * const { id } = await offloadContext(tx, { content: conversation, summary: 'Talk about invoices' }, { keyRing });
 */
export async function offloadContext(
  tx: TenantTransaction,
  input: ContextToOffload,
  options: ContextOptions = {},
): Promise<OffloadedContext> {
  const { content, summary, summaryEmbedding, expiresAt } = parseInput(ContextToOffload, input);
  const id = crypto.randomUUID();
  const cipher = createTenantCipher(tx, options.keyRing);
  const { compression, bytes } = await compress(content);
  const stored = await cipher.sealBytes(contentPlace(id), Buffer.concat([digestOf(content), bytes]));
  const sealedSummary = await cipher.sealText(summaryPlace(id), summary);
  const location = await putAside(tx.tenantId, stored, options);
  const keyId = location === undefined ? undefined : await cipher.sealingKeyId();
  await sql`
    insert into offloaded_contexts (
      tenant_id, id, summary, summary_embedding, content, content_key_id, compression,
      original_size_bytes, compressed_size_bytes, storage_location, storage_checksum, expires_at
    )
    values (
      ${tx.tenantId}, ${id}, ${sealedSummary},
      ${summaryEmbedding === undefined ? null : encodeVector(summaryEmbedding)}::vector,
      ${location === undefined ? stored : null}, ${keyId ?? null}, ${compression},
      ${content.length}, ${bytes.length}, ${location ?? null}, ${checksumOf(stored)}, ${expiresAt ?? null}
    )
  `.execute(tx);
  return {
    id,
    compression,
    originalSizeBytes: content.length,
    compressedSizeBytes: bytes.length,
    storageLocation: location,
  };
}

/** The location in the storage; undefined for what goes into the row. */
async function putAside(
  tenantId: string,
  stored: Buffer,
  { storage }: ContextOptions,
): Promise<string | undefined> {
  if (stored.length <= MAX_BYTES_IN_ROW) return undefined;
  if (storage !== undefined) return storage.put(tenantId, stored);
  const problem = `the content has ${stored.length} bytes as stored, above ${MAX_BYTES_IN_ROW} it needs a storage`;
  throw new TenancyError('INVALID_INPUT', problem);
}

/** SHA-256 of a content. It is stored before it, inside of the seal: sizes and the kind of compression are not. */
export function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

/** SHA-256 of what is stored, hex. */
export function checksumOf(stored: Uint8Array): string {
  return digestOf(stored).toString('hex');
}
