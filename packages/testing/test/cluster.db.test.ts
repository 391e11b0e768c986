import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startCluster, withSession } from '../src/index.ts';
import type { ClusterOptions, PostgresServer } from '../src/index.ts';
import { initialiseData } from '../src/data-directory.ts';
import { findFreePort } from '../src/free-port.ts';
import { endPostmaster, findPostmaster } from '../src/postmaster.ts';
import { findServerAccount, giveTo } from '../src/server-account.ts';
import { serverSettings } from '../src/server-settings.ts';
import { startServer } from '../src/start-server.ts';
import { createFolder } from './support/folder.ts';
import { binDir, getBinDir } from './support/programs.ts';

async function start(options: Omit<ClusterOptions, 'binDir'>): Promise<PostgresServer> {
  const server = await startCluster({ binDir: getBinDir(), ...options });
  onTestFinished(() => server.stop());
  return server;
}

async function settingsOf(server: PostgresServer): Promise<Record<string, unknown>> {
  const { rows } = await withSession(server.url, (session) =>
    session.query('select name, setting from pg_settings'),
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [String(name), setting]));
}

/** A port that somebody else listens on during the test. */
async function takenPort(): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  return (other.address() as AddressInfo).port;
}

/** Points temporary folders of this process to one of the test's own. */
async function ownTemporaryFolder(): Promise<string> {
  const folder = await createFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return folder;
}

describe.skipIf(binDir === undefined)('startCluster', () => {
  it('starts a throw-away on loopback, fast and lax, and leaves no trace after stop', async () => {
    const parent = await ownTemporaryFolder();
    const server = await start({});
    expect(await settingsOf(server)).toMatchObject({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      jit: 'off',
      max_connections: '100',
      server_encoding: 'UTF8',
      lc_messages: 'C.UTF-8',
      TimeZone: 'UTC',
    });
    const dataDir = join(parent, (await readdir(parent))[0] ?? '', 'data');
    expect(findPostmaster(dataDir)).toBeGreaterThan(1);
    await server.stop();
    await server.stop();
    expect(await readdir(parent)).toEqual([]);
    await expect(withSession(server.url, () => Promise.resolve())).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
    });
  });

  it('stops a cluster whose server has died meanwhile', async () => {
    const parent = await ownTemporaryFolder();
    const server = await start({});
    endPostmaster(join(parent, (await readdir(parent))[0] ?? '', 'data'), 'immediate');
    await server.stop();
    expect(await readdir(parent)).toEqual([]);
  });

  it('has pgvector and trusts every login', async () => {
    const server = await start({});
    const { rows } = await withSession(server.url, (session) =>
      session.query(
        "create extension vector; create role someone login; select '[1,2]'::vector <-> '[1,3]' as distance",
      ),
    );
    expect(rows).toEqual([{ distance: 1 }]);
    const asSomeone = server.url.replace('postgres@', 'someone@');
    const { rows: who } = await withSession(asSomeone, (session) =>
      session.query('select session_user as login'),
    );
    expect(who).toEqual([{ login: 'someone' }]);
  });

  it('lets settings be added and replaced', async () => {
    const server = await start({ settings: { wal_level: 'logical', jit: 'on', application_name: "it's" } });
    expect(await settingsOf(server)).toMatchObject({ wal_level: 'logical', jit: 'on' });
  });

  it('says what the server says when it does not start, and leaves nothing', async () => {
    const parent = await ownTemporaryFolder();
    await expect(start({ settings: { shared_buffers: 'much' } })).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringContaining('invalid value for parameter "shared_buffers"') as string,
    });
    expect(await readdir(parent)).toEqual([]);
  });

  it('refuses a port that is taken', async () => {
    await expect(start({ port: await takenPort() })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it('listens on the port it was given', async () => {
    const port = await findFreePort();
    expect((await start({ port })).url).toContain(`:${port}/`);
  });
});

describe.skipIf(binDir === undefined)('startCluster with a data directory', () => {
  it('keeps the data and its durability from one start to the next', async () => {
    const dataDir = join(await createFolder(), 'new/data');
    const first = await start({ dataDir });
    expect(await settingsOf(first)).toMatchObject({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
    });
    await withSession(first.url, (session) => session.query('create table kept as select 7 as value'));
    await first.stop();
    const second = await start({ dataDir });
    const { rows } = await withSession(second.url, (session) => session.query('table kept'));
    expect(rows).toEqual([{ value: 7 }]);
    await second.stop();
    expect(existsSync(join(dataDir, 'PG_VERSION'))).toBe(true);
  });

  it('refuses a directory with a running server', async () => {
    const dataDir = join(await createFolder(), 'data');
    await start({ dataDir });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIRECTORY_IN_USE' });
  });

  it('refuses a folder of something else and leaves it as it was', async () => {
    const folder = await createFolder();
    await writeFile(join(folder, 'letter.txt'), 'dear');
    await expect(start({ dataDir: folder })).rejects.toMatchObject({ code: 'DATA_DIRECTORY_INVALID' });
    expect(await readdir(folder)).toEqual(['letter.txt']);
  });

  it.skipIf(process.getuid?.() !== 0)('says so when the account of the server cannot enter', async () => {
    const closed = await createFolder();
    await chmod(closed, 0o700);
    await expect(start({ dataDir: join(closed, 'data') })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_INVALID',
      message: expect.stringContaining(`cannot enter ${closed}`) as string,
    });
  });

  it('refuses data of another major version', async () => {
    const folder = await createFolder();
    await writeFile(join(folder, 'PG_VERSION'), '12\n');
    await expect(start({ dataDir: folder })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_INVALID',
      message: expect.stringContaining('PostgreSQL 12') as string,
    });
  });
});

describe.skipIf(binDir === undefined)('startServer', () => {
  it('tries another port when somebody takes the one it picked', async () => {
    const account = await findServerAccount();
    const programs = { binDir: getBinDir(), account };
    const dataDir = join(await createFolder(), 'data');
    await mkdir(dataDir, { mode: 0o700 });
    await giveTo(account, dataDir);
    await initialiseData(programs, dataDir, false);
    const taken = await takenPort();
    const free = await findFreePort();
    const picks = [taken, taken, free];
    const pick = (): Promise<number> => Promise.resolve(picks.shift() ?? 0);
    const port = await startServer({ programs, dataDir, settings: serverSettings(false) }, pick);
    onTestFinished(() => {
      endPostmaster(dataDir, 'immediate');
    });
    expect(port).toBe(free);
    expect(findPostmaster(dataDir)).toBeDefined();
    expect((await stat(dataDir)).mode & 0o77).toBe(0);
  });
});
