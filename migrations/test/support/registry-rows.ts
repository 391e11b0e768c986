import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

/** Puts a row into every table of the agent registry but the agents', for the tenant's first agent of `insertTenantRows`. */
export async function insertRegistryRows(session: SqlSession, tenant: string): Promise<void> {
  const agent_id = `${tenant} agent 1`;
  await insertRows(session, 'agent_capabilities', [
    { agent_id, capability_type: 'language', capability_value: 'typescript' },
  ]);
  await insertRows(session, 'agent_performance_history', [{ agent_id, task_count: 1 }]);
  await insertRows(session, 'agent_performance_events', [
    {
      id: crypto.randomUUID(),
      agent_id,
      task_id: `${tenant} task`,
      success: true,
      quality_score: 0.9,
      latency_ms: 1200,
      recorded_at: '2025-01-01',
    },
  ]);
  await insertRows(session, 'current_load', [{ agent_id, active_tasks: 1, utilization_percent: 10 }]);
}
