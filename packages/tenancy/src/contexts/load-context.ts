import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { SEAL_BYTES } from '../encryption/stored-value.ts';
import { createTenantCipher, type TenantCipher } from '../encryption/tenant-cipher.ts';
import { TenancyError } from '../errors.ts';
import { decompress, type Compression } from './compression.ts';
import { parseContextId } from './context-input.ts';
import { contentPlace, summaryPlace, type ContextOptions } from './context-options.ts';
import { checksumOf, digestOf } from './offload-context.ts';

const DIGEST_BYTES = 32;

/** A context, loaded again. */
export interface LoadedContext {
  readonly id: string;
  /** The bytes that were put aside; `content.toString()` if they were a text. */
  readonly content: Buffer;
  readonly summary: string;
  /** This time included, if it was counted. */
  readonly accessCount: number;
}

export interface LoadOptions extends ContextOptions {
  /** Counts the access, which writes to the row. Default: true. */
  readonly countsAccess?: boolean;
}

/** A row, as far as the content is concerned. */
export interface ContentRow {
  readonly id: string;
  readonly content: Buffer | null;
  readonly compression: Compression;
  readonly original_size_bytes: number;
  readonly compressed_size_bytes: number;
  readonly storage_location: string | null;
  readonly storage_checksum: string;
}

/**
 * Loads a context that was put aside, and checks that it is what was put aside.
 *
 * **Runs** one update of the row, so that two that load one context wait for each other; without `countsAccess` one select.
 * **Cost** linear; no content can take more memory than the size it had before.
 * @throws {TenancyError} `CONTEXT_NOT_FOUND` also for one that has expired; `CONTEXT_CORRUPTED` when anything of what is
 *   stored is not what was put aside; `KEY_DESTROYED`, `KEY_UNAVAILABLE`; `INVALID_INPUT` for no UUID, or without the storage
 *   it lies in.
 */
export async function loadContext(
  tx: TenantTransaction,
  contextId: string,
  options: LoadOptions = {},
): Promise<LoadedContext> {
  const row = await findRow(tx, parseContextId(contextId), options.countsAccess ?? true);
  const cipher = createTenantCipher(tx, options.keyRing);
  const content = await readContent(row, { tenantId: tx.tenantId, cipher, storage: options.storage });
  const summary = await whole(row.id, cipher.openText(summaryPlace(row.id), row.summary));
  return { id: row.id, content, summary, accessCount: row.access_count };
}

async function findRow(
  tx: TenantTransaction,
  id: string,
  countsAccess: boolean,
): Promise<ContentRow & { readonly summary: string; readonly access_count: number }> {
  const columns = sql`
    id, summary, content, compression, original_size_bytes, compressed_size_bytes, storage_location,
    storage_checksum, access_count
  `;
  const isIt = sql`tenant_id = ${tx.tenantId} and id = ${id} and (expires_at is null or expires_at > now())`;
  const statement = countsAccess
    ? sql`
        update offloaded_contexts set access_count = access_count + 1, last_accessed = now()
        where ${isIt}
        returning ${columns}
      `
    : sql`select ${columns} from offloaded_contexts where ${isIt}`;
  const { rows } = await statement.$castTo<Awaited<ReturnType<typeof findRow>>>().execute(tx);
  if (rows[0] !== undefined) return rows[0];
  throw new TenancyError('CONTEXT_NOT_FOUND', `there is no context ${id}, or it has expired`);
}

/** With what a content is read. */
export interface ContentReader {
  readonly tenantId: string;
  readonly cipher: TenantCipher;
  readonly storage: ContextOptions['storage'] | undefined;
}

/** The content of a row, as it was put aside. */
async function readContent(row: ContentRow, reader: ContentReader): Promise<Buffer> {
  const payload = await readPayload(row, reader);
  const bytes = payload.subarray(DIGEST_BYTES);
  if (bytes.length !== row.compressed_size_bytes) return corrupted(row.id, 'its size is another');
  const content = await decompress({ compression: row.compression, bytes }, row.original_size_bytes);
  const isWhole = content && digestOf(content).equals(payload.subarray(0, DIGEST_BYTES));
  return isWhole ? content : corrupted(row.id, 'it does not decompress to what it was');
}

/** What was sealed of a row's content: its digest and, compressed, itself. */
export async function readPayload(row: ContentRow, reader: ContentReader): Promise<Buffer> {
  const stored = row.content ?? (await fetchStored(row, reader));
  if (checksumOf(stored) !== row.storage_checksum) return corrupted(row.id, 'its checksum is another');
  return whole(row.id, reader.cipher.openBytes(contentPlace(row.id), stored));
}

async function fetchStored(row: ContentRow, { tenantId, storage }: ContentReader): Promise<Uint8Array> {
  if (storage === undefined) {
    throw new TenancyError('INVALID_INPUT', `the context ${row.id} lies in a storage: say in which`);
  }
  const limitBytes = SEAL_BYTES + DIGEST_BYTES + row.compressed_size_bytes;
  const stored = await storage.get(tenantId, row.storage_location ?? '', limitBytes);
  return stored ?? corrupted(row.id, 'it is not in the storage, or larger than it was');
}

/** A damaged value is a damaged context; a key that is gone or away is not. */
async function whole<T>(id: string, opened: Promise<T>): Promise<T> {
  try {
    return await opened;
  } catch (error) {
    if (isDataLayerError(error, 'VALUE_UNREADABLE')) return corrupted(id, 'its seal is broken', error);
    throw error;
  }
}

function corrupted(contextId: string, problem: string, cause?: unknown): never {
  throw new TenancyError(
    'CONTEXT_CORRUPTED',
    `the context ${contextId} is not what was put aside: ${problem}`,
    {
      details: { contextId },
      cause,
    },
  );
}
