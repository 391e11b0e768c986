import type { Examples } from './example.ts';

export const wayBackExamples: Examples = {
  'missing-comment': {
    bad: [
      'create table fresh (id uuid)',
      "create table fresh (id uuid); comment on table fresh is 'Fresh.'",
      "create table fresh (id uuid); comment on column fresh.id is 'Key.'",
      'alter table tasks add column kind text',
      'create view fresh as select 1 as one',
      'create materialized view fresh as select 1 as one',
      'create function f() returns integer language sql return 1',
      "create type kind as enum ('a')",
      'create schema extra',
      "create schema extra; comment on schema extra is 'x'; comment on schema extra is null",
    ],
    good: [
      "create table fresh (id uuid); comment on table fresh is 'Fresh.'; comment on column fresh.id is 'Key.'",
      "alter table tasks add column kind text; comment on column public.tasks.kind is 'Kind.'",
      "create view fresh as select 1 as one; comment on view fresh is 'Fresh.'",
      "create function f(integer) returns integer language sql return 1; comment on function f(integer) is 'One.'",
      "create type kind as enum ('a'); comment on type kind is 'Kind.'",
      'create temporary table scratch (id uuid)',
      'create table events_new partition of events default',
      'create table fresh (id uuid); drop table fresh',
    ],
  },
  'missing-down': { bad: ['select 1'], good: [{ up: 'select 1', down: 'select 1' }] },
  'down-leaves-behind': {
    bad: [
      { up: 'create table fresh (id uuid)', down: 'select 1' },
      { up: 'create table fresh (id uuid); create table more (id uuid)', down: 'drop table fresh' },
      { up: 'alter table tasks add column kind text', down: 'select 1' },
      { up: 'create index idx_a on tasks (note)', down: '' },
      { up: 'create function f() returns integer language sql return 1', down: 'select 1' },
      { up: "create type kind as enum ('a')", down: 'select 1' },
      { up: 'create view fresh as select 1 as one', down: 'select 1' },
      { up: 'create schema extra', down: 'select 1' },
      { up: 'create policy p on tasks using (false)', down: 'select 1' },
      { up: 'alter table tasks add constraint c check (weight > 0)', down: 'select 1' },
      {
        up: 'create trigger t before insert on tasks for each row execute function touch()',
        down: 'select 1',
      },
      { up: 'select 1', down: 'create table fresh (id uuid)' },
    ],
    good: [
      {
        up: `create table fresh (id uuid);
          create index idx_fresh on fresh (id);
          create trigger t before insert on fresh for each row execute function touch();
          create policy p on fresh using (false)`,
        down: 'drop table fresh',
      },
      { up: 'alter table tasks add column kind text', down: 'alter table tasks drop column kind' },
      {
        up: 'alter table tasks add column kind text constraint c check (kind <> title)',
        down: 'alter table tasks drop column kind',
      },
      {
        up: `create materialized view fresh as select 1 as one; create index idx_fresh on fresh (one)`,
        down: 'drop materialized view fresh',
      },
      {
        up: `create table fresh (id uuid);
          create function f(fresh) returns integer language sql return 1`,
        down: 'drop table fresh cascade',
      },
      { up: 'create schema extra; create table extra.fresh (id uuid)', down: 'drop schema extra cascade' },
      { up: 'create temporary table scratch (id uuid)', down: 'select 1' },
      { up: 'create table fresh (id uuid)', down: 'syntax error' },
      {
        up: 'create policy p on tasks using (false)',
        down: `do $$ begin
          execute (select format('drop policy %I on %s', polname, polrelid::regclass) from pg_policy);
        end $$`,
      },
      {
        up: 'alter table tasks rename column note to remark',
        down: 'alter table tasks rename column remark to note',
      },
    ],
  },
  'down-does-not-restore': {
    bad: [
      { up: 'alter table tasks drop column note', down: 'select 1' },
      { up: 'alter table tasks drop column note', down: 'alter table tasks add column note varchar(10)' },
      { up: 'alter table tasks alter column note set not null', down: 'select 1' },
      { up: 'drop view open_tasks', down: 'select 1' },
      { up: 'alter table tasks rename to jobs', down: 'select 1' },
      { up: 'select 1', down: 'drop table tasks' },
    ],
    good: [
      { up: 'alter table tasks drop column note', down: 'alter table tasks add column note text' },
      { up: 'alter table tasks rename to jobs', down: 'alter table jobs rename to tasks' },
      {
        up: 'alter table tasks rename column note to remark',
        down: 'alter table tasks rename column remark to note',
      },
      {
        up: 'alter table tasks alter column title type text',
        down: 'alter table tasks alter column title type varchar(100)',
      },
      { up: 'drop index idx_tasks_title', down: 'create index idx_tasks_title on tasks (tenant_id, title)' },
      {
        up: 'alter function app.stamp() rename to clock',
        down: 'alter function app.clock() rename to stamp',
      },
      { up: 'alter table tasks set schema app', down: 'alter table app.tasks set schema public' },
    ],
  },
  'syntax-error': {
    bad: ['create tabel fresh ()', { up: 'select 1', down: 'drop' }],
    good: ['', '-- nothing', 'select 1;'],
  },
  'bad-suppression': {
    bad: [
      '-- lint: allow drop-table\ndrop table tasks',
      '-- lint: allow drop-tables it is empty\ndrop table tasks',
      '-- lint: ignore drop-table it is empty\ndrop table tasks',
      '-- lint: allow syntax-error I like it\nselect 1',
    ],
    good: ['-- lint: allow drop-table it is empty\ndrop table tasks'],
  },
  'unused-suppression': {
    bad: [
      '-- lint: allow drop-table it is empty\nselect 1',
      'drop table tasks;\n-- lint: allow drop-table it is empty\nselect 1',
      'drop table tasks;\n-- lint: allow drop-table it is empty\n',
      '-- lint: allow-file truncate it is empty\nselect 1',
    ],
    good: [
      '-- lint: allow drop-table it is empty\ndrop table tasks',
      'select 1;\ndrop table tasks; -- lint: allow drop-table: it is empty',
      'drop table\n  -- lint: allow drop-table it is empty\n  tasks',
      '-- lint: allow-file drop-table all are empty\nselect 1; drop table tasks; drop table events',
    ],
  },
};
