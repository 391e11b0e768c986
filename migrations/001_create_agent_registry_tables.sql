-- Agents: who there is. Still without tenants; 007 gives every row one.

create schema app;

comment on schema app is 'Functions and tables of the data layer itself; applications use what is in public.';

create function update_updated_at_column() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

comment on function update_updated_at_column() is 'Trigger: sets updated_at of a changed row.';

create table agent_profiles (
  id varchar(255) not null default gen_random_uuid()::text,
  name varchar(255) not null,
  model_family varchar(50) not null,
  status varchar(20) not null default 'active',
  config jsonb not null default '{}',
  active_tasks integer not null default 0,
  queued_tasks integer not null default 0,
  utilization_percent numeric(5, 2) not null default 0,
  registered_at timestamptz not null default now(),
  last_active_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_profiles_pkey primary key (id),
  constraint unique_agent_name unique (name),
  constraint agent_profiles_name_check check (length(name) > 0),
  constraint agent_profiles_status_check check (status in ('active', 'inactive', 'archived')),
  constraint agent_profiles_config_check check (jsonb_typeof(config) = 'object'),
  constraint agent_profiles_active_tasks_check check (active_tasks >= 0),
  constraint agent_profiles_queued_tasks_check check (queued_tasks >= 0),
  constraint agent_profiles_utilization_percent_check check (utilization_percent between 0 and 100)
);

create index idx_agent_profiles_last_active on agent_profiles (last_active_at desc);

create trigger update_agent_profiles_updated_at
before update on agent_profiles
for each row execute function update_updated_at_column();

comment on table agent_profiles is 'Agents: whoever or whatever does tasks, decides, or is known to the graph.';
comment on column agent_profiles.id is 'Identifier, chosen by the caller or a random UUID.';
comment on column agent_profiles.name is 'Display name.';
comment on column agent_profiles.model_family is 'Family of the model behind the agent; human for people.';
comment on column agent_profiles.status is 'active, inactive, or archived.';
comment on column agent_profiles.config is 'Settings of the agent, a JSON object.';
comment on column agent_profiles.active_tasks is 'Tasks the agent works on now.';
comment on column agent_profiles.queued_tasks is 'Tasks that wait for the agent.';
comment on column agent_profiles.utilization_percent is 'Load, 0 to 100.';
comment on column agent_profiles.registered_at is 'When the agent was registered.';
comment on column agent_profiles.last_active_at is 'When the agent last did something.';
comment on column agent_profiles.created_at is 'When the row was made.';
comment on column agent_profiles.updated_at is 'When the row last changed.';
