import { buildRepository, testGit, type CommitSpec } from '@agent-agency/git-ingest/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/main.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { keyboard } from '../support/interruption.ts';
import { Memory } from '../support/streams.ts';
import { TEAM } from '../support/team.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();

const env = () => ({ DATABASE_URL: database.url, XDG_CONFIG_HOME: folder.path });
const keyFolder = () => join(folder.path, 'agent-agency', 'signing-keys');
const agency = (...argv: string[]): Promise<Outcome> => run(env(), argv);

async function build(name: string, commits: Iterable<CommitSpec>, options = {}): Promise<string> {
  return (await buildRepository(join(folder.path, name), commits, options)).path;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** How many nodes a tenant's log has. */
async function logLength(tenant: string): Promise<unknown> {
  return documentOf(await agency('provenance', 'verify', '--tenant', tenant, '--json'))['checked'];
}

async function tenant(id: string): Promise<string> {
  expect(await agency('tenant', 'create', id)).toMatchObject({ exitCode: 0 });
  return id;
}

describe('ingest git', () => {
  it('stores a history, makes a key once, and says so in plain lines', async () => {
    const [id, path] = [await tenant('plain'), await build('plain', TEAM)];
    const first = await agency('ingest', 'git', path, '--tenant', id);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toMatch(
      /^read 4 commits, 4 of them new; 3 new agents, .* 2 relationships .* commits\/s\n$/,
    );
    expect(first.stderr).toMatch(
      /^made signing key ed25519:\w+ of tenant plain: .*\/plain\.pem\n4 of 4 commits\n$/,
    );

    const second = await agency('ingest', 'git', path, '--tenant', id);
    expect(second.stdout).toMatch(
      /^read 4 commits, 0 of them new; 0 new agents, 0 pieces of evidence; 0 relationships/,
    );
    expect(second.stderr).toBe('4 of 4 commits\n');
  });

  it('appends what is new', async () => {
    const [id, path] = [await tenant('grows'), await build('grows', TEAM)];
    await agency('ingest', 'git', path, '--tenant', id);
    await testGit(path, ['commit', '--quiet', '--allow-empty', '--message', 'chore: one more']);
    expect(documentOf(await agency('ingest', 'git', path, '--tenant', id, '--json'))).toMatchObject({
      commitsRead: 5,
      commitsStored: 1,
    });
    expect(await logLength(id)).toBe(5);
  });

  it('reads the ref that it is told, from a folder inside a repository', async () => {
    const [id, path] = [await tenant('ref'), await build('ref', TEAM, { checkout: true })];
    await testGit(path, ['tag', 'v1', 'main~2']);
    const outcome = await agency('ingest', 'git', join(path, 'src'), '--tenant', id, '--ref', 'v1', '--json');
    expect(documentOf(outcome)).toMatchObject({ commitsRead: 2, commitsStored: 2 });
  });

  it('shows a bar on a terminal', async () => {
    const [id, path] = [await tenant('bar'), await build('bar', TEAM)];
    const [stdout, stderr] = [new Memory(), new Memory({ isTTY: true })];
    await main({ argv: ['ingest', 'git', path, '--tenant', id], env: env(), stdout, stderr });
    expect(stderr.text).toContain(`${'█'.repeat(30)} 4 of 4 commits\u001B[K\n`);
    expect(stdout.text).toMatch(/^read 4 commits/);
  });

  it('takes merges, roots, bytes that are no UTF-8, and empty messages', async () => {
    const [id, path] = [
      await tenant('awkward'),
      await build('awkward', [
        { message: '', files: [{ path: 'a', content: '1' }] },
        {
          message: Buffer.from([0x66, 0xe9, 0xff]),
          parents: [],
          branch: 'other',
          files: [{ path: Buffer.from([0xfe, 0x2f, 0xff]), content: '2' }],
        },
        { message: 'Merge branch other', parents: [0, 1] },
        { author: { name: '', email: '' }, message: '\u001B[2J\n\n\nbody' },
      ]),
    ];
    expect(documentOf(await agency('ingest', 'git', path, '--tenant', id, '--json'))).toMatchObject({
      commitsStored: 4,
    });
    expect(await agency('provenance', 'verify', '--tenant', id)).toMatchObject({ exitCode: 0 });
  });

  it('takes a commit of 100,000 files', async () => {
    const files = Array.from({ length: 100_000 }, (_, n) => ({
      path: `data/${String(n % 500)}/${String(n)}.txt`,
      content: '',
    }));
    const [id, path] = [await tenant('bulk'), await build('bulk', [{ message: 'chore: import', files }])];
    expect(documentOf(await agency('ingest', 'git', path, '--tenant', id, '--json'))).toMatchObject({
      commitsStored: 1,
    });
  });
});

describe('ingest git refuses, in one sentence and with nothing half-written,', () => {
  const id = 'refusing';
  let repository: string;

  beforeAll(async () => {
    await tenant(id);
    repository = await build('refused-for-other-reasons', TEAM);
  });

  async function refusalOf(path: string, ...options: string[]): Promise<{ code: string; message: string }> {
    const outcome = await agency('ingest', 'git', path, '--tenant', id, '--json', ...options);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr.trimEnd()).toMatch(/^error: [^\n]+$/);
    expect(await isThere(join(keyFolder(), `${id}.pem`))).toBe(false);
    expect(await logLength(id)).toBe(0);
    return documentOf(outcome)['error'] as { code: string; message: string };
  }

  it('a path where nothing is', async () => {
    expect(await refusalOf(join(folder.path, 'no-such'))).toMatchObject({ code: 'PATH_NOT_FOUND' });
  });

  it('a folder that is no repository', async () => {
    await mkdir(join(folder.path, 'ordinary'));
    expect(await refusalOf(join(folder.path, 'ordinary'))).toMatchObject({
      code: 'REPOSITORY_NOT_FOUND',
      message: expect.stringContaining('git init') as string,
    });
  });

  it('an empty repository', async () => {
    expect(await refusalOf(await build('empty', []))).toMatchObject({ code: 'REPOSITORY_EMPTY' });
  });

  it('a shallow clone', async () => {
    const clone = join(folder.path, 'shallow');
    await testGit(folder.path, ['clone', '--quiet', '--depth', '1', `file://${repository}`, clone]);
    expect(await refusalOf(clone)).toMatchObject({
      code: 'REPOSITORY_SHALLOW',
      message: expect.stringContaining('git fetch --unshallow') as string,
    });
  });

  it('a ref that names nothing', async () => {
    expect(await refusalOf(repository, '--ref', '--upload-pack=x')).toMatchObject({ code: 'REF_NOT_FOUND' });
  });

  it('a key file that holds no key', async () => {
    const file = join(folder.path, 'no.pem');
    await writeFile(file, 'no');
    expect(await refusalOf(repository, '--signing-key', file)).toMatchObject({ code: 'USAGE' });
    expect(await refusalOf(repository, '--signing-key', folder.path)).toMatchObject({ code: 'USAGE' });
  });

  it.each(['', 'a b', '-x', '../x', 'x'.repeat(256)])('the tenant id %j', async (illegal) => {
    const before = await readdir(keyFolder()).catch(() => []);
    const outcome = await agency('ingest', 'git', repository, `--tenant=${illegal}`, '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
    expect(await readdir(keyFolder()).catch(() => [])).toEqual(before);
  });

  it('a tenant that does not exist', async () => {
    const outcome = await agency('ingest', 'git', repository, '--tenant', 'nobody', '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toMatchObject({
      error: {
        code: 'TENANT_NOT_FOUND',
        message: expect.stringContaining('agency-db tenant create nobody') as string,
      },
    });
    expect(await isThere(join(keyFolder(), 'nobody.pem'))).toBe(false);
  });
});

describe('ingest git, interrupted', () => {
  it('stops after a batch with exit code 130, and goes on from there when it is run again', async () => {
    const commits = Array.from({ length: 1200 }, (_, n) => ({ message: `feat: step ${String(n)}` }));
    const [id, path] = [await tenant('interrupted'), await build('long', commits)];
    const { press, interruption } = keyboard();
    const [stdout, stderr] = [new Memory(), new Memory()];
    stderr.on('written', () => {
      if (stderr.text.includes('of 1200 commits')) press();
    });
    const argv = ['ingest', 'git', path, '--tenant', id, '--json'];
    const exitCode = await main({ argv, env: env(), stdout, stderr, interruption });

    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout.text)).toEqual({
      error: {
        code: 'INTERRUPTED',
        message: 'stopped by SIGINT: what is stored stays, and the same command goes on from there',
      },
    });
    expect(stderr.text).toContain('stopping; Ctrl-C again ends at once');
    expect(await logLength(id)).toBe(500);

    expect(documentOf(await agency(...argv))).toMatchObject({ commitsRead: 1200, commitsStored: 700 });
    expect(await agency('provenance', 'verify', '--tenant', id)).toMatchObject({ exitCode: 0 });
  });

  it('says so when it is interrupted before it reads anything', async () => {
    const [id, path] = [await tenant('early'), await build('early', TEAM)];
    const { press, interruption } = keyboard();
    press('SIGTERM');
    const outcome = await run(env(), ['ingest', 'git', path, '--tenant', id], interruption);
    expect(outcome).toMatchObject({ exitCode: 143, stdout: '' });
    expect(await isThere(join(keyFolder(), 'early.pem'))).toBe(false);
  });
});
