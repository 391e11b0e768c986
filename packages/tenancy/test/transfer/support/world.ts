import { configFromEnv, ConnectionPoolManager } from '@agent-agency/db-core';
import { connect, type SqlSession } from '@agent-agency/testing';
import type { TestDatabaseFixture } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll } from 'vitest';

/** The rows of the migrations' own tests: at least one in every table that belongs to tenants. */
interface MigrationTests {
  readonly asTenant: <T>(session: SqlSession, tenant: string, work: () => Promise<T>) => Promise<T>;
  readonly insertTenantRows: (session: SqlSession, tenant: string) => Promise<void>;
  readonly insertFederationResults: (administrator: SqlSession, tenant: string) => Promise<void>;
  readonly insertPrivacyRows: (administrator: SqlSession, tenant: string) => Promise<void>;
  readonly appendNodes: (session: SqlSession, ...nodes: readonly Node[]) => Promise<void>;
  readonly nodeAfter: (before: Node | undefined, fields: Partial<Node> & { tenant_id: string }) => Node;
}

/** A node of the provenance log, as far as tests name its columns. */
export interface Node {
  readonly tenant_id: string;
  readonly id: string;
  readonly parent_ids: readonly string[];
  readonly parent_hashes: readonly string[];
  readonly entity_id: string;
  readonly seq: number;
  readonly hash_chain: string;
  readonly content: Buffer;
  readonly constitutional_refs: readonly string[];
}

// Not imported by name: the tests of one package are no part of another's program.
const support = new URL('../../../../../migrations/test/support/', import.meta.url);
const load = (file: string): Promise<unknown> => import(/* @vite-ignore */ new URL(file, support).href);
export const migrationTests = Object.assign(
  {},
  ...(await Promise.all(
    [
      'tenant-rows.ts',
      'federation-rows.ts',
      'privacy-rows.ts',
      'tenant-context.ts',
      'provenance-node.ts',
    ].map(load),
  )),
) as MigrationTests;

/** A database with tenants in it, and who may do what. */
export interface World {
  readonly operator: ConnectionPoolManager;
  /** The server's administrator: sees every row. */
  readonly administrator: SqlSession;
  /** The application, without a tenant until it takes one. */
  readonly application: SqlSession;
  /** Creates a tenant with rows in every table. */
  fill(tenant: string): Promise<void>;
  /** Gives its agents embeddings, and fills the materialized search with them. */
  embed(tenant: string): Promise<void>;
  suspend(tenant: string): Promise<void>;
  /** One statement as a tenant's application. */
  asTenant(
    tenant: string,
    statement: string,
    values?: readonly unknown[],
  ): Promise<Record<string, unknown>[]>;
}

/** A world for the tests of a file, from `beforeAll` to `afterAll`. */
export function useWorld(database: TestDatabaseFixture): World {
  const operator = new ConnectionPoolManager();
  let administrator: SqlSession | undefined;
  let application: SqlSession | undefined;
  beforeAll(async () => {
    operator.initialize({
      ...configFromEnv({ DATABASE_URL: database.url }),
      allowPrivilegedRole: true,
      ...{ min: 0, max: 6 },
    });
    administrator = await connect(database.url);
    application = await connect(database.urlFor('agent_agency_app'));
  });
  afterAll(async () => {
    await Promise.all([administrator?.close(), application?.close(), operator.shutdown()]);
  });
  const ready = (session: SqlSession | undefined): SqlSession => {
    if (session === undefined) throw new Error('the sessions exist only from beforeAll to afterAll');
    return session;
  };
  const world: World = {
    operator,
    get administrator() {
      return ready(administrator);
    },
    get application() {
      return ready(application);
    },
    async fill(tenant) {
      await world.administrator.query(`select create_tenant($1, 'tests', $1)`, [tenant]);
      // The administrator in the tenant's context: some tables take rows from functions only.
      await migrationTests.asTenant(world.administrator, tenant, () =>
        migrationTests.insertTenantRows(world.administrator, tenant),
      );
      // In a later transaction, so that the relationship has a history.
      await world.administrator.query(
        'update agent_relationships set confidence = 0.95 where tenant_id = $1',
        [tenant],
      );
      await migrationTests.insertFederationResults(world.administrator, tenant);
      await migrationTests.insertPrivacyRows(world.administrator, tenant);
    },
    async embed(tenant) {
      await world.administrator.query(
        `update agent_profiles set embedding = array_fill(0.1::real, array[768])::vector where tenant_id = $1`,
        [tenant],
      );
      await world.administrator.query('select refresh_hybrid_search_index()');
    },
    async suspend(tenant) {
      await world.administrator.query('select app.suspend_tenant($1)', [tenant]);
    },
    asTenant: (tenant, statement, values) =>
      migrationTests.asTenant(world.application, tenant, async () => {
        const { rows } = await world.application.query(statement, values);
        return rows;
      }),
  };
  return world;
}
