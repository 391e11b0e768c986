import { afterAll, beforeAll } from 'vitest';
import type { ConnectionPoolManager } from '../connection-pool-manager.ts';
import type { TenantTransaction } from '../transaction/tenant-transaction.ts';
import { applicationManager, createTestTenants, type DatabaseUnderTest } from './managers.ts';

/** A test file's database, as the application sees it. */
export interface Application<Database extends DatabaseUnderTest = DatabaseUnderTest> {
  readonly database: Database;
  readonly manager: ConnectionPoolManager;
  /** The same under another login; shut down after the tests. */
  managerAs(role: string): ConnectionPoolManager;
  /** Creates tenants that no other test has. */
  newTenants(count: number): Promise<string[]>;
  newTenant(): Promise<string>;
  /** One transaction of a tenant. */
  inTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
}

/**
 * The application's login to a test database, from `beforeAll` to `afterAll`.
 *
 * @example
 * const app = useApplication(testDatabase());
 */
export function useApplication<Database extends DatabaseUnderTest>(
  database: Database,
): Application<Database> {
  let manager: ConnectionPoolManager | undefined;
  const others: ConnectionPoolManager[] = [];
  let created = 0;
  beforeAll(() => {
    manager = applicationManager(database);
  });
  afterAll(async () => {
    for (const open of [manager, ...others]) await open?.shutdown();
  });
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
    managerAs(role) {
      const other = applicationManager({ kind: database.kind, urlFor: () => database.urlFor(role) });
      others.push(other);
      return other;
    },
    newTenants,
    newTenant: async () => (await newTenants(1)).join(''),
    inTenant: (tenantId, work) => ready().withTenant({ tenantId }, work),
  };
}
