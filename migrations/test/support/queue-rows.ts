import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

/** Puts a row into every table of the task queue. */
export async function insertQueueRows(session: SqlSession, tenant: string): Promise<void> {
  const [task_id, assignment_id] = [`${tenant} task`, `${tenant} assignment`];
  const agent = { agent_id: `${tenant} agent 1`, agent_name: `${tenant} agent 1` };
  await insertRows(session, 'task_queue', [
    { id: crypto.randomUUID(), task_id, task_type: 'research', description: 'Find out.', priority: 5 },
  ]);
  await insertRows(session, 'task_assignments', [
    {
      id: crypto.randomUUID(),
      assignment_id,
      task_id,
      ...agent,
      agent_model_family: 'human',
      assigned_at: '2025-01-01T00:00:00Z',
      deadline: '2025-01-01T00:01:00Z',
      assignment_timeout_ms: 60_000,
      routing_confidence: 0.75,
      routing_strategy: 'ucb',
    },
  ]);
  await insertRows(session, 'task_execution_history', [
    {
      id: crypto.randomUUID(),
      task_id,
      assignment_id,
      attempt_number: 1,
      started_at: '2025-01-01T00:00:01Z',
      ...agent,
    },
  ]);
  await insertRows(session, 'queue_statistics', [{ id: crypto.randomUUID(), queue_depth: 1 }]);
  // A key of its own: the default tenant has the others from 002.
  await insertRows(session, 'queue_configuration', [
    { id: crypto.randomUUID(), config_key: 'tests', config_value: { tenant } },
  ]);
}
