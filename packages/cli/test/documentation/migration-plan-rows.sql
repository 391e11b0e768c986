-- Rows of several services at version 005, in every table. Two customers share them, and only their agents' names tell.
-- Texts begin with the customer, so that a condition like 'acme%' finds what belongs to one.
begin;

create temp table customer on commit drop as
select name, name || ' agent 1' as first, name || ' agent 2' as second, name || ' task' as task
from unnest(array['acme', 'globex']) as name;

create function pg_temp.hash(p_customer text) returns text
language sql immutable as $$ select encode(sha256(p_customer::bytea), 'hex') $$;

create function pg_temp.id(p_customer text, p_name text) returns uuid
language sql immutable as $$ select md5(p_customer || p_name)::uuid $$;

-- The registry
insert into agent_profiles (id, name, model_family, updated_at)
select id, id, 'human', '2025-01-01' from customer, unnest(array[first, second]) as id;
insert into agent_capabilities (agent_id, capability_type, capability_value)
select first, 'language', 'typescript' from customer;
insert into agent_performance_history (agent_id, task_count) select first, 1 from customer;
insert into agent_performance_events (id, agent_id, task_id, success, quality_score, latency_ms, recorded_at)
select gen_random_uuid(), first, task, true, 0.9, n, '2025-01-01' from customer, generate_series(1, 500) as n;
insert into current_load (agent_id, active_tasks, utilization_percent) select first, 1, 10 from customer;

-- The queue
insert into task_queue (task_id, task_type, description, priority)
select task, 'research', 'Find out.', 5 from customer;
insert into task_assignments (
  assignment_id, task_id, agent_id, agent_name, agent_model_family, assigned_at, deadline, assignment_timeout_ms,
  routing_confidence, routing_strategy
)
select name || ' assignment', task, first, first, 'human', '2025-01-01', '2025-01-02', 60000, 0.75, 'ucb' from customer;
insert into task_execution_history (task_id, assignment_id, attempt_number, started_at, agent_id, agent_name)
select task, name || ' assignment', 1, '2025-01-01', first, first from customer;
insert into queue_statistics (queue_depth) values (1);

-- Knowledge
insert into knowledge_queries (
  id, query_text, query_type, requester_id, priority, max_results, relevance_threshold, tags
)
select pg_temp.id(name, 'query'), 'How do tides work?', 'explanatory', first, 5, 10, 0.5, array['sea'] from customer;
insert into search_results (
  query_id, title, content, url, domain, source_type, relevance_score, credibility_score, provider, content_hash
)
select
  pg_temp.id(name, 'query'), 'Tides', 'The moon pulls.', 'https://example.org/', 'example.org', 'web', 0.9, 0.8, 'google',
  pg_temp.hash(name)
from customer;
insert into knowledge_responses (query_id, summary, confidence, processing_time_ms)
select pg_temp.id(name, 'query'), 'The moon pulls.', 0.9, 12 from customer;
insert into knowledge_cache (cache_key, cache_type, content, expires_at, size_bytes)
select name || ' tides', 'response', '{}', '2999-01-01', 2 from customer;

-- Verification
insert into verification_requests (id, content, priority, cache_key)
select pg_temp.id(name, 'request'), name || ': the moon pulls.', 'high', name || ' moon' from customer;
insert into verification_results (id, request_id, verdict, confidence, processing_time_ms, result_hash)
select pg_temp.id(name, 'result'), pg_temp.id(name, 'request'), 'verified_true', 0.9, 12, pg_temp.hash(name) from customer;
insert into verification_evidence (
  result_id, request_id, content_excerpt, relevance_score, credibility_score, supporting_claim, verification_method
)
select pg_temp.id(name, 'result'), pg_temp.id(name, 'request'), 'It pulls.', 0.9, 0.8, true, 'fact_checking' from customer;
insert into verification_cache (cache_key, request_hash, result_data, result_hash, expires_at, size_bytes)
select name || ' moon', pg_temp.hash(name), '{}', pg_temp.hash(name), '2999-01-01', 2 from customer;

-- The web: a page, and a walk whose second step follows the first
insert into web_content (
  id, url, title, content, content_hash, extraction_type, cached_until, extraction_time_ms, content_size_bytes
)
select
  pg_temp.id(name, 'page'), 'https://' || name || '.example/', 'Tides', 'The moon pulls.', pg_temp.hash(name), 'full_page',
  '2999-01-01', 12, 15
from customer;
insert into web_traversals (id, session_id, start_url, strategy)
select pg_temp.id(name, 'walk'), name || ' walk', 'https://' || name || '.example/', 'breadth_first' from customer;
insert into web_traversal_nodes (id, traversal_id, url, depth, status, content_id, parent_id)
select
  pg_temp.id(name, 'step ' || depth), pg_temp.id(name, 'walk'), 'https://' || name || '.example/' || depth, depth, 'visited',
  pg_temp.id(name, 'page'), case when depth > 0 then pg_temp.id(name, 'step 0') end
from customer, unnest(array[0, 1]) as depth;
insert into web_cache (url, content_id, expires_at, cache_size_bytes)
select 'https://' || name || '.example/', pg_temp.id(name, 'page'), '2999-01-01', 15 from customer;
insert into web_rate_limits (domain, window_end) select name || '.example', '2999-01-01' from customer;
insert into web_extraction_metrics (
  content_id, total_time_ms, fetch_time_ms, parse_time_ms, sanitize_time_ms, status_code, ssl_verified
)
select pg_temp.id(name, 'page'), 12, 10, 1, 1, 200, true from customer;

-- Performance
insert into performance_events (event_type, agent_id, task_id, timestamp, integrity_hash)
select 'task_execution_complete', first, task, '2025-01-01', name || n from customer, generate_series(1, 500) as n;
insert into agent_performance_profiles (
  agent_id, task_type, aggregation_window, start_time, end_time, sample_count, confidence_score, performance_metrics,
  trend_direction, trend_magnitude, trend_confidence, trend_time_window_hours
)
select first, 'analysis', 'short', '2025-01-01', '2025-01-02', 1, 0.5, '{"latency": {"averageMs": 12.5}}', 'stable', 0, 0.5, 24
from customer;
insert into benchmark_datasets (id, name, task_type, test_case_count, baseline_metrics)
select name || '-dataset', name || ' dataset', 'analysis', 1, '{}' from customer;
insert into benchmark_evaluations (agent_id, dataset_id) select first, name || '-dataset' from customer;
insert into rl_training_batches (agent_id, sample_count, quality_score, training_samples)
select first, 1, 0.9, '[{"reward": 1}]' from customer;
insert into performance_anomalies (
  anomaly_type, severity, agent_id, detection_method, description, impact_assessment
)
select 'latency_spike', 'low', first, 'threshold', 'Slow', '{"affectedTasks": 1}' from customer;
insert into data_quality_metrics (metric_type, agent_id, metric_value, time_window_start, time_window_end)
select 'collection_integrity', first, 0.99, '2025-01-01', '2025-01-02' from customer;
insert into system_health_metrics (average_latency_ms, overall_success_rate) values (12.5, 0.9);

-- Research
insert into task_research_provenance (task_id, queries, findings_count, confidence)
select task, '["How do tides work?"]', 1, 0.8 from customer;

commit;
