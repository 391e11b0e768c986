import { sql } from 'kysely';
import { configFromEnv } from '../config-from-env.ts';
import type { DatabaseConfigInput } from '../config.ts';
import { ConnectionPoolManager } from '../connection-pool-manager.ts';
import { TEST_CONTEXT_KEY } from './test-context-key.ts';

/** A test database, as `testDatabase()` of `@agent-agency/testing/vitest` gives it. */
export interface DatabaseUnderTest {
  /** The server's administrator in this database. */
  readonly url: string;
  /** `pglite` has one login, an administrator's. */
  readonly kind: string;
  urlFor(role: string): string;
}

/** A manager that logs in as the application does. Shut it down after the tests. */
export function applicationManager(
  database: Pick<DatabaseUnderTest, 'kind' | 'urlFor'>,
  overrides: Partial<DatabaseConfigInput> = {},
): ConnectionPoolManager {
  const manager = new ConnectionPoolManager();
  const settings = {
    contextKey: TEST_CONTEXT_KEY,
    allowPrivilegedRole: database.kind === 'pglite',
    min: 0,
    max: 10,
    ...overrides,
  };
  // As defaults, what depends on other settings follows them; overrides of the URL's own parts come on top.
  const config = configFromEnv({ DATABASE_URL: database.urlFor('agent_agency_app') }, settings);
  manager.initialize({ ...config, ...overrides });
  return manager;
}

/** Creates tenants as an operator would, with the administrator's login of a test database. */
export async function createTestTenants(
  database: Pick<DatabaseUnderTest, 'url'>,
  ...ids: string[]
): Promise<void> {
  const manager = new ConnectionPoolManager();
  manager.initialize({ ...configFromEnv({ DATABASE_URL: database.url }), allowPrivilegedRole: true, min: 0 });
  try {
    await manager.withSystem('tests need tenants', async (tx) => {
      for (const id of ids) await sql`select create_tenant(${id}, 'tests', ${id})`.execute(tx);
    });
  } finally {
    await manager.shutdown();
  }
}
