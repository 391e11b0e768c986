import { describe, expect, it, onTestFinished } from 'vitest';
import { allowLogin, connect, withSession } from '../src/index.ts';
import type { SqlSession } from '../src/index.ts';
import { findFreePort } from '../src/free-port.ts';
import { testCluster } from './support/cluster.ts';
import { binDir } from './support/programs.ts';

describe.skipIf(binDir === undefined)('connect', () => {
  const cluster = testCluster();
  const open = async (): Promise<SqlSession> => {
    const session = await connect(cluster.server.url);
    onTestFinished(() => session.close());
    return session;
  };

  it('runs several statements at once and answers with the rows of the last', async () => {
    const session = await open();
    const { rows } = await session.query(
      'create temp table n (v int); insert into n values (1), (2); select v from n',
    );
    expect(rows).toEqual([{ v: 1 }, { v: 2 }]);
  });

  it('answers with no rows when there are none', async () => {
    const session = await open();
    expect((await session.query('')).rows).toEqual([]);
    expect((await session.query('select 1 where false')).rows).toEqual([]);
  });

  it('binds values, of whatever type the statement asks for', async () => {
    const session = await open();
    const values = ["a'b", 7, ['x', 'y'], { a: [1] }, null, true];
    const { rows } = await session.query(
      'select $1::text as text, $2::int as int, $3::text[] as list, $4::jsonb as json, $5::text as nothing, $6::bool as yes',
      values,
    );
    expect(rows).toEqual([
      { text: "a'b", int: 7, list: ['x', 'y'], json: { a: [1] }, nothing: null, yes: true },
    ]);
  });

  it('is one session', async () => {
    const session = await open();
    await session.query("set application_name = 'mine'");
    expect((await session.query('show application_name')).rows).toEqual([{ application_name: 'mine' }]);
  });

  it('prepares nothing by name', async () => {
    const session = await open();
    for (let i = 0; i < 5; i += 1) await session.query('select $1::int', [i]);
    expect((await session.query('select name from pg_prepared_statements')).rows).toEqual([]);
  });

  it("gives the server's errors with their SQLSTATE", async () => {
    await expect((await open()).query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
  });

  it('prints no notices', async () => {
    const session = await open();
    await session.query('drop table if exists nowhere');
    expect((await session.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('does not open another session unseen when its own was ended', async () => {
    const session = await open();
    const { rows } = await session.query('select pg_backend_pid() as pid');
    await withSession(cluster.server.url, (other) =>
      other.query('select pg_terminate_backend($1, 5000)', [rows[0]?.['pid']]),
    );
    // The first use may still hit the dying connection.
    await session.query('select 1').catch(() => undefined);
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it('refuses use after close', async () => {
    const session = await open();
    await session.close();
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it('says where nobody answers, without the password', async () => {
    const port = await findFreePort();
    await expect(connect(`postgres://me:secret@127.0.0.1:${port}/d`)).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringMatching(
        new RegExp(`^no connection to 127.0.0.1:${port}/d: (?!.*secret)`),
      ) as string,
    });
  });
});

describe.skipIf(binDir === undefined)('withSession', () => {
  const cluster = testCluster();

  it("closes the session and lets the callback's error through", async () => {
    let lent: SqlSession | undefined;
    const failing = withSession(cluster.server.url, (session) => {
      lent = session;
      return Promise.reject(new RangeError('mine'));
    });
    await expect(failing).rejects.toThrow(RangeError);
    await expect(lent?.query('select 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });
});

describe.skipIf(binDir === undefined)('allowLogin', () => {
  const cluster = testCluster();

  it("gives roles the administrator's password where there is one", async () => {
    await withSession(cluster.server.url, async (session) => {
      await session.query('create role with_password; create role without_password');
      await allowLogin(session, 'postgres://me:p%25w@h/d', ['with_password']);
      await allowLogin(session, 'postgres://me@h/d', ['without_password']);
      const { rows } = await session.query(
        `select rolname as role, rolcanlogin as login, rolpassword is not null as password
           from pg_authid where rolname like '%_password' order by 1`,
      );
      expect(rows).toEqual([
        { role: 'with_password', login: true, password: true },
        { role: 'without_password', login: true, password: false },
      ]);
    });
  });
});
