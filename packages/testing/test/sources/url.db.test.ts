import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findInstallations } from '../../src/installations.ts';
import { startCluster, startPostgres, withSession } from '../../src/index.ts';
import type { PostgresServer } from '../../src/index.ts';
import { findFreePort } from '../../src/free-port.ts';
import { majorOf } from '../../src/server.ts';
import { testCluster } from '../support/cluster.ts';
import { createFolder } from '../support/folder.ts';
import { binDir } from '../support/programs.ts';
import { startChild } from '../support/child.ts';
import { canCopy, copyWithoutVector } from '../support/without-vector.ts';

const old = (await findInstallations(process.env)).find(({ version }) => majorOf(version) < 16);

const start = (url: string): Promise<PostgresServer> => startPostgres({ env: { DATABASE_URL: url } });

async function listDatabases(url: string): Promise<unknown[]> {
  const { rows } = await withSession(url, (session) =>
    session.query("select datname from pg_database where datname ~ '^agent_agency_test' order by 1"),
  );
  return rows.map(({ datname }) => datname);
}

describe('startPostgres with a DATABASE_URL', () => {
  it.each(['no url', 'http://127.0.0.1/x', 'postgres:///x'])('refuses %o', async (url) => {
    await expect(start(url)).rejects.toMatchObject({ code: 'DATABASE_URL_INVALID' });
  });

  it('refuses a server that does not answer, and takes no other', async () => {
    const url = `postgres://me:secret@127.0.0.1:${await findFreePort()}/d`;
    await expect(start(url)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  it.skipIf(old === undefined)('refuses a server older than 16', async () => {
    const server = await startCluster({ binDir: old?.binDir ?? '' });
    onTestFinished(() => server.stop());
    await expect(start(server.url)).rejects.toMatchObject({
      code: 'SERVER_TOO_OLD',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+\/postgres is PostgreSQL 1\d/) as string,
    });
  });

  it.skipIf(!canCopy)('refuses a server without pgvector', async () => {
    const server = await startCluster({ binDir: await copyWithoutVector(await createFolder()) });
    onTestFinished(() => server.stop());
    await expect(start(server.url)).rejects.toMatchObject({ code: 'VECTOR_UNAVAILABLE' });
  });
});

describe.skipIf(binDir === undefined)('startPostgres with a DATABASE_URL that works', () => {
  const cluster = testCluster();
  let login = '';
  beforeAll(async () => {
    login = `app_${randomBytes(3).toString('hex')}`;
    await withSession(cluster.server.url, (session) => session.query(`create role ${login} login`));
  });

  it('takes the server and does not stop it', async () => {
    const server = await start(cluster.server.url);
    expect(server).toMatchObject({ kind: 'url', url: cluster.server.url, version: cluster.server.version });
    await server.stop();
    await expect(withSession(cluster.server.url, () => Promise.resolve('up'))).resolves.toBe('up');
  });

  it('refuses a login that the server refuses', async () => {
    const url = cluster.server.url.replace('postgres@', 'nobody_here@');
    await expect(start(url)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  it('drops the databases of dead makers and no others', async () => {
    const living = startChild('clone', [cluster.server.url]);
    const killed = startChild('clone', [cluster.server.url]);
    const urls = (await Promise.all([living.firstLine, killed.firstLine])).map((url) => new URL(String(url)));
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(await listDatabases(cluster.server.url)).toHaveLength(2);
    // A login that may drop nothing does not fail over it.
    await start(cluster.server.url.replace('postgres@', `${login}@`));
    expect(await listDatabases(cluster.server.url)).toHaveLength(2);
    await start(cluster.server.url);
    expect(await listDatabases(cluster.server.url)).toEqual([urls[0]?.pathname.slice(1)]);
  });
});
