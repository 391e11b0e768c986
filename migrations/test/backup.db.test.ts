import { type SqlSession, withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dump, findPgDump } from '../scripts/dump/pg-dump.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { createTenants, queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { insertTenantRows } from './support/tenant-rows.ts';

const database = testDatabase();
let pgDump: string | undefined;

beforeAll(async () => {
  pgDump = await findPgDump();
});

describe.skipIf(database.kind === 'pglite')('a backup', () => {
  beforeEach(({ skip }) => {
    if (pgDump === undefined) skip('there is no pg_dump of PostgreSQL 17');
  });

  it('of the owner fails, and is not one with rows missing', async () => {
    await expect(dump(pgDump ?? '', database.url, ['--role=agent_agency_owner'])).rejects.toThrow(
      'query would be affected by row-level security policy',
    );
  });

  it('of a superuser restores every row, and what is not in it can be filled', async () => {
    const administrator = await openSession(database.url);
    const application = await openSession(database.urlFor('agent_agency_app'));
    await createTenants(administrator, 'acme');
    await asTenant(application, 'acme', () => insertTenantRows(application, 'acme'));
    await administrator.query(
      'update agent_capabilities_graph set embedding = array_fill(0.1::real, array[768])::vector(768)',
    );
    // A graph of the tenant's own is a table that no migration has made.
    await administrator.query(
      `select app.begin_vector_index('acme'), app.fill_vector_index('acme'), app.finish_vector_index('acme')`,
    );

    const options = ['--inserts', '--exclude-table-data=hybrid_search_materialized'];
    const backup = await dump(pgDump ?? '', database.url, options);
    const url = await createEmptyDatabase(database.url);
    // What begins with a backslash is for psql. Settings of the dump end with the session.
    await withSession(url, (session) => session.query(backup.replaceAll(/^\\.*$/gm, '')));

    const restored = await openSession(url);
    expect(await rowsOf(restored)).toEqual(await rowsOf(administrator));
    expect(await rowsOf(restored)).toHaveProperty('size', (await rowsOf(administrator)).size);
    const walked = `
      select cardinality(walk.ids) from app.vector_indexes as index
      cross join lateral app.walk_capability_graph(index, array_fill(0.1::real, array[768])::vector, 1, 0, null) as walk`;
    expect(await queryValue(restored, walked)).toBeGreaterThan(0);
    await restored.query('select refresh_hybrid_search_index()');
    await expect(
      queryValue(restored, 'select count(*)::integer from hybrid_search_materialized'),
    ).resolves.toBeGreaterThan(0);
  });
});

/** Every table with a digest of its rows. */
async function rowsOf(session: SqlSession): Promise<Map<string, unknown>> {
  const { rows } = await session.query(`
    select pg_class.oid::regclass::text as name
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind = 'r' and nspname in ('public', 'app')
    order by 1`);
  const digests = new Map<string, unknown>();
  for (const { name } of rows) {
    const digest = `select md5(string_agg(row::text, ';' order by row::text)) from ${String(name)} as row`;
    digests.set(String(name), await queryValue(session, digest));
  }
  return digests;
}
