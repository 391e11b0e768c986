import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startCluster, startReplica, startReplicaSet, withSession } from '../src/index.ts';
import type { Replica, ReplicaSet, ReplicaSetOptions } from '../src/index.ts';
import { startChild } from './support/child.ts';
import { createFolder } from './support/folder.ts';
import { isRunning } from './support/is-running.ts';
import { binDir, getBinDir } from './support/programs.ts';

/** The set's programs are those of the other tests. */
const env = { ...process.env, PATH: `${binDir ?? ''}:${process.env['PATH'] ?? ''}` };

async function start(options: ReplicaSetOptions = {}): Promise<ReplicaSet> {
  const set = await startReplicaSet({ env, ...options });
  onTestFinished(() => set.stop());
  await withSession(set.primary.url, (session) => session.query('create table note (body text)'));
  await Promise.all(set.replicas.map((replica) => replica.catchUp()));
  return set;
}

async function write(set: ReplicaSet, body: string): Promise<void> {
  await withSession(set.primary.url, (session) => session.query('insert into note values ($1)', [body]));
}

async function notesOn(replica: Replica): Promise<unknown[]> {
  const { rows } = await withSession(replica.url, (session) => session.query('table note'));
  return rows.map(({ body }) => body);
}

function firstOf(set: ReplicaSet): Replica {
  const [replica] = set.replicas;
  if (replica === undefined) throw new Error('a set without replicas');
  return replica;
}

async function ownTemporaryFolder(): Promise<string> {
  const folder = await createFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return folder;
}

describe.skipIf(binDir === undefined)('startReplicaSet', () => {
  describe('with two replicas', () => {
    let set: ReplicaSet;
    let one: Replica;
    let two: Replica;
    beforeAll(async () => {
      set = await startReplicaSet({ env, replicas: 2 });
      [one, two] = set.replicas as [Replica, Replica];
      await withSession(set.primary.url, (session) => session.query('create table note (body text)'));
    });
    afterAll(() => set.stop());

    it('streams what is written to both, where it can be read and not changed', async () => {
      await write(set, 'hello');
      for (const replica of set.replicas) {
        await replica.catchUp();
        expect(await notesOn(replica)).toEqual(['hello']);
        const writing = withSession(replica.url, (session) => session.query('delete from note'));
        await expect(writing).rejects.toMatchObject({ code: '25006' });
      }
    });

    it('delays one by pause until resume, and not the other', async () => {
      await one.pause();
      await write(set, 'late');
      await two.catchUp();
      expect(await notesOn(two)).toContain('late');
      expect(await notesOn(one)).not.toContain('late');
      await one.resume();
      await one.catchUp();
      expect(await notesOn(one)).toContain('late');
    });

    it('holds commits back for the given time, and lets them through when that is taken back', async () => {
      await two.setApplyDelay(3_600_000);
      await write(set, 'held back');
      await one.catchUp();
      expect(await notesOn(one)).toContain('held back');
      expect(await notesOn(two)).not.toContain('held back');
      await two.setApplyDelay(0);
      await two.catchUp();
      expect(await notesOn(two)).toContain('held back');
    });
  });

  it('gives replicas the limits and settings of the primary', async () => {
    const set = await start({ settings: { max_connections: '150', work_mem: '5MB' } });
    const { rows } = await withSession(firstOf(set).url, (session) =>
      session.query("select current_setting('max_connections') as max, current_setting('work_mem') as mem"),
    );
    expect(rows).toEqual([{ max: '150', mem: '5MB' }]);
  });

  it('keeps replicas up when the primary stops, and leaves nothing after stop', async () => {
    const parent = await ownTemporaryFolder();
    const set = await start();
    const replica = firstOf(set);
    await write(set, 'kept');
    await replica.catchUp();
    await replica.pause();
    await set.primary.stop();
    expect(await notesOn(replica)).toEqual(['kept']);
    await set.stop();
    await set.stop();
    expect(await readdir(parent)).toEqual([]);
    await expect(notesOn(replica)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  it('ends with its process', async () => {
    const parent = await createFolder();
    const child = startChild('replica-set', [], { TMPDIR: parent, PATH: env.PATH });
    const postmasters = (await child.firstLine) as number[];
    expect(postmasters.map(isRunning)).toEqual([true, true]);
    child.process.kill('SIGTERM');
    await child.ended;
    expect(postmasters.map(isRunning)).toEqual([false, false]);
    expect(await readdir(parent)).toEqual([]);
  });

  it('says what is missing where there are no programs', async () => {
    const outcome = startReplicaSet({ env: { PATH: '', DATABASE_URL: 'postgres://h/d' } });
    onTestFinished(() => outcome.then((set) => set.stop()).catch(() => undefined));
    await expect(outcome).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(
        /^no PostgreSQL programs .*installed: .*provisioned: this is not a Debian machine.*Install/,
      ) as string,
    });
  });
});

describe.skipIf(binDir === undefined)('startReplica', () => {
  it('copies a running cluster with all its databases', async () => {
    const primary = await startCluster({ binDir: getBinDir(), settings: { max_connections: '120' } });
    onTestFinished(() => primary.stop());
    await withSession(primary.url, (session) => session.query('create database other'));
    const replica = await startReplica(primary, { binDir: getBinDir() });
    onTestFinished(() => replica.stop());
    const url = replica.urlFor(primary.url.replace(/postgres$/, 'other'));
    const { rows } = await withSession(url, (session) =>
      session.query('select current_database() as name, pg_is_in_recovery() as replica'),
    );
    expect(rows).toEqual([{ name: 'other', replica: true }]);
  });

  it.each(['url', 'docker', 'pglite'] as const)('refuses a server of the kind %s', async (kind) => {
    await expect(startReplica({ kind, url: 'postgres://h/d' })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('Use startReplicaSet') as string,
    });
  });

  it('leaves nothing when the primary does not let it copy', async () => {
    const parent = await ownTemporaryFolder();
    const primary = await startCluster({ binDir: getBinDir(), settings: { max_wal_senders: '0' } });
    onTestFinished(() => primary.stop());
    const before = await readdir(parent);
    await expect(startReplica(primary, { binDir: getBinDir() })).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(/^pg_basebackup .*max_wal_senders/) as string,
    });
    expect(await readdir(parent)).toEqual(before);
  });
});
