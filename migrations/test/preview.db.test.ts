import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { describeCatalogue, migrateUp, previewMigrations } from '../src/index.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';

const database = testDatabase();
const emptySession = async () => openSession(await createEmptyDatabase(database.url));

describe.skipIf(database.kind === 'pglite')('previewMigrations', () => {
  const files = {
    ...tables('001_one', '003_three'),
    '002_index.sql': '-- transaction: no\ncreate index concurrently one_id\n  on one (id);',
    '002_index.down.sql': 'drop index concurrently one_id;',
  };
  const namesOf = (plan: readonly { readonly name: string }[]): string[] => plan.map(({ name }) => name);

  it('shows what up would do, with the first line of each statement, and writes nothing', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(files);
    const before = await describeCatalogue(session);
    await expect(previewMigrations(session, { directory, to: 2 })).resolves.toEqual([
      {
        version: 1,
        name: '001_one',
        direction: 'up',
        inTransaction: true,
        statements: ['create table one (id integer)'],
      },
      {
        version: 2,
        name: '002_index',
        direction: 'up',
        inTransaction: false,
        statements: ['create index concurrently one_id'],
      },
    ]);
    expect(await describeCatalogue(session)).toEqual(before);
  });

  it('shows what is left to do, and what down would do: the last one, or all above a version', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(files);
    await migrateUp(session, { directory, to: 2 });
    expect(namesOf(await previewMigrations(session, { directory }))).toEqual(['003_three']);
    const down = { directory, direction: 'down' } as const;
    await expect(previewMigrations(session, down)).resolves.toMatchObject([
      { name: '002_index', direction: 'down', statements: ['drop index concurrently one_id'] },
    ]);
    expect(namesOf(await previewMigrations(session, { ...down, to: 0 }))).toEqual(['002_index', '001_one']);
  });

  it('refuses an unknown version', async () => {
    const directory = await migrationFolder(files);
    await expect(previewMigrations(await emptySession(), { directory, to: 4 })).rejects.toMatchObject({
      code: 'UNKNOWN_VERSION',
    });
  });
});
