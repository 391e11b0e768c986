import type { SystemTransaction, TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';

export type AccessType = 'read' | 'write' | 'aggregate' | 'federated';

/** Somebody else's reading, or trying to. */
export interface Access {
  readonly id: string;
  /** Tenant that asked; undefined for an operator. */
  readonly accessorTenantId: string | undefined;
  readonly accessType: AccessType;
  readonly table: string;
  /** SHA-256 of the query's text, hex. */
  readonly queryHash: string | undefined;
  /** Rows that were shown; undefined for the announcement of a read, whose count has an entry of its own. */
  readonly rowCount: number | undefined;
  readonly userId: string | undefined;
  readonly ipAddress: string | undefined;
  readonly accessedAt: Date;
}

/** A page of the log. */
export const AccessLogPage = z.strictObject({
  limit: z.int().min(1).max(1000).default(100),
  /** The last entry of the page before. */
  afterId: z.uuid().optional(),
});
export type AccessLogPage = z.input<typeof AccessLogPage>;

/**
 * Who else asked for the tenant's rows, the latest first.
 *
 * **Runs** over `idx_tenant_access_log_accessed`: a page costs its own length, wherever it is.
 * @throws {TenancyError} `INVALID_INPUT`.
 */
export async function listAccessLog(tx: TenantTransaction, page: AccessLogPage = {}): Promise<Access[]> {
  const { limit, afterId } = parseInput(AccessLogPage, page, 'the page');
  let query = tx
    .selectFrom('tenant_access_log')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('accessed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  // The instant has microseconds, a Date milliseconds: the entry itself says where the page before ended.
  if (afterId !== undefined)
    query = query.where(
      sql<boolean>`(accessed_at, id) < (
        select entry.accessed_at, entry.id from tenant_access_log as entry
        where entry.tenant_id = ${tx.tenantId} and entry.id = ${afterId}
      )`,
    );
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    accessorTenantId: row.accessor_tenant_id ?? undefined,
    accessType: row.access_type as AccessType,
    table: row.table_name,
    queryHash: row.query_hash ?? undefined,
    rowCount: row.row_count ?? undefined,
    userId: row.user_id ?? undefined,
    ipAddress: row.ip_address ?? undefined,
    accessedAt: row.accessed_at,
  }));
}

/** What somebody read, or tried to, of one tenant. */
export interface AccessRecord {
  readonly ownerTenantId: string;
  readonly accessType: AccessType;
  readonly table: string;
  readonly queryHash: string;
  readonly rowCount: number;
}

/**
 * Enters into other tenants' access logs what the transaction's tenant did. Silent about tenants that there are not.
 *
 * **Runs** `app.record_tenant_access()`, once an entry, in one statement. It is gone when the transaction rolls back.
 */
export async function recordAccess(tx: TenantTransaction, records: readonly AccessRecord[]): Promise<void> {
  if (records.length === 0) return;
  const entries = JSON.stringify(records);
  await sql`
    select app.record_tenant_access(
      entry ->> 'ownerTenantId', entry ->> 'accessType', entry ->> 'table', entry ->> 'queryHash',
      (entry ->> 'rowCount')::integer
    )
    from jsonb_array_elements(${entries}::jsonb) as entry
  `.execute(tx);
}

/**
 * Deletes entries that are older than their tenant's data retention says, 90 days by default; says how many. For operators:
 * daily, and until it says 0, so that no transaction holds up a vacuum for long.
 */
export async function purgeAccessLog(
  tx: SystemTransaction,
  { limit = 10_000 }: { readonly limit?: number } = {},
): Promise<number> {
  const { rows } = await sql<{ purged: string }>`select app.purge_access_log(${limit}) as purged`.execute(tx);
  return Number(rows[0]?.purged);
}
