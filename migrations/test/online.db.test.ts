import type { SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { migrateDown, migrateUp, type MigrationProgress } from '../src/index.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';
import { queryOne, queryValue } from './support/rows.ts';

const database = testDatabase();
const emptyDatabase = () => createEmptyDatabase(database.url);

/** Asks for two indexes on table `one`, unless they are there. */
const COMPANION = `
  with step (name) as (values ('one_first'), ('one_second'))
  select format('create index concurrently %I on one (id)', name)
  from step
  where to_regclass(name) is null
  order by name
  limit 1`;

const FILES = {
  ...tables('001_one'),
  '002_indexes.sql': 'alter index one_first rename to one_id; drop index one_second;',
  '002_indexes.down.sql': 'drop index one_id;',
  '002_indexes.prepare.sql': COMPANION,
};

/** Takes a lock on a table in a session of its own; what it returns gives the lock back. */
async function lockTable(url: string, table: string): Promise<() => Promise<unknown>> {
  const holder = await openSession(url);
  await holder.query(`begin; lock table ${table} in access share mode`);
  return () => holder.query('rollback');
}

/** Events of a run, and a promise of the first one of a kind. */
function recorder(kind: MigrationProgress['kind']) {
  const events: MigrationProgress[] = [];
  const { promise: first, resolve } = Promise.withResolvers<MigrationProgress>();
  const onProgress = (event: MigrationProgress): void => {
    events.push(event);
    if (event.kind === kind) resolve(event);
  };
  return { events, first, onProgress };
}

describe.skipIf(database.kind === 'pglite')('a companion', () => {
  it('is asked for statements, which run one by one, outside a transaction and as the owner, before the file', async () => {
    const session = await openSession(await emptyDatabase());
    const directory = await migrationFolder(FILES);
    const { events, onProgress } = recorder('prepared');
    await expect(migrateUp(session, { directory, onProgress })).resolves.toEqual(['001_one', '002_indexes']);
    expect(events).toEqual(
      ['one_first', 'one_second'].map((index) => ({
        kind: 'prepared',
        name: '002_indexes',
        statement: `create index concurrently ${index} on one (id)`,
        durationMs: expect.any(Number) as number,
      })),
    );
    const index = `select relowner::regrole::text as owner from pg_class where relname = 'one_id'`;
    await expect(queryOne(session, index)).resolves.toEqual({ owner: 'agent_agency_owner' });
    await expect(queryValue(session, 'select current_user = session_user')).resolves.toBe(true);
    await expect(queryValue(session, 'show search_path')).resolves.toBe('"$user", public');
  });

  it('is not asked again when its migration is applied, nor on the way down', async () => {
    const session = await openSession(await emptyDatabase());
    const directory = await migrationFolder(FILES);
    await migrateUp(session, { directory });
    const { events, onProgress } = recorder('prepared');
    await expect(migrateUp(session, { directory, onProgress })).resolves.toEqual([]);
    await migrateDown(session, { directory, to: 0, onProgress });
    expect(events).toEqual([]);
  });

  it('may be edited afterwards: it is no part of what was applied', async () => {
    const session = await openSession(await emptyDatabase());
    await migrateUp(session, { directory: await migrationFolder(FILES) });
    const directory = await migrationFolder({ ...FILES, '002_indexes.prepare.sql': 'select null' });
    await expect(migrateUp(session, { directory })).resolves.toEqual([]);
  });

  it('that fails is named, keeps what it has done, and its migration does not run', async () => {
    const session = await openSession(await emptyDatabase());
    const failing = `select coalesce((${COMPANION.replace('one_second', 'one_first')}), 'create index on nothing (id)')`;
    const directory = await migrationFolder({ ...FILES, '002_indexes.prepare.sql': failing });
    await expect(migrateUp(session, { directory })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: '002_indexes (prepare) failed: relation "nothing" does not exist',
      details: { version: 2, sqlState: '42P01' },
    });
    await expect(queryValue(session, `select to_regclass('one_first')::text`)).resolves.toBe('one_first');
    await expect(queryValue(session, 'select current_user = session_user')).resolves.toBe(true);
    await expect(migrateUp(session, { directory: await migrationFolder(FILES) })).resolves.toEqual([
      '002_indexes',
    ]);
  });

  it('that never comes to its end is refused', async () => {
    const session = await openSession(await emptyDatabase());
    const directory = await migrationFolder({ ...FILES, '002_indexes.prepare.sql': `select 'select 1'` });
    await expect(migrateUp(session, { directory })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: '002_indexes (prepare) failed: the companion asks again for: select 1',
    });
  });

  it('is tried again while somebody holds a lock that it needs', async () => {
    const url = await emptyDatabase();
    const session = await openSession(url);
    await migrateUp(session, { directory: await migrationFolder(FILES), to: 1 });
    const unlock = await lockTable(url, 'one');
    const column = `set local lock_timeout = '50ms'; alter table one add column extra integer`;
    const directory = await migrationFolder({
      ...FILES,
      '002_indexes.sql': 'select extra from one;',
      '002_indexes.prepare.sql': `
        select $$${column}$$ where not exists (select from pg_attribute where attrelid = 'one'::regclass and attname = 'extra')`,
    });
    const { first, onProgress } = recorder('waiting');
    const applied = migrateUp(session, { directory, onProgress });
    await expect(first).resolves.toMatchObject({ name: '002_indexes', sqlState: '55P03' });
    await unlock();
    await expect(applied).resolves.toEqual(['002_indexes']);
  });
});

describe.skipIf(database.kind === 'pglite')('a migration that does not get its lock', () => {
  const files = {
    ...tables('001_one', '002_two'),
    '002_two.sql': 'create table two (id integer); alter table one add column extra integer;',
    '002_two.down.sql': 'drop table two; alter table one drop column extra;',
  };

  async function lockedDatabase(): Promise<{ url: string; session: SqlSession; directory: URL }> {
    const url = await emptyDatabase();
    const session = await openSession(url);
    const directory = await migrationFolder(files);
    await migrateUp(session, { directory, to: 1 });
    return { url, session, directory };
  }

  it('lets the others go on and comes again, up and down', async () => {
    const { url, session, directory } = await lockedDatabase();
    for (const [migrate, state] of [
      [
        (onProgress: (event: MigrationProgress) => void) => migrateUp(session, { directory, onProgress }),
        'two',
      ],
      [
        (onProgress: (event: MigrationProgress) => void) =>
          migrateDown(session, { directory, to: 1, onProgress }),
        null,
      ],
    ] as const) {
      const unlock = await lockTable(url, 'one');
      const { first, onProgress } = recorder('waiting');
      const migrated = migrate(onProgress);
      await expect(first).resolves.toMatchObject({ kind: 'waiting', name: '002_two', sqlState: '55P03' });
      // The holder still holds its lock, and whoever reads does not wait for it to end.
      await expect(queryValue(await openSession(url), 'select count(*)::int from one')).resolves.toBe(0);
      await unlock();
      await expect(migrated).resolves.toEqual(['002_two']);
      await expect(queryValue(session, `select to_regclass('two')::text`)).resolves.toBe(state);
    }
  });

  it('comes again after a deadlock', async () => {
    const session = await openSession(await emptyDatabase());
    const directory = await migrationFolder({
      ...tables('001_one'),
      // Fails as often as it has to be tried again to succeed: a sequence keeps its value in a rollback.
      '002_deadlock.sql': `
        do $$
        begin
          if nextval('attempts') < 3 then raise deadlock_detected; end if;
        end
        $$;`,
      '002_deadlock.down.sql': '',
    });
    await migrateUp(session, { directory, to: 1 });
    await session.query('create sequence attempts; alter sequence attempts owner to agent_agency_owner');
    const { events, onProgress } = recorder('waiting');
    await expect(migrateUp(session, { directory, onProgress })).resolves.toEqual(['002_deadlock']);
    expect(events).toEqual([
      { kind: 'waiting', name: '002_deadlock', sqlState: '40P01', delayMs: 250 },
      { kind: 'waiting', name: '002_deadlock', sqlState: '40P01', delayMs: 500 },
    ]);
  });

  it('fails when patience is at its end, and has changed nothing', async () => {
    const { url, session, directory } = await lockedDatabase();
    const unlock = await lockTable(url, 'one');
    await expect(migrateUp(session, { directory, patienceMs: 0 })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { version: 2, sqlState: '55P03' },
    });
    await expect(queryValue(session, `select to_regclass('two')`)).resolves.toBeNull();
    await unlock();
    await expect(migrateUp(session, { directory })).resolves.toEqual(['002_two']);
  });
});
