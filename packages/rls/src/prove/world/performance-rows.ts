import { agent, PAST, task, uuid, type RowMaker } from './row-maker.ts';

export const PERFORMANCE_ROWS: readonly RowMaker[] = [
  // 004
  {
    table: 'performance_events',
    row: (n, tenant) => ({
      id: uuid(n),
      event_type: 'task_execution_complete',
      agent_id: agent(1),
      task_id: task(n),
      integrity_hash: `${tenant} ${String(n)}`,
      latency_metrics: { averageMs: 12.5 },
      accuracy_metrics: { successRate: 0.9 },
      context: { taskType: tenant },
    }),
  },
  {
    table: 'agent_performance_profiles',
    row: (n) => ({
      id: uuid(n),
      agent_id: agent(n),
      task_type: 'analysis',
      aggregation_window: 'short',
      start_time: PAST,
      end_time: '2025-01-01T01:00:00Z',
      sample_count: 1,
      confidence_score: 0.5,
      performance_metrics: { latency: { averageMs: 12.5 } },
      trend_direction: 'stable',
      trend_magnitude: 0,
      trend_confidence: 0.5,
      trend_time_window_hours: 24,
    }),
  },
  {
    table: 'benchmark_datasets',
    row: (n, tenant) => ({
      id: `dataset-${String(n)}`,
      name: tenant,
      task_type: 'analysis',
      test_case_count: 1,
      baseline_metrics: {},
    }),
  },
  {
    table: 'benchmark_evaluations',
    row: (n) => ({ id: uuid(n), agent_id: agent(1), dataset_id: 'dataset-1' }),
  },
  {
    table: 'rl_training_batches',
    row: (n) => ({
      id: uuid(n),
      agent_id: agent(1),
      sample_count: 1,
      quality_score: 0.9,
      training_samples: [{ reward: 1 }],
    }),
  },
  {
    table: 'performance_anomalies',
    row: (n, tenant) => ({
      id: uuid(n),
      anomaly_type: 'latency_spike',
      severity: 'low',
      agent_id: agent(1),
      detection_method: 'threshold',
      description: tenant,
      impact_assessment: { affectedTasks: 1 },
      related_event_ids: [uuid(1)],
    }),
  },
  {
    table: 'data_quality_metrics',
    row: (n) => ({
      id: uuid(n),
      metric_type: 'collection_integrity',
      agent_id: agent(1),
      metric_value: 0.99,
      time_window_start: PAST,
      time_window_end: '2025-01-01T01:00:00Z',
    }),
  },
  {
    table: 'system_health_metrics',
    row: (n) => ({ id: uuid(n), average_latency_ms: 12.5, overall_success_rate: 0.9 }),
  },
  // 005
  {
    table: 'task_research_provenance',
    row: (n, tenant) => ({
      id: n,
      task_id: task(n),
      queries: [tenant],
      findings_count: 1,
      confidence: 0.8,
    }),
  },
];
