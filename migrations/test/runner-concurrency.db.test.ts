import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { migrateUp, readMigrations } from '../src/index.ts';
import { createEmptyDatabase, openSession, untilLockAwaited } from './support/databases.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';
import { queryValue } from './support/rows.ts';

const database = testDatabase();

describe.skipIf(database.kind === 'pglite')('runners at the same time', () => {
  it('apply everything once when eight of them meet in an empty database', async () => {
    const url = await createEmptyDatabase(database.url);
    const sessions = await Promise.all(Array.from({ length: 8 }, () => openSession(url)));
    const results = await Promise.all(sessions.map((session) => migrateUp(session)));
    const all = (await readMigrations()).map(({ name }) => name);
    expect(results.filter((names) => names.length > 0)).toEqual([all]);
    expect(results.filter((names) => names.length === 0)).toHaveLength(7);
  });

  it('wait until the one that works has ended, whichever way; one in another database does not', async () => {
    const url = await createEmptyDatabase(database.url);
    const first = await openSession(url);
    const second = await openSession(url);
    const observer = await openSession(url);
    const failing = await migrationFolder({ ...tables('001_one'), '001_one.sql': 'select pg_sleep(600);' });
    const whole = await migrationFolder(tables('001_one'));
    const [firstPid, secondPid] = await Promise.all([first, second].map((session) => backendOf(session)));
    const failed = expect(migrateUp(first, { directory: failing })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { sqlState: '57014' },
    });
    await untilSleeping(observer, Number(firstPid));
    const waited = migrateUp(second, { directory: whole });
    await untilLockAwaited(observer, Number(secondPid));
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
