import { afterAll, beforeAll, inject } from 'vitest';
import { TestingError } from '../errors.ts';
import type { PostgresKind } from '../server.ts';
import { createDatabase } from '../template/create-database.ts';
import type { TestDatabase } from '../template/create-database.ts';

/** A test file's database; readable inside tests and later `beforeAll`s. */
export interface TestDatabaseFixture {
  /** Where the server comes from: `pglite` proves nothing about concurrency. */
  readonly kind: PostgresKind;
  /** The server's administrator in this database. */
  readonly url: string;
  /** Another login, into the same database; see `TestDatabase`. */
  urlFor(role: string): string;
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
    get url() {
      return ready().url;
    },
    urlFor: (role) => ready().urlFor(role),
  };
}
