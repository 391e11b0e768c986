import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect, withSession } from '../src/index.ts';
import type { SqlSession } from '../src/index.ts';
import { findFreePort } from '../src/free-port.ts';
import { findMarked } from '../src/owner.ts';
import { sweepFolders } from '../src/throw-away-folder.ts';
import { startChild } from './support/child.ts';
import { testCluster } from './support/cluster.ts';
import { createFolder } from './support/folder.ts';
import { isRunning } from './support/is-running.ts';
import { releases, startPooler } from './support/pooler.ts';
import { binDir } from './support/programs.ts';
import { openWireClient } from './support/wire-client.ts';

async function open(url: string): Promise<SqlSession> {
  const session = await connect(url);
  onTestFinished(() => session.close());
  return session;
}

async function valueOf(session: SqlSession, expression: string): Promise<unknown> {
  const { rows } = await session.query(`select ${expression} as value`);
  return rows[0]?.['value'];
}

async function ownTemporaryFolder(): Promise<string> {
  const folder = await createFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return folder;
}

describe.skipIf(binDir === undefined || releases.length === 0)('startPgBouncer', () => {
  const cluster = testCluster();

  it('lets two clients share one server connection, transaction by transaction', async () => {
    const settings = { default_pool_size: '1' };
    const pooler = await startPooler({ server: cluster.server.url, settings });
    const [one, two] = [await open(pooler.url), await open(pooler.url)];
    const pid = await valueOf(one, 'pg_backend_pid()');
    expect(await valueOf(two, 'pg_backend_pid()')).toBe(pid);
    await one.query('begin');
    const inTransaction = await valueOf(one, 'pg_current_xact_id()::text');
    const waiting = valueOf(two, 'pg_current_xact_id()::text');
    await one.query('commit');
    expect(await waiting).not.toBe(inTransaction);
  });

  it('keeps the statements that two clients prepared under one name apart, also on a new connection', async () => {
    const pooler = await startPooler({ server: cluster.server.url });
    const [one, two] = [await openWireClient(pooler.url), await openWireClient(pooler.url)];
    await one.prepare('same', "select 'one'");
    await two.prepare('same', "select 'two'");
    expect(await one.execute('same')).toMatchObject({ value: 'one' });
    const other = await open(pooler.url);
    await other.query('begin');
    // The only server connection so far is taken.
    expect(await one.execute('same')).toMatchObject({ value: 'one' });
    expect(await two.execute('same')).toMatchObject({ value: 'two' });
  });

  it('is 1.18, which mixes them up, when bookworm is asked for', async () => {
    const pooler = await startPooler({ server: cluster.server.url, release: 'bookworm' });
    expect(pooler.version).toMatch(/^1\.18\./);
    const [one, two] = [await openWireClient(pooler.url), await openWireClient(pooler.url)];
    await one.prepare('same', "select 'one'");
    expect(await two.prepare('same', "select 'two'")).toMatchObject({ refusal: '42P05' });
    expect(await two.execute('same')).toMatchObject({ value: 'one' });
  });

  it.each(releases)('leads any login into any database, also ones made later (%s)', async (release) => {
    const pooler = await startPooler({ server: cluster.server.url, release });
    const role = `late_${release}`;
    await withSession(cluster.server.url, async (session) => {
      await session.query(`create role ${role} login`);
      await session.query(`create database of_${release}`);
    });
    const url = new URL(cluster.server.url);
    url.username = role;
    url.pathname = `/of_${release}`;
    const session = await open(pooler.urlFor(url.href));
    expect(await valueOf(session, "session_user || ' in ' || current_database()")).toBe(
      `${role} in of_${release}`,
    );
    await expect(open(pooler.url.replace('postgres@', 'nobody_here@'))).rejects.toThrow('no such user');
  });

  it("logs in with the administrator's password where the server asks for one", async () => {
    const password = `it's "a" \\ p%ss; # wörd`;
    await withSession(cluster.server.url, async (session) => {
      const literal = password.replaceAll("'", "''");
      await session.query(`create role boss superuser login password '${literal}'`);
      await session.query(`create role clerk login password '${literal}'`);
    });
    const { rows } = await withSession(cluster.server.url, (session) => session.query('show hba_file'));
    const file = String(rows[0]?.['hba_file']);
    const trusting = readFileSync(file, 'utf8');
    writeFileSync(file, `host all boss,clerk 127.0.0.1/32 scram-sha-256\n${trusting}`);
    onTestFinished(() => {
      writeFileSync(file, trusting);
    });
    await withSession(cluster.server.url, (session) => session.query('select pg_reload_conf()'));
    const url = new URL(cluster.server.url);
    url.username = 'boss';
    await expect(open(url.href)).rejects.toThrow(/password/);
    url.password = encodeURIComponent(password);
    const pooler = await startPooler({ server: url.href });
    const session = await open(pooler.url.replace('boss', 'clerk'));
    expect(await valueOf(session, 'session_user')).toBe('clerk');
  });

  it('lets a database be dropped by force although it holds connections to it', async () => {
    const pooler = await startPooler({ server: cluster.server.url });
    await withSession(cluster.server.url, (session) => session.query('create database dropped'));
    const url = pooler.urlFor(cluster.server.url.replace(/postgres$/, 'dropped'));
    expect(await valueOf(await open(url), 'current_database()')).toBe('dropped');
    await withSession(cluster.server.url, (session) => session.query('drop database dropped with (force)'));
  });

  it('leaves no process and no folder after stop', async () => {
    const parent = await ownTemporaryFolder();
    const pooler = await startPooler({ server: cluster.server.url });
    const [mark = ''] = globSync(join(parent, '*/pgbouncer.mark'));
    const pid = findMarked(readFileSync(mark, 'utf8')) ?? 0;
    expect(isRunning(pid)).toBe(true);
    await pooler.stop();
    await pooler.stop();
    expect(isRunning(pid)).toBe(false);
    expect(await readdir(parent)).toEqual([]);
  });

  it('says what PgBouncer says when it does not start, and leaves nothing', async () => {
    const parent = await ownTemporaryFolder();
    const settings = { pool_mode: 'wishful' };
    await expect(startPooler({ server: cluster.server.url, settings })).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringContaining('wishful') as string,
    });
    expect(await readdir(parent)).toEqual([]);
  });

  it('refuses a server that does not answer, and leaves nothing', async () => {
    const parent = await ownTemporaryFolder();
    const server = `postgres://me:secret@127.0.0.1:${String(await findFreePort())}/d`;
    await expect(startPooler({ server })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect(await readdir(parent)).toEqual([]);
  });
});

describe.skipIf(binDir === undefined || releases.length === 0)('a PgBouncer of a process that ends', () => {
  const cluster = testCluster();

  it.each(['SIGTERM', 'exit'])('ends with it (%s)', async (how) => {
    const parent = await createFolder();
    const fate = how === 'exit' ? 'exit' : 'wait';
    const child = startChild('pooler', [cluster.server.url, fate], { TMPDIR: parent });
    const pid = Number(await child.firstLine);
    if (fate === 'wait') child.process.kill('SIGTERM');
    await child.ended;
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(await readdir(parent)).toEqual([]);
  });

  it('is ended by the next start after kill -9', async () => {
    const parent = await ownTemporaryFolder();
    const child = startChild('pooler', [cluster.server.url], { TMPDIR: parent });
    const pid = Number(await child.firstLine);
    await sweepFolders();
    expect(isRunning(pid)).toBe(true);
    child.process.kill('SIGKILL');
    await child.ended;
    expect(isRunning(pid)).toBe(true);
    await sweepFolders();
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(await readdir(parent)).toEqual([]);
  });
});
