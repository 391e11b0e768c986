import { cutPage, isBehind, type PlacedRow, placeOf, type TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { isHeld, Lease, leaseLost } from './lease.ts';
import { Page } from '../page.ts';
import { TaskId } from './task-values.ts';

export const AssignmentStatus = z.enum([
  'assigned',
  'acknowledged',
  'executing',
  'completed',
  'failed',
  'cancelled',
]);
export type AssignmentStatus = z.infer<typeof AssignmentStatus>;

/** That an agent was given a task. */
export interface Assignment {
  readonly id: string;
  readonly taskId: string;
  readonly agentId: string;
  /** As they were then. */
  readonly agentName: string;
  readonly agentModelFamily: string;
  readonly status: AssignmentStatus;
  /** Undefined: it was given by hand. */
  readonly leaseToken: number | undefined;
  /** 0–1. */
  readonly progress: number;
  readonly assignedAt: Date;
  readonly deadlineAt: Date;
  readonly acknowledgedAt: Date | undefined;
  readonly startedAt: Date | undefined;
  readonly completedAt: Date | undefined;
  readonly lastProgressAt: Date | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
}

/**
 * Notes that the worker has got the task.
 *
 * @throws {AgentRegistryError} `LEASE_LOST`, `TASK_NOT_FOUND`, `INVALID_INPUT`.
 */
export function acknowledgeTask(tx: TenantTransaction, lease: Lease): Promise<void> {
  return advance(
    tx,
    lease,
    sql`
      status = case when assignment.status = 'assigned' then 'acknowledged' else assignment.status end,
      acknowledged_at = coalesce(assignment.acknowledged_at, clock_timestamp())`,
  );
}

/**
 * Notes that the worker has begun; a heartbeat with progress does so, too.
 *
 * @throws {AgentRegistryError} `LEASE_LOST`, `TASK_NOT_FOUND`, `INVALID_INPUT`.
 */
export function startTask(tx: TenantTransaction, lease: Lease): Promise<void> {
  return advance(
    tx,
    lease,
    sql`status = 'executing', started_at = coalesce(assignment.started_at, clock_timestamp())`,
  );
}

async function advance(tx: TenantTransaction, lease: Lease, change: RawBuilder<unknown>): Promise<void> {
  const held = parseInput(Lease, lease, 'the lease');
  const { rows } = await sql`
    with held as materialized (
      select task.tenant_id, task.task_id, task.lease_token from task_queue as task where ${isHeld(tx, held)} for no key update
    )
    update task_assignments as assignment
    set ${change}
    from held
    where assignment.tenant_id = held.tenant_id
      and assignment.task_id = held.task_id
      and assignment.lease_token = held.lease_token
    returning assignment.assignment_id
  `.execute(tx);
  if (rows.length === 0) throw await leaseLost(tx, held);
}

export const AssignmentPage = z.strictObject({
  ...Page.shape,
  taskId: TaskId.optional(),
  agentId: AgentId.optional(),
  status: AssignmentStatus.optional(),
});
export type AssignmentPage = z.input<typeof AssignmentPage>;

/**
 * Who was given what, the latest first.
 *
 * @returns `next` to be handed in as `after` for the next page; missing on the last one.
 * @throws {AgentRegistryError} `INVALID_INPUT`.
 */
export async function listAssignments(
  tx: TenantTransaction,
  page: AssignmentPage = {},
): Promise<{ readonly assignments: Assignment[]; readonly next: string | undefined }> {
  const { limit, after, taskId, agentId, status } = parseInput(AssignmentPage, page, 'the page');
  const instant = sql`created_at`;
  const found = await sql<AssignmentRow & PlacedRow>`
    select *, progress::double precision as progress, ${placeOf(instant)}
    from task_assignments
    where tenant_id = ${tx.tenantId}
      and ${taskId === undefined ? sql`true` : sql`task_id = ${taskId}`}
      and ${agentId === undefined ? sql`true` : sql`agent_id = ${agentId}`}
      and ${status === undefined ? sql`true` : sql`status = ${status}`}
      and ${isBehind(instant, after)}
    order by created_at desc, id desc
    limit ${limit + 1}
  `.execute(tx);
  const { rows, next } = cutPage(found.rows, limit);
  return { assignments: rows.map(fromRow), next };
}

interface AssignmentRow {
  readonly assignment_id: string;
  readonly task_id: string;
  readonly agent_id: string;
  readonly agent_name: string;
  readonly agent_model_family: string;
  readonly status: AssignmentStatus;
  readonly lease_token: number | null;
  readonly progress: number;
  readonly assigned_at: Date;
  readonly deadline: Date;
  readonly acknowledged_at: Date | null;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly last_progress_update: Date | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

function fromRow(row: AssignmentRow): Assignment {
  return {
    id: row.assignment_id,
    taskId: row.task_id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    agentModelFamily: row.agent_model_family,
    status: row.status,
    leaseToken: row.lease_token ?? undefined,
    progress: row.progress,
    assignedAt: row.assigned_at,
    deadlineAt: row.deadline,
    acknowledgedAt: row.acknowledged_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    completedAt: row.completed_at ?? undefined,
    lastProgressAt: row.last_progress_update ?? undefined,
    errorCode: row.error_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
  };
}
