import { access, constants, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, startEmbedded, startPostgres, withSession } from '../src/index.ts';
import type { EmbeddedOptions, PostgresServer } from '../src/index.ts';
import { TestingError } from '../src/errors.ts';
import { cacheFolder, prepareCache } from '../src/provision/cache-folder.ts';
import { startChild } from './support/child.ts';
import { createFolder } from './support/folder.ts';

async function start(options?: EmbeddedOptions): Promise<PostgresServer> {
  const server = await startEmbedded(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Each run of initdb makes another. */
async function identifierOf({ url }: PostgresServer): Promise<unknown> {
  const { rows } = await withSession(url, (session) =>
    session.query('select system_identifier from pg_control_system()'),
  );
  return rows[0]?.['system_identifier'];
}

async function hasCache(): Promise<boolean> {
  const folder = cacheFolder(process.env);
  const writable = prepareCache(join(folder, 'any')).then(() => access(folder, constants.W_OK));
  return writable.then(
    () => true,
    () => false,
  );
}

describe('startEmbedded', () => {
  it('answers ten connections with pgvector on one session', async () => {
    const server = await start();
    expect(server).toMatchObject({ kind: 'pglite', version: expect.stringMatching(/^1[6-9]/) as string });
    const sessions = await Promise.all(Array.from({ length: 10 }, () => connect(server.url)));
    await sessions[0]?.query('create extension vector');
    const answers = await Promise.all(
      sessions.map((session, i) => session.query('select $1::int as i', [i])),
    );
    expect(answers.map(({ rows }) => rows[0]?.['i'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await Promise.all(sessions.map((session) => session.close()));
  });

  it('lets its process end', async () => {
    const child = startChild('embedded', []);
    expect(await child.firstLine).toEqual([{ one: 1 }]);
    expect(await child.ended).toMatchObject({ code: 0, signal: null });
  });

  it('keeps data in a folder, on a port of the caller, and lets no other have either', async () => {
    const dataDir = join(await createFolder(), 'new/data');
    const first = await start({ dataDir });
    await withSession(first.url, (session) => session.query('create table kept as select 7 as value'));
    await first.stop();
    expect(await readdir(dataDir)).not.toContain('postmaster.pid');
    const port = Number(new URL(first.url).port);
    const second = await start({ dataDir, port });
    expect(second.url).toBe(first.url);
    expect((await withSession(second.url, (session) => session.query('table kept'))).rows).toEqual([
      { value: 7 },
    ]);
    expect(await identifierOf(second)).not.toBe(await identifierOf(await start()));
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIRECTORY_IN_USE' });
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it('refuses data of another PostgreSQL and folders of something else', async () => {
    const folder = await createFolder();
    await writeFile(join(folder, 'PG_VERSION'), '17\n');
    await expect(start({ dataDir: folder })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_INVALID',
      message: expect.stringContaining('holds data of PostgreSQL 17, PGlite is 18') as string,
    });
    expect(await readdir(folder)).toEqual(['PG_VERSION']);
    await rename(join(folder, 'PG_VERSION'), join(folder, 'letter.txt'));
    await expect(start({ dataDir: folder })).rejects.toMatchObject({ code: 'DATA_DIRECTORY_INVALID' });
  });

  it('is what startPostgres takes when there is nothing else', async () => {
    const closed = (): Promise<never> => Promise.reject(new TestingError('SOURCE_UNAVAILABLE', 'closed'));
    const sources = { docker: closed, installed: closed, provisioned: closed };
    const server = await startPostgres({ env: {}, sources });
    onTestFinished(() => server.stop());
    expect(server.kind).toBe('pglite');
  });

  it('starts in memory from what initdb has made once', async ({ skip }) => {
    if (!(await hasCache())) skip('there is no cache to write to');
    const [first, second] = [await start(), await start()];
    expect(await identifierOf(second)).toBe(await identifierOf(first));
  });
});
