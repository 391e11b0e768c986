import { afterAll, beforeAll, inject } from 'vitest';
import { withServer } from '../database-url.ts';
import { TestingError } from '../errors.ts';
import type { PostgresKind } from '../server.ts';
import { createDatabase } from '../template/create-database.ts';
import type { TestDatabase } from '../template/create-database.ts';

/** A test file's database; readable inside tests and later `beforeAll`s. */
export interface TestDatabaseFixture {
  /** Where the server comes from: `pglite` proves nothing about concurrency. */
  readonly kind: PostgresKind;
  /** What `urlFor` leads through, for tests that need a session of their own: `it.skipIf(database.pooler)`. */
  readonly pooler: 'pgbouncer' | undefined;
  /** The server's administrator in this database, never through a pooler. */
  readonly url: string;
  /** Another login, into the same database, through the pooler of `setUpPostgresBehindPgBouncer`; see `TestDatabase`. */
  urlFor(role: string): string;
  /** The same, never through a pooler. */
  directUrlFor(role: string): string;
}

/**
 * Gives the tests of a file (or of the `describe` it is called in) a database of their own, cloned before them from
 * the template of `setUpPostgres` and dropped after them.
 *
 * @throws TestingError `FIXTURE_NOT_READY`, from the properties, when they are read too early
 * @example
 * const database = testDatabase();
 * it('connects', async () => {
 *   const session = await connect(database.url);
 *   await session.close();
 * });
 */
export function testDatabase(): TestDatabaseFixture {
  const template = inject('postgresTemplate');
  const pooler = inject('pgBouncerUrl');
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createDatabase(template);
  });
  afterAll(async () => {
    await database?.drop();
    database = undefined;
  });
  const ready = (): TestDatabase => {
    if (database !== undefined) return database;
    throw new TestingError('FIXTURE_NOT_READY', 'a test database exists only from beforeAll to afterAll');
  };
  return {
    kind: template.kind,
    pooler: pooler === undefined ? undefined : 'pgbouncer',
    get url() {
      return ready().url;
    },
    urlFor(role) {
      const direct = ready().urlFor(role);
      return pooler === undefined ? direct : withServer(direct, pooler);
    },
    directUrlFor: (role) => ready().urlFor(role),
  };
}
