/** A migration after `EARLIER`; the text alone when only the up file matters. */
export type Example = string | { readonly up: string; readonly down?: string; readonly earlier?: string };

/** Of each rule what it finds, and what comes close and is right. */
export type Examples = Readonly<
  Record<string, { readonly bad: readonly Example[]; readonly good: readonly Example[] }>
>;

/** What is there before each example. */
export const EARLIER = `
create type status as enum ('open', 'done');
create domain score as numeric check (value >= 0);
create table tasks (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  title varchar(100) not null,
  note text,
  weight numeric(3, 2),
  status status not null,
  quality score,
  labels text[] not null,
  created_at timestamptz not null default now(),
  constraint tasks_pkey primary key (tenant_id, id)
);
create index idx_tasks_title on tasks (tenant_id, title);
create trigger touch_tasks before update on tasks for each row execute function touch();
create materialized view task_counts as select tenant_id, count(*) from tasks group by tenant_id;
create table events (tenant_id varchar(255) not null, at timestamptz not null) partition by range (at);
create table events_old partition of events for values from (minvalue) to ('2020-01-01');
create function app.stamp() returns timestamptz language sql stable parallel safe return now();
create view open_tasks with (security_invoker = true) as select id from tasks;
select app.isolate_tenant_table('tasks', 'tenant_id', 'task_isolation');
select app.isolate_tenant_table('events', 'tenant_id', 'event_isolation');
`;
