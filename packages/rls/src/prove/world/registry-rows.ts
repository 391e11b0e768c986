import { agent, PAIRED, PAST, task, uuid, type RowMaker } from './row-maker.ts';

export const REGISTRY_ROWS: readonly RowMaker[] = [
  // 001
  {
    table: 'agent_profiles',
    more: [PAIRED],
    row: (n, tenant) => ({ id: agent(n), name: `${tenant} ${agent(n)}`, model_family: 'human' }),
  },
  {
    table: 'agent_capabilities',
    row: (n, tenant) => ({
      id: uuid(n),
      agent_id: agent(1),
      capability_type: 'language',
      capability_value: `${tenant} ${String(n)}`,
    }),
  },
  // One an agent.
  {
    table: 'agent_performance_history',
    row: (n) => ({ agent_id: agent(n === 2 ? PAIRED : n), task_count: 1 }),
  },
  {
    table: 'agent_performance_events',
    row: (n) => ({
      id: uuid(n),
      agent_id: agent(1),
      task_id: task(n),
      success: true,
      quality_score: 0.9,
      latency_ms: 1200,
      recorded_at: PAST,
    }),
  },
  {
    table: 'current_load',
    row: (n) => ({ agent_id: agent(n === 2 ? PAIRED : n), active_tasks: 1, utilization_percent: 10 }),
  },
  // 002
  {
    table: 'task_queue',
    row: (n, tenant) => ({
      id: uuid(n),
      task_id: task(n),
      task_type: 'research',
      description: tenant,
      priority: 5,
    }),
  },
  {
    table: 'task_assignments',
    row: (n, tenant) => ({
      id: uuid(n),
      assignment_id: `assignment ${String(n)}`,
      task_id: task(1),
      agent_id: agent(1),
      agent_name: tenant,
      agent_model_family: 'human',
      assigned_at: PAST,
      deadline: '2025-01-01T00:01:00Z',
      assignment_timeout_ms: 60_000,
      routing_confidence: 0.75,
      routing_strategy: 'ucb',
    }),
  },
  {
    table: 'task_execution_history',
    row: (n, tenant) => ({
      id: uuid(n),
      task_id: task(1),
      assignment_id: 'assignment 1',
      attempt_number: n,
      started_at: PAST,
      agent_id: agent(1),
      agent_name: tenant,
    }),
  },
  {
    table: 'queue_statistics',
    row: (n) => ({ id: uuid(n), queue_depth: n, recorded_at: `2025-01-01T00:00:0${String(n)}Z` }),
  },
  {
    table: 'queue_configuration',
    row: (n, tenant) => ({ id: uuid(n), config_key: `proof ${String(n)}`, config_value: { tenant } }),
  },
];
