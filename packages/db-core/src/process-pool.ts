import { ConnectionPoolManager, type OpenPool } from './connection-pool-manager.ts';
import { tenantQueries, type TenantQueries } from './tenant-client.ts';
import type { TenantContextInput } from './tenant/tenant-context.ts';

/** The process's pool. @throws {DatabaseError} `NOT_INITIALIZED`, `SHUTTING_DOWN`. */
export function getPool(): OpenPool {
  return ConnectionPoolManager.getInstance().getPool();
}

/** Plain SQL in a transaction of the tenant, on the process's pool. */
export function withTenantContext<T>(
  tenantId: string,
  callback: (client: TenantQueries) => Promise<T>,
  context: Omit<TenantContextInput, 'tenantId'> = {},
): Promise<T> {
  const manager = ConnectionPoolManager.getInstance();
  return manager.withTenant({ tenantId, ...context }, (tx) => callback(tenantQueries(tx)));
}
