import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrationsDirectory } from '../src/index.ts';
import { partsOf, statementsOf, withoutLiterals } from './support/sql-text.ts';

// What the catalogue does not tell any more: names that were given or made up, labels that were written or defaults.

const files = readdirSync(migrationsDirectory)
  .filter((name) => name.endsWith('.sql') && name !== 'schema.sql')
  .map((name) => ({ name, sql: withoutLiterals(readFileSync(new URL(name, migrationsDirectory), 'utf8')) }));

/** Constraints without a name of ours. */
function unnamedConstraints(statement: string): string[] {
  const [, parts] =
    /^create (?:temporary )?table (?:if not exists )?[\w.]+ \(([\s\S]*)\)/.exec(statement) ??
    /^alter table (?:only )?[\w.]+([\s\S]*)$/.exec(statement) ??
    [];
  if (parts === undefined) return [];
  return partsOf(parts)
    .map((part) => part.replace(/^add(?: column)? (?!constraint)/, ''))
    .filter((part) => !/^(?:add )?constraint \w+/.test(part))
    .filter((part) =>
      /\b(?:primary key|unique|references|check|exclude)\b/.test(part.replaceAll(/\bnot null\b/g, '')),
    );
}

/** Functions whose volatility or parallel safety is left to the default. Triggers have neither. */
function unlabelledFunctions(statement: string): string[] {
  const [, name = '', labels = ''] =
    /^create (?:or replace )?function ([\w.]+)([\s\S]*)$/.exec(statement) ?? [];
  if (name === '' || /\breturns trigger\b/.test(labels)) return [];
  const isLabelled =
    /\b(?:immutable|stable|volatile)\b/.test(labels) &&
    /\bparallel (?:safe|restricted|unsafe)\b/.test(labels);
  return isLabelled ? [] : [name];
}

const inAll = (find: (statement: string) => string[]): string[] =>
  files.flatMap(({ name, sql }) =>
    statementsOf(sql).flatMap((statement) => find(statement).map((it) => `${name}: ${it}`)),
  );

describe('the SQL of the migrations', () => {
  it('names every constraint', () => {
    expect(inAll(unnamedConstraints)).toEqual([]);
  });

  it.each([
    'create table t (id integer primary key)',
    'create table t (id integer, primary key (id))',
    'create table t (id integer not null references u (id), constraint t_pkey primary key (id))',
    'create table t (a integer check (a > 0))',
    'alter table t add unique (a)',
    'alter table t drop column b, add column a integer unique',
    'alter table t add foreign key (a) references u (a) on delete cascade',
  ])('would not let pass: %s', (statement) => {
    expect(unnamedConstraints(statement)).toHaveLength(1);
  });

  it('says of every function how volatile and how safe in parallel it is', () => {
    expect(inAll(unlabelledFunctions)).toEqual([]);
    expect(unlabelledFunctions('create function f() returns integer language sql stable return 1')).toEqual([
      'f',
    ]);
  });

  it('has no name of more than 63 bytes, which PostgreSQL would cut off', () => {
    const long = (sql: string): string[] => sql.match(/\w{64,}/g) ?? [];
    expect(files.flatMap(({ sql }) => long(sql))).toEqual([]);
    expect(long(`create table ${'x'.repeat(64)} ()`)).toHaveLength(1);
  });

  it('is in lower case', () => {
    const upper = (sql: string): string[] =>
      sql.match(/\b(?:CREATE|ALTER|TABLE|SELECT|FROM|WHERE|NOT|NULL)\b/g) ?? [];
    expect(files.flatMap(({ sql }) => upper(sql))).toEqual([]);
    expect(upper(withoutLiterals(`select 'NOT' -- NULL\nFROM t`))).toEqual(['FROM']);
  });
});
