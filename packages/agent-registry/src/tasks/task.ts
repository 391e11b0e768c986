import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { DeclaredCapabilities } from '../agents/declared-capabilities.ts';
import { AgentRegistryError, parseInput } from '../errors.ts';
import type { JsonObject } from '../json-object.ts';
import { fromStoredCapabilities, type StoredCapabilities } from './required-capabilities.ts';
import { TaskId, type TaskStatus, type TaskType } from './task-values.ts';

/** A task as it is stored. */
export interface Task {
  readonly id: string;
  readonly type: TaskType;
  readonly description: string;
  /** 1–10, 10 is the most urgent. */
  readonly priority: number;
  readonly status: TaskStatus;
  /** How long an attempt may take. */
  readonly timeoutMs: number;
  /** Attempts since it was given, or put back by hand. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly maxFiles: number;
  readonly maxLinesOfCode: number;
  readonly requiredCapabilities: DeclaredCapabilities;
  readonly metadata: JsonObject;
  readonly availableAt: Date | undefined;
  /** Undefined: there is none. */
  readonly deadlineAt: Date | undefined;
  /** What went wrong last. */
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly createdAt: Date;
  /** When it was last taken. */
  readonly dequeuedAt: Date | undefined;
  readonly completedAt: Date | undefined;
}

export interface TaskRow {
  readonly task_id: string;
  readonly task_type: TaskType;
  readonly description: string;
  readonly priority: number;
  readonly status: TaskStatus;
  readonly timeout_ms: string;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly budget_max_files: number;
  readonly budget_max_loc: number;
  readonly required_capabilities: StoredCapabilities;
  readonly task_metadata: JsonObject;
  readonly available_at: Date | number;
  readonly deadline_at: Date | number;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly dequeued_at: Date | null;
  readonly completed_at: Date | null;
}

/**
 * A task of the tenant.
 *
 * @throws {AgentRegistryError} `TASK_NOT_FOUND`, `INVALID_INPUT`.
 */
export async function getTask(tx: TenantTransaction, taskId: string): Promise<Task> {
  const id = parseInput(TaskId, taskId, 'the id of the task');
  const { rows } = await sql<TaskRow>`
    select * from task_queue where tenant_id = ${tx.tenantId} and task_id = ${id}
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) throw noSuchTask();
  return fromTaskRow(row);
}

export function noSuchTask(): AgentRegistryError {
  return new AgentRegistryError('TASK_NOT_FOUND', 'the tenant has no task of that id: list or enqueue first');
}

export function fromTaskRow(row: TaskRow): Task {
  return {
    id: row.task_id,
    type: row.task_type,
    description: row.description,
    priority: row.priority,
    status: row.status,
    timeoutMs: Number(row.timeout_ms),
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    maxFiles: row.budget_max_files,
    maxLinesOfCode: row.budget_max_loc,
    requiredCapabilities: fromStoredCapabilities(row.required_capabilities),
    metadata: row.task_metadata,
    availableAt: finite(row.available_at),
    deadlineAt: finite(row.deadline_at),
    errorCode: row.error_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
    createdAt: row.created_at,
    dequeuedAt: row.dequeued_at ?? undefined,
    completedAt: row.completed_at ?? undefined,
  };
}

/** PostgreSQL's infinity is a number here. */
function finite(instant: Date | number): Date | undefined {
  return typeof instant === 'number' ? undefined : instant;
}
