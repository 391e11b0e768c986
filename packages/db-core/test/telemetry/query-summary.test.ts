import { describe, expect, it } from 'vitest';
import { querySummary } from '../../src/telemetry/query-summary.ts';

describe('querySummary', () => {
  it.each([
    ['select * from songs where artist = $1', 'select songs'],
    ['SELECT * FROM Songs', 'SELECT Songs'],
    ['select a from songs, artists as b where true', 'select songs artists'],
    [
      'select a from songs cross join only (artists) left join lateral tracks(songs.id) on true',
      'select songs tracks',
    ],
    [
      'select a from (select b from orders o join customers c using (id)) as x',
      'select select orders customers',
    ],
    ['insert into details (a, b) select a, b from orders where id = $1', 'insert details select orders'],
    ['insert into t (a) values ($1) on conflict (a) do update set a = 2, b = 3 returning a, b', 'insert t'],
    ['update t set a = (select max(x) from u), b = 2 from v where true', 'update t select u v'],
    ['delete from a using b where a.x = b.x', 'delete a b'],
    [
      'merge into t using s on true when matched then update set a = 1 when not matched then insert values (1)',
      'merge t s',
    ],
    ['select 1 from t for no key update of t', 'select t'],
    ['select extract(epoch from seen_at), a is distinct from b from t order by 1, 2', 'select t'],
    ['select set_config($1, $2, true)', 'select'],
    ['explain (analyze, buffers) select * from t', 'explain select t'],
    ['begin isolation level serializable read only', 'begin'],
    ['commit', 'commit'],
    ['create index concurrently i on t (a)', 'create'],
  ])('summarises %s', (text, summary) => {
    expect(querySummary(text)).toBe(summary);
  });

  it('leaves out the names that with introduces', () => {
    const text = `
      with recursive walk (id) as (select id from edges union all select e.id from walk, edges e),
      "written" as not materialized (insert into log (id) select id from walk returning id)
      select * from "written" join nodes using (id)`;
    expect(querySummary(text)).toBe('select edges select edges insert log select select nodes');
  });

  it('takes a name for the same in quotes, as Kysely writes it, unless it is another then', () => {
    expect(querySummary('select "id" from "public"."agents" as "from"')).toBe('select public.agents');
    expect(querySummary('select 1 from "Agents", "odd name", "select"')).toBe(
      'select "Agents" "odd name" select',
    );
  });

  it.each([
    `select 1 from t where a = 'from secret'`,
    `select 'it''s from secret' from t`,
    String.raw`select e'it\'s from secret' from t`,
    'select $$ from secret $$ from t',
    'select $a$ from secret $$ from secret $a$ from t',
    'select 1 /* from secret /* nested */ from secret */ from t',
    'select 1 -- from secret\nfrom t',
    `select 1 from t where a = 'unterminated from secret`,
    'select 1 from t where a = $a$ from secret',
    'select 1 from t /* from secret',
    'select 1 from t join "unterminated secret',
  ])('says nothing of the values and comments in %s', (text) => {
    expect(querySummary(text)).toBe('select t');
  });

  it.each(['', '   ', '-- nothing', 'secret from secret', "'secret'", '123', ')))', 'from secret'])(
    'is empty for %j, which begins with no command',
    (text) => {
      expect(querySummary(text)).toBe('');
    },
  );

  it('has at most 255 characters and cuts no name', () => {
    const name = 'a'.repeat(60);
    const summary = querySummary(`select 1 from ${Array(10).fill(name).join(', ')}`);
    expect(summary).toBe(['select', name, name, name, name].join(' '));
  });

  it('reads the beginning of a text that has no end', () => {
    expect(querySummary(`insert into t values ${"('x'), ".repeat(1_000_000)}`)).toBe('insert t');
    expect(querySummary(`select '${'x'.repeat(10_000_000)}'`)).toBe('select');
  });
});
