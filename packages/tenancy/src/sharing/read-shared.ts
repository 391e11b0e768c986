import type { ConnectionPoolManager, TenantContextInput, TenantTransaction } from '@agent-agency/db-core';
import { sql, type Compilable } from 'kysely';
import { createHash } from 'node:crypto';
import { recordAccess, type AccessRecord } from '../access/access-log.ts';
import { parseInput, TenancyError } from '../errors.ts';
import { SharedResource } from './sharing-rules.ts';

/** A query over rows of several tenants: each row says whose it is. */
export interface SharedRead<Row extends { tenant_id: string }> {
  /** The table whose shared rows the query may see, beside the tenant's own. */
  readonly resource: SharedResource;
  /** A tenant whose rows are asked for by name. Not to be let in is an error then, and in that tenant's log. */
  readonly ownerTenantId?: string;
  readonly query: (tx: TenantTransaction) => Compilable & { execute(): Promise<Row[]> };
}

/**
 * Reads rows that other tenants share, together with the tenant's own.
 *
 * Two transactions: the first enters into every owner's access log that the rows will be read, and commits; the second
 * reads, and enters how many rows of whom there were. The database shows no shared row without the first, so a read that
 * rolls back, or a process that dies, leaves its trace as well. Reads of the tenant's own rows go through neither.
 *
 * **Runs** `app.open_shared_access()`; the query with `app.shared_access` set; `app.record_tenant_access()`.
 * @throws {TenancyError} `CROSS_TENANT_DENIED` when `ownerTenantId` does not share the resource, or is nobody.
 * @example
 * const agents = await readShared(manager, { tenantId: 'acme' }, {
 *   resource: 'agent_profiles',
 *   query: (tx) => tx.selectFrom('agent_profiles').select(['tenant_id', 'id', 'name']),
 * });
 */
export async function readShared<Row extends { tenant_id: string }>(
  manager: ConnectionPoolManager,
  context: TenantContextInput,
  read: SharedRead<Row>,
): Promise<Row[]> {
  parseInput(SharedResource, read.resource, 'the resource');
  const isOpen = await manager.withTenant(context, (tx) => announce(tx, read));
  // The same words for a tenant that does not share and for one that there is not.
  if (!isOpen)
    throw new TenancyError(
      'CROSS_TENANT_DENIED',
      `${read.resource} of that tenant cannot be read: ask it to share them`,
    );
  return manager.withTenant(context, async (tx) => {
    await sql`select set_config('app.shared_access', ${read.resource}, true)`.execute(tx);
    const rows = await read.query(tx).execute();
    await recordAccess(tx, recordsOf(tx, read, rows));
    return rows;
  });
}

/** Whether the rows can be read once this is committed. The owner's log has it in either case. */
async function announce<Row extends { tenant_id: string }>(
  tx: TenantTransaction,
  read: SharedRead<Row>,
): Promise<boolean> {
  const { resource: table, ownerTenantId } = read;
  const queryHash = hashOf(tx, read);
  const { rows } = await sql<{ owner: string }>`
    select app.open_shared_access(${table}, ${queryHash}) as owner
  `.execute(tx);
  if (ownerTenantId === undefined || ownerTenantId === tx.tenantId) return true;
  if (rows.some(({ owner }) => owner === ownerTenantId)) return true;
  await recordAccess(tx, [{ ownerTenantId, accessType: 'read', table, queryHash, rowCount: 0 }]);
  return false;
}

/** SHA-256 of the query's text, hex: the parameters are not in it. */
function hashOf<Row extends { tenant_id: string }>(tx: TenantTransaction, read: SharedRead<Row>): string {
  return createHash('sha256').update(read.query(tx).compile().sql).digest('hex');
}

function recordsOf<Row extends { tenant_id: string }>(
  tx: TenantTransaction,
  read: SharedRead<Row>,
  rows: readonly Row[],
): AccessRecord[] {
  const byOwner = Map.groupBy(rows, (row) => row.tenant_id);
  byOwner.delete(tx.tenantId);
  const queryHash = hashOf(tx, read);
  return [...byOwner].map(([ownerTenantId, { length: rowCount }]) => ({
    ...{ ownerTenantId, accessType: 'read', table: read.resource, queryHash, rowCount },
  }));
}
