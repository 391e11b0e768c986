-- The task queue: what is to be done, who was given it, and how it went. Still without tenants; 007 gives every row one.
--
-- A task is queued, then dequeued under a lease, then queued again, or completed, failed or cancelled. A lease is a number
-- that grows with every taking (lease_token): who writes under an older one changes nothing.

create table task_queue (
  id uuid not null default gen_random_uuid(),
  task_id varchar(255) not null,
  task_type varchar(50) not null,
  description text not null,
  priority integer not null default 1,
  timeout_ms bigint not null default 30000,
  attempts integer not null default 0,
  max_attempts integer not null default 3,
  budget_max_files integer not null default 40,
  budget_max_loc integer not null default 1500,
  required_capabilities jsonb not null default '{}',
  requirements text collate "C" not null generated always as (required_capabilities::text) stored,
  task_metadata jsonb not null default '{}',
  status varchar(20) not null default 'queued',
  available_at timestamptz not null default now(),
  deadline_at timestamptz not null default 'infinity',
  lease_token integer not null default 0,
  lease_expires_at timestamptz, -- null: nobody has it under a lease
  error_code varchar(100), -- null: no error
  error_message text, -- null: no error
  dequeued_at timestamptz, -- null: nobody has taken it yet
  completed_at timestamptz, -- null: not at its end yet
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint task_queue_pkey primary key (id),
  constraint task_queue_task_id_key unique (task_id),
  constraint task_queue_task_id_check check (length(task_id) > 0),
  constraint task_queue_task_type_check check (
    task_type in ('code-editing', 'code-review', 'analysis', 'research', 'validation', 'general')
  ),
  -- A number, because the names of levels sort by alphabet: high, low, medium.
  constraint task_queue_priority_check check (priority between 1 and 10),
  constraint task_queue_timeout_ms_check check (timeout_ms > 0),
  constraint task_queue_attempts_check check (attempts >= 0),
  constraint task_queue_max_attempts_check check (max_attempts >= 1),
  constraint task_queue_budget_max_files_check check (budget_max_files > 0),
  constraint task_queue_budget_max_loc_check check (budget_max_loc > 0),
  constraint task_queue_required_capabilities_check check (jsonb_typeof(required_capabilities) = 'object'),
  -- It is part of indexes, whose rows have to fit a third of a page.
  constraint task_queue_requirements_check check (octet_length(requirements) <= 2000),
  constraint task_queue_lease_token_check check (lease_token >= 0),
  constraint task_queue_task_metadata_check check (jsonb_typeof(task_metadata) = 'object'),
  constraint task_queue_status_check check (status in ('queued', 'dequeued', 'completed', 'failed', 'cancelled'))
);

-- What a worker takes next, one index for each priority_mode of queue_configuration:
--   select … from task_queue
--   where status = 'queued' and priority >= 1
--     and requirements = $1 and available_at <= now() and deadline_at > now()
--   order by priority desc, created_at limit 1 for update skip locked
-- Two workers never get one task, and neither waits for the other. Only of what is queued: a finished task costs nothing.
-- What is required leads, so that a worker goes from one set of requirements to the next, and tasks that it cannot do cost
-- it nothing either; the two instants come last, so that what has to wait is passed over inside the index. Each index asks
-- for something else that is always so: the planner, which knows no values, would take one for the other and sort.
create index idx_task_queue_dequeue on task_queue (requirements, priority desc, created_at, available_at, deadline_at)
where status = 'queued' and priority >= 1;
create index idx_task_queue_dequeue_fifo on task_queue (requirements, created_at, available_at, deadline_at)
where status = 'queued' and created_at >= '-infinity';
create index idx_task_queue_dequeue_deadline
on task_queue (requirements, deadline_at, priority desc, created_at, available_at)
where status = 'queued' and deadline_at >= '-infinity';
-- Queued tasks whose deadline may have passed, and those that were given up: few.
create index idx_task_queue_deadline on task_queue (deadline_at) where status = 'queued' and deadline_at < 'infinity';
create index idx_task_queue_dead_letters on task_queue (completed_at desc, id desc) where status = 'failed';
-- What is queued has its own indexes: a planner that expects few such rows would find them here, and sort them.
create index idx_task_queue_status on task_queue (status) where status <> 'queued';
create index idx_task_queue_created_at on task_queue (created_at);

create trigger update_task_queue_updated_at
before update on task_queue
for each row execute function update_updated_at_column();

comment on table task_queue is 'Tasks, from when they are given until they are kept as done, failed or cancelled.';
comment on column task_queue.id is 'Identifier of the row.';
comment on column task_queue.task_id is 'Identifier of the task, chosen by whoever gives it.';
comment on column task_queue.task_type is 'code-editing, code-review, analysis, research, validation, or general.';
comment on column task_queue.description is 'What is to be done.';
comment on column task_queue.priority is '1 to 10; 10 is the most urgent, so that order by priority desc takes it first.';
comment on column task_queue.timeout_ms is 'How long the task may take, milliseconds.';
comment on column task_queue.attempts is 'How often it has been tried, since it was given or put back by hand.';
comment on column task_queue.max_attempts is 'How often it may be tried.';
comment on column task_queue.budget_max_files is 'How many files it may change.';
comment on column task_queue.budget_max_loc is 'How many lines of code it may change.';
comment on column task_queue.required_capabilities is
  'What an agent has to be able to do for it: by type of capability a JSON array of values, as in agent_capabilities.';
comment on column task_queue.requirements is 'required_capabilities as text, to be looked up by: tasks that require the same have the same.';
comment on column task_queue.task_metadata is 'Further facts, a JSON object.';
comment on column task_queue.status is 'queued, dequeued, completed, failed, or cancelled.';
comment on column task_queue.available_at is 'Before that nobody takes it: because it was given so, or because it failed and is tried again.';
comment on column task_queue.deadline_at is 'When it has to be done; infinity if it can always be done.';
comment on column task_queue.lease_token is 'How often it was taken; whoever took it last shows the number to finish it.';
comment on column task_queue.lease_expires_at is 'Until when whoever has it is waited for; null while nobody has it under a lease.';
comment on column task_queue.error_code is 'Code of what last went wrong; null if nothing did, or it has none.';
comment on column task_queue.error_message is 'What last went wrong; null if nothing did.';
comment on column task_queue.dequeued_at is 'When it was last taken; null until then.';
comment on column task_queue.completed_at is 'When it was completed, failed or cancelled; null until then.';
comment on column task_queue.created_at is 'When it was given.';
comment on column task_queue.updated_at is 'When the row last changed.';

-- The agent as it was then, and no foreign key: who did what stays known when the agent is renamed or gone.
create table task_assignments (
  id uuid not null default gen_random_uuid(),
  assignment_id varchar(255) not null,
  task_id varchar(255) not null,
  agent_id varchar(255) not null,
  agent_name varchar(255) not null,
  agent_model_family varchar(50) not null,
  assigned_at timestamptz not null default now(),
  deadline timestamptz not null,
  assignment_timeout_ms bigint not null,
  lease_token integer, -- null: it was given by hand, not taken from the queue
  routing_confidence numeric(3, 2), -- null: the choice was not scored
  routing_strategy varchar(30), -- null: somebody chose by hand
  routing_reason text, -- null: none was given
  status varchar(20) not null default 'assigned',
  acknowledged_at timestamptz, -- null: not acknowledged yet
  started_at timestamptz, -- null: not started yet
  completed_at timestamptz, -- null: not at its end yet
  progress numeric(3, 2) not null default 0,
  last_progress_update timestamptz, -- null: no progress was reported yet
  error_message text, -- null: no error
  error_code varchar(100), -- null: no error, or one without a code
  assignment_metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint task_assignments_pkey primary key (id),
  constraint task_assignments_assignment_id_key unique (assignment_id),
  constraint task_assignments_task_id_fkey foreign key (task_id) references task_queue (task_id) on delete cascade,
  constraint task_assignments_assignment_id_check check (length(assignment_id) > 0),
  constraint task_assignments_assignment_timeout_ms_check check (assignment_timeout_ms > 0),
  constraint task_assignments_lease_token_check check (lease_token >= 1),
  constraint task_assignments_routing_confidence_check check (routing_confidence between 0 and 1),
  constraint task_assignments_routing_strategy_check check (
    routing_strategy in ('epsilon-greedy', 'ucb', 'capability-match', 'load-balance')
  ),
  constraint task_assignments_status_check check (
    status in ('assigned', 'acknowledged', 'executing', 'completed', 'failed', 'cancelled')
  ),
  constraint task_assignments_progress_check check (progress between 0 and 1),
  constraint task_assignments_assignment_metadata_check check (jsonb_typeof(assignment_metadata) = 'object')
);

create index idx_task_assignments_task on task_assignments (task_id);
-- Whatever the code above does: of two workers with one task, the second fails.
create unique index one_lease_per_task on task_assignments (task_id)
where lease_token is not null and status::text = any (array['assigned', 'acknowledged', 'executing']);
create index idx_task_assignments_agent on task_assignments (agent_id);
create index idx_task_assignments_status on task_assignments (status);
create index idx_task_assignments_deadline on task_assignments (deadline);
create index idx_task_assignments_created_at on task_assignments (created_at desc);

create trigger update_task_assignments_updated_at
before update on task_assignments
for each row execute function update_updated_at_column();

comment on table task_assignments is 'Which agent was given which task, why, and how far it is.';
comment on column task_assignments.id is 'Identifier of the row.';
comment on column task_assignments.assignment_id is 'Identifier of the assignment, chosen by whoever assigns.';
comment on column task_assignments.task_id is 'Task that was assigned.';
comment on column task_assignments.agent_id is 'Agent that got it; it may be gone by now.';
comment on column task_assignments.agent_name is 'Name of the agent when it got the task.';
comment on column task_assignments.agent_model_family is 'Model family of the agent when it got the task.';
comment on column task_assignments.assigned_at is 'When it was assigned.';
comment on column task_assignments.deadline is 'When it has to be done.';
comment on column task_assignments.assignment_timeout_ms is 'How long the agent may take, milliseconds.';
comment on column task_assignments.lease_token is 'Which taking of the task it is; null if it was given by hand.';
comment on column task_assignments.routing_confidence is 'How sure the choice of the agent was, 0.00 to 1.00; null if it was not scored.';
comment on column task_assignments.routing_strategy is
  'epsilon-greedy, ucb, capability-match, or load-balance; null if somebody chose by hand.';
comment on column task_assignments.routing_reason is 'Why this agent, in words; null if no reason was given.';
comment on column task_assignments.status is 'assigned, acknowledged, executing, completed, failed, or cancelled.';
comment on column task_assignments.acknowledged_at is 'When the agent acknowledged it; null until then.';
comment on column task_assignments.started_at is 'When the agent began; null until then.';
comment on column task_assignments.completed_at is 'When it was completed, failed or cancelled; null until then.';
comment on column task_assignments.progress is 'How far it is, 0.00 to 1.00.';
comment on column task_assignments.last_progress_update is 'When progress was last reported; null until then.';
comment on column task_assignments.error_message is 'What went wrong; null if nothing did.';
comment on column task_assignments.error_code is 'Code of what went wrong; null if nothing did, or it has none.';
comment on column task_assignments.assignment_metadata is 'Further facts, a JSON object.';
comment on column task_assignments.created_at is 'When the row was made.';
comment on column task_assignments.updated_at is 'When the row last changed.';

create table task_execution_history (
  id uuid not null default gen_random_uuid(),
  task_id varchar(255) not null,
  assignment_id varchar(255), -- null: it was run without being assigned
  attempt_number integer not null,
  started_at timestamptz not null,
  completed_at timestamptz, -- null: still running, or nobody heard how it ended
  execution_time_ms bigint, -- null: not at its end yet
  agent_id varchar(255) not null,
  agent_name varchar(255) not null,
  success boolean, -- null: not at its end yet
  quality_score numeric(3, 2), -- null: not rated
  tokens_used integer, -- null: not counted
  error_message text, -- null: no error
  caws_passed boolean, -- null: not checked
  caws_violations jsonb not null default '[]',
  caws_budget_used_files integer, -- null: not counted
  caws_budget_used_loc integer, -- null: not counted
  execution_metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint task_execution_history_pkey primary key (id),
  constraint task_execution_history_task_id_fkey foreign key (task_id)
    references task_queue (task_id) on delete cascade,
  constraint task_execution_history_assignment_id_fkey foreign key (assignment_id)
    references task_assignments (assignment_id) on delete cascade,
  constraint task_execution_history_attempt_number_check check (attempt_number >= 1),
  constraint task_execution_history_execution_time_ms_check check (execution_time_ms >= 0),
  constraint task_execution_history_quality_score_check check (quality_score between 0 and 1),
  constraint task_execution_history_tokens_used_check check (tokens_used >= 0),
  constraint task_execution_history_caws_violations_check check (jsonb_typeof(caws_violations) = 'array'),
  constraint task_execution_history_caws_budget_used_files_check check (caws_budget_used_files >= 0),
  constraint task_execution_history_caws_budget_used_loc_check check (caws_budget_used_loc >= 0),
  constraint task_execution_history_execution_metadata_check check (jsonb_typeof(execution_metadata) = 'object')
);

create index idx_task_execution_history_task on task_execution_history (task_id);
create unique index one_success_per_task on task_execution_history (task_id) where success;
create index idx_task_execution_history_assignment on task_execution_history (assignment_id);
create index idx_task_execution_history_agent on task_execution_history (agent_id);
-- With the time, because one of two values narrows nothing down: the latest failures are what is asked for.
create index idx_task_execution_history_success on task_execution_history (success, started_at desc);
create index idx_task_execution_history_started_at on task_execution_history (started_at desc);

comment on table task_execution_history is 'Every attempt at a task, and how it went.';
comment on column task_execution_history.id is 'Identifier of the row.';
comment on column task_execution_history.task_id is 'Task that was tried.';
comment on column task_execution_history.assignment_id is 'Assignment it was tried under; null if there was none.';
comment on column task_execution_history.attempt_number is 'Which attempt, from 1.';
comment on column task_execution_history.started_at is 'When the attempt began.';
comment on column task_execution_history.completed_at is 'When it ended; null while it runs.';
comment on column task_execution_history.execution_time_ms is 'How long it ran, milliseconds; null while it runs.';
comment on column task_execution_history.agent_id is 'Agent that tried; it may be gone by now.';
comment on column task_execution_history.agent_name is 'Name of the agent when it tried.';
comment on column task_execution_history.success is 'Whether the attempt succeeded; null while it runs.';
comment on column task_execution_history.quality_score is 'Quality of the result, 0.00 to 1.00; null if not rated.';
comment on column task_execution_history.tokens_used is 'Tokens that the model read and wrote; null if not counted.';
comment on column task_execution_history.error_message is 'What went wrong; null if nothing did.';
comment on column task_execution_history.caws_passed is 'Whether the CAWS gates were passed; null if not checked.';
comment on column task_execution_history.caws_violations is 'CAWS rules that were broken, a JSON array.';
comment on column task_execution_history.caws_budget_used_files is 'Files that were changed; null if not counted.';
comment on column task_execution_history.caws_budget_used_loc is 'Lines of code that were changed; null if not counted.';
comment on column task_execution_history.execution_metadata is 'Further facts, a JSON object.';
comment on column task_execution_history.created_at is 'When the row was made.';

create table queue_statistics (
  id uuid not null default gen_random_uuid(),
  recorded_at timestamptz not null default now(),
  queue_depth integer not null default 0,
  total_enqueued bigint not null default 0,
  total_dequeued bigint not null default 0,
  total_completed bigint not null default 0,
  total_failed bigint not null default 0,
  average_wait_time_ms numeric(10, 2), -- null: no task was taken yet
  max_wait_time_ms bigint, -- null: no task was taken yet
  average_processing_time_ms numeric(10, 2), -- null: no task ended yet
  priority_distribution jsonb not null default '{}',
  status_distribution jsonb not null default '{}',
  memory_usage_mb numeric(8, 2), -- null: not measured
  active_connections integer, -- null: not measured
  constraint queue_statistics_pkey primary key (id),
  constraint queue_statistics_recorded_at_key unique (recorded_at),
  constraint queue_statistics_queue_depth_check check (queue_depth >= 0),
  constraint queue_statistics_total_enqueued_check check (total_enqueued >= 0),
  constraint queue_statistics_total_dequeued_check check (total_dequeued >= 0),
  constraint queue_statistics_total_completed_check check (total_completed >= 0),
  constraint queue_statistics_total_failed_check check (total_failed >= 0),
  -- NaN is greater than every number, so an upper bound is what keeps it out.
  constraint queue_statistics_average_wait_time_ms_check check (
    average_wait_time_ms >= 0 and average_wait_time_ms < 'NaN'
  ),
  constraint queue_statistics_max_wait_time_ms_check check (max_wait_time_ms >= 0),
  constraint queue_statistics_average_processing_time_ms_check check (
    average_processing_time_ms >= 0 and average_processing_time_ms < 'NaN'
  ),
  constraint queue_statistics_priority_distribution_check check (jsonb_typeof(priority_distribution) = 'object'),
  constraint queue_statistics_status_distribution_check check (jsonb_typeof(status_distribution) = 'object'),
  constraint queue_statistics_memory_usage_mb_check check (memory_usage_mb >= 0 and memory_usage_mb < 'NaN'),
  constraint queue_statistics_active_connections_check check (active_connections >= 0)
);

comment on table queue_statistics is 'How the queue was doing at a moment, one row a measurement.';
comment on column queue_statistics.id is 'Identifier of the row.';
comment on column queue_statistics.recorded_at is 'When it was measured.';
comment on column queue_statistics.queue_depth is 'Tasks that waited.';
comment on column queue_statistics.total_enqueued is 'Tasks ever given.';
comment on column queue_statistics.total_dequeued is 'Tasks ever taken.';
comment on column queue_statistics.total_completed is 'Tasks ever completed.';
comment on column queue_statistics.total_failed is 'Tasks that ever failed.';
comment on column queue_statistics.average_wait_time_ms is 'Mean time until a task was taken, milliseconds; null before the first.';
comment on column queue_statistics.max_wait_time_ms is 'Longest time until a task was taken, milliseconds; null before the first.';
comment on column queue_statistics.average_processing_time_ms is
  'Mean time from taking a task to its end, milliseconds; null before the first.';
comment on column queue_statistics.priority_distribution is 'Tasks that waited by priority, a JSON object.';
comment on column queue_statistics.status_distribution is 'Tasks by status, a JSON object.';
comment on column queue_statistics.memory_usage_mb is 'Memory of the process that measured, megabytes; null if not measured.';
comment on column queue_statistics.active_connections is 'Connections of the process that measured; null if not measured.';

create table queue_configuration (
  id uuid not null default gen_random_uuid(),
  config_key varchar(100) not null,
  config_value jsonb not null,
  description text, -- null: the key says it all
  updated_at timestamptz not null default now(),
  updated_by varchar(100), -- null: as it was installed
  constraint queue_configuration_pkey primary key (id),
  constraint queue_configuration_config_key_key unique (config_key),
  constraint queue_configuration_config_key_check check (length(config_key) > 0),
  -- What is read at every start of a worker is refused when it is written, not when it is read.
  constraint queue_configuration_config_value_check check (
    case
      when config_key in ('max_capacity', 'default_timeout_ms', 'retry_base_delay_ms', 'retry_max_delay_ms')
        then jsonb_typeof(config_value) = 'number' and config_value > '0'
      when config_key = 'max_retries' then jsonb_typeof(config_value) = 'number' and config_value >= '0'
      when config_key = 'priority_mode' then config_value in ('"fifo"', '"priority"', '"deadline"')
      when config_key = 'persistence_enabled' then jsonb_typeof(config_value) = 'boolean'
      else true
    end
  )
);

create trigger update_queue_configuration_updated_at
before update on queue_configuration
for each row execute function update_updated_at_column();

comment on table queue_configuration is 'Settings of the queue, one row each.';
comment on column queue_configuration.id is 'Identifier of the row.';
comment on column queue_configuration.config_key is 'Name of the setting.';
comment on column queue_configuration.config_value is 'Its value, JSON.';
comment on column queue_configuration.description is 'What it is for; null if its name says it.';
comment on column queue_configuration.updated_at is 'When the row last changed.';
comment on column queue_configuration.updated_by is 'Who last changed it; null while it is as it was installed.';

insert into queue_configuration (config_key, config_value, description) values
  ('max_capacity', '1000', 'How many tasks may wait.'),
  ('default_timeout_ms', '30000', 'How long a task may take that does not say it, milliseconds.'),
  ('max_retries', '3', 'How often a task is tried again that does not say it.'),
  ('retry_base_delay_ms', '1000', 'Longest wait before the first retry, milliseconds; it doubles with each.'),
  ('retry_max_delay_ms', '300000', 'Longest wait before any retry, milliseconds.'),
  ('priority_mode', '"priority"', 'Which task is next: fifo, priority, or deadline.'),
  ('persistence_enabled', 'true', 'Whether the queue outlives its process.');
