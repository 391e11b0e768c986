import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import {
  describeCatalogue,
  migrateDown,
  migrateUp,
  migrationStatus,
  previewMigrations,
  readMigrations,
  type MigrationEvent,
  type PlannedMigration,
} from '../src/index.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';
import { queryOne, queryValue } from './support/rows.ts';

const database = testDatabase();
const emptySession = async () => openSession(await createEmptyDatabase(database.url));
const namesOf = (migrations: readonly { readonly name: string }[]): string[] =>
  migrations.map(({ name }) => name);

describe.skipIf(database.kind === 'pglite')('migrateUp and migrateDown', () => {
  it('bring an empty database to the newest version, and then find nothing to do', async () => {
    const session = await emptySession();
    const all = namesOf(await readMigrations());
    await expect(migrateUp(session)).resolves.toEqual(all);
    const catalogue = await describeCatalogue(session);
    await expect(migrateUp(session)).resolves.toEqual([]);
    expect(await describeCatalogue(session)).toEqual(catalogue);
  });

  it('work for one migration at a time', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one', '002_two', '003_three'));
    await expect(migrateUp(session, { directory, to: 2 })).resolves.toEqual(['001_one', '002_two']);
    await expect(migrateUp(session, { directory })).resolves.toEqual(['003_three']);
    await expect(migrateDown(session, { directory, to: 1 })).resolves.toEqual(['003_three', '002_two']);
    await expect(queryValue(session, `select to_regclass('two')`)).resolves.toBeNull();
    await expect(queryValue(session, `select to_regclass('one')::text`)).resolves.toBe('one');
  });

  it('undo nothing in a database that nobody migrated', async () => {
    await expect(migrateDown(await emptySession(), { to: 0 })).resolves.toEqual([]);
    await expect(migrateDown(await emptySession())).resolves.toEqual([]);
  });

  it('undo the last one when nobody says how far, one at a time', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one', '002_two', '003_three'));
    await migrateUp(session, { directory, to: 2 });
    await expect(migrateDown(session, { directory })).resolves.toEqual(['002_two']);
    await expect(migrateDown(session, { directory })).resolves.toEqual(['001_one']);
    await expect(migrateDown(session, { directory })).resolves.toEqual([]);
  });

  it('tell what they are going to do before the first file runs', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one', '002_two'));
    const told: unknown[] = [];
    const options = {
      directory,
      onPlan: (plan: readonly PlannedMigration[]) => told.push(plan.map(({ name }) => name)),
      onMigration: ({ name }: MigrationEvent) => told.push(name),
    };
    await migrateUp(session, options);
    await migrateUp(session, options);
    await migrateDown(session, { ...options, to: 0 });
    expect(told).toEqual([
      ['001_one', '002_two'],
      '001_one',
      '002_two',
      [],
      ['002_two', '001_one'],
      '002_two',
      '001_one',
    ]);
  });

  it('tell of each migration when it is in the database', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one', '002_two'));
    const events: MigrationEvent[] = [];
    const onMigration = (event: MigrationEvent): void => {
      events.push(event);
    };
    await migrateUp(session, { directory, onMigration });
    await migrateDown(session, { directory, onMigration, to: 1 });
    expect(events).toEqual([
      { direction: 'up', name: '001_one', durationMs: expect.any(Number) as number },
      { direction: 'up', name: '002_two', durationMs: expect.any(Number) as number },
      { direction: 'down', name: '002_two', durationMs: expect.any(Number) as number },
    ]);
  });

  it('make everything in public and as the owner, whatever the session says', async () => {
    const session = await emptySession();
    await session.query('create schema elsewhere; set search_path = elsewhere, pg_catalog');
    await migrateUp(session, { directory: await migrationFolder(tables('001_one')) });
    const made = 'select relnamespace::regnamespace::text as schema, relowner::regrole::text as owner';
    await expect(queryOne(session, `${made} from pg_class where relname = 'one'`)).resolves.toEqual({
      schema: 'public',
      owner: 'agent_agency_owner',
    });
    await expect(
      queryOne(session, `${made} from pg_class where relname = '__migrations__'`),
    ).resolves.toEqual({
      schema: 'public',
      owner: 'agent_agency_owner',
    });
    await expect(queryValue(session, 'show search_path')).resolves.toBe('elsewhere, pg_catalog');
    await expect(queryValue(session, 'select current_user = session_user')).resolves.toBe(true);
  });

  it('close schema public, where an old database has it open', async () => {
    const session = await emptySession();
    await session.query('grant create on schema public to public');
    await migrateUp(session, { directory: await migrationFolder({}) });
    await expect(
      queryValue(session, `select has_schema_privilege('public', 'public', 'create')`),
    ).resolves.toBe(false);
  });

  it('let a file take on the service role for its data', async () => {
    const session = await emptySession();
    const directory = await migrationFolder({
      '001_one.sql': `
        create table one (id integer);
        grant insert on one to agent_agency_service;
        set local role agent_agency_service;
        insert into one values (1);`,
      '001_one.down.sql': 'drop table one;',
    });
    await expect(migrateUp(session, { directory })).resolves.toEqual(['001_one']);
    await expect(queryValue(session, 'select id from one')).resolves.toBe(1);
  });
});

describe.skipIf(database.kind === 'pglite')('a file that fails', () => {
  const failing = {
    ...tables('001_one', '002_two', '003_three'),
    '002_two.sql': 'create table two (id integer);\ninsert into two values (1 / 0);',
  };

  it('leaves nothing behind and is named; the files before it stay, those after it are not tried', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(failing);
    await expect(migrateUp(session, { directory })).rejects.toMatchObject({
      name: 'MigrationError',
      code: 'STATEMENT_FAILED',
      message: '002_two (up) failed: division by zero',
      details: { version: 2, sqlState: '22012' },
      cause: { code: '22012' },
    });
    const { rows } = await session.query('select version from __migrations__');
    expect(rows).toEqual([{ version: 1 }]);
    await expect(queryValue(session, `select to_regclass('two')`)).resolves.toBeNull();
    await expect(queryValue(session, `select to_regclass('three')`)).resolves.toBeNull();
  });

  it('can be mended and run again in the same session', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(failing);
    await expect(migrateUp(session, { directory })).rejects.toThrow('division by zero');
    const mended = await migrationFolder(tables('001_one', '002_two', '003_three'));
    await expect(migrateUp(session, { directory: mended })).resolves.toEqual(['002_two', '003_three']);
  });

  it('names what stands in the way of its undoing, and no row', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one'));
    await migrateUp(session, { directory });
    await session.query('create view depends_on_one as select * from one');
    await expect(migrateDown(session, { directory })).rejects.toThrow(
      'because other objects depend on it: view depends_on_one depends on table one',
    );
    await session.query('drop view depends_on_one; insert into one values (4711), (4711)');
    const unique = await migrationFolder({
      ...tables('001_one', '002_unique'),
      '002_unique.sql': 'alter table one add constraint one_key unique (id);',
    });
    const failure = migrateUp(session, { directory: unique });
    await expect(failure).rejects.toThrow('could not create unique index "one_key"');
    await expect(failure).rejects.not.toThrow('4711');
  });

  it('stays applied when it is its undoing that fails', async () => {
    const session = await emptySession();
    const directory = await migrationFolder({
      ...tables('001_one'),
      '001_one.down.sql': 'drop table one, none;',
    });
    await migrateUp(session, { directory });
    await expect(migrateDown(session, { directory, to: 0 })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: '001_one (down) failed: table "none" does not exist',
    });
    await expect(queryValue(session, 'select name from __migrations__')).resolves.toBe('001_one');
    await expect(queryValue(session, `select to_regclass('one')::text`)).resolves.toBe('one');
  });
});

describe.skipIf(database.kind === 'pglite')('a journal that does not fit the files', () => {
  const files = tables('001_one', '002_two', '003_three');
  const nothing = 'select 1';

  it.each([
    ['CHECKSUM_DRIFT', { ...files, '001_one.sql': 'create table one (id bigint);' }, nothing],
    ['MISSING_FILE', tables('001_one', '002_two'), nothing],
    ['MISSING_FILE', tables('001_one', '002_two', '003_other'), nothing],
    ['OUT_OF_ORDER', files, 'delete from __migrations__ where version = 2'],
    ['BAD_FILE', tables('001_one', '003_three'), nothing],
  ])('is refused with %s, whatever is asked for', async (code, changed, damage) => {
    const session = await emptySession();
    await migrateUp(session, { directory: await migrationFolder(files) });
    await session.query(damage);
    const journal = await queryValue(session, 'select array_agg(version) from __migrations__');
    const directory = await migrationFolder(changed);
    await expect(migrateUp(session, { directory })).rejects.toMatchObject({ code });
    await expect(migrateDown(session, { directory })).rejects.toMatchObject({ code });
    await expect(migrateDown(session, { directory, to: 0 })).rejects.toMatchObject({ code });
    await expect(migrationStatus(session, { directory })).rejects.toMatchObject({ code });
    await expect(previewMigrations(session, { directory })).rejects.toMatchObject({ code });
    const after = await queryValue(session, 'select array_agg(version) from __migrations__');
    expect(after).toEqual(journal);
  });

  it('does not run anything for an unknown version', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one'));
    await expect(migrateUp(session, { directory, to: 7 })).rejects.toMatchObject({ code: 'UNKNOWN_VERSION' });
    await expect(queryValue(session, 'select count(*)::int from __migrations__')).resolves.toBe(0);
  });
});

describe.skipIf(database.kind === 'pglite')('a file with `-- transaction: no`', () => {
  const concurrently = {
    ...tables('001_one'),
    '002_index.sql': '-- transaction: no\ncreate index concurrently one_id on one (id);',
    '002_index.down.sql': 'drop index concurrently one_id;',
  };

  it('may hold a statement that PostgreSQL refuses in a transaction, both ways, and belongs to the owner', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(concurrently);
    await expect(migrateUp(session, { directory })).resolves.toEqual(['001_one', '002_index']);
    const owner = `select relowner::regrole::text from pg_class where relname = 'one_id'`;
    await expect(queryValue(session, owner)).resolves.toBe('agent_agency_owner');
    await expect(queryValue(session, 'select current_user = session_user')).resolves.toBe(true);
    await expect(migrateDown(session, { directory, to: 1 })).resolves.toEqual(['002_index']);
  });

  it('is not entered when it fails, and gives the session back as it was', async () => {
    const session = await emptySession();
    const directory = await migrationFolder({
      ...concurrently,
      '002_index.sql': '-- transaction: no\ncreate index concurrently one_id on one (nothing);',
    });
    await expect(migrateUp(session, { directory })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: '002_index (up) failed: column "nothing" does not exist',
    });
    await expect(queryValue(session, 'select count(*)::int from __migrations__')).resolves.toBe(1);
    await expect(queryValue(session, 'select current_user = session_user')).resolves.toBe(true);
    await expect(queryValue(session, 'show search_path')).resolves.toBe('"$user", public');
  });

  it('is a transaction again when it holds two statements', async () => {
    const session = await emptySession();
    const directory = await migrationFolder({
      ...concurrently,
      '002_index.sql': '-- transaction: no\nselect 1;\ncreate index concurrently one_id on one (id);',
    });
    await expect(migrateUp(session, { directory })).rejects.toMatchObject({ details: { sqlState: '25001' } });
  });
});

describe.skipIf(database.kind === 'pglite')('the journal', () => {
  it('says what ran, when, by whom and for how long', async () => {
    const session = await emptySession();
    const directory = await migrationFolder({
      ...tables('001_one'),
      '001_one.sql': 'select pg_sleep(0.05);',
    });
    const before = Date.now();
    await migrateUp(session, { directory });
    const login = await queryValue(session, 'select session_user::text');
    const [migration] = await readMigrations(directory);
    const row = await queryOne(session, 'select * from __migrations__');
    expect(row).toMatchObject({
      version: 1,
      name: '001_one',
      checksum: migration?.checksum,
      applied_by: login,
    });
    expect(Number(row['duration_ms'])).toBeGreaterThanOrEqual(50);
    // Clocks of two machines may differ.
    expect(Math.abs((row['applied_at'] as Date).getTime() - before)).toBeLessThan(60_000);
    expect(await queryOne(session, 'select * from schema_migrations')).toMatchObject({
      version: 1,
      name: '001_one',
    });
    expect(await queryOne(session, 'select * from schema_versions')).toMatchObject({
      version_id: 1,
      description: '001_one',
      applied_by: login,
      execution_time_ms: row['duration_ms'],
    });
  });

  it('tells the status of every file, before and after', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one', '002_two'));
    await expect(migrationStatus(session, { directory })).resolves.toEqual([
      { version: 1, name: '001_one' },
      { version: 2, name: '002_two' },
    ]);
    await migrateUp(session, { directory, to: 1 });
    await expect(migrationStatus(session, { directory })).resolves.toEqual([
      {
        version: 1,
        name: '001_one',
        applied: expect.objectContaining({
          appliedBy: expect.any(String) as string,
          appliedAt: expect.any(Date) as Date,
        }) as unknown,
      },
      { version: 2, name: '002_two' },
    ]);
  });
});
