import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { migrateUp, readMigrations, verifyMigrations } from '../src/index.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';
import { queryValue } from './support/rows.ts';

const database = testDatabase();
const emptySession = async () => openSession(await createEmptyDatabase(database.url));

/** What is found in files of which some are changed. */
async function verify(changed: Readonly<Record<string, string>>) {
  const directory = await migrationFolder({ ...tables('001_one', '002_two', '003_three'), ...changed });
  return verifyMigrations(await emptySession(), { directory });
}

describe.skipIf(database.kind === 'pglite')('verifyMigrations', () => {
  it('finds that every migration of this package restores exactly what was there before it', async () => {
    const session = await emptySession();
    const migrations = (await readMigrations()).map(({ name }) => name);
    await expect(verifyMigrations(session)).resolves.toEqual({
      verified: true,
      migrations,
      comparisons: 2 * migrations.length,
      facts: expect.any(Number) as number,
      differences: [],
    });
    await expect(queryValue(session, 'select count(*)::int from __migrations__')).resolves.toBe(
      migrations.length,
    );
  });

  it('tells of each file when it ran, up, down and up again', async () => {
    const steps: string[] = [];
    const directory = await migrationFolder(tables('001_one', '002_two'));
    await verifyMigrations(await emptySession(), {
      directory,
      onStep: ({ direction, name }, { done, total }) => steps.push(`${done}/${total} ${direction} ${name}`),
    });
    expect(steps).toEqual([
      '1/6 up 001_one',
      '2/6 up 002_two',
      '3/6 down 002_two',
      '4/6 down 001_one',
      '5/6 up 001_one',
      '6/6 up 002_two',
    ]);
  });

  it('names the file that leaves something behind, once, and what', async () => {
    const report = await verify({
      '002_two.sql': 'create table two (id integer); create schema if not exists extra;',
    });
    expect(report).toMatchObject({ verified: false, comparisons: 6 });
    expect(report.failure).toBeUndefined();
    expect(report.differences).toEqual([
      {
        direction: 'down',
        name: '002_two',
        lines: [
          '+ grant CREATE on schema extra to agent_agency_owner',
          '+ grant USAGE on schema extra to agent_agency_owner',
          '+ schema extra owner agent_agency_owner',
        ],
      },
    ]);
  });

  it('names the file that takes too much, and the one that is not the same the second time', async () => {
    const report = await verify({
      '002_two.sql': `create table two (id integer); comment on table one is 'One';`,
      '002_two.down.sql': 'drop table two; alter table one add label text;',
      '003_three.down.sql': 'drop table three; comment on table one is null;',
    });
    expect(report.differences).toEqual([
      { direction: 'down', name: '003_three', lines: ['- comment on table public.one: One'] },
      { direction: 'down', name: '002_two', lines: ['+ column public.one.label (2) text'] },
    ]);
    const once = await verify({
      '001_one.sql': `create table one (id integer);
        do $$ begin
          if to_regtype('left_behind') is not null then alter table one add label text; end if;
        end $$;`,
      '001_one.down.sql': `drop table one; create type left_behind as enum ();`,
    });
    expect(once.differences).toMatchObject([
      { direction: 'down', name: '001_one' },
      { direction: 'up', name: '001_one', lines: ['+ column public.one.label (2) text'] },
    ]);
  });

  it('reports a file that cannot run, and tries nothing after it', async () => {
    const down = await verify({ '002_two.down.sql': 'drop table none;' });
    expect(down).toMatchObject({
      verified: false,
      comparisons: 1,
      differences: [],
      failure: {
        direction: 'down',
        name: '002_two',
        message: '002_two (down) failed: table "none" does not exist',
      },
    });
    const up = await verify({ '002_two.down.sql': '-- Forgotten.' });
    expect(up.differences).toMatchObject([{ direction: 'down', name: '002_two' }]);
    expect(up.failure).toMatchObject({ direction: 'up', name: '002_two' });
  });

  it('refuses a database that holds anything, and leaves it as it is', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one'));
    await migrateUp(session, { directory });
    await expect(verifyMigrations(session, { directory })).rejects.toMatchObject({
      code: 'DATABASE_NOT_EMPTY',
    });
    await expect(queryValue(session, `select to_regclass('one')::text`)).resolves.toBe('one');
    const other = await emptySession();
    await other.query('create schema elsewhere; create table elsewhere.mine (id integer)');
    await expect(verifyMigrations(other, { directory })).rejects.toMatchObject({
      code: 'DATABASE_NOT_EMPTY',
    });
    await expect(queryValue(other, `select to_regclass('__migrations__')`)).resolves.toBeNull();
  });

  it('refuses files that the runner refuses, before it touches the database', async () => {
    const session = await emptySession();
    const directory = await migrationFolder(tables('001_one', '003_three'));
    await expect(verifyMigrations(session, { directory })).rejects.toMatchObject({ code: 'BAD_FILE' });
    await expect(queryValue(session, `select to_regclass('__migrations__')`)).resolves.toBeNull();
  });

  it('stops between two files when it is aborted', async () => {
    const controller = new AbortController();
    const directory = await migrationFolder(tables('001_one', '002_two'));
    const session = await emptySession();
    const stopped = verifyMigrations(session, {
      directory,
      signal: controller.signal,
      onStep: () => {
        controller.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    await expect(queryValue(session, 'select array_agg(name) from __migrations__')).resolves.toEqual([
      '001_one',
    ]);
  });
});
