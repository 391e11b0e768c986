import { describe, expect, it } from 'vitest';
import { lintMigrations, type Finding } from '../src/index.ts';

const lint = (up: string, down = 'select 1'): Promise<Finding[]> =>
  lintMigrations([{ name: '001_x', up, down }]);
const places = (findings: readonly Finding[]): string[] =>
  findings.map(({ file, line, column, rule }) => `${file}:${String(line)}:${String(column)} ${rule}`);

describe('a place', () => {
  it('is that of the first word of a statement, after the comments before it', async () => {
    expect(
      places(await lint('-- one\n/* two /* nested */ */\n\n  truncate tasks;\n truncate events')),
    ).toEqual(['001_x.sql:4:3 truncate', '001_x.sql:5:2 truncate']);
  });

  it('is that of a column or constraint where there is one', async () => {
    const found = await lint('create temporary table t (\n  a uuid,\n  b json,\n  c money\n)');
    expect(places(found)).toEqual(['001_x.sql:3:3 prefer-jsonb', '001_x.sql:4:3 no-money']);
  });

  it('counts as editors do, whatever the bytes', async () => {
    const found = await lint("-- Prüfung 🐘\nselect 'é🐘'; truncate tasks");
    // Two UTF-16 units for the elephant, one for é; four and two bytes.
    expect(places(found)).toEqual(['001_x.sql:2:15 truncate']);
  });

  it('of a syntax error is where the parser noticed it', async () => {
    const found = await lint("-- Prüfung 🐘\nselect 1;\nselect 'é' frm tasks whre");
    expect(places(found)).toEqual(['001_x.sql:3:16 syntax-error']);
    expect(found[0]?.message).toBe('syntax error at or near "tasks"');
  });

  it('of a text that ends too early is its end', async () => {
    expect(places(await lint("select 'open"))).toEqual(['001_x.sql:1:8 syntax-error']);
    expect(places(await lint('create table t ('))).toEqual(['001_x.sql:1:17 syntax-error']);
  });
});

describe('a finding', () => {
  it('says what, why and what to do instead', async () => {
    expect(await lint('truncate tasks')).toEqual([
      {
        file: '001_x.sql',
        line: 1,
        column: 1,
        rule: 'truncate',
        severity: 'error',
        message: 'empties tasks',
        why: expect.stringContaining('gone') as string,
        instead: expect.stringContaining('batches') as string,
      },
    ]);
  });

  it('names the down file that it is in', async () => {
    expect(places(await lint('select 1', 'select 1;\nvacuum full tasks'))).toEqual([
      '001_x.down.sql:2:1 concurrently-in-transaction',
      '001_x.down.sql:2:1 vacuum-full',
    ]);
  });
});

describe('a suppression', () => {
  it('holds for one statement and one rule', async () => {
    const text = '-- lint: allow truncate it is a cache\ntruncate a;\ntruncate b';
    expect(places(await lint(text))).toEqual(['001_x.sql:3:1 truncate']);
    const other = '-- lint: allow truncate it is a cache\ntruncate a; vacuum full a';
    expect(places(await lint(other))).toEqual([
      '001_x.sql:2:13 concurrently-in-transaction',
      '001_x.sql:2:13 vacuum-full',
    ]);
  });

  it('without a reason suppresses nothing', async () => {
    expect(places(await lint('-- lint: allow truncate\ntruncate a'))).toEqual([
      '001_x.sql:1:1 bad-suppression',
      '001_x.sql:2:1 truncate',
    ]);
  });

  it('does not hold for the other file', async () => {
    const found = await lint('-- lint: allow-file vacuum-full a reason\nselect 1', 'vacuum full a');
    expect(places(found)).toContain('001_x.sql:1:1 unused-suppression');
    expect(places(found)).toContain('001_x.down.sql:1:1 vacuum-full');
  });
});

describe('the files before', () => {
  const earlier = { name: '001_a', up: 'truncate x; create table t (a varchar(10))', down: 'drop table t' };

  it('are read for what they make and not reported', async () => {
    const widen = (to: number) => ({
      name: '002_b',
      up: `set local lock_timeout = '1s'; alter table t alter column a type varchar(${String(to)})`,
      down: 'alter table t alter column a type varchar(10)',
    });
    const only = ['002_b'];
    expect(await lintMigrations([earlier, widen(20)], { only })).toEqual([]);
    expect(places(await lintMigrations([earlier, widen(5)], { only }))).toEqual([
      '002_b.sql:1:32 change-column-type',
    ]);
  });

  it('that cannot be read do not keep the others from being', async () => {
    const found = await lintMigrations([
      { ...earlier, up: 'creat' },
      { name: '002_b', up: 'truncate y', down: '' },
    ]);
    expect(places(found)).toEqual(['001_a.sql:1:1 syntax-error', '002_b.sql:1:1 truncate']);
  });
});

it('nothing is remembered from one run to the next', async () => {
  const create = 'create temporary table t (a uuid)';
  expect(await lint(create)).toEqual(await lint(create));
});
