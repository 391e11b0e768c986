import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect, startCluster, withSession } from '../../src/index.ts';
import type { CrashableServer, SqlSession } from '../../src/index.ts';
import { listServerProcesses } from '../../src/postmaster.ts';
import { findServerAccount } from '../../src/server-account.ts';
import { sweepFolders } from '../../src/throw-away-folder.ts';
import { startChild } from '../support/child.ts';
import { createFolder } from '../support/folder.ts';
import { isRunning } from '../support/is-running.ts';
import { binDir, getBinDir } from '../support/programs.ts';
import { logIn, query } from './wire-client.ts';

const pidsOf = (dataDir: string): number[] => listServerProcesses(dataDir).map(({ pid }) => pid);

async function rowsOf(server: CrashableServer, sql: string): Promise<Record<string, unknown>[]> {
  const { rows } = await withSession(server.url, (session) => session.query(sql));
  return rows;
}

async function open(server: CrashableServer): Promise<SqlSession> {
  const session = await connect(server.url);
  onTestFinished(() => session.close());
  return session;
}

async function ownTemporaryFolder(): Promise<string> {
  const folder = await createFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return folder;
}

/** The files of shared memory that processes have open, where the system tells. */
function sharedMemoryOf(pids: readonly number[]): string[] {
  if (process.platform !== 'linux') return [];
  const maps = pids.map((pid) => readFileSync(`/proc/${pid}/maps`, 'utf8')).join('');
  return [...new Set(maps.match(/\/dev\/shm\/PostgreSQL\.\d+/g))];
}

describe.skipIf(binDir === undefined)('CrashableServer', () => {
  let server: CrashableServer;
  let dataDir: string;
  beforeAll(async () => {
    const settings = { synchronous_commit: 'on', work_mem: '7MB' };
    server = await startCluster({ binDir: getBinDir(), settings });
    dataDir = String((await rowsOf(server, 'show data_directory'))[0]?.['data_directory']);
  });
  beforeEach(async () => {
    await server.start();
    await rowsOf(server, 'drop table if exists kept; create table kept (value int)');
  });
  afterAll(() => server.stop());

  describe('crash', () => {
    it('ends every process, and start brings back what was committed and nothing else', async () => {
      await rowsOf(server, 'insert into kept values (1)');
      const unfinished = await open(server);
      await unfinished.query('begin; insert into kept values (2)');
      const pids = pidsOf(dataDir);
      expect(pids.length).toBeGreaterThan(3);
      await server.crash();
      expect(pids.filter(isRunning)).toEqual([]);
      await expect(connect(server.url)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
      await server.start();
      expect(await rowsOf(server, 'table kept')).toEqual([{ value: 1 }]);
      expect(readFileSync(join(dataDir, 'server.log'), 'utf8')).toContain('was not properly shut down');
    });

    it('lets no process say goodbye', async () => {
      const client = await logIn(Number(new URL(server.url).port));
      client.socket.write(query('select pg_sleep(60)'));
      const asleep = `select from pg_stat_activity where wait_event = 'PgSleep'`;
      await vi.waitUntil(async () => (await rowsOf(server, asleep)).length === 1, { timeout: 20_000 });
      await server.crash();
      await client.ended;
      expect(client.heard.at(-1)).toBe('ReadyForQuery');
    });
  });

  describe('start', () => {
    it('keeps port and settings, and does nothing to a server that runs', async () => {
      await server.crash();
      await server.crash();
      await server.start();
      const pids = pidsOf(dataDir);
      await server.start();
      expect(pidsOf(dataDir)).toEqual(expect.arrayContaining(pids.slice(0, 1)));
      expect(await rowsOf(server, 'show work_mem')).toEqual([{ work_mem: '7MB' }]);
    });

    it('works also when a stranger has got the process id of the crashed server', async () => {
      await server.crash();
      const stranger = spawn('sleep', ['600'], { cwd: '/', ...(await findServerAccount()) });
      onTestFinished(() => void stranger.kill('SIGKILL'));
      const pidFile = join(dataDir, 'postmaster.pid');
      const [, ...others] = readFileSync(pidFile, 'utf8').split('\n');
      await writeFile(pidFile, [String(stranger.pid), ...others].join('\n'));
      await server.start();
      expect(await rowsOf(server, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(isRunning(stranger.pid ?? 0)).toBe(true);
    });
  });

  describe('restart', () => {
    it('tells clients, keeps everything, and also starts a server that is down', async () => {
      await rowsOf(server, 'insert into kept values (1)');
      const client = await logIn(Number(new URL(server.url).port));
      await server.restart();
      await client.ended;
      expect(client.heard.at(-1)).toBe('ErrorResponse');
      expect(await rowsOf(server, 'table kept')).toEqual([{ value: 1 }]);
      await server.crash();
      await server.restart();
      expect(await rowsOf(server, 'table kept')).toEqual([{ value: 1 }]);
    });
  });

  describe('suspend', () => {
    it('stops every process and closes nothing, until resume', async () => {
      const session = await open(server);
      await server.suspend();
      const processes = listServerProcesses(dataDir);
      expect(processes.length).toBeGreaterThan(3);
      expect(processes.filter(({ isStopped }) => !isStopped)).toEqual([]);
      let isAnswered = false;
      const answer = session.query('select 1 as one').finally(() => (isAnswered = true));
      await sleep(50);
      expect(isAnswered).toBe(false);
      server.resume();
      expect(await answer).toEqual({ rows: [{ one: 1 }] });
    });

    it('is ended by start, restart and crash, and does nothing to a server that is down', async () => {
      for (const act of ['start', 'restart'] as const) {
        await server.suspend();
        await server[act]();
        expect(await rowsOf(server, 'select 1 as one')).toEqual([{ one: 1 }]);
      }
      await server.suspend();
      const pids = pidsOf(dataDir);
      await server.crash();
      expect(pids.filter(isRunning)).toEqual([]);
      await server.suspend();
      server.resume();
    });
  });
});

describe.skipIf(binDir === undefined)('stop', () => {
  it.each(['running', 'crash', 'suspend'] as const)(
    'leaves no process, no folder and no shared memory (%s)',
    async (fault) => {
      const parent = await ownTemporaryFolder();
      const server = await startCluster({ binDir: getBinDir() });
      onTestFinished(() => server.stop());
      const pids = pidsOf(join(parent, (await readdir(parent))[0] ?? '', 'data'));
      const memory = sharedMemoryOf(pids);
      expect(pids.length).toBeGreaterThan(3);
      if (process.platform === 'linux') expect(memory.filter((path) => existsSync(path))).not.toEqual([]);
      if (fault !== 'running') await server[fault]();
      await server.stop();
      expect(pids.filter(isRunning)).toEqual([]);
      expect(await readdir(parent)).toEqual([]);
      expect(memory.filter((path) => existsSync(path))).toEqual([]);
    },
  );

  it('comes last, also when nobody waited for what was done before', async () => {
    const parent = await ownTemporaryFolder();
    const server = await startCluster({ binDir: getBinDir() });
    onTestFinished(() => server.stop());
    const before = Promise.all([server.crash(), server.start(), server.suspend(), server.restart()]);
    await server.stop();
    await before;
    await expect(connect(server.url)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect(await readdir(parent)).toEqual([]);
  });

  it('leaves lasting data as the crash did, and a server started later has all of it', async () => {
    const dataDir = join(await createFolder(), 'data');
    const first = await startCluster({ binDir: getBinDir(), dataDir });
    onTestFinished(() => first.stop());
    await rowsOf(first, 'create table kept as select 7 as value');
    await first.crash();
    await first.stop();
    const second = await startCluster({ binDir: getBinDir(), dataDir });
    onTestFinished(() => second.stop());
    expect(await rowsOf(second, 'table kept')).toEqual([{ value: 7 }]);
    await second.stop();
    // The first still knows its port and its data, and its stop() still stops.
    await first.start();
    expect(await rowsOf(first, 'table kept')).toEqual([{ value: 7 }]);
    await first.stop();
    expect(pidsOf(dataDir)).toEqual([]);
  });
});

describe.skipIf(binDir === undefined)('stopOnExit', () => {
  it.each(['crash', 'suspend'])('leaves nothing of a cluster with a fault (%s)', async (fault) => {
    const parent = await createFolder();
    const child = startChild('faulty-cluster', [getBinDir(), fault], { TMPDIR: parent });
    const pids = (await child.firstLine) as number[];
    expect(pids.length).toBeGreaterThan(3);
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ signal: 'SIGTERM' });
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await readdir(parent)).toEqual([]);
  });

  it('is made up for by the next start when the process of a suspended cluster was killed', async () => {
    const parent = await ownTemporaryFolder();
    const child = startChild('faulty-cluster', [getBinDir(), 'suspend'], { TMPDIR: parent });
    const pids = (await child.firstLine) as number[];
    child.process.kill('SIGKILL');
    await child.ended;
    await sweepFolders();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await readdir(parent)).toEqual([]);
  });
});
