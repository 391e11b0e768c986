import { buildRepository, type CommitSpec } from '@agent-agency/git-ingest/testing';
import { generateContextKey, formatContextKey } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { alterLogAsOwner, switchTenantBySql, type Attacks } from '../../src/demo/attacks.ts';
import { demoCommand } from '../../src/demo/demo.ts';
import type { StepResult } from '../../src/demo/steps.ts';
import { main } from '../../src/main.ts';
import { createTerminal } from '../../src/terminal.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { keyboard } from '../support/interruption.ts';
import { Memory } from '../support/streams.ts';
import { ada, TEAM } from '../support/team.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();

/** On the server of the tests, and in process where there is none. */
const env = () => (database.kind === 'pglite' ? {} : { DATABASE_URL: database.url });

async function build(name: string, commits: Iterable<CommitSpec>): Promise<string> {
  return (await buildRepository(join(folder.path, name), commits)).path;
}

function stepsOf(outcome: Outcome): StepResult[] {
  return documentOf(outcome)['steps'] as StepResult[];
}

/** Runs the demonstration with other attacks. */
async function runWith(
  attacks: Partial<Attacks>,
  repo: string,
): Promise<{ exitCode: number; steps: StepResult[] }> {
  const stdout = new Memory();
  const terminal = createTerminal({ stdout, stderr: new Memory() }, { json: true });
  const interruption = () => new AbortController().signal;
  const real = { switchTenantBySql, alterLogAsOwner };
  const exitCode = await demoCommand(
    { terminal, env: env(), interruption },
    { repo },
    { ...real, ...attacks },
  );
  return { exitCode, steps: (JSON.parse(stdout.text) as { steps: StepResult[] }).steps };
}

const scratch = () => join(folder.path, 'tmp');

beforeEach(async () => {
  await mkdir(scratch(), { recursive: true });
  vi.stubEnv('TMPDIR', scratch());
});

afterEach(async () => {
  vi.unstubAllEnvs();
  expect(await readdir(scratch())).toEqual([]);
  if (database.kind === 'pglite') return;
  await withSession(database.url, async (session) => {
    const { rows } = await session.query(
      `select datname from pg_database where datname like 'agent\\_agency\\_demo\\_%'`,
    );
    expect(rows).toEqual([]);
  });
});

describe('demo', () => {
  it('shows what was stored, three searches, a path, two attacks that fail, and one that is found out', async () => {
    const repo = await build('team', TEAM);
    const { exitCode, stdout } = await run(env(), ['demo', '--repo', repo]);
    expect(stdout).not.toContain('✗');
    expect(exitCode).toBe(0);
    const marked = stdout.split('\n').filter((line) => line.startsWith('✓'));
    expect(marked).toEqual([
      '✓ a database of its own, migrated',
      `✓ tenant A: the history of ${repo}`,
      '✓ tenant B: a small history of its own',
      expect.stringMatching(/^✓ tenant A asks: who works on src\/\w+ in \w+$/),
      expect.stringMatching(/^✓ tenant A asks: \w+\(\w+\): /),
      expect.stringMatching(/^✓ tenant A asks: \w+ Example$/),
      '✓ a path between two authors',
      "✓ tenant B asks tenant A's questions",
      '✓ raw SQL inside tenant B names tenant A by set_config',
      "✓ tenant A's log is verified",
      '✓ the owner of the tables alters node 2, and the log is verified again',
    ]);
    expect(stdout).toMatch(/3 agents\n/);
    expect(stdout).toMatch(/4 signed provenance nodes\n/);
    expect(stdout).toMatch(/words #1/);
    expect(stdout).toMatch(/it sees 0 rows, and its tenant is nobody/);
    expect(stdout).toMatch(/1 violation in 4 nodes; the first is node 2 \([0-9a-f-]{36}\)/);
    expect(stdout).toMatch(/How long it took\n( +\d+ ms {2}.+\n){11}\nEverything held\.\n$/);
  });

  it('is one JSON document with --json, and pays no attention to a key for another database', async () => {
    const repo = await build('json', TEAM);
    const key = formatContextKey(generateContextKey());
    const outcome = await run({ ...env(), DB_CONTEXT_KEY: key }, ['demo', '--repo', repo, '--json']);
    expect(outcome.exitCode).toBe(0);
    expect(documentOf(outcome)).toMatchObject({ held: true });
    expect(stepsOf(outcome)).toHaveLength(11);
    expect(stepsOf(outcome).every(({ held, durationMs }) => held && durationMs >= 0)).toBe(true);
  });

  const awkward: [string, CommitSpec[]][] = [
    ['one commit', [{ message: 'start', files: [{ path: 'README', content: 'x' }] }]],
    ['one author', TEAM.map((commit) => ({ ...commit, author: ada }))],
    [
      'subjects without words',
      [{ message: '???', files: [{ path: '_/a.ts', content: '1' }] }, { message: '🦊' }, { message: '' }],
    ],
    [
      'no language',
      [{ message: 'a', files: [{ path: 'docs/notes.unknown', content: '1' }] }, { message: 'b' }],
    ],
    [
      'names that are commands',
      [{ author: { name: '\u001B[2J-- x', email: 'x@example.com' }, message: "'; drop table tenants; --" }],
    ],
  ];

  it.each(awkward)('holds for a history of %s', async (name, commits) => {
    const outcome = await run(env(), [
      'demo',
      '--json',
      '--repo',
      await build(name.replaceAll(' ', '-'), commits),
    ]);
    expect(stepsOf(outcome).filter(({ held }) => !held)).toEqual([]);
    expect(stepsOf(outcome).filter(({ step }) => step.startsWith('tenant A asks'))).toHaveLength(3);
    expect(
      stepsOf(outcome)
        .map(({ step }) => step)
        .join('\n'),
    ).not.toMatch(/\((root|other)\)/);
    expect(outcome.exitCode).toBe(0);
  });

  it('does not hold for a history that has nothing to ask for', async () => {
    const nameless = { name: '…', email: 'x@example.com' };
    const repo = await build('nothing', [{ author: nameless, message: '…' }]);
    const { exitCode, stdout } = await run(env(), ['demo', '--repo', repo]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ tenant A asks 3 questions');
  });

  it('begins nothing when the repository cannot be read', async () => {
    const outcome = await run(env(), ['demo', '--repo', folder.path, '--json']);
    expect(outcome).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: [^\n]+\n$/) as string,
    });
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'REPOSITORY_NOT_FOUND' } });
  });
});

describe('a demonstration whose claim does not hold exits with 1', () => {
  it('when an altered log still verifies', async () => {
    const repo = await build('unaltered', TEAM);
    const { exitCode, steps } = await runWith({ alterLogAsOwner: () => Promise.resolve() }, repo);
    expect(exitCode).toBe(1);
    expect(steps.filter(({ held }) => !held).map(({ step }) => step)).toEqual([
      'the owner of the tables alters node 2, and the log is verified again',
    ]);
  });

  it('when the wrong node is named', async () => {
    const repo = await build('wrong-node', TEAM);
    const elsewhere: Attacks['alterLogAsOwner'] = (config, { tenantId }) =>
      alterLogAsOwner(config, { tenantId, seq: 3 });
    expect(await runWith({ alterLogAsOwner: elsewhere }, repo)).toMatchObject({ exitCode: 1 });
  });

  it('when a tenant sees rows of another', async () => {
    const repo = await build('seen', TEAM);
    const reader: Attacks['switchTenantBySql'] = (manager, { to }) =>
      switchTenantBySql(manager, { from: to, to });
    const { exitCode, steps } = await runWith({ switchTenantBySql: reader }, repo);
    expect(exitCode).toBe(1);
    expect(steps.find(({ held }) => !held)?.lines[0]).toMatch(/^it sees 7 rows, and its tenant is tenant-a$/);
  });
});

describe('a demonstration leaves nothing behind', () => {
  it('when a step throws', async () => {
    const repo = await build('throws', TEAM);
    const broken = runWith({ switchTenantBySql: () => Promise.reject(new RangeError('broken')) }, repo);
    await expect(broken).rejects.toThrow('broken');
  });

  it.each([1, 2])('when it is interrupted while tenant %i is read', async (which) => {
    const repo = await build(`interrupted-${String(which)}`, TEAM);
    const { press, interruption } = keyboard();
    const stdout = new Memory();
    const stderr = new Memory();
    let ingested = 0;
    stderr.on('written', () => {
      ingested += Number(/\d of \d commits\n$/.test(stderr.text));
      if (ingested === which) press();
    });
    const exitCode = await main({
      argv: ['demo', '--repo', repo, '--json'],
      env: env(),
      stdout,
      stderr,
      interruption,
    });
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout.text)).toEqual({
      error: { code: 'INTERRUPTED', message: 'stopped by SIGINT: nothing of the demonstration is left' },
    });
  });

  it.runIf(database.kind !== 'pglite')('when the login may not create a database', async () => {
    const outcome = await run({ DATABASE_URL: database.urlFor('agent_agency_app') }, [
      'demo',
      '--repo',
      await build('no-right', TEAM),
      '--json',
    ]);
    expect(outcome.exitCode).toBe(3);
    expect(documentOf(outcome)).toMatchObject({
      error: { code: 'PERMISSION_DENIED', message: expect.stringContaining('CREATEDB') as string },
    });
  });
});
