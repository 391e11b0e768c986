import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

/** Puts a row into every table of performance tracking, as the application in the tenant's own context. */
export async function insertPerformanceRows(session: SqlSession, tenant: string): Promise<void> {
  const [agent, event, dataset] = [`${tenant} agent 1`, crypto.randomUUID(), `${tenant}-dataset`];
  const [hourAgo, now] = ['2025-01-01T00:00:00Z', '2025-01-01T01:00:00Z'];
  await insertRows(session, 'performance_events', [
    {
      id: event,
      event_type: 'task_execution_complete',
      agent_id: agent,
      task_id: `${tenant} task 1`,
      integrity_hash: `${tenant} event 1`,
      latency_metrics: { averageMs: 12.5 },
      accuracy_metrics: { successRate: 0.9 },
      context: { taskType: 'analysis' },
    },
  ]);
  await insertRows(session, 'agent_performance_profiles', [
    {
      agent_id: agent,
      task_type: 'analysis',
      aggregation_window: 'short',
      start_time: hourAgo,
      end_time: now,
      sample_count: 1,
      confidence_score: 0.5,
      performance_metrics: { latency: { averageMs: 12.5 } },
      trend_direction: 'stable',
      trend_magnitude: 0,
      trend_confidence: 0.5,
      trend_time_window_hours: 24,
    },
  ]);
  await insertRows(session, 'benchmark_datasets', [
    { id: dataset, name: 'Dataset 1', task_type: 'analysis', test_case_count: 1, baseline_metrics: {} },
  ]);
  await insertRows(session, 'benchmark_evaluations', [{ agent_id: agent, dataset_id: dataset }]);
  await insertRows(session, 'rl_training_batches', [
    { agent_id: agent, sample_count: 1, quality_score: 0.9, training_samples: [{ reward: 1 }] },
  ]);
  await insertRows(session, 'performance_anomalies', [
    {
      anomaly_type: 'latency_spike',
      severity: 'low',
      agent_id: agent,
      detection_method: 'threshold',
      description: 'Slow',
      impact_assessment: { affectedTasks: 1 },
      related_event_ids: [event],
    },
  ]);
  await insertRows(session, 'data_quality_metrics', [
    {
      metric_type: 'collection_integrity',
      agent_id: agent,
      metric_value: 0.99,
      time_window_start: hourAgo,
      time_window_end: now,
    },
  ]);
  await insertRows(session, 'system_health_metrics', [
    { average_latency_ms: 12.5, overall_success_rate: 0.9 },
  ]);
}
