import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { testDatabase } from '../../src/vitest.ts';

const database = testDatabase();

it('has the migrated schema and nobody else’s rows', async () => {
  const session = await connect(database.urlFor('postgres'));
  expect((await session.query('table note')).rows).toEqual([]);
  await session.query("insert into note values ('mine')");
  await session.close();
  expect(['url', 'docker', 'installed', 'provisioned', 'pglite']).toContain(database.kind);
});

it('keeps rows from one test of the file to the next', async () => {
  const session = await connect(database.url);
  expect((await session.query('table note')).rows).toEqual([{ body: 'mine' }]);
  await session.close();
});
