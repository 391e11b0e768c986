import {
  bindOperations,
  type BoundOperations,
  type ConnectionPoolManager,
  type TenantContextInput,
  type TenantTransaction,
  type TransactionOptions,
} from '@agent-agency/db-core';
import { archiveStaleAgents } from './agents/archive-stale-agents.ts';
import { findAgent, getAgent } from './agents/get-agent.ts';
import { countAgents, listAgents } from './agents/list-agents.ts';
import { putAgents } from './agents/put-agents.ts';
import { queryAgents } from './agents/query-agents.ts';
import { recordActivity } from './agents/record-activity.ts';
import { registerAgent } from './agents/register-agent.ts';
import { getRegistryStatistics } from './agents/registry-statistics.ts';
import { unregisterAgent } from './agents/unregister-agent.ts';
import { updateAgent } from './agents/update-agent.ts';
import { adjustLoad } from './load/adjust-load.ts';
import { putLoad } from './load/put-load.ts';
import { listPerformanceEvents } from './performance/list-performance-events.ts';
import { listPerformanceStatistics } from './performance/performance-statistics.ts';
import { recordPerformance } from './performance/record-performance.ts';
import { acknowledgeTask, listAssignments, startTask } from './tasks/assignments.ts';
import { cancelTask } from './tasks/cancel-task.ts';
import { claimTasks } from './tasks/claim-tasks.ts';
import { completeTask } from './tasks/complete-task.ts';
import { listDeadLetters, requeueDeadLetter } from './tasks/dead-letters.ts';
import { enqueueTasks } from './tasks/enqueue-tasks.ts';
import { listExecutions } from './tasks/executions.ts';
import { failTask } from './tasks/fail-task.ts';
import { heartbeat } from './tasks/heartbeat.ts';
import { getQueueStatistics, recordQueueStatistics } from './tasks/queue-statistics.ts';
import { reclaimExpired } from './tasks/reclaim-expired.ts';
import { getTask } from './tasks/task.ts';

const TENANT_OPERATIONS = {
  // Agents
  ...{ registerAgent, putAgents, updateAgent, unregisterAgent, recordActivity, archiveStaleAgents },
  ...{ getAgent, findAgent, listAgents, queryAgents, countAgents, getRegistryStatistics },
  // Load and performance
  ...{ adjustLoad, putLoad, recordPerformance, listPerformanceEvents, listPerformanceStatistics },
  // Tasks
  ...{ enqueueTasks, cancelTask, getTask, claimTasks, acknowledgeTask, startTask, heartbeat },
  ...{ completeTask, failTask, reclaimExpired, listDeadLetters, requeueDeadLetter },
  ...{ listAssignments, listExecutions, getQueueStatistics, recordQueueStatistics },
} as const;

export type AgentRegistryOperations = BoundOperations<typeof TENANT_OPERATIONS, TenantTransaction>;

/**
 * Everything of this package, one call a transaction.
 *
 * @example
 * const registry = new AgentRegistryClient(manager).tenant({ tenantId: 'acme' });
 * await registry.registerAgent({ id: 'reviewer', name: 'Reviewer', modelFamily: 'claude', capacity: 4 });
 * await registry.queryAgents({ allOf: { languages: ['sql'] }, available: true });
 */
export class AgentRegistryClient {
  readonly #manager: ConnectionPoolManager;

  constructor(manager: ConnectionPoolManager) {
    this.#manager = manager;
  }

  /** What a tenant does. */
  tenant(context: TenantContextInput, options: TransactionOptions = {}): AgentRegistryOperations {
    return bindOperations(TENANT_OPERATIONS, (work: (tx: TenantTransaction) => Promise<unknown>) =>
      this.#manager.withTenant(context, work, options),
    );
  }
}
