import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFromEnv, withAdministratorConnection, type AdministratorConnection } from '../src/index.ts';
import { terminate } from './support/backends.ts';
import { codeOf } from './support/errors.ts';

const database = testDatabase();
let admin: SqlSession;
beforeAll(async () => {
  admin = await connect(database.url);
});
afterAll(() => admin.close());

const lend = <T>(work: (connection: AdministratorConnection) => Promise<T>): Promise<T> =>
  withAdministratorConnection(
    configFromEnv({ DATABASE_URL: database.url, DB_APPLICATION_NAME: 'admin-test' }),
    work,
  );

const open = async (): Promise<unknown> =>
  (await admin.query(`select count(*)::int as n from pg_stat_activity where application_name = 'admin-test'`))
    .rows[0]?.['n'];

describe('withAdministratorConnection', () => {
  it('runs statements as the login, outside a transaction, and closes', async () => {
    const rows = await lend(async ({ query }) => {
      await query('create table kept (n int); insert into kept values (1)');
      expect(await open()).toBe(1);
      return (await query('select n, current_user = session_user as same from kept where n = $1', [1])).rows;
    });
    expect(rows).toEqual([{ n: 1, same: true }]);
    await expect.poll(open).toBe(0);
  });

  it('throws what the callback throws, and closes', async () => {
    const error = new RangeError('mine');
    await expect(lend(() => Promise.reject(error))).rejects.toBe(error);
    await expect(lend(({ query }) => query('select 1 / 0'))).rejects.toMatchObject({ code: '22012' });
    await expect.poll(open).toBe(0);
  });

  it("throws the callback's own error although the connection broke", async () => {
    const run = lend(async ({ query }) => {
      const { rows } = await query('select pg_backend_pid() as pid');
      await terminate(admin, [Number(rows[0]?.['pid'])]);
      throw new RangeError('mine');
    });
    await expect(run).rejects.toThrow('mine');
  });

  it('says that the connection broke when a later statement finds it so', async () => {
    const run = lend(async ({ query }) => {
      const { rows } = await query('select pg_backend_pid() as pid');
      await terminate(admin, [Number(rows[0]?.['pid'])]);
      await expect.poll(open).toBe(0);
      await query('select 1');
    });
    expect(await codeOf(run)).toBe('CONNECTION_LOST');
  });

  it('maps what hinders it from connecting', async () => {
    const missing = new URL(database.url);
    missing.pathname = '/no_such_database';
    const nobody = database.directUrlFor('nobody_of_that_name');
    for (const [url, code] of [
      [missing.href, 'DATABASE_MISSING'],
      [nobody, 'AUTHENTICATION_FAILED'],
    ] as const) {
      const run = withAdministratorConnection(configFromEnv({ DATABASE_URL: url }), () => Promise.resolve());
      expect(await codeOf(run)).toBe(code);
    }
  });
});
