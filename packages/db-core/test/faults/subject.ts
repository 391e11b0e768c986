import { withSession } from '@agent-agency/testing';
import type { TestDatabaseFixture } from '@agent-agency/testing/vitest';
import { vi } from 'vitest';
import type { ConnectionPoolManager, DatabaseConfigInput } from '../../src/index.ts';
import { PreparedPool } from '../../src/pool/prepared-pool.ts';
import { applicationManager } from '../../src/testing.ts';

/** The way from a pool to its server, and the way past everything that stands between. */
export interface Route {
  readonly applicationUrl: string;
  /** The server's administrator, never through a proxy or a pooler. */
  readonly adminUrl: string;
  /** Whether a pooler stands between: its connections to the server are not the pool's. */
  readonly isPooled: boolean;
}

/** A pool that is to survive something. */
export interface Subject extends Route {
  readonly manager: ConnectionPoolManager;
  /** The manager's own: what a transaction has left on a session shows only outside of one. */
  readonly pool: PreparedPool;
}

/** Tenants of the tests, and two that only the check after each test uses. */
export const TENANTS = ['acme', 'globex', 'north', 'south'] as const;
export const acme = { tenantId: 'acme' };
export const globex = { tenantId: 'globex' };

/** The application's way to a test database. */
export function routeTo(database: TestDatabaseFixture): Route {
  return {
    applicationUrl: database.urlFor('agent_agency_app'),
    adminUrl: database.url,
    isPooled: database.pooler !== undefined,
  };
}

/** Sets a pool up; {@link closeSubject} ends it. */
export function openSubject(route: Route, overrides: Partial<DatabaseConfigInput> = {}): Subject {
  const url = route.applicationUrl;
  // Its primary's pool warms up as it is set up, and tells so who it is.
  const warmUp = vi.spyOn(PreparedPool.prototype, 'warmUp');
  const manager = applicationManager({ kind: 'server', urlFor: () => url }, overrides);
  const [pool] = warmUp.mock.contexts;
  warmUp.mockRestore();
  if (!(pool instanceof PreparedPool)) throw new Error('the manager has set no pool up');
  return { ...route, manager, pool };
}

/** Ends it, also after a test that failed in the middle. */
export function closeSubject({ manager }: Subject): Promise<void> {
  return manager.shutdown({ timeoutMs: 2000 });
}

export function emptyTables(adminUrl: string): Promise<unknown> {
  return withSession(adminUrl, (admin) => admin.query('truncate agent_profiles cascade'));
}
