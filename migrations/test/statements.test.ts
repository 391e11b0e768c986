import { describe, expect, it } from 'vitest';
import { splitStatements } from '../src/statements.ts';

describe('splitStatements', () => {
  it.each([
    ['', []],
    ['-- nothing; here\n/* nor; here */ ;;', []],
    ['select 1', ['select 1']],
    ['select 1;\n-- then\nselect 2;\n', ['select 1', 'select 2']],
    [`select 'a;''b', e'\\';', "c;""d";select 2`, [`select 'a;''b', e'\\';', "c;""d"`, 'select 2']],
    [`select '\\'; select 2`, [`select '\\'`, 'select 2']],
    ['do $$ begin; end $$; do $a$ $$; $a$;', ['do $$ begin; end $$', 'do $a$ $$; $a$']],
    ['select $1; select $2', ['select $1', 'select $2']],
    [`select 1 -- it's; so\n;select 2`, [`select 1 -- it's; so`, 'select 2']],
    ['select case when a then b end; select 2', ['select case when a then b end', 'select 2']],
    [
      'create function f() returns int begin atomic\n  select 1;\n  select case when 1 > 0 then 2 end;\nend;\nselect 2;',
      [
        'create function f() returns int begin atomic\n  select 1;\n  select case when 1 > 0 then 2 end;\nend',
        'select 2',
      ],
    ],
  ])('%j has %j', (sql, statements) => {
    expect(splitStatements(sql)).toEqual(statements);
  });
});
