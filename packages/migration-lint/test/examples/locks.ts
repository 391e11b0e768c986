import type { Examples } from './example.ts';

export const lockExamples: Examples = {
  'add-column-rewrites-table': {
    bad: [
      'alter table tasks add column code uuid default gen_random_uuid()',
      'alter table tasks add column at timestamptz default clock_timestamp()',
      "alter table tasks add column code text default 'x' || random()::text",
      'alter table tasks add column number bigint generated always as identity',
      'alter table tasks add column number bigserial',
      "alter table tasks add column words tsvector generated always as (to_tsvector('english'::regconfig, title)) stored",
      `create function mine() returns text language sql return 'x';
       alter table tasks add column code text default mine()`,
    ],
    good: [
      "alter table tasks add column kind text not null default 'task'",
      'alter table tasks add column seen_at timestamptz default now()',
      'alter table tasks add column seen_at timestamptz default app.stamp()',
      'create table fresh (id uuid); alter table fresh add column code uuid default gen_random_uuid()',
      'create temporary table scratch (id uuid); alter table scratch add column n bigserial',
      'alter table tasks add column code uuid; alter table tasks alter column code set default gen_random_uuid()',
    ],
  },
  'add-required-column': {
    bad: [
      'alter table tasks add column kind text not null',
      'alter table tasks add column note2 text, add column kind text not null',
    ],
    good: [
      "alter table tasks add column kind text not null default 'task'",
      'alter table tasks add column kind text',
      'create table fresh (id uuid); alter table fresh add column kind text not null',
    ],
  },
  'set-not-null-scans': {
    bad: [
      'alter table tasks alter column note set not null',
      `alter table tasks add constraint tasks_note_check check (note is not null) not valid;
       alter table tasks alter column note set not null`,
      {
        earlier: 'alter table tasks add constraint tasks_note_check check (note is not null or weight > 0)',
        up: 'alter table tasks alter column note set not null',
      },
    ],
    good: [
      {
        earlier: `alter table tasks add constraint tasks_note_check check (note is not null) not valid;
                  alter table tasks validate constraint tasks_note_check`,
        up: 'alter table tasks alter column note set not null',
      },
      {
        earlier: "alter table tasks add constraint tasks_note_check check (note is not null and note <> '')",
        up: 'alter table tasks alter column note set not null',
      },
      'create table fresh (id uuid); alter table fresh alter column id set not null',
    ],
  },
  'foreign-key-validates-at-once': {
    bad: [
      `alter table tasks add constraint tasks_parent_fkey
         foreign key (tenant_id, parent_id) references tasks (tenant_id, id) on delete cascade`,
      "alter table tasks add column owner_id text default 'a' constraint f references owners (id) on delete cascade",
    ],
    good: [
      // All its values are null.
      'alter table tasks add column owner_id uuid constraint f references owners (id) on delete cascade',
      `alter table tasks add constraint tasks_parent_fkey
         foreign key (tenant_id, parent_id) references tasks (tenant_id, id) on delete cascade not valid`,
      `create table fresh (
         id uuid, constraint fresh_fkey foreign key (id) references tasks (id) on delete cascade)`,
    ],
  },
  'foreign-key-sees-no-rows': {
    bad: [
      `alter table tasks add constraint tasks_parent_fkey
         foreign key (tenant_id, parent_id) references tasks (tenant_id, id) on delete cascade`,
      {
        earlier: `alter table tasks add constraint tasks_parent_fkey
          foreign key (tenant_id, parent_id) references tasks (tenant_id, id) on delete cascade not valid`,
        up: 'alter table tasks validate constraint tasks_parent_fkey',
      },
    ],
    good: [
      `alter table tasks add constraint tasks_parent_fkey
         foreign key (tenant_id, parent_id) references tasks (tenant_id, id) on delete cascade not valid`,
      `create table fresh (
         tenant_id text, id uuid,
         constraint fresh_fkey foreign key (tenant_id, id) references tasks (tenant_id, id) on delete cascade)`,
      {
        earlier: 'create table bare (id uuid, tenant_id text)',
        up: `alter table bare add constraint bare_fkey
          foreign key (tenant_id, id) references tasks (tenant_id, id) on delete cascade`,
      },
      {
        earlier: 'alter table tasks add constraint tasks_weight_check check (weight > 0) not valid',
        up: 'alter table tasks validate constraint tasks_weight_check',
      },
    ],
  },
  'check-validates-at-once': {
    bad: [
      'alter table tasks add constraint tasks_weight_check check (weight > 0)',
      'alter table tasks add column size integer constraint tasks_size_check check (size > 0)',
    ],
    good: [
      'alter table tasks add constraint tasks_weight_check check (weight > 0) not valid',
      'create table fresh (id integer); alter table fresh add constraint fresh_check check (id > 0)',
    ],
  },
  'key-builds-index': {
    bad: [
      'alter table tasks add constraint tasks_title_key unique (tenant_id, title)',
      'alter table events add constraint events_pkey primary key (tenant_id, at)',
      'alter table tasks add column code text constraint tasks_code_key unique',
    ],
    good: [
      'alter table tasks add constraint tasks_title_key unique using index idx_tasks_title',
      'create table fresh (id uuid, constraint fresh_pkey primary key (id))',
    ],
  },
  'exclusion-builds-index': {
    bad: ['alter table tasks add constraint tasks_excl exclude using gist (title with =)'],
    good: ['create table fresh (id text, constraint fresh_excl exclude using gist (id with =))'],
  },
  'validate-in-same-transaction': {
    bad: [
      `alter table tasks add constraint tasks_weight_check check (weight > 0) not valid;
       alter table tasks validate constraint tasks_weight_check`,
    ],
    good: [
      {
        earlier: 'alter table tasks add constraint tasks_weight_check check (weight > 0) not valid',
        up: 'alter table tasks validate constraint tasks_weight_check',
      },
      `create table fresh (id integer);
       alter table fresh add constraint fresh_check check (id > 0) not valid;
       alter table fresh validate constraint fresh_check`,
    ],
  },
  'index-without-concurrently': {
    bad: [
      'create index idx_tasks_note on tasks (tenant_id, note)',
      'create unique index idx_tasks_note on public.tasks (tenant_id, note)',
      'create index idx_made_by_a_block on unknown_table (a)',
    ],
    good: [
      '-- transaction: no\ncreate index concurrently idx_tasks_note on tasks (tenant_id, note)',
      'create table fresh (id uuid); create index idx_fresh on fresh (id)',
      'create materialized view fresh as select 1 as one; create unique index idx_fresh on fresh (one)',
    ],
  },
  'drop-index-without-concurrently': {
    bad: ['drop index idx_tasks_title', 'drop index public.idx_tasks_title'],
    good: [
      '-- transaction: no\ndrop index concurrently idx_tasks_title',
      'create table fresh (id uuid); create index idx_fresh on fresh (id); drop index idx_fresh',
    ],
  },
  'reindex-without-concurrently': {
    bad: ['reindex table tasks', 'reindex (concurrently off) index idx_tasks_title'],
    good: ['-- transaction: no\nreindex table concurrently tasks', 'reindex (concurrently) table tasks'],
  },
  'refresh-without-concurrently': {
    bad: ['refresh materialized view task_counts'],
    good: [
      'refresh materialized view concurrently task_counts',
      'create materialized view fresh as select 1 as one with no data; refresh materialized view fresh',
    ],
  },
  'index-predicate-not-immutable': {
    bad: [
      'create index idx_recent on tasks (tenant_id, created_at) where created_at > now()',
      'create index idx_recent on tasks (tenant_id, created_at) where created_at > current_date',
      'create index idx_recent on tasks (tenant_id, created_at) where created_at > app.stamp()',
    ],
    good: [
      "create index idx_open on tasks (tenant_id, created_at) where status = 'open'",
      'create index idx_noted on tasks (tenant_id, created_at) where lower(note) is not null',
    ],
  },
  'redundant-index': {
    bad: [
      'create index idx_tasks_tenant on tasks (tenant_id)',
      'create index idx_tasks_again on tasks (tenant_id, title)',
      'create index idx_a on tasks (tenant_id, note); create index idx_b on tasks (tenant_id, note, weight)',
    ],
    good: [
      'create index idx_tasks_note on tasks (tenant_id, note)',
      'create index idx_tasks_open on tasks (tenant_id, title) where note is null',
      'create unique index idx_tasks_title_key on tasks (tenant_id, title)',
      'create index idx_tasks_hash on tasks using hash (tenant_id)',
      'create index idx_tasks_lower on tasks (tenant_id, lower(title))',
      'drop index idx_tasks_title; create index idx_tasks_title2 on tasks (tenant_id, title)',
    ],
  },
  'change-column-type': {
    bad: [
      'alter table tasks alter column title type varchar(50)',
      'alter table tasks alter column note type jsonb using note::jsonb',
      'alter table tasks alter column weight type numeric(5, 3)',
      'alter table tasks alter column labels type text',
      'alter table tasks alter column unknown type text',
    ],
    good: [
      'alter table tasks alter column title type varchar(200)',
      'alter table tasks alter column title type text',
      'alter table tasks alter column weight type numeric(5, 2)',
      'alter table tasks alter column weight type numeric',
      'create table fresh (id integer); alter table fresh alter column id type bigint',
    ],
  },
  'rewrite-table': {
    bad: [
      'alter table tasks set unlogged',
      'alter table tasks set tablespace fast',
      'alter table tasks set access method columnar',
    ],
    good: [
      'create table fresh (id uuid); alter table fresh set unlogged',
      'alter table tasks set (fillfactor = 80)',
    ],
  },
  'vacuum-full': {
    bad: ['vacuum full tasks', 'cluster tasks using tasks_pkey', 'vacuum (full, analyze) tasks'],
    good: ['-- transaction: no\nvacuum tasks', 'analyze tasks', 'vacuum (full false) tasks'],
  },
  'set-storage': {
    bad: ['alter table tasks alter column note set storage external'],
    good: ['create table fresh (id text); alter table fresh alter column id set storage plain'],
  },
  'locks-one-after-another': {
    bad: [
      'alter table tasks add column kind text; drop policy p on events',
      `create trigger t before insert on events for each row execute function touch();
       create table fresh (
         tenant_id text, id uuid,
         constraint fresh_fkey foreign key (tenant_id, id) references tasks (tenant_id, id) on delete cascade)`,
      'drop policy p on tasks; create table events_new partition of events for values from (now()) to (maxvalue)',
    ],
    good: [
      'alter table tasks add column kind text; alter table tasks add column size bigint',
      'lock table tasks, events in access exclusive mode; drop policy p on tasks; drop policy p on events',
      'alter table tasks add column kind text; create table fresh (id uuid); alter table fresh add column kind text',
      "alter table tasks add column kind text; comment on table events is 'Events.'",
      'alter table tasks add column kind text; alter table events validate constraint c',
    ],
  },
  'lock-table': {
    bad: ['lock table tasks in share mode', 'lock tasks'],
    good: ['select id from tasks for update'],
  },
  'disable-trigger': {
    bad: ['alter table tasks disable trigger all', 'alter table tasks disable trigger touch_tasks'],
    good: ['alter table tasks enable trigger touch_tasks', 'drop trigger touch_tasks on tasks'],
  },
  'detach-without-concurrently': {
    bad: ['alter table events detach partition events_old'],
    good: ['-- transaction: no\nalter table events detach partition events_old concurrently'],
  },
  'attach-scans-partition': {
    bad: [
      {
        earlier: 'create table loose (tenant_id text, at timestamptz)',
        up: "alter table events attach partition loose for values from ('2020-01-01') to (maxvalue)",
      },
    ],
    good: [
      {
        earlier: "create table loose (at timestamptz, constraint loose_check check (at >= '2020-01-01'))",
        up: "alter table events attach partition loose for values from ('2020-01-01') to (maxvalue)",
      },
      'create table fresh (at timestamptz); alter table events attach partition fresh default',
    ],
  },
  'whole-table-write': {
    bad: [
      "update tasks set note = ''",
      'delete from tasks',
      'with gone as (delete from tasks returning id) select count(*) from gone',
    ],
    good: [
      "update tasks set note = '' where note is null",
      'create table fresh (id uuid); update fresh set id = null',
      "insert into tasks (title) values ('x')",
    ],
  },
};
