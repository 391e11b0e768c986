import type { ConnectionPoolManager, TenantTransaction } from '@agent-agency/db-core';
import { applicationManager, createTestTenants } from '@agent-agency/db-core/testing';
import { testDatabase, type TestDatabaseFixture } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll } from 'vitest';

/** A test file's database, as the application sees it. */
export interface Application {
  readonly database: TestDatabaseFixture;
  readonly manager: ConnectionPoolManager;
  /** Creates tenants that no other test has. */
  newTenants(count: number): Promise<string[]>;
  newTenant(): Promise<string>;
  /** One transaction of a tenant. */
  inTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
}

/** A database for a test file, and the application's login to it. */
export function useDatabase(): Application {
  const database = testDatabase();
  let manager: ConnectionPoolManager | undefined;
  let created = 0;
  beforeAll(() => {
    manager = applicationManager(database);
  });
  afterAll(() => manager?.shutdown());
  const ready = (): ConnectionPoolManager => {
    if (manager === undefined) throw new Error('the manager exists only from beforeAll to afterAll');
    return manager;
  };
  const newTenants = async (count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, () => `tenant-${++created}`);
    await createTestTenants(database, ...ids);
    return ids;
  };
  return {
    database,
    get manager() {
      return ready();
    },
    newTenants,
    newTenant: async () => (await newTenants(1)).join(''),
    inTenant: (tenantId, work) => ready().withTenant({ tenantId }, work),
  };
}
