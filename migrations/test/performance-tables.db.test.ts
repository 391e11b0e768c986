import { beforeEach, describe, expect, it } from 'vitest';
import { insertPerformanceRows } from './support/performance-rows.ts';
import { insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { STAGES, TenantStage } from './support/tenant-stage.ts';

const refusedBy = (constraint_name: string, code = '23514') => ({ code, constraint_name });

const [START, END] = ['2025-01-01T00:00:00Z', '2025-01-01T01:00:00Z'];
/** A row of each table that it takes. */
const ROWS: Record<string, Row> = {
  performance_events: { event_type: 'agent_selection', integrity_hash: 'hash', agent_id: 'a' },
  agent_performance_profiles: {
    ...{
      agent_id: 'a',
      task_type: 'analysis',
      aggregation_window: 'short',
      start_time: START,
      end_time: END,
    },
    ...{ sample_count: 1, confidence_score: 0.5, performance_metrics: {}, trend_direction: 'stable' },
    ...{ trend_magnitude: 0, trend_confidence: 0.5, trend_time_window_hours: 24 },
  },
  benchmark_datasets: {
    id: 'other',
    name: 'A',
    task_type: 'analysis',
    test_case_count: 1,
    baseline_metrics: {},
  },
  benchmark_evaluations: { agent_id: 'a', dataset_id: 'd' },
  rl_training_batches: { agent_id: 'a', sample_count: 1, quality_score: 0.5, training_samples: [] },
  performance_anomalies: {
    ...{ anomaly_type: 'latency_spike', severity: 'low', detection_method: 'limit', description: 'Slow' },
    ...{ impact_assessment: {} },
  },
  data_quality_metrics: {
    ...{
      metric_type: 'collection_integrity',
      metric_value: 1,
      time_window_start: START,
      time_window_end: END,
    },
  },
  system_health_metrics: { active_agents: 1 },
};

describe.each(STAGES)('performance tracking %s', (name) => {
  const stage = new TenantStage(name, 4);
  // What the row does not say is left to the defaults of the table.
  const insert = (table: string, fields: Row = {}): Promise<void> =>
    insertRows(stage.session, table, [{ ...ROWS[table], ...fields }]);
  const ask = (text: string): Promise<Record<string, unknown>> => queryOne(stage.session, text);

  describe.skipIf(stage.kind === 'pglite')('its tables', () => {
    beforeEach(() => insert('benchmark_datasets', { id: 'd' }));

    it.each(Object.keys(ROWS))('take a row: %s', async (table) => {
      await expect(insert(table)).resolves.toBeUndefined();
    });

    it.each([
      ['performance_events', 'event_type_check', { event_type: 'coffee' }],
      ['performance_events', 'agent_id_check', { agent_id: '' }],
      ['performance_events', 'task_id_check', { task_id: '' }],
      ['performance_events', 'integrity_hash_check', { integrity_hash: '' }],
      ['performance_events', 'latency_metrics_check', { latency_metrics: [] }],
      ['performance_events', 'accuracy_metrics_check', { accuracy_metrics: 1 }],
      ['performance_events', 'resource_metrics_check', { resource_metrics: 'x' }],
      ['performance_events', 'compliance_metrics_check', { compliance_metrics: [] }],
      ['performance_events', 'cost_metrics_check', { cost_metrics: [] }],
      ['performance_events', 'reliability_metrics_check', { reliability_metrics: [] }],
      ['performance_events', 'context_check', { context: [] }],
      ['performance_events', 'metadata_check', { metadata: [] }],
      ['performance_events', 'timestamp_not_future', { timestamp: '2999-01-01' }],
      ['performance_events', 'timestamp_not_future', { timestamp: 'infinity' }],
      ['agent_performance_profiles', 'agent_id_check', { agent_id: '' }],
      ['agent_performance_profiles', 'task_type_check', { task_type: '' }],
      ['agent_performance_profiles', 'aggregation_window_check', { aggregation_window: 'endless' }],
      ['agent_performance_profiles', 'time_range_valid', { end_time: START }],
      ['agent_performance_profiles', 'sample_count_check', { sample_count: 0 }],
      ['agent_performance_profiles', 'confidence_score_check', { confidence_score: 1.01 }],
      ['agent_performance_profiles', 'confidence_score_check', { confidence_score: 'NaN' }],
      ['agent_performance_profiles', 'performance_metrics_check', { performance_metrics: [] }],
      ['agent_performance_profiles', 'trend_direction_check', { trend_direction: 'sideways' }],
      ['agent_performance_profiles', 'trend_magnitude_check', { trend_magnitude: -1.001 }],
      ['agent_performance_profiles', 'trend_magnitude_check', { trend_magnitude: 'NaN' }],
      ['agent_performance_profiles', 'trend_confidence_check', { trend_confidence: 'NaN' }],
      ['agent_performance_profiles', 'trend_time_window_hours_check', { trend_time_window_hours: 0 }],
      ['agent_performance_profiles', 'outlier_count_check', { outlier_count: -1 }],
      ['agent_performance_profiles', 'outlier_events_check', { outlier_events: {} }],
      ['benchmark_datasets', 'id_format', { id: 'a b' }],
      ['benchmark_datasets', 'name_check', { name: '' }],
      ['benchmark_datasets', 'task_type_check', { task_type: '' }],
      ['benchmark_datasets', 'test_case_count_check', { test_case_count: 0 }],
      ['benchmark_datasets', 'dataset_size_bytes_check', { dataset_size_bytes: -1 }],
      ['benchmark_datasets', 'baseline_metrics_check', { baseline_metrics: [] }],
      ['benchmark_datasets', 'access_pattern_check', { access_pattern: 'post' }],
      ['benchmark_datasets', 'validation_status_check', { validation_status: 'so so' }],
      ['benchmark_evaluations', 'agent_id_check', { agent_id: '' }],
      ['benchmark_evaluations', 'duration_positive', { duration_ms: 0 }],
      ['benchmark_evaluations', 'status_check', { status: 'lost' }],
      ['benchmark_evaluations', 'completion_check', { status: 'completed', completed_at: END }],
      ['benchmark_evaluations', 'completion_check', { status: 'completed', overall_score: 1 }],
      ['benchmark_evaluations', 'progress_check', { progress: 'NaN' }],
      ['benchmark_evaluations', 'overall_score_check', { overall_score: 1.001 }],
      ['benchmark_evaluations', 'overall_score_check', { overall_score: 'NaN' }],
      ['benchmark_evaluations', 'performance_metrics_check', { performance_metrics: [] }],
      ['benchmark_evaluations', 'test_case_results_check', { test_case_results: {} }],
      ['benchmark_evaluations', 'passed_test_cases_check', { passed_test_cases: -1 }],
      ['benchmark_evaluations', 'failed_test_cases_check', { failed_test_cases: -1 }],
      ['benchmark_evaluations', 'baseline_comparison_check', { baseline_comparison: [] }],
      ['benchmark_evaluations', 'error_details_check', { error_details: [] }],
      ['benchmark_evaluations', 'evaluation_config_check', { evaluation_config: [] }],
      ['rl_training_batches', 'agent_id_check', { agent_id: '' }],
      ['rl_training_batches', 'sample_count_check', { sample_count: 0 }],
      ['rl_training_batches', 'quality_score_check', { quality_score: 'NaN' }],
      ['rl_training_batches', 'anonymization_level_check', { anonymization_level: 'hat' }],
      ['rl_training_batches', 'status_check', { status: 'lost' }],
      ['rl_training_batches', 'training_samples_check', { training_samples: {} }],
      ['rl_training_batches', 'data_quality_metrics_check', { data_quality_metrics: [] }],
      ['performance_anomalies', 'anomaly_type_check', { anomaly_type: 'odd' }],
      ['performance_anomalies', 'severity_check', { severity: 'mild' }],
      ['performance_anomalies', 'agent_id_check', { agent_id: '' }],
      ['performance_anomalies', 'task_id_check', { task_id: '' }],
      ['performance_anomalies', 'detection_method_check', { detection_method: '' }],
      ['performance_anomalies', 'anomaly_metrics_check', { anomaly_metrics: [] }],
      ['performance_anomalies', 'threshold_values_check', { threshold_values: [] }],
      ['performance_anomalies', 'impact_assessment_check', { impact_assessment: [] }],
      ['performance_anomalies', 'status_check', { status: 'lost' }],
      ['performance_anomalies', 'resolution_check', { status: 'resolved' }],
      ['performance_anomalies', 'resolution_check', { status: 'false_positive' }],
      ['performance_anomalies', 'recommendations_check', { recommendations: {} }],
      ['data_quality_metrics', 'metric_type_check', { metric_type: 'odd' }],
      ['data_quality_metrics', 'agent_id_check', { agent_id: '' }],
      ['data_quality_metrics', 'metric_value_check', { metric_value: 'NaN' }],
      ['data_quality_metrics', 'threshold_value_check', { threshold_value: 'NaN' }],
      ['data_quality_metrics', 'time_window_valid', { time_window_end: START }],
      ['data_quality_metrics', 'metric_details_check', { metric_details: [] }],
      ['system_health_metrics', 'active_agents_check', { active_agents: -1 }],
      ['system_health_metrics', 'total_tasks_processed_check', { total_tasks_processed: -1 }],
      ['system_health_metrics', 'average_latency_ms_check', { average_latency_ms: 'NaN' }],
      ['system_health_metrics', 'overall_success_rate_check', { overall_success_rate: 'NaN' }],
      ['system_health_metrics', 'system_cpu_utilization_check', { system_cpu_utilization: 100.01 }],
      ['system_health_metrics', 'system_memory_utilization_check', { system_memory_utilization: 'NaN' }],
      ['system_health_metrics', 'database_connections_active_check', { database_connections_active: -1 }],
      ['system_health_metrics', 'database_connections_idle_check', { database_connections_idle: -1 }],
      ['system_health_metrics', 'p95_latency_ms_check', { p95_latency_ms: 'NaN' }],
      ['system_health_metrics', 'p99_latency_ms_check', { p99_latency_ms: -1 }],
      ['system_health_metrics', 'error_rate_percent_check', { error_rate_percent: 'NaN' }],
      ['system_health_metrics', 'throughput_check', { throughput_tasks_per_minute: 'NaN' }],
      ['system_health_metrics', 'active_anomalies_check', { active_anomalies: -1 }],
      ['system_health_metrics', 'critical_anomalies_check', { critical_anomalies: -1 }],
      ['system_health_metrics', 'events_collected_last_hour_check', { events_collected_last_hour: -1 }],
      ['system_health_metrics', 'data_integrity_violations_check', { data_integrity_violations: -1 }],
      ['system_health_metrics', 'system_status_check', { system_status: 'lost' }],
      ['system_health_metrics', 'status_details_check', { status_details: [] }],
    ])('refuse, in %s, by %s: %j', async (table, constraint, fields) => {
      await expect(insert(table, fields)).rejects.toMatchObject(refusedBy(`${table}_${constraint}`));
    });

    it('refuse an event that moves into the future, and let it be corrected', async () => {
      await insert('performance_events', { timestamp: START });
      await ask(`update performance_events set timestamp = now() + interval '59 minutes' returning id`);
      await expect(
        ask(`update performance_events set timestamp = now() + interval '61 minutes' returning id`),
      ).rejects.toMatchObject(refusedBy('performance_events_timestamp_not_future'));
    });

    it.each([
      ['performance_events', 'performance_events_integrity_hash_unique'],
      ['agent_performance_profiles', 'agent_performance_profiles_unique_agent_task_window'],
      ['benchmark_datasets', 'benchmark_datasets_pkey'],
    ])('take it only once: %s', async (table, constraint) => {
      await insert(table);
      await expect(insert(table)).rejects.toMatchObject(refusedBy(constraint, '23505'));
    });

    it('take the evaluations with their dataset, and none of an unknown one', async () => {
      await insert('benchmark_evaluations');
      await ask(`delete from benchmark_datasets where id = 'd' returning id`);
      await expect(
        queryValue(stage.session, 'select count(*)::int from benchmark_evaluations'),
      ).resolves.toBe(0);
      await expect(insert('benchmark_evaluations')).rejects.toMatchObject(
        refusedBy('benchmark_evaluations_dataset_id_fkey', '23503'),
      );
    });

    it('count more than ten thousand tasks a minute', async () => {
      await insert('system_health_metrics', { throughput_tasks_per_minute: 1_234_567.89 });
      await expect(ask('select throughput_tasks_per_minute from system_health_metrics')).resolves.toEqual({
        throughput_tasks_per_minute: '1234567.89',
      });
    });

    it.each([
      'performance_events',
      'agent_performance_profiles',
      'benchmark_datasets',
      'benchmark_evaluations',
      'rl_training_batches',
      'performance_anomalies',
    ])('note when a row changes: %s', async (table) => {
      await insert(table, { updated_at: START });
      await expect(
        queryValue(
          stage.session,
          `with changed as (update ${table} set id = id returning updated_at)
           select bool_and(updated_at = now()) from changed`,
        ),
      ).resolves.toBe(true);
    });
  });

  describe.skipIf(stage.kind === 'pglite')('set_rl_batch_expiry', () => {
    it.each(['UTC', 'Europe/Berlin'])('gives a batch thirty days of 24 hours, in %s', async (zone) => {
      await ask(`select set_config('timezone', '${zone}', true)`);
      await insert('rl_training_batches', { created_at: '2025-03-20T00:00:00Z' });
      await expect(
        queryValue(stage.session, `select expires_at = '2025-04-19T00:00:00Z' from rl_training_batches`),
      ).resolves.toBe(true);
    });

    it('keeps an end that was given', async () => {
      await insert('rl_training_batches', { expires_at: END });
      await expect(
        queryValue(stage.session, `select expires_at = '${END}' from rl_training_batches`),
      ).resolves.toBe(true);
    });

    it('lets no batch be expired that never expires', async () => {
      await insert('rl_training_batches');
      await ask('update rl_training_batches set expires_at = null returning id');
      await expect(
        ask(`update rl_training_batches set status = 'expired' returning id`),
      ).rejects.toMatchObject(refusedBy('rl_training_batches_expiry_logic'));
    });
  });

  describe.skipIf(stage.kind === 'pglite')('validate_performance_metrics', () => {
    const all = { latency: {}, accuracy: {}, resources: {}, compliance: {}, cost: {}, reliability: {} };
    const { cost, ...withoutCost } = all;
    it.each([
      [all, true],
      [{ ...all, more: 1 }, true],
      [withoutCost, false],
      [{}, false],
      [Object.keys({ ...withoutCost, cost }), false],
      ['latency', false],
      [null, false],
    ])('says of %j: %j', async (metrics, isComplete) => {
      await expect(
        queryValue(stage.session, 'select validate_performance_metrics($1::text::jsonb)', [
          JSON.stringify(metrics),
        ]),
      ).resolves.toBe(isComplete);
    });

    it('says nothing of null', async () => {
      await expect(
        queryValue(stage.session, 'select validate_performance_metrics(null)'),
      ).resolves.toBeNull();
    });
  });

  describe.skipIf(stage.kind === 'pglite')('its views', () => {
    it('recent_performance_events: the last day', async () => {
      await insert('performance_events', { integrity_hash: 'old', timestamp: START });
      await insert('performance_events', { integrity_hash: 'new', timestamp: new Date().toISOString() });
      await expect(ask('select integrity_hash from recent_performance_events')).resolves.toEqual({
        integrity_hash: 'new',
      });
    });

    it('agent_performance_summary: by agent and kind of task, of numbers alone', async () => {
      const event = (integrity_hash: string, averageMs: unknown, fields: Row = {}): Promise<void> =>
        insert('performance_events', {
          ...{ integrity_hash, timestamp: START, latency_metrics: { averageMs } },
          ...{ accuracy_metrics: { successRate: 0.5 }, context: { taskType: 'analysis' }, ...fields },
        });
      await event('1', 10);
      await event('2', 30, { timestamp: END });
      await event('3', 'a text', { accuracy_metrics: {} });
      await event('4', 7, { context: {} });
      await event('5', 7, { agent_id: null });
      const { rows } = await stage.session.query(`
        select
          agent_id, task_type, total_events::int, avg_latency_ms::float, avg_success_rate::float,
          first_event = '${START}' as first, last_event = '${END}' as last
        from agent_performance_summary order by task_type nulls last`);
      expect(rows).toEqual([
        {
          ...{ agent_id: 'a', task_type: 'analysis', total_events: 3, avg_latency_ms: 20 },
          ...{ avg_success_rate: 0.5, first: true, last: true },
        },
        {
          ...{ agent_id: 'a', task_type: null, total_events: 1, avg_latency_ms: 7 },
          ...{ avg_success_rate: 0.5, first: true, last: false },
        },
      ]);
    });

    it.each(['UTC', 'Asia/Kolkata'])('system_performance_dashboard: by hour of UTC, in %s', async (zone) => {
      await ask(`select set_config('timezone', '${zone}', true)`);
      const { from } = (await ask(`select date_trunc('hour', now(), 'UTC') - interval '1 day' as from`)) as {
        from: Date;
      };
      const at = (minutes: number): string => new Date(from.getTime() + minutes * 60_000).toISOString();
      const metrics = (minutes: number, latency: number, anomalies: number): Promise<void> =>
        insert('system_health_metrics', {
          ...{ metric_timestamp: at(minutes), average_latency_ms: latency, active_anomalies: anomalies },
        });
      await metrics(1, 10, 1);
      await metrics(59, 20, 3);
      await insert('system_health_metrics', { metric_timestamp: START });
      await expect(
        ask(`
          select hour = '${at(0)}' as hour, avg_latency::float, max_anomalies, metric_count::int
          from system_performance_dashboard`),
      ).resolves.toEqual({ hour: true, avg_latency: 15, max_anomalies: 3, metric_count: 2 });
    });
  });

  it.skipIf(stage.kind === 'pglite')('has example rows for every table', async () => {
    await insertPerformanceRows(stage.session, 'default-tenant');
    for (const table of Object.keys(ROWS))
      await expect(queryValue(stage.session, `select count(*)::int from ${table}`)).resolves.toBe(1);
  });
});
