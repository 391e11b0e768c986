import type { Examples } from './example.ts';

export const runningCodeExamples: Examples = {
  'transaction-control': {
    bad: ['begin; select 1; commit', { up: 'select 1', down: 'select 1; rollback' }],
    good: ['select 1', 'create procedure p() language plpgsql as $$ begin commit; end $$'],
  },
  'concurrently-in-transaction': {
    bad: [
      'create index concurrently idx_tasks_note on tasks (tenant_id, note)',
      'vacuum tasks',
      'drop database other',
      'alter table events detach partition events_old concurrently',
      'reindex table concurrently tasks',
      { up: 'select 1', down: 'drop index concurrently idx_tasks_title' },
    ],
    good: [
      '-- transaction: no\ncreate index concurrently idx_tasks_note on tasks (tenant_id, note)',
      'refresh materialized view concurrently task_counts',
      { up: '-- transaction: no\nselect 1', down: 'drop index concurrently idx_tasks_title' },
    ],
  },
  'several-statements-without-transaction': {
    bad: [
      `-- transaction: no
       create index concurrently idx_a on tasks (tenant_id, note);
       create index concurrently idx_b on tasks (tenant_id, weight);`,
      { up: '-- transaction: no\nselect 1', down: 'drop index concurrently a; drop index concurrently b' },
    ],
    good: [
      '-- transaction: no\n-- One; and no second.\ncreate index concurrently idx_a on tasks (tenant_id, note);\n-- end\n',
      'select 1; select 2',
    ],
  },
  'enum-value-used-at-once': {
    bad: [
      "alter type status add value 'late'; alter table tasks alter column status set default 'late'",
      "alter type status add value 'it''s'; insert into tasks (status) values ('it''s')",
      "alter type status add value 'late'; create function f() returns text language sql as $$ select 'late'::status $$",
    ],
    good: [
      "alter type status add value 'late'; alter table tasks alter column status set default 'open'",
      "alter table tasks alter column note set default 'late'; alter type status add value 'late'",
      "alter type status rename value 'open' to 'late'; insert into tasks (status) values ('late')",
    ],
  },
  'opaque-block': {
    bad: ["do $$ begin execute 'drop table tasks'; end $$"],
    good: ['do $$ begin perform app.stamp(); end $$'],
  },
  'drop-column': {
    bad: ['alter table tasks drop column note'],
    good: [
      'create table fresh (id uuid, note text); alter table fresh drop column note',
      { up: 'select 1', down: 'alter table tasks drop column note' },
    ],
  },
  'drop-table': {
    bad: ['drop table tasks', 'drop schema app', 'drop database other', 'drop table if exists public.tasks'],
    good: [
      'create table fresh (id uuid); drop table fresh',
      'create temporary table scratch (id uuid); drop table scratch',
      'drop view open_tasks',
      { up: 'select 1', down: 'drop table tasks' },
    ],
  },
  'drop-cascade': {
    bad: [
      'drop view open_tasks cascade',
      'alter table tasks drop column note cascade',
      'alter table tasks drop constraint tasks_pkey cascade',
      { up: 'select 1', down: 'drop table tasks cascade' },
    ],
    good: ['drop view open_tasks', 'drop view open_tasks restrict'],
  },
  truncate: { bad: ['truncate tasks'], good: ['delete from tasks where note is null'] },
  rename: {
    bad: [
      'alter table tasks rename to jobs',
      'alter table tasks rename column note to remark',
      'alter view open_tasks rename to todo',
      'alter type status rename to state',
      'alter function app.stamp() rename to clock',
      'alter table tasks set schema app',
      'alter schema app rename to application',
    ],
    good: [
      'create table fresh (id uuid); alter table fresh rename to newer',
      'create table fresh (id uuid); alter table fresh rename column id to key',
      'alter index idx_tasks_title rename to idx_titles',
      'alter table tasks rename constraint tasks_pkey to tasks_key',
    ],
  },
  'drop-not-null': {
    bad: ['alter table tasks alter column title drop not null'],
    good: ['create table fresh (id uuid not null); alter table fresh alter column id drop not null'],
  },
  'prefer-timestamptz': {
    bad: [
      'create table fresh (at timestamp)',
      'create table fresh (at timestamp(3) without time zone)',
      'alter table tasks add column at timetz',
      'alter table tasks alter column created_at type timestamp',
    ],
    good: [
      'create table fresh (at timestamptz, day date)',
      'create table fresh (at timestamp with time zone)',
    ],
  },
  'prefer-text-over-char': {
    bad: ['create table fresh (code char(3))', 'create table fresh (code character(3)[])'],
    good: ['create table fresh (code text, name varchar(3), kind "char")'],
  },
  'prefer-jsonb': { bad: ['create table fresh (body json)'], good: ['create table fresh (body jsonb)'] },
  'no-money': {
    bad: ['create table fresh (price money)'],
    good: ['create table fresh (price numeric(12, 2))'],
  },
  'prefer-identity': {
    bad: ['create table fresh (id serial)', 'alter table tasks add column n bigserial'],
    good: ['create table fresh (id bigint generated always as identity)'],
  },
  'prefer-bigint-key': {
    bad: [
      'create table fresh (id integer, constraint fresh_pkey primary key (id))',
      'create table fresh (id serial constraint fresh_pkey primary key)',
      'create table fresh (tenant_id text, id int2, constraint fresh_pkey primary key (tenant_id, id))',
    ],
    good: [
      'create table fresh (id bigint, size integer, constraint fresh_pkey primary key (id))',
      'create table fresh (id uuid constraint fresh_pkey primary key)',
    ],
  },
  'name-too-long': {
    bad: [
      `create table ${'x'.repeat(64)} (id uuid)`,
      `create table fresh ("${'é'.repeat(32)}" uuid)`,
      { up: 'select 1', down: `drop table ${'y'.repeat(70)}` },
    ],
    good: [
      `create table ${'x'.repeat(63)} (id uuid)`,
      `select '${'x'.repeat(64)}' -- ${'x'.repeat(64)}`,
      `do $$ begin perform ${'x'.repeat(64)}; end $$`,
    ],
  },
  'unnamed-constraint': {
    bad: [
      'create table fresh (id uuid primary key)',
      'create table fresh (id uuid, unique (id))',
      'create table fresh (id integer check (id > 0))',
      'alter table tasks add foreign key (tenant_id, id) references tasks (tenant_id, id) on delete cascade',
      'alter table tasks add column owner uuid references owners (id) on delete cascade',
    ],
    good: [
      'create table fresh (id uuid not null constraint fresh_pkey primary key, size integer default 1)',
      'alter table tasks add constraint c check (weight > 0)',
    ],
  },
  'unnamed-index': {
    bad: ['create index on tasks (tenant_id, note)'],
    good: ['create index idx_tasks_note on tasks (tenant_id, note)'],
  },
  'if-not-exists': {
    bad: [
      'create table if not exists fresh (id uuid)',
      'create index if not exists idx_tasks_note on tasks (tenant_id, note)',
      'alter table tasks add column if not exists kind text',
      'create schema if not exists app',
      "alter type status add value if not exists 'late'",
      'create materialized view if not exists fresh as select 1 as one',
      { up: 'select 1', down: 'drop table if exists fresh' },
    ],
    good: ['create table fresh (id uuid)', 'create or replace view fresh as select 1 as one'],
  },
};
