-- Performance: what happened, what it says of agents, what they are measured with and learn from. Still without
-- tenants; 007 gives every row one. Identifiers of agents and tasks are not foreign keys: what was measured stays
-- when the agent or the task goes.

create table performance_events (
  id uuid not null default gen_random_uuid(),
  event_type varchar(50) not null,
  timestamp timestamptz not null default now(),
  agent_id varchar(255), -- null: the event is of no agent
  task_id varchar(255), -- null: the event is of no task
  integrity_hash varchar(128) not null,
  latency_metrics jsonb, -- null, here and below: not measured
  accuracy_metrics jsonb,
  resource_metrics jsonb,
  compliance_metrics jsonb,
  cost_metrics jsonb,
  reliability_metrics jsonb,
  context jsonb, -- null: none was given
  metadata jsonb, -- null: none was given
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint performance_events_pkey primary key (id),
  constraint performance_events_integrity_hash_unique unique (integrity_hash),
  constraint performance_events_event_type_check check (
    event_type in (
      'task_execution_start',
      'task_execution_complete',
      'routing_decision',
      'agent_selection',
      'constitutional_validation',
      'evaluation_outcome',
      'anomaly_detected',
      'system_load_spike'
    )
  ),
  constraint performance_events_agent_id_check check (length(agent_id) > 0),
  constraint performance_events_task_id_check check (length(task_id) > 0),
  constraint performance_events_integrity_hash_check check (length(integrity_hash) > 0),
  constraint performance_events_latency_metrics_check check (jsonb_typeof(latency_metrics) = 'object'),
  constraint performance_events_accuracy_metrics_check check (jsonb_typeof(accuracy_metrics) = 'object'),
  constraint performance_events_resource_metrics_check check (jsonb_typeof(resource_metrics) = 'object'),
  constraint performance_events_compliance_metrics_check check (jsonb_typeof(compliance_metrics) = 'object'),
  constraint performance_events_cost_metrics_check check (jsonb_typeof(cost_metrics) = 'object'),
  constraint performance_events_reliability_metrics_check check (jsonb_typeof(reliability_metrics) = 'object'),
  constraint performance_events_context_check check (jsonb_typeof(context) = 'object'),
  constraint performance_events_metadata_check check (jsonb_typeof(metadata) = 'object')
);

-- "The last day" is a range of these indexes; an index of only the last day cannot be, its condition would change by itself.
create index idx_performance_events_timestamp on performance_events (timestamp desc);
create index idx_performance_events_agent_id on performance_events (agent_id, timestamp desc);
create index idx_performance_events_task_id on performance_events (task_id);
create index idx_performance_events_event_type on performance_events (event_type, timestamp desc);

-- Not a CHECK: one that asks for the time could refuse, on another day or server, a row of a backup.
create function app.check_performance_event_timestamp() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'check_violation',
    message = 'a performance event cannot be more than an hour in the future',
    schema = tg_table_schema,
    table = tg_table_name,
    column = 'timestamp',
    constraint = 'performance_events_timestamp_not_future';
end
$$;

comment on function app.check_performance_event_timestamp() is
  'Trigger: refuses the row; its condition is what finds events of the future.';

create trigger performance_events_timestamp_not_future
before insert or update of timestamp on performance_events
for each row when (new.timestamp > now() + interval '1 hour')
execute function app.check_performance_event_timestamp();

create trigger update_performance_events_updated_at
before update on performance_events
for each row execute function update_updated_at_column();

comment on table performance_events is 'Single events as they were measured, each with a hash of its content.';
comment on column performance_events.id is 'Identifier.';
comment on column performance_events.event_type is 'What happened: one of eight kinds.';
comment on column performance_events.timestamp is 'When it happened; at most an hour ahead of the server''s clock.';
comment on column performance_events.agent_id is 'Agent it happened to; null when it was none. Not a foreign key: events stay.';
comment on column performance_events.task_id is 'Task it happened in; null when it was none. Not a foreign key: events stay.';
comment on column performance_events.integrity_hash is 'Hash of the event, made by who recorded it; one event is recorded once.';
comment on column performance_events.latency_metrics is 'Durations in ms, a JSON object; averageMs counts in summaries.';
comment on column performance_events.accuracy_metrics is 'Success and quality, a JSON object; successRate, 0 to 1, counts in summaries.';
comment on column performance_events.resource_metrics is 'Use of processor, memory and network, a JSON object.';
comment on column performance_events.compliance_metrics is 'Validations and violations, a JSON object.';
comment on column performance_events.cost_metrics is 'Tokens, energy and money, a JSON object.';
comment on column performance_events.reliability_metrics is 'Availability, retries and errors, a JSON object.';
comment on column performance_events.context is 'Circumstances, a JSON object; taskType counts in summaries.';
comment on column performance_events.metadata is 'Further facts, a JSON object.';
comment on column performance_events.created_at is 'When the row was made.';
comment on column performance_events.updated_at is 'When the row last changed.';

create table agent_performance_profiles (
  id uuid not null default gen_random_uuid(),
  agent_id varchar(255) not null,
  task_type varchar(255) not null,
  aggregation_window varchar(20) not null,
  start_time timestamptz not null,
  end_time timestamptz not null,
  sample_count integer not null,
  confidence_score numeric(3, 2) not null,
  performance_metrics jsonb not null,
  trend_direction varchar(20) not null,
  trend_magnitude numeric(4, 3) not null,
  trend_confidence numeric(3, 2) not null,
  trend_time_window_hours integer not null,
  outlier_count integer not null default 0,
  outlier_events jsonb, -- null: not kept
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_performance_profiles_pkey primary key (id),
  constraint agent_performance_profiles_unique_agent_task_window
    unique (agent_id, task_type, aggregation_window, start_time),
  constraint agent_performance_profiles_agent_id_check check (length(agent_id) > 0),
  constraint agent_performance_profiles_task_type_check check (length(task_type) > 0),
  constraint agent_performance_profiles_aggregation_window_check
    check (aggregation_window in ('realtime', 'short', 'medium', 'long')),
  constraint agent_performance_profiles_time_range_valid check (start_time < end_time),
  constraint agent_performance_profiles_sample_count_check check (sample_count > 0),
  constraint agent_performance_profiles_confidence_score_check check (confidence_score between 0 and 1),
  constraint agent_performance_profiles_performance_metrics_check check (jsonb_typeof(performance_metrics) = 'object'),
  constraint agent_performance_profiles_trend_direction_check
    check (trend_direction in ('improving', 'declining', 'stable')),
  constraint agent_performance_profiles_trend_magnitude_check check (trend_magnitude between -1 and 1),
  constraint agent_performance_profiles_trend_confidence_check check (trend_confidence between 0 and 1),
  constraint agent_performance_profiles_trend_time_window_hours_check check (trend_time_window_hours > 0),
  constraint agent_performance_profiles_outlier_count_check check (outlier_count >= 0),
  constraint agent_performance_profiles_outlier_events_check check (jsonb_typeof(outlier_events) = 'array')
);

-- Profiles of an agent and a kind of task are found by the unique key, which begins with both.
create index idx_agent_performance_profiles_window_time on agent_performance_profiles (aggregation_window, end_time desc);
create index idx_agent_performance_profiles_confidence on agent_performance_profiles (confidence_score desc);
create index idx_agent_performance_profiles_trend on agent_performance_profiles (trend_direction, trend_confidence desc);

create trigger update_agent_performance_profiles_updated_at
before update on agent_performance_profiles
for each row execute function update_updated_at_column();

comment on table agent_performance_profiles is 'How an agent did at a kind of task in a window of time, from many events.';
comment on column agent_performance_profiles.id is 'Identifier.';
comment on column agent_performance_profiles.agent_id is 'Agent; not a foreign key, so that profiles stay.';
comment on column agent_performance_profiles.task_type is 'Kind of task.';
comment on column agent_performance_profiles.aggregation_window is 'Length of the window: realtime, short, medium or long.';
comment on column agent_performance_profiles.start_time is 'Start of the window.';
comment on column agent_performance_profiles.end_time is 'End of the window, after its start.';
comment on column agent_performance_profiles.sample_count is 'Events that were counted.';
comment on column agent_performance_profiles.confidence_score is 'How far the numbers can be trusted, 0 to 1.';
comment on column agent_performance_profiles.performance_metrics is
  'Aggregates by category, a JSON object; validate_performance_metrics() says whether it is complete.';
comment on column agent_performance_profiles.trend_direction is 'improving, declining or stable.';
comment on column agent_performance_profiles.trend_magnitude is 'How fast, -1 to 1.';
comment on column agent_performance_profiles.trend_confidence is 'How far the trend can be trusted, 0 to 1.';
comment on column agent_performance_profiles.trend_time_window_hours is 'Hours the trend looks back.';
comment on column agent_performance_profiles.outlier_count is 'Events that were left out as outliers.';
comment on column agent_performance_profiles.outlier_events is 'Those events, a JSON array; null when they are not kept.';
comment on column agent_performance_profiles.created_at is 'When the row was made.';
comment on column agent_performance_profiles.updated_at is 'When the row last changed.';

create table benchmark_datasets (
  id varchar(255) not null,
  name varchar(500) not null,
  description text, -- null: none was given
  task_type varchar(255) not null,
  version varchar(50) not null default '1.0.0',
  test_case_count integer not null,
  dataset_size_bytes bigint, -- null: unknown
  is_active boolean not null default true,
  baseline_metrics jsonb not null,
  storage_location varchar(1000), -- null: not stored by us
  access_pattern varchar(50), -- null: not stored by us
  checksum varchar(128), -- null: not computed
  validation_status varchar(20) not null default 'pending',
  created_at timestamptz not null default now(),
  created_by varchar(255), -- null: unknown
  updated_at timestamptz not null default now(),
  updated_by varchar(255), -- null: nobody changed it, or unknown
  constraint benchmark_datasets_pkey primary key (id),
  constraint benchmark_datasets_id_format check (id ~ '^[a-zA-Z0-9_-]+$'),
  constraint benchmark_datasets_name_check check (length(name) > 0),
  constraint benchmark_datasets_task_type_check check (length(task_type) > 0),
  constraint benchmark_datasets_test_case_count_check check (test_case_count > 0),
  constraint benchmark_datasets_dataset_size_bytes_check check (dataset_size_bytes >= 0),
  constraint benchmark_datasets_baseline_metrics_check check (jsonb_typeof(baseline_metrics) = 'object'),
  constraint benchmark_datasets_access_pattern_check check (access_pattern in ('local', 's3', 'http', 'database')),
  constraint benchmark_datasets_validation_status_check
    check (validation_status in ('pending', 'validating', 'valid', 'invalid'))
);

create index idx_benchmark_datasets_task_type on benchmark_datasets (task_type);
create index idx_benchmark_datasets_active on benchmark_datasets (id) where is_active;
create index idx_benchmark_datasets_created on benchmark_datasets (created_at desc);

create trigger update_benchmark_datasets_updated_at
before update on benchmark_datasets
for each row execute function update_updated_at_column();

comment on table benchmark_datasets is 'Datasets that agents are measured with.';
comment on column benchmark_datasets.id is 'Identifier: letters, digits, _ and -.';
comment on column benchmark_datasets.name is 'Display name.';
comment on column benchmark_datasets.description is 'What it measures; null when nobody said.';
comment on column benchmark_datasets.task_type is 'Kind of task it measures.';
comment on column benchmark_datasets.version is 'Version of the dataset.';
comment on column benchmark_datasets.test_case_count is 'Test cases in it.';
comment on column benchmark_datasets.dataset_size_bytes is 'Size in bytes; null when unknown.';
comment on column benchmark_datasets.is_active is 'Whether new evaluations may use it.';
comment on column benchmark_datasets.baseline_metrics is 'Results to compare with, a JSON object.';
comment on column benchmark_datasets.storage_location is 'Where it is; null when it is not stored by us.';
comment on column benchmark_datasets.access_pattern is 'How it is read: local, s3, http or database; null when it is not stored by us.';
comment on column benchmark_datasets.checksum is 'Digest of the content; null until computed.';
comment on column benchmark_datasets.validation_status is 'pending, validating, valid or invalid.';
comment on column benchmark_datasets.created_at is 'When the row was made.';
comment on column benchmark_datasets.created_by is 'Who made it; null when unknown.';
comment on column benchmark_datasets.updated_at is 'When the row last changed.';
comment on column benchmark_datasets.updated_by is 'Who changed it last; null when nobody did, or unknown.';

create table benchmark_evaluations (
  id uuid not null default gen_random_uuid(),
  agent_id varchar(255) not null,
  dataset_id varchar(255) not null,
  started_at timestamptz not null default now(),
  completed_at timestamptz, -- null: not completed
  duration_ms integer, -- null: not over
  status varchar(20) not null default 'queued',
  progress numeric(3, 2), -- null: unknown
  overall_score numeric(4, 3), -- null: no result yet
  performance_metrics jsonb, -- null: no result yet
  test_case_results jsonb, -- null: no result yet
  passed_test_cases integer not null default 0,
  failed_test_cases integer not null default 0,
  baseline_comparison jsonb, -- null: not compared
  error_message text, -- null: no error
  error_details jsonb, -- null: no error, or nothing more to say
  evaluation_config jsonb, -- null: the defaults
  created_at timestamptz not null default now(),
  created_by varchar(255), -- null: unknown
  updated_at timestamptz not null default now(),
  constraint benchmark_evaluations_pkey primary key (id),
  constraint benchmark_evaluations_dataset_id_fkey
    foreign key (dataset_id) references benchmark_datasets (id) on delete cascade,
  constraint benchmark_evaluations_agent_id_check check (length(agent_id) > 0),
  constraint benchmark_evaluations_duration_positive check (duration_ms > 0),
  constraint benchmark_evaluations_status_check
    check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  constraint benchmark_evaluations_completion_check
    check (status <> 'completed' or completed_at is not null and overall_score is not null),
  constraint benchmark_evaluations_progress_check check (progress between 0 and 1),
  constraint benchmark_evaluations_overall_score_check check (overall_score between 0 and 1),
  constraint benchmark_evaluations_performance_metrics_check check (jsonb_typeof(performance_metrics) = 'object'),
  constraint benchmark_evaluations_test_case_results_check check (jsonb_typeof(test_case_results) = 'array'),
  constraint benchmark_evaluations_passed_test_cases_check check (passed_test_cases >= 0),
  constraint benchmark_evaluations_failed_test_cases_check check (failed_test_cases >= 0),
  constraint benchmark_evaluations_baseline_comparison_check check (jsonb_typeof(baseline_comparison) = 'object'),
  constraint benchmark_evaluations_error_details_check check (jsonb_typeof(error_details) = 'object'),
  constraint benchmark_evaluations_evaluation_config_check check (jsonb_typeof(evaluation_config) = 'object')
);

create index idx_benchmark_evaluations_agent_dataset on benchmark_evaluations (agent_id, dataset_id);
create index idx_benchmark_evaluations_dataset on benchmark_evaluations (dataset_id);
create index idx_benchmark_evaluations_status on benchmark_evaluations (status);
create index idx_benchmark_evaluations_started on benchmark_evaluations (started_at desc);
create index idx_benchmark_evaluations_score on benchmark_evaluations (overall_score desc) where status = 'completed';

create trigger update_benchmark_evaluations_updated_at
before update on benchmark_evaluations
for each row execute function update_updated_at_column();

comment on table benchmark_evaluations is 'Runs of an agent over a dataset, with their results.';
comment on column benchmark_evaluations.id is 'Identifier.';
comment on column benchmark_evaluations.agent_id is 'Agent that was measured; not a foreign key, so that results stay.';
comment on column benchmark_evaluations.dataset_id is 'Dataset it was measured with; the results go with it.';
comment on column benchmark_evaluations.started_at is 'When the run began.';
comment on column benchmark_evaluations.completed_at is 'When it was completed; null until then.';
comment on column benchmark_evaluations.duration_ms is 'How long it took, in ms; null until it is over.';
comment on column benchmark_evaluations.status is 'queued, running, completed, failed or cancelled; completed needs a time and a score.';
comment on column benchmark_evaluations.progress is 'Part that is done, 0 to 1; null when unknown.';
comment on column benchmark_evaluations.overall_score is 'Score, 0 to 1; null without a result.';
comment on column benchmark_evaluations.performance_metrics is 'Results by category, a JSON object; null without a result.';
comment on column benchmark_evaluations.test_case_results is 'Results of each test case, a JSON array; null without a result.';
comment on column benchmark_evaluations.passed_test_cases is 'Test cases passed.';
comment on column benchmark_evaluations.failed_test_cases is 'Test cases failed.';
comment on column benchmark_evaluations.baseline_comparison is 'Differences from the baseline, a JSON object; null when not compared.';
comment on column benchmark_evaluations.error_message is 'Why it failed; null when it did not.';
comment on column benchmark_evaluations.error_details is 'More about the error, a JSON object; null when there is nothing.';
comment on column benchmark_evaluations.evaluation_config is 'Settings of the run, a JSON object; null for the defaults.';
comment on column benchmark_evaluations.created_at is 'When the row was made.';
comment on column benchmark_evaluations.created_by is 'Who made it; null when unknown.';
comment on column benchmark_evaluations.updated_at is 'When the row last changed.';

create table rl_training_batches (
  id uuid not null default gen_random_uuid(),
  agent_id varchar(255) not null,
  sample_count integer not null,
  quality_score numeric(3, 2) not null,
  anonymization_level varchar(20) not null default 'differential',
  status varchar(20) not null default 'pending',
  priority integer not null default 0,
  training_samples jsonb not null,
  created_at timestamptz not null default now(),
  processed_at timestamptz, -- null: not processed
  consumed_at timestamptz, -- null: not consumed
  expires_at timestamptz, -- null: never, as only an update can say; an insert gets a date
  data_quality_metrics jsonb, -- null: not measured
  created_by varchar(255), -- null: unknown
  updated_at timestamptz not null default now(),
  constraint rl_training_batches_pkey primary key (id),
  constraint rl_training_batches_agent_id_check check (length(agent_id) > 0),
  constraint rl_training_batches_sample_count_check check (sample_count > 0),
  constraint rl_training_batches_quality_score_check check (quality_score between 0 and 1),
  constraint rl_training_batches_anonymization_level_check
    check (anonymization_level in ('basic', 'differential', 'secure')),
  constraint rl_training_batches_status_check
    check (status in ('pending', 'processing', 'ready', 'consumed', 'expired')),
  constraint rl_training_batches_training_samples_check check (jsonb_typeof(training_samples) = 'array'),
  constraint rl_training_batches_expiry_logic check (status <> 'expired' or expires_at is not null),
  constraint rl_training_batches_data_quality_metrics_check check (jsonb_typeof(data_quality_metrics) = 'object')
);

create index idx_rl_training_batches_agent_status on rl_training_batches (agent_id, status);
create index idx_rl_training_batches_quality on rl_training_batches (quality_score desc) where status = 'ready';
create index idx_rl_training_batches_created on rl_training_batches (created_at desc);
create index idx_rl_training_batches_expires on rl_training_batches (expires_at) where status = 'ready';

create function set_rl_batch_expiry() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Hours and not days, which are longer or shorter where the session's clocks change.
  new.expires_at := coalesce(new.expires_at, new.created_at + interval '720 hours');
  return new;
end
$$;

comment on function set_rl_batch_expiry() is 'Trigger: a batch without an end expires 30 days after it was made.';

create trigger set_rl_batch_expiry_trigger
before insert on rl_training_batches
for each row execute function set_rl_batch_expiry();

create trigger update_rl_training_batches_updated_at
before update on rl_training_batches
for each row execute function update_updated_at_column();

comment on table rl_training_batches is 'Batches of samples that agents are trained with.';
comment on column rl_training_batches.id is 'Identifier.';
comment on column rl_training_batches.agent_id is 'Agent they are of; not a foreign key, so that batches stay.';
comment on column rl_training_batches.sample_count is 'Samples in the batch.';
comment on column rl_training_batches.quality_score is 'Quality of the samples, 0 to 1.';
comment on column rl_training_batches.anonymization_level is 'How they were anonymized: basic, differential or secure.';
comment on column rl_training_batches.status is 'pending, processing, ready, consumed or expired.';
comment on column rl_training_batches.priority is 'Higher numbers are processed first.';
comment on column rl_training_batches.training_samples is 'The samples, a JSON array.';
comment on column rl_training_batches.created_at is 'When the batch was made.';
comment on column rl_training_batches.processed_at is 'When it was processed; null until then.';
comment on column rl_training_batches.consumed_at is 'When it was trained with; null until then.';
comment on column rl_training_batches.expires_at is 'When it may no longer be used; 30 days after it was made unless said otherwise.';
comment on column rl_training_batches.data_quality_metrics is 'Quality in detail, a JSON object; null when not measured.';
comment on column rl_training_batches.created_by is 'Who made it; null when unknown.';
comment on column rl_training_batches.updated_at is 'When the row last changed.';

create table performance_anomalies (
  id uuid not null default gen_random_uuid(),
  anomaly_type varchar(50) not null,
  severity varchar(20) not null,
  agent_id varchar(255), -- null: of no one agent
  task_id varchar(255), -- null: of no one task
  detected_at timestamptz not null default now(),
  detection_method varchar(100) not null,
  description text not null,
  anomaly_metrics jsonb, -- null: not kept
  threshold_values jsonb, -- null: found without thresholds
  impact_assessment jsonb not null,
  status varchar(20) not null default 'active',
  resolved_at timestamptz, -- null: not resolved
  resolution_notes text, -- null: none
  recommendations jsonb, -- null: none
  related_event_ids uuid[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by varchar(255), -- null: nobody changed it, or unknown
  constraint performance_anomalies_pkey primary key (id),
  constraint performance_anomalies_anomaly_type_check check (
    anomaly_type in (
      'latency_spike',
      'accuracy_drop',
      'error_rate_increase',
      'resource_saturation',
      'constitutional_violation_spike'
    )
  ),
  constraint performance_anomalies_severity_check check (severity in ('low', 'medium', 'high', 'critical')),
  constraint performance_anomalies_agent_id_check check (length(agent_id) > 0),
  constraint performance_anomalies_task_id_check check (length(task_id) > 0),
  constraint performance_anomalies_detection_method_check check (length(detection_method) > 0),
  constraint performance_anomalies_anomaly_metrics_check check (jsonb_typeof(anomaly_metrics) = 'object'),
  constraint performance_anomalies_threshold_values_check check (jsonb_typeof(threshold_values) = 'object'),
  constraint performance_anomalies_impact_assessment_check check (jsonb_typeof(impact_assessment) = 'object'),
  constraint performance_anomalies_status_check
    check (status in ('active', 'investigating', 'resolved', 'false_positive')),
  constraint performance_anomalies_resolution_check
    check (status not in ('resolved', 'false_positive') or resolved_at is not null),
  constraint performance_anomalies_recommendations_check check (jsonb_typeof(recommendations) = 'array')
);

create index idx_performance_anomalies_status_severity on performance_anomalies (status, severity);
create index idx_performance_anomalies_agent on performance_anomalies (agent_id);
create index idx_performance_anomalies_detected on performance_anomalies (detected_at desc);
create index idx_performance_anomalies_type on performance_anomalies (anomaly_type);

create trigger update_performance_anomalies_updated_at
before update on performance_anomalies
for each row execute function update_updated_at_column();

comment on table performance_anomalies is 'What went unusually badly, and what was done about it.';
comment on column performance_anomalies.id is 'Identifier.';
comment on column performance_anomalies.anomaly_type is 'What kind of thing: one of five.';
comment on column performance_anomalies.severity is 'low, medium, high or critical.';
comment on column performance_anomalies.agent_id is 'Agent it is about; null when it is about no one agent.';
comment on column performance_anomalies.task_id is 'Task it is about; null when it is about no one task.';
comment on column performance_anomalies.detected_at is 'When it was found.';
comment on column performance_anomalies.detection_method is 'How it was found.';
comment on column performance_anomalies.description is 'What it is, for people.';
comment on column performance_anomalies.anomaly_metrics is 'Numbers that showed it, a JSON object; null when not kept.';
comment on column performance_anomalies.threshold_values is 'Limits they passed, a JSON object; null without limits.';
comment on column performance_anomalies.impact_assessment is 'What it affects, a JSON object.';
comment on column performance_anomalies.status is 'active, investigating, resolved or false_positive; the last two need resolved_at.';
comment on column performance_anomalies.resolved_at is 'When it was over; null until then.';
comment on column performance_anomalies.resolution_notes is 'How it ended; null when nobody said.';
comment on column performance_anomalies.recommendations is 'What to do, a JSON array; null when there is no advice.';
comment on column performance_anomalies.related_event_ids is 'Events that show it, identifiers of performance_events.';
comment on column performance_anomalies.created_at is 'When the row was made.';
comment on column performance_anomalies.updated_at is 'When the row last changed.';
comment on column performance_anomalies.updated_by is 'Who changed it last; null when nobody did, or unknown.';

create table data_quality_metrics (
  id uuid not null default gen_random_uuid(),
  metric_type varchar(50) not null,
  agent_id varchar(255), -- null: of all agents
  metric_value numeric(8, 4) not null,
  threshold_value numeric(8, 4), -- null: there is no limit
  is_above_threshold boolean, -- null: there is no limit
  time_window_start timestamptz not null,
  time_window_end timestamptz not null,
  metric_details jsonb, -- null: none
  recorded_at timestamptz not null default now(),
  constraint data_quality_metrics_pkey primary key (id),
  constraint data_quality_metrics_metric_type_check check (
    metric_type in (
      'collection_integrity', 'aggregation_accuracy', 'anonymization_effectiveness', 'training_data_quality'
    )
  ),
  constraint data_quality_metrics_agent_id_check check (length(agent_id) > 0),
  -- NaN is greater than every number, so an upper bound is what keeps it out.
  constraint data_quality_metrics_metric_value_check check (metric_value < 'NaN'),
  constraint data_quality_metrics_threshold_value_check check (threshold_value < 'NaN'),
  constraint data_quality_metrics_time_window_valid check (time_window_start < time_window_end),
  constraint data_quality_metrics_metric_details_check check (jsonb_typeof(metric_details) = 'object')
);

create index idx_data_quality_metrics_type_agent on data_quality_metrics (metric_type, agent_id);
create index idx_data_quality_metrics_recorded on data_quality_metrics (recorded_at desc);
create index idx_data_quality_metrics_threshold on data_quality_metrics (is_above_threshold);

comment on table data_quality_metrics is 'How good the collected data itself is.';
comment on column data_quality_metrics.id is 'Identifier.';
comment on column data_quality_metrics.metric_type is 'What is measured: one of four.';
comment on column data_quality_metrics.agent_id is 'Agent whose data it is; null for all.';
comment on column data_quality_metrics.metric_value is 'The measured value.';
comment on column data_quality_metrics.threshold_value is 'Limit it is compared with; null without one.';
comment on column data_quality_metrics.is_above_threshold is 'Whether the value is above the limit, as who measured says; null without a limit.';
comment on column data_quality_metrics.time_window_start is 'Start of the time the data is from.';
comment on column data_quality_metrics.time_window_end is 'End of the time the data is from, after its start.';
comment on column data_quality_metrics.metric_details is 'Further facts, a JSON object; null when there are none.';
comment on column data_quality_metrics.recorded_at is 'When it was recorded.';

create table system_health_metrics (
  id uuid not null default gen_random_uuid(),
  metric_timestamp timestamptz not null default now(),
  active_agents integer not null default 0,
  total_tasks_processed bigint not null default 0,
  average_latency_ms numeric(8, 2), -- null, here and below: not measured
  overall_success_rate numeric(4, 3),
  system_cpu_utilization numeric(5, 2),
  system_memory_utilization numeric(5, 2),
  database_connections_active integer,
  database_connections_idle integer,
  p95_latency_ms numeric(8, 2),
  p99_latency_ms numeric(8, 2),
  error_rate_percent numeric(5, 2),
  throughput_tasks_per_minute numeric(10, 2),
  active_anomalies integer not null default 0,
  critical_anomalies integer not null default 0,
  events_collected_last_hour integer not null default 0,
  data_integrity_violations integer not null default 0,
  system_status varchar(20) not null default 'healthy',
  status_details jsonb, -- null: nothing more to say
  created_at timestamptz not null default now(),
  constraint system_health_metrics_pkey primary key (id),
  constraint system_health_metrics_active_agents_check check (active_agents >= 0),
  constraint system_health_metrics_total_tasks_processed_check check (total_tasks_processed >= 0),
  constraint system_health_metrics_average_latency_ms_check
    check (average_latency_ms >= 0 and average_latency_ms < 'NaN'),
  constraint system_health_metrics_overall_success_rate_check check (overall_success_rate between 0 and 1),
  constraint system_health_metrics_system_cpu_utilization_check check (system_cpu_utilization between 0 and 100),
  constraint system_health_metrics_system_memory_utilization_check check (system_memory_utilization between 0 and 100),
  constraint system_health_metrics_database_connections_active_check check (database_connections_active >= 0),
  constraint system_health_metrics_database_connections_idle_check check (database_connections_idle >= 0),
  constraint system_health_metrics_p95_latency_ms_check check (p95_latency_ms >= 0 and p95_latency_ms < 'NaN'),
  constraint system_health_metrics_p99_latency_ms_check check (p99_latency_ms >= 0 and p99_latency_ms < 'NaN'),
  constraint system_health_metrics_error_rate_percent_check check (error_rate_percent between 0 and 100),
  constraint system_health_metrics_throughput_check
    check (throughput_tasks_per_minute >= 0 and throughput_tasks_per_minute < 'NaN'),
  constraint system_health_metrics_active_anomalies_check check (active_anomalies >= 0),
  constraint system_health_metrics_critical_anomalies_check check (critical_anomalies >= 0),
  constraint system_health_metrics_events_collected_last_hour_check check (events_collected_last_hour >= 0),
  constraint system_health_metrics_data_integrity_violations_check check (data_integrity_violations >= 0),
  constraint system_health_metrics_system_status_check
    check (system_status in ('healthy', 'degraded', 'critical', 'maintenance')),
  constraint system_health_metrics_status_details_check check (jsonb_typeof(status_details) = 'object')
);

create index idx_system_health_metrics_timestamp on system_health_metrics (metric_timestamp desc);
create index idx_system_health_metrics_status on system_health_metrics (system_status);
create index idx_system_health_metrics_anomalies on system_health_metrics (active_anomalies, critical_anomalies);

comment on table system_health_metrics is 'How the whole system did, measured from time to time.';
comment on column system_health_metrics.id is 'Identifier.';
comment on column system_health_metrics.metric_timestamp is 'When it was measured.';
comment on column system_health_metrics.active_agents is 'Agents at work.';
comment on column system_health_metrics.total_tasks_processed is 'Tasks processed so far.';
comment on column system_health_metrics.average_latency_ms is 'Mean latency in ms; null when not measured.';
comment on column system_health_metrics.overall_success_rate is 'Part of the tasks that succeeded, 0 to 1; null when not measured.';
comment on column system_health_metrics.system_cpu_utilization is 'Processor load in percent; null when not measured.';
comment on column system_health_metrics.system_memory_utilization is 'Memory in use in percent; null when not measured.';
comment on column system_health_metrics.database_connections_active is 'Connections at work; null when not measured.';
comment on column system_health_metrics.database_connections_idle is 'Connections that wait; null when not measured.';
comment on column system_health_metrics.p95_latency_ms is 'Latency that 95 % stay below, in ms; null when not measured.';
comment on column system_health_metrics.p99_latency_ms is 'Latency that 99 % stay below, in ms; null when not measured.';
comment on column system_health_metrics.error_rate_percent is 'Errors in percent; null when not measured.';
comment on column system_health_metrics.throughput_tasks_per_minute is 'Tasks a minute; null when not measured.';
comment on column system_health_metrics.active_anomalies is 'Anomalies that are open.';
comment on column system_health_metrics.critical_anomalies is 'Critical ones among them.';
comment on column system_health_metrics.events_collected_last_hour is 'Performance events of the last hour.';
comment on column system_health_metrics.data_integrity_violations is 'Events whose hash did not fit.';
comment on column system_health_metrics.system_status is 'healthy, degraded, critical or maintenance.';
comment on column system_health_metrics.status_details is 'More about the status, a JSON object; null when there is nothing.';
comment on column system_health_metrics.created_at is 'When the row was made.';

-- ? finds a key of an object and an element of an array, hence the type first.
create function validate_performance_metrics(metrics jsonb) returns boolean
language sql
immutable
strict
parallel safe
return jsonb_typeof(metrics) = 'object'
  and metrics ?& array['latency', 'accuracy', 'resources', 'compliance', 'cost', 'reliability'];

comment on function validate_performance_metrics(jsonb) is
  'Whether an object has all six categories: latency, accuracy, resources, compliance, cost, reliability.';

create view recent_performance_events with (security_invoker = true) as
select
  event.id,
  event.event_type,
  event.timestamp,
  event.agent_id,
  event.task_id,
  event.integrity_hash,
  event.latency_metrics,
  event.accuracy_metrics,
  event.resource_metrics,
  event.compliance_metrics,
  event.cost_metrics,
  event.reliability_metrics,
  event.context,
  event.metadata,
  event.created_at,
  event.updated_at
from performance_events as event
where event.timestamp > now() - interval '24 hours';

comment on view recent_performance_events is 'Events of the last 24 hours.';
comment on column recent_performance_events.id is 'Identifier.';
comment on column recent_performance_events.event_type is 'What happened.';
comment on column recent_performance_events.timestamp is 'When it happened.';
comment on column recent_performance_events.agent_id is 'Agent it happened to, if any.';
comment on column recent_performance_events.task_id is 'Task it happened in, if any.';
comment on column recent_performance_events.integrity_hash is 'Hash of the event.';
comment on column recent_performance_events.latency_metrics is 'Durations.';
comment on column recent_performance_events.accuracy_metrics is 'Success and quality.';
comment on column recent_performance_events.resource_metrics is 'Use of processor, memory and network.';
comment on column recent_performance_events.compliance_metrics is 'Validations and violations.';
comment on column recent_performance_events.cost_metrics is 'Tokens, energy and money.';
comment on column recent_performance_events.reliability_metrics is 'Availability, retries and errors.';
comment on column recent_performance_events.context is 'Circumstances.';
comment on column recent_performance_events.metadata is 'Further facts.';
comment on column recent_performance_events.created_at is 'When the row was made.';
comment on column recent_performance_events.updated_at is 'When the row last changed.';

-- Numbers only: one event whose averageMs is a text must not break the view for all.
create view agent_performance_summary with (security_invoker = true) as
select
  event.agent_id,
  event.context ->> 'taskType' as task_type,
  count(*) as total_events,
  avg(
    case when jsonb_typeof(event.latency_metrics -> 'averageMs') = 'number'
      then (event.latency_metrics ->> 'averageMs')::numeric end
  ) as avg_latency_ms,
  avg(
    case when jsonb_typeof(event.accuracy_metrics -> 'successRate') = 'number'
      then (event.accuracy_metrics ->> 'successRate')::numeric end
  ) as avg_success_rate,
  min(event.timestamp) as first_event,
  max(event.timestamp) as last_event
from performance_events as event
where event.agent_id is not null
group by event.agent_id, event.context ->> 'taskType';

comment on view agent_performance_summary is 'Agents by kind of task: how many events, how fast, how successful.';
comment on column agent_performance_summary.agent_id is 'Agent.';
comment on column agent_performance_summary.task_type is 'Kind of task, taskType of the events'' context; null where they do not say.';
comment on column agent_performance_summary.total_events is 'Events.';
comment on column agent_performance_summary.avg_latency_ms is 'Mean of averageMs over the events that have it; null when none has.';
comment on column agent_performance_summary.avg_success_rate is 'Mean of successRate over the events that have it; null when none has.';
comment on column agent_performance_summary.first_event is 'When the first event was.';
comment on column agent_performance_summary.last_event is 'When the last event was.';

create view system_performance_dashboard with (security_invoker = true) as
select
  date_trunc('hour', metric.metric_timestamp, 'UTC') as hour,
  avg(metric.average_latency_ms) as avg_latency,
  avg(metric.overall_success_rate) as avg_success_rate,
  avg(metric.throughput_tasks_per_minute) as avg_throughput,
  max(metric.active_anomalies) as max_anomalies,
  count(*) as metric_count
from system_health_metrics as metric
where metric.metric_timestamp > now() - interval '7 days'
group by date_trunc('hour', metric.metric_timestamp, 'UTC');

comment on view system_performance_dashboard is 'Health of the system by hour, over the last 7 days.';
comment on column system_performance_dashboard.hour is 'Start of the hour, in UTC whatever the session''s time zone.';
comment on column system_performance_dashboard.avg_latency is 'Mean of the mean latencies, in ms.';
comment on column system_performance_dashboard.avg_success_rate is 'Mean success rate, 0 to 1.';
comment on column system_performance_dashboard.avg_throughput is 'Mean of tasks a minute.';
comment on column system_performance_dashboard.max_anomalies is 'Most anomalies open at once.';
comment on column system_performance_dashboard.metric_count is 'Measurements in the hour.';
