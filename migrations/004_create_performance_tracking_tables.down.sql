drop view system_performance_dashboard, agent_performance_summary, recent_performance_events;

drop function validate_performance_metrics(jsonb);

drop table
  system_health_metrics, data_quality_metrics, performance_anomalies, rl_training_batches, benchmark_evaluations,
  benchmark_datasets, agent_performance_profiles, performance_events;

drop function set_rl_batch_expiry();
drop function app.check_performance_event_timestamp();
