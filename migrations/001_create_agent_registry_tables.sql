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
  embedding vector(768), -- null: not embedded yet
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
  constraint agent_profiles_embedding_check check (cosine_distance(embedding, embedding) < 1),
  constraint agent_profiles_active_tasks_check check (active_tasks >= 0),
  constraint agent_profiles_queued_tasks_check check (queued_tasks >= 0),
  constraint agent_profiles_utilization_percent_check check (utilization_percent between 0 and 100)
);

create index idx_agent_profiles_last_active on agent_profiles (last_active_at desc);
-- Who has not been seen for long is looked for among those alone who are not archived already.
create index idx_agent_profiles_stale on agent_profiles (last_active_at) where status = 'active';
create index idx_agent_profiles_utilization on agent_profiles (utilization_percent) where active_tasks < 10;

create trigger update_agent_profiles_updated_at
before update on agent_profiles
for each row execute function update_updated_at_column();

comment on table agent_profiles is 'Agents: whoever or whatever does tasks, decides, or is known to the graph.';
comment on column agent_profiles.id is 'Identifier, chosen by the caller or a random UUID.';
comment on column agent_profiles.name is 'Display name.';
comment on column agent_profiles.model_family is 'Family of the model behind the agent; human for people.';
comment on column agent_profiles.status is
  'active; inactive: switched off, until somebody switches it on; archived: not seen for long, until it is seen again.';
comment on column agent_profiles.config is 'Settings of the agent, a JSON object.';
comment on column agent_profiles.embedding is 'Embedding with 768 dimensions; null until it is embedded.';
comment on column agent_profiles.active_tasks is 'Tasks the agent works on now; a row in current_load is newer.';
comment on column agent_profiles.queued_tasks is 'Tasks that wait for the agent; a row in current_load is newer.';
comment on column agent_profiles.utilization_percent is 'Load, 0 to 100; a row in current_load is newer.';
comment on column agent_profiles.registered_at is 'When the agent was registered.';
comment on column agent_profiles.last_active_at is 'When the agent last did something.';
comment on column agent_profiles.created_at is 'When the row was made.';
comment on column agent_profiles.updated_at is 'When the row last changed.';

-- What an agent can do, by value: matched exactly. What it has shown that it can do is 006's, and matched by meaning.
create table agent_capabilities (
  id uuid not null default gen_random_uuid(),
  agent_id varchar(255) not null,
  capability_type varchar(50) not null,
  capability_value varchar(100) not null,
  created_at timestamptz not null default now(),
  constraint agent_capabilities_pkey primary key (id),
  -- Leads with the agent, so it is also the index of the foreign key.
  constraint unique_agent_capability_value unique (agent_id, capability_type, capability_value),
  constraint agent_capabilities_agent_id_fkey foreign key (agent_id) references agent_profiles (id) on delete cascade,
  constraint agent_capabilities_capability_type_check check (
    capability_type in ('task_type', 'language', 'specialization')
  ),
  constraint agent_capabilities_capability_value_check check (length(capability_value) > 0)
);

create index idx_agent_capabilities_type_value on agent_capabilities (capability_type, capability_value, agent_id);

comment on table agent_capabilities is 'What agents declare that they can do, for routing by exact value.';
comment on column agent_capabilities.id is 'Identifier of the row.';
comment on column agent_capabilities.agent_id is 'Agent that has the capability.';
comment on column agent_capabilities.capability_type is 'task_type, language, or specialization.';
comment on column agent_capabilities.capability_value is 'Which one: a type of task, a programming language, a subject.';
comment on column agent_capabilities.created_at is 'When the row was made.';

-- Sums are kept and rates computed from them: a rate that is carried on from its rounded self drifts away from the events.
-- Before its first task an agent has the rates that are assumed of it.
create table agent_performance_history (
  agent_id varchar(255) not null,
  task_count integer not null default 0,
  success_count integer not null default 0,
  quality_sum numeric(14, 4) not null default 0,
  latency_sum_ms bigint not null default 0,
  success_rate numeric(5, 4) not null generated always as (
    case when task_count = 0 then 0.8 else round(success_count::numeric / task_count, 4) end
  ) stored,
  average_quality numeric(5, 4) not null generated always as (
    case when task_count = 0 then 0.7 else round(quality_sum / task_count, 4) end
  ) stored,
  average_latency_ms integer not null generated always as (
    case when task_count = 0 then 5000 else round(latency_sum_ms::numeric / task_count)::integer end
  ) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_performance_history_pkey primary key (agent_id),
  constraint agent_performance_history_agent_id_fkey foreign key (agent_id)
    references agent_profiles (id) on delete cascade,
  -- No sum fits a negative count either.
  constraint agent_performance_history_success_count_check check (success_count between 0 and task_count),
  constraint agent_performance_history_quality_sum_check check (quality_sum between 0 and task_count),
  constraint agent_performance_history_latency_sum_ms_check check (
    latency_sum_ms between 0 and task_count * 2147483647::bigint
  )
);

create index idx_agent_performance_history_success_rate on agent_performance_history (success_rate desc);

create trigger update_agent_performance_history_updated_at
before update on agent_performance_history
for each row execute function update_updated_at_column();

comment on table agent_performance_history is 'How well an agent has done so far, one row an agent.';
comment on column agent_performance_history.agent_id is 'Agent it is about.';
comment on column agent_performance_history.task_count is 'Tasks that the figures are drawn from; 0: the rates are assumed.';
comment on column agent_performance_history.success_count is 'How many of them succeeded.';
comment on column agent_performance_history.quality_sum is 'Sum of their qualities, exact.';
comment on column agent_performance_history.latency_sum_ms is 'Sum of the times they took, milliseconds, exact.';
comment on column agent_performance_history.success_rate is
  'success_count / task_count, 0.0000 to 1.0000; 0.8 before the first task.';
comment on column agent_performance_history.average_quality is
  'quality_sum / task_count, 0.0000 to 1.0000; 0.7 before the first task.';
comment on column agent_performance_history.average_latency_ms is
  'latency_sum_ms / task_count, milliseconds; 5000 before the first task.';
comment on column agent_performance_history.created_at is 'When the row was made.';
comment on column agent_performance_history.updated_at is 'When the row last changed.';

create table agent_performance_events (
  id uuid not null default gen_random_uuid(),
  agent_id varchar(255) not null,
  task_id varchar(255), -- null: the event belongs to no task that is known here
  success boolean not null,
  quality_score numeric(5, 4) not null,
  latency_ms integer not null,
  tokens_used integer, -- null: not counted
  task_type varchar(50), -- null: not told
  recorded_at timestamptz not null default now(),
  constraint agent_performance_events_pkey primary key (id),
  constraint agent_performance_events_agent_id_fkey foreign key (agent_id)
    references agent_profiles (id) on delete cascade,
  constraint agent_performance_events_task_id_check check (task_id <> ''),
  constraint agent_performance_events_quality_score_check check (quality_score between 0 and 1),
  constraint agent_performance_events_latency_ms_check check (latency_ms >= 0),
  constraint agent_performance_events_tokens_used_check check (tokens_used >= 0)
);

create index idx_agent_performance_events_recorded_at on agent_performance_events (recorded_at desc);
-- Leads with the agent, so it is also the index of the foreign key; ends with what tells events of one moment apart.
create index idx_agent_performance_events_agent on agent_performance_events (agent_id, recorded_at desc, id desc);

comment on table agent_performance_events is 'Single results of agents, which agent_performance_history sums up.';
comment on column agent_performance_events.id is 'Identifier of the event.';
comment on column agent_performance_events.agent_id is 'Agent that did the task.';
comment on column agent_performance_events.task_id is 'Task, as whoever gave it calls it; null if it is not known.';
comment on column agent_performance_events.success is 'Whether the task succeeded.';
comment on column agent_performance_events.quality_score is 'Quality of the result, 0.0000 to 1.0000.';
comment on column agent_performance_events.latency_ms is 'How long it took, milliseconds.';
comment on column agent_performance_events.tokens_used is 'Tokens that the model read and wrote; null if not counted.';
comment on column agent_performance_events.task_type is 'Type of the task; null if not told.';
comment on column agent_performance_events.recorded_at is 'When it was recorded.';

-- Apart from the profile, because it changes with every task, and a profile with its embedding is a wide row.
create table current_load (
  agent_id varchar(255) not null,
  active_tasks integer not null default 0,
  queued_tasks integer not null default 0,
  capacity integer, -- null: not stated
  utilization_percent numeric(5, 2) not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint current_load_pkey primary key (agent_id),
  constraint current_load_agent_id_fkey foreign key (agent_id) references agent_profiles (id) on delete cascade,
  constraint current_load_active_tasks_check check (active_tasks >= 0),
  constraint current_load_queued_tasks_check check (queued_tasks >= 0),
  constraint current_load_capacity_check check (capacity >= 1),
  constraint current_load_utilization_percent_check check (utilization_percent between 0 and 100)
);

create index idx_current_load_utilization on current_load (utilization_percent);
create index idx_current_load_active_tasks on current_load (active_tasks);

create function compute_utilization() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.utilization_percent := least(100, round(100.0 * new.active_tasks / new.capacity, 2));
  return new;
end
$$;

comment on function compute_utilization() is 'Trigger: computes utilization_percent of a load from its capacity.';

create trigger compute_current_load_utilization
before insert or update on current_load
for each row when (new.capacity >= 1) execute function compute_utilization();

create trigger update_current_load_updated_at
before update on current_load
for each row execute function update_updated_at_column();

comment on table current_load is
  'What an agent is busy with now, at most one row an agent. Where there is one, the views show it and not the profile''s figures.';
comment on column current_load.agent_id is 'Agent it is about.';
comment on column current_load.active_tasks is 'Tasks the agent works on now.';
comment on column current_load.queued_tasks is 'Tasks that wait for the agent.';
comment on column current_load.capacity is 'Tasks the agent can work on at once; null if nobody has stated that.';
comment on column current_load.utilization_percent is
  'Load, 0 to 100: active_tasks in percent of capacity, at most 100, whatever is written; as last given where there is no capacity.';
comment on column current_load.created_at is 'When the row was made.';
comment on column current_load.updated_at is 'When the row last changed.';

-- Capabilities are summed up by agent, and not by a group by over the join: that would tie the view to a primary key.
create view agent_profiles_with_capabilities with (security_invoker = true) as
select
  profile.id,
  profile.name,
  profile.model_family,
  profile.status,
  profile.config,
  coalesce(load.active_tasks, profile.active_tasks) as active_tasks,
  coalesce(load.queued_tasks, profile.queued_tasks) as queued_tasks,
  coalesce(load.utilization_percent, profile.utilization_percent) as utilization_percent,
  profile.registered_at,
  profile.last_active_at,
  profile.created_at,
  profile.updated_at,
  history.success_rate,
  history.average_quality,
  history.average_latency_ms,
  history.task_count,
  capability.capabilities,
  capability.task_types,
  capability.languages,
  capability.specializations
from agent_profiles as profile
left join current_load as load on load.agent_id = profile.id
left join agent_performance_history as history on history.agent_id = profile.id
cross join lateral (
  select
    coalesce(
      jsonb_agg(
        jsonb_build_object('type', own.capability_type, 'value', own.capability_value)
        order by own.capability_type, own.capability_value
      ),
      '[]'
    ) as capabilities,
    coalesce(
      array_agg(own.capability_value::text order by own.capability_value)
      filter (where own.capability_type = 'task_type'),
      '{}'
    ) as task_types,
    coalesce(
      array_agg(own.capability_value::text order by own.capability_value)
      filter (where own.capability_type = 'language'),
      '{}'
    ) as languages,
    coalesce(
      array_agg(own.capability_value::text order by own.capability_value)
      filter (where own.capability_type = 'specialization'),
      '{}'
    ) as specializations
  from agent_capabilities as own
  where own.agent_id = profile.id
) as capability;

comment on view agent_profiles_with_capabilities is
  'Agents with their performance, their present load, and what they declare that they can do.';
comment on column agent_profiles_with_capabilities.id is 'Identifier of the agent.';
comment on column agent_profiles_with_capabilities.name is 'Display name.';
comment on column agent_profiles_with_capabilities.model_family is 'Family of the model behind the agent; human for people.';
comment on column agent_profiles_with_capabilities.status is 'active, inactive, or archived.';
comment on column agent_profiles_with_capabilities.config is 'Settings of the agent, a JSON object.';
comment on column agent_profiles_with_capabilities.active_tasks is 'Tasks the agent works on now.';
comment on column agent_profiles_with_capabilities.queued_tasks is 'Tasks that wait for the agent.';
comment on column agent_profiles_with_capabilities.utilization_percent is 'Load, 0 to 100.';
comment on column agent_profiles_with_capabilities.registered_at is 'When the agent was registered.';
comment on column agent_profiles_with_capabilities.last_active_at is 'When the agent last did something.';
comment on column agent_profiles_with_capabilities.created_at is 'When the agent''s profile was made.';
comment on column agent_profiles_with_capabilities.updated_at is 'When the agent''s profile last changed.';
comment on column agent_profiles_with_capabilities.success_rate is 'Share of its tasks that succeeded; null without a performance history.';
comment on column agent_profiles_with_capabilities.average_quality is 'Mean quality of its results; null without a performance history.';
comment on column agent_profiles_with_capabilities.average_latency_ms is 'Mean time a task takes it, milliseconds; null without a performance history.';
comment on column agent_profiles_with_capabilities.task_count is 'Tasks that the figures are drawn from; null without a performance history.';
comment on column agent_profiles_with_capabilities.capabilities is 'Every capability, a JSON array of {type, value}.';
comment on column agent_profiles_with_capabilities.task_types is 'Types of tasks it takes.';
comment on column agent_profiles_with_capabilities.languages is 'Programming languages it knows.';
comment on column agent_profiles_with_capabilities.specializations is 'Subjects it is good at.';

-- In no order: whoever routes says `order by success_rate desc` or another one.
create view available_agents with (security_invoker = true) as
select
  profile.id,
  profile.name,
  profile.model_family,
  coalesce(load.active_tasks, profile.active_tasks) as active_tasks,
  coalesce(load.queued_tasks, profile.queued_tasks) as queued_tasks,
  coalesce(load.utilization_percent, profile.utilization_percent) as utilization_percent,
  profile.last_active_at,
  history.success_rate,
  history.average_quality,
  history.average_latency_ms,
  history.task_count
from agent_profiles as profile
join agent_performance_history as history on history.agent_id = profile.id
left join current_load as load on load.agent_id = profile.id
where profile.status = 'active'
  and profile.last_active_at > now() - interval '24 hours'
  and coalesce(load.utilization_percent, profile.utilization_percent) < 80;

comment on view available_agents is
  'Agents that can take a task: active, seen in the last 24 hours, less than 80 percent busy, and with a performance history.';
comment on column available_agents.id is 'Identifier of the agent.';
comment on column available_agents.name is 'Display name.';
comment on column available_agents.model_family is 'Family of the model behind the agent; human for people.';
comment on column available_agents.active_tasks is 'Tasks the agent works on now.';
comment on column available_agents.queued_tasks is 'Tasks that wait for the agent.';
comment on column available_agents.utilization_percent is 'Load, 0 to less than 80.';
comment on column available_agents.last_active_at is 'When the agent last did something.';
comment on column available_agents.success_rate is 'Share of its tasks that succeeded, 0.0000 to 1.0000.';
comment on column available_agents.average_quality is 'Mean quality of its results, 0.0000 to 1.0000.';
comment on column available_agents.average_latency_ms is 'Mean time a task takes it, milliseconds.';
comment on column available_agents.task_count is 'Tasks that the figures are drawn from; 0: they are assumed.';
