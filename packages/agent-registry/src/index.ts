// Everything, one call a transaction
export { AgentRegistryClient } from './agent-registry-client.ts';
export type { AgentRegistryOperations } from './agent-registry-client.ts';

// Agents
export { AgentRegistration, registerAgent } from './agents/register-agent.ts';
export { AgentInput, putAgents } from './agents/put-agents.ts';
export { AgentChange, updateAgent } from './agents/update-agent.ts';
export { UnregisterOptions, unregisterAgent } from './agents/unregister-agent.ts';
export { recordActivity } from './agents/record-activity.ts';
export { archiveStaleAgents, StaleAgents } from './agents/archive-stale-agents.ts';
export { findAgent, getAgent } from './agents/get-agent.ts';
export { AgentFilter, AgentPage, countAgents, listAgents } from './agents/list-agents.ts';
export { AgentQuery, queryAgents } from './agents/query-agents.ts';
export { getRegistryStatistics } from './agents/registry-statistics.ts';
export type { RegistryStatistics } from './agents/registry-statistics.ts';
export { CapabilityValues } from './agents/declared-capabilities.ts';
export type { DeclaredCapabilities } from './agents/declared-capabilities.ts';
export type { Agent, AgentStatus } from './agents/agent.ts';
export type { Json, JsonObject } from './json-object.ts';

// Load
export { adjustLoad, LoadChange } from './load/adjust-load.ts';
export { LoadInput, putLoad } from './load/put-load.ts';
export type { Load } from './load/load.ts';

// Performance
export { recordPerformance } from './performance/record-performance.ts';
export { listPerformanceEvents, PerformanceEventPage } from './performance/list-performance-events.ts';
export { listPerformanceStatistics, PerformanceQuery } from './performance/performance-statistics.ts';
export type { PerformanceSummary } from './performance/performance-statistics.ts';
export { PerformanceEventInput } from './performance/performance-event.ts';
export type { PerformanceEvent } from './performance/performance-event.ts';
export type { AgentPerformance } from './performance/agent-performance.ts';

// Tasks: into the queue
export { enqueueTasks, TaskInput } from './tasks/enqueue-tasks.ts';
export { RequiredCapabilities } from './tasks/required-capabilities.ts';
export { cancelTask, Cancellation } from './tasks/cancel-task.ts';
export { getTask } from './tasks/task.ts';
export type { Task } from './tasks/task.ts';
export { TaskType } from './tasks/task-values.ts';
export type { TaskStatus } from './tasks/task-values.ts';

// Tasks: working on them
export { Claim, claimTasks } from './tasks/claim-tasks.ts';
export type { ClaimedTask } from './tasks/claim-tasks.ts';
export { Lease } from './tasks/lease.ts';
export { heartbeat, Heartbeat } from './tasks/heartbeat.ts';
export { completeTask } from './tasks/complete-task.ts';
export { AttemptReport } from './tasks/attempt-report.ts';
export { failTask, TaskFailure } from './tasks/fail-task.ts';
export type { FailedTask } from './tasks/fail-task.ts';
export { acknowledgeTask, startTask } from './tasks/assignments.ts';

// Tasks: keeping the queue
export { Reclaim, reclaimExpired } from './tasks/reclaim-expired.ts';
export type { Reclaimed } from './tasks/reclaim-expired.ts';
export { DeadLetterPage, listDeadLetters, Requeue, requeueDeadLetter } from './tasks/dead-letters.ts';
export { AssignmentPage, AssignmentStatus, listAssignments } from './tasks/assignments.ts';
export type { Assignment } from './tasks/assignments.ts';
export { ExecutionPage, listExecutions } from './tasks/executions.ts';
export type { Execution } from './tasks/executions.ts';
export { getQueueStatistics, ProcessFigures, recordQueueStatistics } from './tasks/queue-statistics.ts';
export type { QueueStatistics } from './tasks/queue-statistics.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { AgentRegistryTables } from './tables.ts';

// Errors
export { AgentRegistryError } from './errors.ts';
export type { AgentRegistryErrorCode } from './errors.ts';
