import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { TenancyError } from '../errors.ts';
import { parseContextId } from './context-input.ts';
import type { ContextStorage } from './context-storage.ts';

/** What was deleted, and what of it still lies in the storage. */
export interface DeletedContexts {
  readonly deleted: number;
  /** Hand them to {@link removeStoredContents} when the transaction has committed: before, it could still roll back. */
  readonly orphans: readonly string[];
}

/**
 * Deletes a context.
 *
 * @throws {TenancyError} `CONTEXT_NOT_FOUND`, `INVALID_INPUT` for no UUID.
 */
export async function deleteContext(tx: TenantTransaction, contextId: string): Promise<DeletedContexts> {
  const id = parseContextId(contextId);
  const { rows } = await sql<{ storage_location: string | null }>`
    delete from offloaded_contexts where tenant_id = ${tx.tenantId} and id = ${id} returning storage_location
  `.execute(tx);
  if (rows.length > 0) return deletedOf(rows);
  throw new TenancyError('CONTEXT_NOT_FOUND', `there is no context ${id}`);
}

/**
 * Deletes contexts that have expired, the longest expired first; call it again while `deleted` is the limit.
 *
 * **Runs** one delete along the index of expiries. Rows that somebody holds are left for next time.
 */
export async function purgeExpiredContexts(
  tx: TenantTransaction,
  { limit = 1000 }: { readonly limit?: number } = {},
): Promise<DeletedContexts> {
  const { rows } = await sql<{ storage_location: string | null }>`
    delete from offloaded_contexts
    where tenant_id = ${tx.tenantId}
      and id = any(array(
        select id
        from offloaded_contexts
        where tenant_id = ${tx.tenantId} and expires_at <= now()
        order by expires_at
        limit ${limit}
        for update skip locked
      ))
    returning storage_location
  `.execute(tx);
  return deletedOf(rows);
}

/** Removes what deleted contexts have left in the storage. Repeat it if it fails. */
export async function removeStoredContents(
  storage: ContextStorage,
  tenantId: string,
  locations: readonly string[],
): Promise<void> {
  for (const location of locations) await storage.remove(tenantId, location);
}

/**
 * Removes what lies in the storage and no row knows: what was left by transactions that were rolled back, and by processes
 * that ended before they removed what they had deleted.
 *
 * @returns how many contents were removed.
 */
export async function sweepContextStorage(
  tx: TenantTransaction,
  storage: ContextStorage,
  /** Younger ones may belong to a transaction that has not committed. Default: a day. */
  { minAgeMs = 86_400_000 }: { readonly minAgeMs?: number } = {},
): Promise<number> {
  const locations: string[] = [];
  const youngest = Date.now() - minAgeMs;
  for await (const { location, storedAt } of storage.list(tx.tenantId)) {
    if (storedAt.getTime() <= youngest) locations.push(location);
  }
  const { rows } = await sql<{ location: string }>`
    select location
    from unnest(${locations}::text[]) as given (location)
    where not exists (
      select from offloaded_contexts where tenant_id = ${tx.tenantId} and storage_location = given.location
    )
  `.execute(tx);
  const orphans = rows.map(({ location }) => location);
  await removeStoredContents(storage, tx.tenantId, orphans);
  return orphans.length;
}

function deletedOf(rows: readonly { readonly storage_location: string | null }[]): DeletedContexts {
  return { deleted: rows.length, orphans: rows.flatMap((row) => row.storage_location ?? []) };
}
