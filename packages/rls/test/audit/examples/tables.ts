import { asSuperuser, guard, table, type Examples } from './example.ts';

const plain = (name: string, columns = 'note text'): string =>
  `create table shop.${name} (
     tenant_id text not null default shop.tenant(), id bigint generated always as identity, ${columns},
     primary key (tenant_id, id)
   );`;
const parted = `
  create table shop.events (tenant_id text not null default shop.tenant(), at date not null, primary key (tenant_id, at))
    partition by range (at);
  ${guard('events')}
  create table shop.events_old partition of shop.events for values from (minvalue) to ('2020-01-01');`;
const guardOld = `
  alter table shop.events_old enable row level security; alter table shop.events_old force row level security;
  create policy events_old_own on shop.events_old to example_app
    using (tenant_id = (select shop.tenant())) with check (tenant_id = (select shop.tenant()));`;
const list = 'create table shop.countries (code text primary key);';

export const tableExamples: Examples = {
  'table-without-rls': {
    bad: [
      { sql: plain('notes'), place: 'shop.notes' },
      `create table shop.notes (account_id uuid not null default gen_random_uuid() primary key)`,
    ],
    good: [`${plain('notes')} ${guard('notes')}`, list, `${parted} ${guardOld}`],
  },
  'policies-without-rls': {
    bad: [
      {
        sql: `${plain('notes')} ${guard('notes')} alter table shop.notes disable row level security`,
        place: 'shop.notes',
      },
    ],
    good: [`${plain('notes')} ${guard('notes')}`],
  },
  'rls-not-forced': {
    bad: ['alter table shop.tasks no force row level security'],
    good: [`${plain('notes')} ${guard('notes')}`],
  },
  'rls-without-policy': {
    bad: ['drop policy tasks_own on shop.tasks'],
    good: [`${list} grant select on shop.countries to example_other`],
  },
  'only-restrictive-policies': {
    bad: [
      `drop policy tasks_own on shop.tasks;
       create policy tasks_guard on shop.tasks as restrictive to example_app
         using (tenant_id = (select shop.tenant())) with check (tenant_id = (select shop.tenant()))`,
    ],
    good: [
      `create policy tasks_guard on shop.tasks as restrictive to example_app
         using (tenant_id = (select shop.tenant())) with check (tenant_id = (select shop.tenant()))`,
    ],
  },
  'shared-table-writable': {
    bad: [
      { sql: `${list} grant select, insert on shop.countries to example_app`, place: 'shop.countries' },
      `${list} grant update (code) on shop.countries to public`,
    ],
    good: [
      list,
      `${list} grant insert on shop.countries to example_other`,
      `${list} revoke usage on schema shop from example_app; grant insert on shop.countries to example_app`,
    ],
  },
  'shared-table-readable': {
    bad: [`${list} grant select on shop.countries to example_app`],
    good: [list, `${list} grant select on shop.countries to example_other`],
  },
  'partition-without-rls': {
    bad: [
      { sql: parted, place: 'shop.events_old' },
      `create table shop.heirs (primary key (tenant_id, id)) inherits (shop.tasks)`,
    ],
    good: [`${parted} ${guardOld}`],
  },
  'partition-granted': {
    bad: [`${parted} ${guardOld} grant select on shop.events_old to example_app`],
    good: [`${parted} ${guardOld} grant select on shop.events_old to example_other`],
  },
  'view-without-security-invoker': {
    bad: [
      {
        sql: `create view shop.open as select * from shop.tasks; grant select on shop.open to example_app`,
        place: 'shop.open',
      },
      `create view shop.inner as select * from shop.tasks;
       create view shop.outer as select * from shop.inner; grant select on shop.outer to public`,
      `create view shop.open with (security_invoker = false) as select id from shop.tasks;
       grant update (id) on shop.open to example_app`,
    ],
    good: [
      `create view shop.open with (security_invoker) as select * from shop.tasks; grant select on shop.open to example_app`,
      `create view shop.open as select * from shop.tasks`,
      `${list} create view shop.codes as select code from shop.countries; grant select on shop.codes to example_app`,
    ],
  },
  'materialized-view-granted': {
    bad: [
      `create materialized view shop.counts as select tenant_id, count(*) from shop.tasks group by tenant_id;
       grant select on shop.counts to example_app`,
    ],
    good: [
      `create materialized view shop.counts as select tenant_id, count(*) from shop.tasks group by tenant_id`,
      `${list} create materialized view shop.codes as select code from shop.countries;
       grant select on shop.codes to example_app`,
    ],
  },
  'foreign-table-granted': {
    bad: [
      asSuperuser(`create foreign data wrapper example_wrapper; create server example_server foreign data wrapper example_wrapper;
       create foreign table shop.elsewhere (id integer) server example_server;
       grant select on shop.elsewhere to example_app`),
    ],
    good: [
      asSuperuser(`create foreign data wrapper example_wrapper; create server example_server foreign data wrapper example_wrapper;
       create foreign table shop.elsewhere (id integer) server example_server`),
    ],
  },
  'rule-on-table': {
    bad: ['create rule keep as on delete to shop.tasks do instead nothing'],
    good: [`${list} create rule keep as on delete to shop.countries do instead nothing`],
  },
  'published-without-filter': {
    bad: [
      { sql: asSuperuser('create publication example_all for table shop.tasks'), place: 'shop.tasks' },
      asSuperuser('create publication example_all for tables in schema shop'),
    ],
    good: [
      asSuperuser(`create publication example_one for table shop.tasks where (tenant_id = 'acme')`),
      `${list} ${asSuperuser('create publication example_list for table shop.countries')}`,
    ],
  },
  'statistics-without-tenant': {
    bad: [{ sql: 'create statistics shop.pairs on title, weight from shop.tasks', place: 'shop.pairs' }],
    good: [
      'create statistics shop.pairs on tenant_id, title, weight from shop.tasks',
      'create table shop.pairs (a text, b text); create statistics shop.counts on a, b from shop.pairs',
    ],
  },
  'large-object-reachable': {
    bad: [
      {
        sql: asSuperuser('set local role example_app; select lo_create(0); reset role'),
        place: 'large objects of example_app',
      },
      asSuperuser('select lo_create(4321); grant select on large object 4321 to public'),
    ],
    good: [asSuperuser('select lo_create(0)')],
  },
  'tenant-column-nullable': {
    bad: [
      `create table shop.notes (tenant_id text default shop.tenant()); create index on shop.notes (tenant_id); ${guard('notes')}`,
    ],
    good: [
      `create table shop.notes (tenant_id text not null default shop.tenant()); create index on shop.notes (tenant_id); ${guard('notes')}`,
    ],
  },
  'tenant-column-without-default': {
    bad: ['alter table shop.tasks alter column tenant_id drop default'],
    good: [
      `alter table shop.tasks alter column tenant_id drop default; revoke insert on shop.tasks from example_app`,
    ],
  },
  'tenant-column-without-index': {
    bad: [`create table shop.notes (tenant_id text not null default shop.tenant()); ${guard('notes')}`],
    good: [
      `create table shop.notes (tenant_id text not null default shop.tenant()); create index on shop.notes using hash (tenant_id); ${guard('notes')}`,
    ],
  },
  'unique-without-tenant': {
    bad: [
      { sql: 'create unique index one_title on shop.tasks (title)', place: 'shop.one_title' },
      'alter table shop.tasks add constraint one_weight unique (weight) include (tenant_id)',
      'alter table shop.tasks add constraint one_title exclude (title with =)',
      'create unique index one_title on shop.tasks (lower(title))',
    ],
    good: [
      'create unique index one_title on shop.tasks (tenant_id, title)',
      'create unique index one_title on shop.tasks (title, tenant_id)',
      'create unique index one_id on shop.tasks (id)',
      list,
    ],
  },
  'primary-key-without-tenant': {
    bad: [
      `${table('notes', 'note text').replace('primary key (tenant_id, id)', 'primary key (id)')}
       create index notes_tenant on shop.notes (tenant_id)`,
      `${table('notes', 'key uuid').replace('primary key (tenant_id, id)', 'primary key (key)')}
       create index notes_tenant on shop.notes (tenant_id)`,
    ],
    good: [table('notes', 'note text')],
  },
  'foreign-key-without-tenant': {
    bad: [
      {
        sql: `create unique index one_id on shop.tasks (id);
          ${table('notes', 'task_id bigint constraint of_task references shop.tasks (id)')}`,
        place: 'shop.notes.of_task',
      },
      `create unique index crossed on shop.tasks (title, tenant_id);
       ${table('notes', 'title text, foreign key (tenant_id, title) references shop.tasks (title, tenant_id)')}`,
    ],
    good: [
      table(
        'notes',
        'task_id bigint, foreign key (tenant_id, task_id) references shop.tasks (tenant_id, id)',
      ),
      `${list} ${table('notes', 'country text references shop.countries (code)')}`,
    ],
  },
  'non-leakproof-access-path': {
    bad: [
      { sql: 'create index dead on shop.tasks (tenant_id, status)', place: 'shop.dead' },
      'create index dead on shop.tasks (tenant_id, weight, title)',
      'create index dead on shop.tasks using gin (labels)',
      'create index dead on shop.tasks (tenant_id, lower(title))',
    ],
    good: [
      'create index alive on shop.tasks (tenant_id, title)',
      'create index alive on shop.tasks using brin (id)',
      'create unique index alive on shop.tasks (tenant_id, status)',
      `create table shop.notes (status shop.status); create index alive on shop.notes (status)`,
    ],
  },
  'non-leakproof-index-column': {
    bad: [
      'create index half on shop.tasks (tenant_id, title, status)',
      'create index half on shop.tasks (tenant_id, title, weight, id)',
    ],
    good: [
      'create index whole on shop.tasks (tenant_id, title, id)',
      'create index whole on shop.tasks (tenant_id, title) include (status)',
    ],
  },
  'index-without-tenant': {
    bad: [{ sql: 'create index across on shop.tasks (title, tenant_id)', place: 'shop.across' }],
    good: [
      'create index own on shop.tasks (tenant_id, title)',
      `create index own on shop.tasks (id);
       create policy tasks_first on shop.tasks to example_service using (id = (select 1))`,
      'create index own on shop.tasks using hash (title)',
      `${list} ${table('notes', 'country text references shop.countries (code)')}
       create index of_country on shop.notes (country, note_at)`.replace(
        'country text',
        'note_at date, country text',
      ),
    ],
  },
};
