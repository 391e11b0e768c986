import type { Examples } from './example.ts';

/** A table as it should be, with something in it or behind it. */
const table = (parts: string, after = ''): string => `
  create table fresh (
    tenant_id varchar(255) not null, id uuid not null, task_id uuid, code text,
    constraint fresh_pkey primary key (tenant_id, id)${parts === '' ? '' : `, ${parts}`}
  );
  select app.isolate_tenant_table('fresh', 'tenant_id', 'fresh_isolation');
  ${after}`;

const reference = (columns: string, end = 'on delete cascade'): string =>
  `constraint fresh_task_fkey foreign key (${columns}) references tasks (tenant_id, id) ${end}`;

export const tenantExamples: Examples = {
  'table-without-tenant': {
    bad: [
      'create table fresh (id uuid)',
      'create table app.fresh (id uuid)',
      'create table fresh as select 1 as one',
    ],
    good: [
      table(''),
      'create table fresh (like tasks)',
      'create temporary table scratch (id uuid)',
      "create table owners (id text); select app.isolate_tenant_table('owners', 'id', 'p')",
      'create table events_new partition of events default',
    ],
  },
  'tenant-not-first-in-primary-key': {
    bad: [
      'create table fresh (tenant_id text, id uuid, constraint fresh_pkey primary key (id))',
      'create table fresh (tenant_id text, id uuid, constraint fresh_pkey primary key (id, tenant_id))',
      'create table fresh (tenant_id text, id uuid)',
      'create table fresh (like tasks including defaults)',
    ],
    good: [
      table(''),
      'create table fresh (like tasks including all)',
      `create table fresh (tenant_id text, id uuid);
       alter table fresh add constraint fresh_pkey primary key (tenant_id, id)`,
      'create table fresh (id uuid, constraint fresh_pkey primary key (id))',
    ],
  },
  'unique-without-tenant': {
    bad: [
      table('constraint fresh_code_key unique (code)'),
      table('', 'create unique index idx_fresh_code on fresh (code);'),
      table('', 'create unique index idx_fresh_code on fresh (lower(code), tenant_id);'),
      'create unique index idx_tasks_title_key on tasks (title)',
    ],
    good: [
      table('constraint fresh_code_key unique (tenant_id, code)'),
      table('', 'create unique index idx_fresh_code on fresh (tenant_id, lower(code));'),
      'create table fresh (id uuid, constraint fresh_key unique (id))',
    ],
  },
  'foreign-key-without-tenant': {
    bad: [
      table('constraint fresh_task_fkey foreign key (task_id) references tasks (id) on delete cascade'),
      table(reference('task_id, tenant_id')),
      table(
        'constraint f foreign key (tenant_id, task_id) references tasks (id, tenant_id) on delete cascade',
      ),
      'alter table tasks add constraint tasks_fkey foreign key (id) references tasks (id) on delete cascade not valid',
    ],
    good: [
      table(reference('tenant_id, task_id')),
      table('constraint fresh_kind_fkey foreign key (code) references kinds (code) on delete restrict'),
    ],
  },
  'foreign-key-clears-tenant': {
    bad: [
      table(reference('tenant_id, task_id', 'on delete set null')),
      table(reference('tenant_id, task_id', 'on delete set default (tenant_id, task_id)')),
    ],
    good: [
      table(reference('tenant_id, task_id', 'on delete set null (task_id)')),
      table(reference('tenant_id, task_id')),
    ],
  },
  'foreign-key-without-on-delete': {
    bad: [
      table(reference('tenant_id, task_id', '')),
      table(reference('tenant_id, task_id', 'on update cascade')),
      'create table fresh (a uuid constraint a references tasks (id), b uuid constraint b references tasks (id) on delete cascade)',
    ],
    good: [
      table(reference('tenant_id, task_id', 'on delete no action deferrable')),
      table(reference('tenant_id, task_id', 'on delete restrict')),
    ],
  },
  'foreign-key-without-index': {
    bad: [
      table(reference('tenant_id, task_id')),
      table(reference('tenant_id, task_id'), 'create index idx_fresh on fresh (tenant_id, code, task_id);'),
      table(
        reference('tenant_id, task_id'),
        "create index idx_fresh on fresh (tenant_id, task_id) where code = 'a';",
      ),
      table(
        reference('tenant_id, task_id'),
        'create index idx_fresh on fresh using gin (tenant_id, task_id);',
      ),
    ],
    good: [
      table(reference('tenant_id, task_id'), 'create index idx_fresh on fresh (tenant_id, task_id, code);'),
      table(
        reference('tenant_id, task_id'),
        'create index idx_fresh on fresh (tenant_id, task_id) where task_id is not null;',
      ),
      table(`constraint fresh_key unique (tenant_id, task_id), ${reference('tenant_id, task_id')}`),
      table(reference('tenant_id, id')),
      table(
        reference('tenant_id, task_id'),
        `create unique index fresh_key on fresh (tenant_id, task_id);
         alter table fresh add constraint fresh_key unique using index fresh_key;`,
      ),
      {
        // 007 does this to the tables from before tenants: their indexes lead with the tenant from then on.
        earlier: `create table old (id uuid, task_id uuid);
          create index idx_old on old (task_id);
          do $$ begin perform app.isolate_tenant_table(t, 'tenant_id', 'p') from unnest('{old}'::text[] || 'old') t; end $$`,
        up: `alter table old add constraint old_fkey foreign key (tenant_id, task_id)
          references tasks (tenant_id, id) on delete cascade not valid`,
      },
    ],
  },
  'missing-row-level-security': {
    bad: [
      'create table fresh (tenant_id text, id uuid)',
      'create table fresh (tenant_id text, id uuid); alter table fresh enable row level security',
      'create table events_new partition of events default',
    ],
    good: [
      table(''),
      `create table fresh (tenant_id text, id uuid);
       alter table fresh enable row level security, force row level security`,
      `create table events_new partition of events default;
       alter table events_new enable row level security, force row level security`,
      'create temporary table scratch (tenant_id text)',
    ],
  },
  'weakens-row-level-security': {
    bad: [
      'alter table tasks disable row level security',
      'alter table tasks no force row level security',
      'drop policy tasks_tenant_guard on tasks',
    ],
    good: ['alter table tasks force row level security', 'drop policy tasks_service on tasks'],
  },
  'policy-lets-everybody': {
    bad: [
      'create policy p on tasks to agent_agency_app using (true)',
      'create policy p on tasks using (true)',
      'create policy p on tasks for insert to agent_agency_app, agent_agency_service with check (true)',
    ],
    good: [
      'create policy p on tasks to agent_agency_service using (true) with check (true)',
      'create policy p on tasks as restrictive using (true)',
      'create policy p on tasks to agent_agency_app using (tenant_id = (select app.current_tenant_id()))',
    ],
  },
  'policy-asks-every-row': {
    bad: [
      'create policy p on tasks using (tenant_id = app.current_tenant_id())',
      "create policy p on tasks using (tenant_id = current_setting('app.current_tenant'))",
      'create policy p on tasks using ((select true)) with check (tenant_id = app.current_tenant_id())',
    ],
    good: ['create policy p on tasks using (tenant_id = (select app.current_tenant_id()))'],
  },
  'view-without-security-invoker': {
    bad: [
      'create view fresh as select id from tasks',
      'create view fresh with (security_invoker = false) as select id from tasks',
      'alter view open_tasks set (security_invoker = off)',
    ],
    good: [
      'create view fresh with (security_invoker = true) as select id from tasks',
      'create view fresh with (security_invoker) as select id from tasks',
      'create view fresh as select id from tasks; alter view fresh set (security_invoker = true)',
    ],
  },
  'materialized-view-within-reach': {
    bad: [
      'grant select on task_counts to agent_agency_app',
      'grant select on open_tasks, task_counts to public',
      'grant select on events_old to agent_agency_readonly',
    ],
    good: [
      'grant select on task_counts to agent_agency_service',
      'grant select on tasks, events to agent_agency_app',
      'revoke all on task_counts from agent_agency_app',
    ],
  },
  'non-leakproof-access-path': {
    bad: [
      'create index i on tasks (tenant_id, status)',
      'create index i on tasks (tenant_id, weight)',
      'create index i on tasks (tenant_id, labels)',
      'create index i on tasks using gin (labels)',
      'create index i on tasks using gist (labels)',
      'create index i on tasks (tenant_id, lower(title))',
      'alter table tasks add column body jsonb; create index i on tasks (tenant_id, body)',
    ],
    good: [
      'create index i on tasks (tenant_id, title, status)',
      'create index i on tasks (tenant_id, created_at desc)',
      'create index i on tasks using brin (created_at)',
      // btree_gist has the operators of btree.
      'create index i on tasks using gist (tenant_id, title)',
      // Nobody here knows what a domain compares as.
      'create index i on tasks (tenant_id, quality)',
      'alter table tasks add column embedding vector(768); create index i on tasks using hnsw (embedding vector_cosine_ops)',
      'create table fresh (kind status); create index i on fresh (kind)',
    ],
  },
  'index-without-tenant': {
    bad: [
      'create index i on tasks (title)',
      'create index i on tasks (lower(title))',
      {
        earlier: `create table old (id uuid, name text);
          do $$ begin perform app.isolate_tenant_table('old', 'tenant_id', 'p'); end $$`,
        up: 'create index i on old (name)',
      },
    ],
    good: [
      'create index i on tasks (tenant_id, title)',
      'create index i on tasks using gin (labels)',
      'create table fresh (id uuid); create index i on fresh (id)',
    ],
  },
};
