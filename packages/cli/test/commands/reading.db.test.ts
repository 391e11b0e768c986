import { withSession } from '@agent-agency/testing';
import { buildRepository } from '@agent-agency/git-ingest/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { alterLogAsOwner } from '../../src/demo/attacks.ts';
import { databaseConfig } from '../../src/database.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { TEAM } from '../support/team.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();

const env = () => ({ DATABASE_URL: database.url, XDG_CONFIG_HOME: folder.path });
const agency = (...argv: string[]): Promise<Outcome> => run(env(), argv);

beforeAll(async () => {
  const { path } = await buildRepository(join(folder.path, 'team'), TEAM);
  for (const id of ['team', 'altered']) {
    await agency('tenant', 'create', id);
    expect(await agency('ingest', 'git', path, '--tenant', id)).toMatchObject({ exitCode: 0 });
  }
  await agency('tenant', 'create', 'bare');
});

describe('search', () => {
  it('shows what was found and why', async () => {
    const { exitCode, stdout } = await agency(
      'search',
      'slow checkout of the pool',
      '--tenant',
      'team',
      '--hops',
      '2',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/fix\(pool\): time out a slow checkout/);
    expect(stdout).toMatch(/vector #1 \(similarity 0\.\d\d\)/);
    expect(stdout).toMatch(/words #1/);
    expect(stdout).toMatch(/graph #1/);
  });

  it('answers one JSON document, at most as many results as asked for', async () => {
    const outcome = await agency('search', 'pool', '--tenant', 'team', '--limit', '2', '--json');
    expect(documentOf(outcome)['results']).toHaveLength(2);
  });

  it('finds nothing, and says so', async () => {
    const outcome = await agency('search', 'pool', '--tenant', 'bare');
    expect(outcome).toMatchObject({ exitCode: 0, stdout: 'nothing found\n' });
    expect(documentOf(await agency('search', '!?', '--tenant', 'bare', '--json'))).toEqual({ results: [] });
  });

  it('takes text that begins with dashes', async () => {
    expect(await agency('search', '--tenant', 'team', '--', '--pool')).toMatchObject({ exitCode: 0 });
  });

  it.each(['', '  ', 'x'.repeat(10_001)])('refuses a text of the wrong length', async (text) => {
    const outcome = await agency('search', text, '--tenant', 'team', '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'INVALID_ARGUMENT' } });
  });
});

describe('graph', () => {
  it('lists neighbors, the nearest first', async () => {
    const { stdout } = await agency('graph', 'neighbors', 'Ada Example', '--tenant', 'team', '--hops', '2');
    expect(stdout).toMatch(/^1 hop {2,}\d\.\d\d {2}Grace Example\n2 hops +\d\.\d\d {2}Linus Example\n$/);
    expect(
      documentOf(await agency('graph', 'neighbors', 'ada example', '--tenant', 'team', '--json'))[
        'neighbors'
      ],
    ).toHaveLength(1);
  });

  it('finds a path, and exits with 1 when there is none that short', async () => {
    const path = ['graph', 'path', 'Ada Example', 'Linus Example', '--tenant', 'team'];
    const found = await agency(...path);
    expect(found.exitCode).toBe(0);
    expect(found.stdout).toMatch(
      /^Ada Example — Grace Example — Linus Example {2}\(2 hops, confidence 0\.\d\d\)\n$/,
    );

    const none = await agency(...path, '--max-hops', '1');
    expect(none).toMatchObject({ exitCode: 1, stdout: 'no path within 1 hop\n' });
    const asJson = await agency(...path, '--max-hops', '1', '--json');
    expect(asJson.exitCode).toBe(1);
    expect(documentOf(asJson)).toEqual({ path: null });
  });

  it('shows the graph of another time', async () => {
    const before = ['--tenant', 'team', '--as-of', '1999-12-31'];
    expect(await agency('graph', 'neighbors', 'Ada Example', ...before)).toMatchObject({
      stdout: 'no neighbors\n',
    });
    expect(await agency('graph', 'path', 'Ada Example', 'Grace Example', ...before)).toMatchObject({
      exitCode: 1,
    });
    const unknown = await agency(
      'graph',
      'neighbors',
      'Ada Example',
      '--tenant',
      'team',
      '--known-at',
      '1999-12-31',
    );
    expect(unknown.stdout).toBe('no neighbors\n');
    const wrong = await agency(
      'graph',
      'neighbors',
      'Ada Example',
      '--tenant',
      'team',
      '--as-of',
      'yesterday',
    );
    expect(wrong.exitCode).toBe(2);
  });

  it.each([
    ['graphml', /<graphml/],
    ['json', /"format": ?"agent-agency.graph"/],
    ['mermaid', /^flowchart LR\n/],
  ])('exports it as %s, into a new file', async (format, content) => {
    const output = join(folder.path, `team.${format}`);
    const exporting = ['graph', 'export', '--tenant', 'team', '--format', format, '--output', output];
    expect(documentOf(await agency(...exporting, '--json'))).toEqual({ tenant: 'team', format, output });
    const text = await readFile(output, 'utf8');
    expect(text).toMatch(content);
    expect(text).toContain('Ada Example');
    expect(await agency(...exporting)).toMatchObject({ exitCode: 2 });
  });

  it('keeps the vector indexes of large tenants', async () => {
    const index = ['graph', 'index', '--reason', 'a test'];
    expect(await agency(...index)).toMatchObject({ exitCode: 0, stdout: 'nothing to do\n' });
    const built = await agency(...index, '--tenant', 'team', '--build-from', '1');
    expect(built.exitCode).toBe(0);
    expect(built.stdout).toMatch(
      /^built {7}team: (\d+) of \1 vectors in its graph, recall@10 \d\.\d{3} {2}\(/,
    );
    const dropped = await agency(...index, '--tenant', 'team', '--action', 'drop', '--json');
    expect(documentOf(dropped)).toMatchObject({ tenants: [{ tenantId: 'team', outcome: 'dropped' }] });
  });

  it('refuses an agent that the tenant does not have', async () => {
    const outcome = await agency('graph', 'path', 'Ada Example', 'Nobody', '--tenant', 'team', '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'AGENT_NOT_FOUND' } });
  });
});

describe('provenance verify', () => {
  it('says how long an intact log is and where it ends', async () => {
    const { exitCode, stdout } = await agency('provenance', 'verify', '--tenant', 'team');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^4 nodes verified; the log ends at 4 with [0-9a-f]{64}\n$/);
    expect(await agency('provenance', 'verify', '--tenant', 'bare')).toMatchObject({
      exitCode: 0,
      stdout: 'the log is empty: there is nothing to verify\n',
    });
  });

  it('names the first bad node of one that was altered', async () => {
    await alterLogAsOwner(databaseConfig(env()), { tenantId: 'altered', seq: 3 });
    await alterLogAsOwner(databaseConfig(env()), { tenantId: 'altered', seq: 2 });
    const { exitCode, stdout } = await agency('provenance', 'verify', '--tenant', 'altered');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^the log was changed: 2 violations in 4 nodes; the first is node 2 \([0-9a-f-]{36}\): \S/,
    );

    const asJson = await agency('provenance', 'verify', '--tenant', 'altered', '--json');
    expect(documentOf(asJson)).toMatchObject({ valid: false, checked: 4, firstViolation: { seq: 2 } });
    expect(await agency('provenance', 'verify', '--tenant', 'team')).toMatchObject({ exitCode: 0 });
  });
});

describe('every reading command', () => {
  const commands = [
    ['search', 'x'],
    ['graph', 'neighbors', 'x'],
    ['graph', 'path', 'x', 'y'],
    ['graph', 'export'],
    ['provenance', 'verify'],
  ];

  it.each(commands.map((argv) => [argv]))('%j refuses a tenant that does not exist', async (argv) => {
    const outcome = await agency(...argv, '--tenant', 'nobody', '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'TENANT_NOT_FOUND' } });
  });

  it.each(commands.map((argv) => [argv]))('%j refuses an illegal tenant id', async (argv) => {
    const outcome = await agency(...argv, '--tenant', 'a b', '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  });

  it.runIf(database.kind !== 'pglite')('asks an application login for its key', async () => {
    const application = { DATABASE_URL: database.urlFor('agent_agency_app') };
    const refused = await run(application, ['search', 'pool', '--tenant', 'team', '--json']);
    expect(refused.exitCode).toBe(3);
    expect(documentOf(refused)).toMatchObject({
      error: { code: 'CONTEXT_KEY_MISSING', message: expect.stringContaining('DB_CONTEXT_KEY') as string },
    });

    const { DB_CONTEXT_KEY } = documentOf(await agency('context-key', 'create', '--json'));
    const allowed = await run({ ...application, DB_CONTEXT_KEY: String(DB_CONTEXT_KEY) }, [
      'search',
      'pool',
      '--tenant',
      'team',
    ]);
    expect(allowed).toMatchObject({ exitCode: 0 });
    expect(await run(application, ['tenant', 'list'])).toMatchObject({ exitCode: 3 });
  });
});

describe('connections', () => {
  it('are closed when a command ends, also when it fails', async () => {
    await agency('search', 'pool', '--tenant', 'team');
    await agency('search', 'pool', '--tenant', 'nobody');
    await withSession(database.url, async (session) => {
      const { rows } = await session.query(
        `select 1 from pg_stat_activity where application_name = 'agency-db'`,
      );
      expect(rows).toEqual([]);
    });
  });
});
