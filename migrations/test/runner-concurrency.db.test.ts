import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { migrateDown, migrateUp, readMigrations, type MigrationConnection } from '../src/index.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';
import { queryValue } from './support/rows.ts';

const database = testDatabase();

describe.skipIf(database.kind === 'pglite')('runners at the same time', () => {
  const sessionsOf = (url: string): Promise<SqlSession[]> =>
    Promise.all(Array.from({ length: 20 }, () => openSession(url)));

  it('apply everything once when twenty of them meet in an empty database', async () => {
    const sessions = await sessionsOf(await createEmptyDatabase(database.url));
    const results = await Promise.all(sessions.map((session) => migrateUp(session)));
    const all = (await readMigrations()).map(({ name }) => name);
    expect(results.filter((names) => names.length > 0)).toEqual([all]);
    expect(results.filter((names) => names.length === 0)).toHaveLength(19);
  });

  it('undo the last migration once when all of them are asked to undo the last', async () => {
    const sessions = await sessionsOf(await createEmptyDatabase(database.url));
    const directory = await migrationFolder(tables('001_one', '002_two', '003_three'));
    const [first] = sessions as [SqlSession];
    await migrateUp(first, { directory });
    const results = await Promise.all(
      meetingAtTheLock(sessions).map((connection) => migrateDown(connection, { directory })),
    );
    expect(results.flat()).toEqual(['003_three']);
  });

  it('do each way all or nothing when some go up and some go down', async () => {
    const sessions = await sessionsOf(await createEmptyDatabase(database.url));
    const directory = await migrationFolder(tables('001_one', '002_two', '003_three'));
    const [ups, downs] = [sessions.slice(0, 10), sessions.slice(10)];
    const runs = await Promise.all([
      Promise.all(ups.map((session) => migrateUp(session, { directory }))),
      Promise.all(downs.map((session) => migrateDown(session, { directory, to: 0 }))),
    ]);
    const [applied, undone] = runs.map((results) => results.filter((names) => names.length > 0));
    for (const names of applied ?? []) expect(names).toEqual(['001_one', '002_two', '003_three']);
    for (const names of undone ?? []) expect(names).toEqual(['003_three', '002_two', '001_one']);
    const isUp = (applied?.length ?? 0) - (undone?.length ?? 0);
    const there = `
      select array[
        (select count(*) from __migrations__),
        (select count(*) from pg_class where relname in ('one', 'two', 'three'))
      ]::integer[]`;
    const [session] = sessions as [SqlSession];
    await expect(queryValue(session, there)).resolves.toEqual([3 * isUp, 3 * isUp]);
  });

  it('wait until the one that works has ended, whichever way; one in another database does not', async () => {
    const url = await createEmptyDatabase(database.url);
    const first = await openSession(url);
    const second = await openSession(url);
    const observer = await openSession(url);
    const failing = await migrationFolder({ ...tables('001_one'), '001_one.sql': 'select pg_sleep(600);' });
    const whole = await migrationFolder(tables('001_one'));
    const firstPid = await backendOf(first);
    const failed = expect(migrateUp(first, { directory: failing })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { sqlState: '57014' },
    });
    await untilSleeping(observer, Number(firstPid));
    const asked = Promise.withResolvers<undefined>();
    const waiting = beforeLock(second, () => {
      asked.resolve(undefined);
    });
    const waited = migrateUp(waiting, { directory: whole });
    await asked.promise;
    const elsewhere = await openSession(await createEmptyDatabase(database.url));
    await expect(migrateUp(elsewhere, { directory: whole })).resolves.toEqual(['001_one']);
    await observer.query('select pg_cancel_backend($1)', [firstPid]);
    await failed;
    await expect(waited).resolves.toEqual(['001_one']);
    const held = `
      select count(*)::int from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
    await expect(queryValue(observer, held)).resolves.toBe(0);
  });

  it('wait without a snapshot, for which create index concurrently would wait in turn', async () => {
    const sessions = await sessionsOf(await createEmptyDatabase(database.url));
    const directory = await migrationFolder({
      ...tables('001_one'),
      '002_index.sql': '-- transaction: no\ncreate index concurrently one_id on one (id);',
      '002_index.down.sql': 'drop index one_id;',
    });
    const results = await Promise.all(sessions.map((session) => migrateUp(session, { directory })));
    expect(results.flat()).toEqual(['001_one', '002_index']);
  });

  it('leave nothing half done when one is killed in a file, and the next one completes', async () => {
    const url = await createEmptyDatabase(database.url);
    // Its connection will be gone: nothing is left to close.
    const killed = await connect(url);
    const observer = await openSession(url);
    const slow = await migrationFolder({
      ...tables('001_one', '002_two'),
      '002_two.sql': 'create table two (id integer);\nselect pg_sleep(600);',
    });
    const pid = Number(await backendOf(killed));
    const lost = expect(migrateUp(killed, { directory: slow })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: expect.stringMatching(/^002_two \(up\) failed: /) as string,
    });
    await untilSleeping(observer, pid);
    await observer.query('select pg_terminate_backend($1, 10000)', [pid]);
    await lost;
    await expect(queryValue(observer, `select to_regclass('two')`)).resolves.toBeNull();
    const mended = await migrationFolder(tables('001_one', '002_two'));
    await expect(migrateUp(observer, { directory: mended })).resolves.toEqual(['002_two']);
  });
});

/** A session that first does something else whenever its runner asks for the lock, or asks again. */
function beforeLock(session: SqlSession, work: () => Promise<void> | void): MigrationConnection {
  return {
    async query(text, values) {
      if (/pg_(?:try_)?advisory_lock/.test(text)) await work();
      return session.query(text, values);
    },
  };
}

/** Sessions that go on to the lock when every one of them has come to it. */
function meetingAtTheLock(sessions: readonly SqlSession[]): MigrationConnection[] {
  const met = Promise.withResolvers<undefined>();
  let count = 0;
  const meet = async (): Promise<void> => {
    count += 1;
    if (count === sessions.length) met.resolve(undefined);
    await met.promise;
  };
  return sessions.map((session) => beforeLock(session, meet));
}

function backendOf(session: SqlSession): Promise<unknown> {
  return queryValue(session, 'select pg_backend_pid()');
}

async function untilSleeping(observer: SqlSession, pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const event = await queryValue(observer, 'select wait_event from pg_stat_activity where pid = $1', [pid]);
    if (event === 'PgSleep') return;
  }
  throw new Error(`session ${pid} does not sleep`);
}
