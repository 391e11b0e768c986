import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareCatalogues, describeCatalogue } from '../src/index.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';

const database = testDatabase();
let session: SqlSession;
let before: string[];

/** One of each kind, in a schema that the rest of this file changes and takes back. */
const STAGE = `
  create schema stage;
  create type stage.mood as enum ('calm', 'glad');
  create type stage.point as (x integer, y integer);
  create domain stage.share as numeric constraint share_check check (value <= 1);
  create type stage.span as range (subtype = integer);
  create table stage.thing (
    id integer generated always as identity, name text default 'n', size integer, twice integer generated always as (size * 2) stored,
    constraint thing_pkey primary key (id), constraint thing_size_check check (size > 0)
  );
  create index thing_name on stage.thing (name);
  create statistics stage.thing_statistics (dependencies) on name, size from stage.thing;
  create view stage.names as select size as name from stage.thing;
  create materialized view stage.counts as select count(*) from stage.thing;
  create sequence stage.number;
  create table stage.parted (at integer) partition by range (at);
  create table stage.part partition of stage.parted for values from (0) to (10);
  create function stage.one(a integer) returns integer language sql immutable return 1;
  create function stage.fired() returns trigger language plpgsql as $$
begin
  return new;
end
$$;
  create aggregate stage.total (integer) (sfunc = int4pl, stype = integer, initcond = '0');
  create trigger thing_fired before update on stage.thing for each row execute function stage.fired();
  create rule thing_rule as on delete to stage.thing do also select 1;
  create policy thing_policy on stage.thing using (size > 1);
  create function stage.on_ddl() returns event_trigger language plpgsql as 'begin end';
  create function stage.cast_mood(stage.mood) returns integer language sql return 1;
  grant create on schema stage to agent_agency_owner;`;

beforeAll(async () => {
  session = await connect(database.url);
  await session.query(STAGE);
  before = await describeCatalogue(session);
});
afterAll(() => session.close());

describe('describeCatalogue', () => {
  it('says everything once, a line each, and the same again', async () => {
    expect(new Set(before).size).toBe(before.length);
    expect(before.filter((line) => line.includes('\n'))).toEqual([]);
    expect(await describeCatalogue(session)).toEqual(before);
  });

  it('tells nothing of rows', async () => {
    await session.query('begin');
    await session.query(`insert into stage.thing (size) values (1); select nextval('stage.number')`);
    expect(await describeCatalogue(session)).toEqual(before);
    await session.query('rollback');
  });

  it.skipIf(database.kind === 'pglite')(
    'tells of an extension that it is there, and nothing of what it brings',
    async () => {
      const empty = await openSession(await createEmptyDatabase(database.url));
      const lines = await describeCatalogue(empty);
      await empty.query('create extension vector');
      expect(compareCatalogues(lines, await describeCatalogue(empty))).toEqual([
        expect.stringMatching(/^\+ comment on extension vector: /),
        expect.stringMatching(/^\+ extension vector \S+ in public$/),
      ]);
      expect(lines.filter((line) => !/^(schema|extension|grant \w+ on schema) /.test(line))).toEqual([]);
    },
  );

  it.each([
    ['create schema other', 'schema other owner '],
    ['alter table stage.thing rename to object', 'relation stage.object table'],
    [
      'alter table stage.thing owner to agent_agency_owner',
      'relation stage.thing table owner agent_agency_owner',
    ],
    ['alter table stage.thing set unlogged', 'unlogged'],
    ['alter table stage.thing set (fillfactor = 70)', '{fillfactor=70}'],
    ['alter table stage.thing enable row level security', 'row security'],
    ['alter table stage.thing force row level security', 'forced'],
    ['alter table stage.thing replica identity full', 'replica identity f'],
    ['alter table stage.thing cluster on thing_name', 'clustered'],
    [
      'alter table stage.thing alter name type varchar(9)',
      'column stage.thing.name (2) character varying(9)',
    ],
    ['alter table stage.thing alter name set not null', 'column stage.thing.name (2) text not null'],
    [`alter table stage.thing alter name set default 'm'`, `default 'm'::text`],
    ['alter table stage.thing alter name set storage external', 'storage e'],
    ['alter table stage.thing alter name set compression pglz', 'compression p'],
    ['alter table stage.thing alter name set statistics 9', 'statistics 9'],
    ['alter table stage.thing alter name set (n_distinct = 5)', '{n_distinct=5}'],
    ['alter table stage.thing alter id set generated by default', 'identity by default'],
    ['alter table stage.thing alter id set increment 2', 'increment 2 '],
    ['alter table stage.thing alter twice drop expression', '- column stage.thing.twice (4) integer stored'],
    ['alter table stage.thing alter name type text collate "C"', 'text collate "C"'],
    ['alter table stage.thing replica identity using index thing_pkey', '(id) replica identity'],
    [
      'alter table stage.thing add other text, drop column size cascade, add size integer',
      'column stage.thing.size (4) integer',
    ],
    ['alter table stage.thing add constraint thing_name_check check (true) not valid', 'NOT VALID'],
    ['alter table stage.thing disable trigger thing_fired', 'stage.fired(); D'],
    ['alter table stage.thing disable rule thing_rule', 'rule on stage.thing'],
    ['alter policy thing_policy on stage.thing to agent_agency_app', 'to agent_agency_app'],
    ['alter policy thing_policy on stage.thing using (size > 2)', 'size > 2'],
    ['alter policy thing_policy on stage.thing with check (size > 2)', 'with check'],
    ['drop index stage.thing_name', 'CREATE INDEX thing_name'],
    [`update pg_index set indisvalid = false where indexrelid = 'stage.thing_name'::regclass`, 'invalid'],
    ['drop statistics stage.thing_statistics', 'stage.thing_statistics'],
    ['alter statistics stage.thing_statistics set statistics 7', 'target 7'],
    ['create or replace view stage.names as select size + 1 as name from stage.thing', 'size + 1'],
    ['alter view stage.names set (security_barrier)', 'security_barrier'],
    ['refresh materialized view stage.counts with no data', 'not populated'],
    ['alter sequence stage.number cycle', 'cycle'],
    ['alter sequence stage.number owned by stage.thing.size', 'of stage.thing.size'],
    ['alter table stage.parted detach partition stage.part', 'child stage.part of stage.parted'],
    ['create table stage.heir () inherits (stage.thing)', 'child stage.heir of stage.thing, 1: inherits'],
    [
      'create or replace function stage.fired() returns trigger language plpgsql as $$\nbegin\n  return old;\nend\n$$',
      '  return old;',
    ],
    [
      'drop table stage.parted; create table stage.parted (at integer) partition by list (at)',
      '+ partitions of stage.parted by LIST (at)',
    ],
    ['alter function stage.one owner to agent_agency_owner', 'stage.one(a integer) owner agent_agency_owner'],
    [
      `do $$ begin execute format('alter database %I set work_mem = 100', current_database()); end $$`,
      '+ setting of everybody: work_mem=100',
    ],
    ['alter function stage.one security definer', 'SECURITY DEFINER'],
    ['alter function stage.one parallel safe', 'PARALLEL SAFE'],
    ['alter function stage.one set search_path = public', 'SET search_path'],
    [
      'drop aggregate stage.total (integer); create aggregate stage.total (integer) (sfunc = int4pl, stype = integer)',
      'aggregate stage.total',
    ],
    [`alter type stage.mood add value 'sad' before 'glad'`, `enum stage.mood 2 'sad'`],
    ['alter type stage.point alter attribute x type text', 'column stage.point.x (1) text'],
    ['alter domain stage.share set not null', 'type stage.share'],
    ['alter domain stage.share drop constraint share_check', 'share_check of stage.share'],
    ['drop type stage.span', 'type stage.span'],
    ['comment on constraint thing_pkey on stage.thing is $$Key\nof a thing$$', 'Key\\nof a thing'],
    [`comment on column stage.thing.name is 'Name'`, 'stage.thing.name: Name'],
    [`comment on policy thing_policy on stage.thing is 'Policy'`, ': Policy'],
    ['grant usage on schema stage to agent_agency_app', 'grant USAGE on schema stage to agent_agency_app'],
    ['grant select on stage.thing to public', 'grant SELECT on stage.thing to public'],
    [
      'grant select on stage.thing to agent_agency_app with grant option',
      'grant SELECT on stage.thing to agent_agency_app with grant option',
    ],
    ['grant update (name) on stage.thing to agent_agency_app', 'grant UPDATE on column stage.thing.name'],
    ['grant usage on sequence stage.number to agent_agency_app', 'grant USAGE on stage.number'],
    [
      'revoke execute on function stage.one from public',
      'grant EXECUTE on function stage.one(a integer) to public',
    ],
    ['revoke usage on type stage.mood from public', 'grant USAGE on type stage.mood to public'],
    [
      'alter default privileges in schema stage grant select on tables to agent_agency_app',
      'grant SELECT on new r of',
    ],
    ['create event trigger watch on ddl_command_end execute function stage.on_ddl()', 'event trigger watch'],
    [
      'create cast (stage.mood as integer) with function stage.cast_mood (stage.mood)',
      'cast stage.mood as integer',
    ],
    ['set role agent_agency_owner; create collation stage.c (locale = $$C$$)', 'collation stage.c'],
    ['alter extension vector set schema stage', 'extension vector'],
  ])('notices: %s', async (statement, words) => {
    await session.query('begin');
    try {
      await session.query(statement);
      await session.query('reset role');
      const lines = compareCatalogues(before, await describeCatalogue(session));
      expect(lines.filter((line) => line.includes(words))).not.toEqual([]);
    } finally {
      await session.query('rollback');
    }
  });
});

describe('compareCatalogues', () => {
  it('tells what is gone and what is new, the two forms of an object together', () => {
    expect(compareCatalogues(['a 1', 'b', 'd'], ['a 2', 'b', 'c'])).toEqual(['- a 1', '+ a 2', '+ c', '- d']);
    expect(compareCatalogues(['a', 'b'], ['b', 'a'])).toEqual([]);
  });
});
