import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeExtent } from '../../src/commands/rls-audit.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();
let session: SqlSession;

const audit = (...argv: string[]): Promise<Outcome> =>
  run({ DATABASE_URL: database.url }, ['rls', 'audit', ...argv]);

beforeAll(async () => {
  session = await connect(database.url);
  await session.query(`
    create schema shop;
    grant usage on schema shop to agent_agency_app;
    create table shop.notes (account_id bigint not null default 1, note text not null);
    create index notes_account on shop.notes (account_id);
    create table shop.lists (code text primary key);
    grant select on shop.lists to agent_agency_app`);
});
afterAll(() => session.close());

describe('rls audit', () => {
  it('says what is wrong, why, and what to do instead', async () => {
    const { exitCode, stdout, stderr } = await audit('--schema', 'shop', '--role', 'agent_agency_app');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^shop\.lists: warning shared-table-readable: agent_agency_app may SELECT$/),
      expect.stringMatching(/^ {4}Right for a list/),
      expect.stringMatching(/^ {4}→ Make sure/),
      expect.stringMatching(/^shop\.notes: error table-without-rls: account_id says/),
      expect.stringMatching(/^ {4}Whoever may read/),
      expect.stringMatching(/^ {4}→ `alter table/),
      '1 error, 1 warning',
      'looked at 2 tables for agent_agency_app',
      '',
    ]);
  });

  it('is content when there are warnings only, and takes the tenant column that is named', async () => {
    const outcome = await audit('--schema', 'shop', '--tenant-column', 'nothing', 'like_it', '--json');
    expect(outcome.exitCode).toBe(0);
    expect(documentOf(outcome)).toMatchObject({
      errors: 0,
      warnings: 1,
      tables: 2,
      findings: [{ rule: 'shared-table-readable', place: 'shop.lists' }],
    });
  });

  it('allows what a file says', async () => {
    const file = join(folder.path, 'known.txt');
    await writeFile(
      file,
      'table-without-rls shop.notes: soon\nshared-table-readable shop.*: they are everybody’s\n',
    );
    const { exitCode, stdout } = await audit('--schema', 'shop', '--allow', file);
    expect({ exitCode, lines: stdout.split('\n') }).toMatchObject({
      exitCode: 0,
      lines: [
        'nothing is wrong',
        expect.stringContaining('looked at 2 tables for '),
        '2 findings known and allowed',
        '',
      ],
    });
    expect((await audit('--allow', join(folder.path, 'nowhere.txt'))).exitCode).toBe(2);
  });

  it.each([[['--sarif']], [['--sarif', '--json']]])('writes SARIF with %j', async (argv) => {
    const outcome = await audit('--schema', 'shop', ...argv);
    expect(outcome.exitCode).toBe(1);
    expect(documentOf(outcome)).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ ruleId: 'shared-table-readable' }, { ruleId: 'table-without-rls' }] }],
    });
  });

  it('lists its rules, without a database', async () => {
    const { exitCode, stdout } = await run({}, ['rls', 'audit', '--list-rules']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('table-without-rls (error)\n    A table of tenants');
    const { rules } = documentOf(await run({}, ['rls', 'audit', '--list-rules', '--json'])) as {
      rules: object[];
    };
    expect(rules.length).toBeGreaterThan(40);
    expect(Object.keys(rules[0] ?? {})).toEqual(['name', 'severity', 'what', 'why', 'instead']);
  });

  it.each([
    [['--role', 'nobody_here'], /there is no role nobody_here/],
    [['--schema', 'shopp'], /there is no schema shopp/],
  ])('%j is refused', async (argv, message) => {
    const { exitCode, stdout, stderr } = await audit(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('asks for a database', async () => {
    expect((await run({}, ['rls', 'audit'])).exitCode).toBe(2);
  });
});

describe('describeExtent', () => {
  it('says what was not checked, and when there was nobody to ask for', () => {
    const nobody = { findings: [], allowed: [], roles: [], tables: 1 };
    expect(describeExtent({ ...nobody, notChecked: [{ rule: 'x', reason: 'it is secret' }] })).toEqual([
      'not checked: x: it is secret',
      expect.stringMatching(/^looked at 1 table only for what everybody may do: .* --role$/),
    ]);
  });
});
