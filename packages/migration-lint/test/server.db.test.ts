import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintMigrations } from '../src/index.ts';

// What rules say of locks and rewrites, against what a server does.

const EARLIER = `
create table parents (id text constraint parents_pkey primary key);
create table others (id text);
create table rows (
  id text constraint rows_pkey primary key, title varchar(100), note text, weight numeric(3, 2), size integer,
  labels text[]
);
create index idx_rows on rows (title);
create view shown_rows as select id from rows`;

const database = testDatabase();
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.url);
  await session.query('create schema linted; set search_path = linted, public');
  await session.query(EARLIER);
  // A statement may give a table another name.
  await session.query(`
    select set_config('linted.tables', array['rows'::regclass, 'parents'::regclass]::oid[]::text, false)`);
});
afterAll(() => session.close());

async function rulesFor(statement: string): Promise<string[]> {
  const migrations = [
    { name: '001_earlier', up: EARLIER },
    { name: '002_statement', up: statement },
  ];
  return (await lintMigrations(migrations, { only: ['002_statement'] })).map(({ rule }) => rule);
}

const text = async (query: string): Promise<string[]> =>
  (await session.query(query)).rows.map(({ answer }) => String(answer));

/** What a query says after a statement, which is then undone. */
async function after(statement: string, query: string): Promise<string[]> {
  await session.query('begin');
  try {
    await session.query(statement);
    return await text(query);
  } finally {
    await session.query('rollback');
  }
}

describe('the rows are written anew', () => {
  const files = `select relfilenode as answer from pg_class where oid = 'linted.rows'::regclass`;
  const rewriting = ['add-column-rewrites-table', 'change-column-type', 'rewrite-table'];
  const isRewritten = async (statement: string): Promise<boolean> =>
    (await after(statement, files))[0] !== (await text(files))[0];

  it.each([
    'alter table rows add column code uuid default gen_random_uuid()',
    'alter table rows add column number bigint generated always as identity',
    'alter table rows add column number bigserial',
    'alter table rows add column double integer generated always as (size * 2) stored',
    'alter table rows add column at timestamptz default clock_timestamp()',
    'alter table rows alter column size type bigint',
    'alter table rows alter column title type varchar(50)',
    'alter table rows alter column weight type numeric(5, 3)',
    'alter table rows alter column labels type text using labels::text',
    'alter table rows set unlogged',
  ])('and a rule says so: %s', async (statement) => {
    expect(await isRewritten(statement)).toBe(true);
    expect((await rulesFor(statement)).filter((rule) => rewriting.includes(rule))).toHaveLength(1);
  });

  it.each([
    "alter table rows add column kind text not null default 'x'",
    'alter table rows add column seen_at timestamptz default now()',
    'alter table rows alter column title type varchar(200)',
    'alter table rows alter column title type varchar',
    'alter table rows alter column title type text',
    'alter table rows alter column note type varchar',
    'alter table rows alter column weight type numeric(5, 2)',
    'alter table rows alter column weight type numeric',
  ])('not, and no rule says so: %s', async (statement) => {
    expect(await isRewritten(statement)).toBe(false);
    expect((await rulesFor(statement)).filter((rule) => rewriting.includes(rule))).toEqual([]);
  });
});

describe('a lock that writers wait for', () => {
  const rulesAfterOthers = (statement: string): Promise<string[]> =>
    rulesFor(`alter table others add column kind text;\n${statement}`);
  const locks = `
    select mode as answer from pg_locks
    where pid = pg_backend_pid() and locktype = 'relation' and relation = any(current_setting('linted.tables')::oid[])
      and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`;

  it.each([
    'alter table rows add column kind text',
    'alter table rows drop column note',
    'alter table rows alter column size set default 1',
    'alter table rows alter column size set not null',
    'alter table rows alter column note set storage external',
    'alter table rows add constraint c check (size > 0) not valid',
    'alter table rows add constraint c foreign key (note) references parents (id) not valid',
    'alter table rows enable row level security',
    'alter table rows rename to lines',
    'alter table rows rename column note to remark',
    'alter table rows replica identity full',
    'create policy p on rows using (true)',
    'create trigger t before update on rows for each row execute function suppress_redundant_updates_trigger()',
    'create index i on rows (note)',
    'create table fresh (id text, constraint f foreign key (id) references parents (id))',
    'truncate rows',
    'lock table rows in share mode',
  ])('is known: %s', async (statement) => {
    expect(await after(statement, locks)).not.toEqual([]);
    expect(await rulesAfterOthers(statement)).toContain('locks-one-after-another');
  });

  it.each([
    'alter table rows alter column size set statistics 100',
    'alter table rows alter column size set (n_distinct = 5)',
    'alter table rows set (fillfactor = 80, autovacuum_enabled = false)',
    'alter table rows cluster on rows_pkey',
    "comment on table rows is 'x'",
    'create view other as select id from rows',
    'create table fresh (id text)',
    'grant select on rows to agent_agency_app',
    "update rows set note = 'x' where id = 'y'",
  ])('is not taken: %s', async (statement) => {
    expect(await after(statement, locks)).toEqual([]);
    expect(await rulesAfterOthers(statement)).not.toContain('locks-one-after-another');
  });
});

describe('a statement that a transaction refuses', () => {
  it.each(['create index concurrently i on rows (note)', 'vacuum rows', 'reindex table concurrently rows'])(
    'is known: %s',
    async (statement) => {
      await session.query('begin');
      await expect(session.query(statement)).rejects.toMatchObject({ code: '25001' });
      await session.query('rollback');
      expect(await rulesFor(statement)).toContain('concurrently-in-transaction');
    },
  );
});

it('an index predicate that changes is refused', async () => {
  const statement = 'create index i on rows (id) where now() > now()';
  await expect(session.query(statement)).rejects.toMatchObject({ code: '42P17' });
  expect(await rulesFor(statement)).toContain('index-predicate-not-immutable');
});

it('a reference of a column whose values are all null looks at no row', async () => {
  const column = 'alter table rows add column parent text';
  const reference = 'constraint f references parents (id) on delete cascade';
  await session.query("insert into rows (id) values ('one')");
  await expect(session.query(`${column} default 'none' ${reference}`)).rejects.toMatchObject({
    code: '23503',
  });
  expect(await rulesFor(`${column} default 'none' ${reference}`)).toContain('foreign-key-validates-at-once');
  expect(await rulesFor(`${column} ${reference}`)).not.toContain('foreign-key-validates-at-once');
});

it('a foreign key of rows that the owner does not see is called valid, whatever they hold', async () => {
  await session.query('begin; grant usage, create on schema linted to agent_agency_owner');
  try {
    await session.query(`
      set local role agent_agency_owner;
      create table held (id text primary key);
      create table hidden (held text);
      insert into hidden values ('a stray');
      alter table hidden enable row level security, force row level security;
      alter table hidden add constraint f foreign key (held) references held (id)`);
    await expect(
      text(`select convalidated as answer from pg_constraint where conrelid = 'hidden'::regclass`),
    ).resolves.toEqual(['true']);
  } finally {
    await session.query('rollback');
  }
});
