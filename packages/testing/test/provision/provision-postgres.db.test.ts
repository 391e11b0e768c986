import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestingError, provisionPostgres, startCluster } from '../../src/index.ts';
import { getDebianHost } from '../../src/provision/debian-host.ts';
import { provision } from '../../src/provision/provision.ts';
import { pgBouncerRecipes, postgresRecipe } from '../../src/provision/recipe.ts';
import { runProgram } from '../../src/run-program.ts';
import { startChild } from '../support/child.ts';
import { createFolder } from '../support/folder.ts';

const { suite } = postgresRecipe;
const mirror = await getDebianHost(process.env).then(
  (host) => host.mirror,
  () => undefined,
);
const downloadTimeoutMs = 300_000;
const reachable = await canReach(mirror);

/** Offline nothing can be downloaded; under CI that is a failure and not a reason to skip. */
async function canReach(url: string | undefined): Promise<boolean> {
  if (url === undefined || process.env['CI'] === 'true') return url !== undefined;
  return runProgram('apt-get', ['--version']).then(
    () =>
      fetch(`${url.replace(/\/$/, '')}/dists/${suite}/InRelease`, { method: 'HEAD' }).then(
        (answer) => answer.ok,
        () => false,
      ),
    () => false,
  );
}

/** A mirror on loopback that serves what it is given by path. */
async function startMirror(files: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer((request, response) => {
    const body = Object.entries(files).find(([path]) => request.url?.endsWith(path) === true)?.[1];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
}

describe.skipIf(!reachable)('provisionPostgres', () => {
  it(
    'builds once for two processes at the same time, whole and working',
    async () => {
      const cacheDir = join(await createFolder(), "it's a cache");
      const children = [1, 2].map(() => startChild('provision', [cacheDir]));
      const [binDir, other] = (await Promise.all(children.map((child) => child.firstLine))).map(String);
      expect(other).toBe(binDir);
      expect(await Promise.all(children.map((child) => child.ended))).toMatchObject([
        { code: 0 },
        { code: 0 },
      ]);
      expect(await readdir(cacheDir)).toHaveLength(1);

      // What is there already needs no mirror.
      const env = { ...process.env, DEBIAN_MIRROR: 'http://127.0.0.1:1/debian' };
      expect(await provisionPostgres({ cacheDir, env })).toBe(binDir);

      const server = await startCluster({ binDir: binDir ?? '', kind: 'provisioned' });
      onTestFinished(() => server.stop());
      const run = async (program: string, args: readonly string[]): Promise<string> =>
        (await runProgram(join(binDir ?? '', program), args)).stdout;
      const sql = "create extension vector; create table v as select '[1,2]'::vector as at; table v";
      expect(await run('psql', ['-qtA', '-d', server.url, '-c', sql])).toBe('[1,2]\n');
      expect(await run('pg_dump', ['-d', server.url])).toContain('CREATE EXTENSION IF NOT EXISTS vector');
      const indexed =
        'create table h (at vector(3)); create index on h using hnsw (at vector_l2_ops); select 1';
      expect(await run('psql', ['-qtA', '-d', server.url, '-c', indexed])).toBe('1\n');
    },
    downloadTimeoutMs,
  );
});

describe.skipIf(!reachable)('provision', () => {
  it.each([
    ['trixie', '1.24.'],
    ['bookworm', '1.18.'],
  ] as const)(
    "builds %s's PgBouncer",
    async (release, version) => {
      const cacheDir = await createFolder();
      const folder = await provision(pgBouncerRecipes[release], { cacheDir });
      const { stdout } = await runProgram(join(folder, 'pgbouncer'), ['--version']);
      expect(stdout).toContain(`PgBouncer ${version}`);
      expect(await readdir(cacheDir)).toHaveLength(1);
    },
    downloadTimeoutMs,
  );
});

describe.skipIf(mirror === undefined)('provisionPostgres from a bad mirror', () => {
  const attempt = async (url: string): Promise<{ failure: unknown; left: string[] }> => {
    const cacheDir = await createFolder();
    const configuration = join(await createFolder(), 'apt.conf');
    // apt would ask three times more, after one, two and four seconds.
    await writeFile(configuration, 'Acquire::Retries "0";\n');
    const env = { ...process.env, DEBIAN_MIRROR: url, APT_CONFIG: configuration };
    const failure = await provisionPostgres({ cacheDir, env }).catch((error: unknown) => error);
    return { failure, left: await readdir(cacheDir) };
  };

  it('fails when nobody answers, and leaves nothing', async () => {
    const { failure, left } = await attempt('http://127.0.0.1:1/debian');
    expect(failure).toBeInstanceOf(TestingError);
    expect(failure).toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(/^apt-get /) as string,
    });
    expect(left).toEqual([]);
  });

  it('refuses packages that Debian has not signed', async () => {
    const release = `Origin: Debian\nSuite: ${suite}\nCodename: ${suite}\nArchitectures: amd64 arm64\nComponents: main\nSHA256:\n`;
    const { failure, left } = await attempt(await startMirror({ '/Release': release }));
    expect(failure).toMatchObject({ message: expect.stringContaining('is not signed') as string });
    expect(left).toEqual([]);
  });
});
