import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentOf, run } from '../support/command-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const good = `set local lock_timeout = '2s';\nalter table tasks alter column title type text;\n`;
const files = {
  '001_tasks.sql': 'create table tasks (id uuid, title varchar(10), note text);\n',
  '001_tasks.down.sql': 'drop table tasks;\n',
  '002_title.sql': good,
  '002_title.down.sql': 'alter table tasks alter column title type varchar(10);\n',
  '003_bad.sql': `${good}alter table tasks drop column note;\ntruncate tasks; truncate tasks;\n`,
  '003_bad.down.sql': 'alter table tasks add column note text;\n',
  '004_stored.sql': `set local lock_timeout = '2s';\nalter table tasks alter column title set storage external;\n`,
  '004_stored.down.sql': 'select 1;\n',
};

const folder = temporaryFolder();
const pathOf = (name: string): string => join(folder.path, name);

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) await writeFile(pathOf(name), text);
});

const lint = (...argv: string[]) => run({}, ['migrate', 'lint', ...argv]);

describe('migrate lint', () => {
  it('reports on the files that are named, with what the ones before made', async () => {
    const bad = pathOf('003_bad.sql');
    const { exitCode, stdout, stderr } = await lint(pathOf('002_title.sql'), bad);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `${bad}:3:1: error drop-column: drops tasks.note and its data`,
      expect.stringMatching(/^ {4}Its data is gone/),
      expect.stringMatching(/^ {4}→ Ship code/),
      `${bad}:4:1: error truncate: empties tasks`,
      expect.stringMatching(/^ {4}Its data/),
      expect.stringMatching(/^ {4}→ Delete/),
      `${bad}:4:17: error truncate: empties tasks`,
      '3 errors, 0 warnings',
      '',
    ]);
  });

  it('is content with a good file, and with one that has warnings only', async () => {
    expect(await lint(pathOf('002_title.down.sql'))).toEqual({
      exitCode: 0,
      stdout: 'nothing is wrong\n',
      stderr: '',
    });
    const warned = await lint(pathOf('004_stored.sql'));
    expect(warned.exitCode).toBe(0);
    expect(warned.stdout).toContain('warning set-storage');
    expect(warned.stdout).toMatch(/0 errors, 1 warning\n$/);
  });

  it('without files lints the whole folder, in JSON too', async () => {
    const outcome = await lint('--directory', folder.path, '--json');
    expect(outcome.exitCode).toBe(1);
    const { errors, warnings, findings } = documentOf(outcome) as {
      errors: number;
      warnings: number;
      findings: { file: string; rule: string }[];
    };
    expect(findings).toHaveLength(errors + warnings);
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(
      new Set(['table-without-tenant', 'missing-comment', 'drop-column', 'truncate', 'set-storage']),
    );
  });

  it('without anything lints the data layer’s own', async () => {
    const outcome = await lint('--json');
    const { findings } = documentOf(outcome) as { findings: { file: string }[] };
    expect(findings.map(({ file }) => file)).toContain(
      new URL('../../../../migrations/001_create_agent_registry_tables.sql', import.meta.url).pathname,
    );
  });

  it.each([[['--sarif']], [['--sarif', '--json']]])('writes SARIF with %j', async (argv) => {
    const outcome = await lint(pathOf('003_bad.sql'), ...argv);
    expect(outcome.exitCode).toBe(1);
    expect(documentOf(outcome)).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: {} } }] });
  });

  it('lists its rules', async () => {
    const { exitCode, stdout } = await lint('--list-rules');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('drop-column (error)\n    A column is dropped.\n');
    const { rules } = documentOf(await lint('--list-rules', '--json')) as { rules: { name: string }[] };
    expect(rules.map(({ name }) => name)).toContain('non-leakproof-access-path');
  });

  it.each([
    [['nowhere/003_bad.sql'], /there is no nowhere\/003_bad\.sql/],
    [['package.json'], /package\.json is not a migration/],
    [['001_a.sql', '--directory', '.'], /not both/],
  ])('%j is refused', async (argv, message) => {
    const outcome = await lint(...argv, '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toEqual({
      error: { code: 'USAGE', message: expect.stringMatching(message) as string },
    });
  });
});
