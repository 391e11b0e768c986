import { cutPage, isBehind, type PlacedRow, placeOf, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import type { JsonObject } from '../json-object.ts';
import { Page } from '../page.ts';
import { TaskId } from './task-values.ts';

/** One attempt at a task. */
export interface Execution {
  readonly taskId: string;
  /** Undefined: it was run without being assigned. */
  readonly assignmentId: string | undefined;
  /** From 1; it goes on when a dead letter is put back. */
  readonly attempt: number;
  readonly agentId: string;
  /** As it was then. */
  readonly agentName: string;
  readonly startedAt: Date;
  readonly completedAt: Date | undefined;
  readonly executionTimeMs: number | undefined;
  /** Undefined: still running. */
  readonly success: boolean | undefined;
  readonly errorMessage: string | undefined;
  /** 0–1. */
  readonly qualityScore: number | undefined;
  readonly tokensUsed: number | undefined;
  readonly cawsPassed: boolean | undefined;
  readonly cawsViolations: readonly JsonObject[];
  readonly filesChanged: number | undefined;
  readonly linesChanged: number | undefined;
  readonly metadata: JsonObject;
}

export const ExecutionPage = z.strictObject({
  ...Page.shape,
  taskId: TaskId.optional(),
  agentId: AgentId.optional(),
});
export type ExecutionPage = z.input<typeof ExecutionPage>;

/**
 * Attempts at tasks, the latest first.
 *
 * @returns `next` to be handed in as `after` for the next page; missing on the last one.
 * @throws {AgentRegistryError} `INVALID_INPUT`.
 */
export async function listExecutions(
  tx: TenantTransaction,
  page: ExecutionPage = {},
): Promise<{ readonly executions: Execution[]; readonly next: string | undefined }> {
  const { limit, after, taskId, agentId } = parseInput(ExecutionPage, page, 'the page');
  const instant = sql`started_at`;
  const found = await sql<ExecutionRow & PlacedRow>`
    select *, quality_score::double precision as quality_score, ${placeOf(instant)}
    from task_execution_history
    where tenant_id = ${tx.tenantId}
      and ${taskId === undefined ? sql`true` : sql`task_id = ${taskId}`}
      and ${agentId === undefined ? sql`true` : sql`agent_id = ${agentId}`}
      and ${isBehind(instant, after)}
    order by started_at desc, id desc
    limit ${limit + 1}
  `.execute(tx);
  const { rows, next } = cutPage(found.rows, limit);
  return { executions: rows.map(fromRow), next };
}

interface ExecutionRow {
  readonly task_id: string;
  readonly assignment_id: string | null;
  readonly attempt_number: number;
  readonly agent_id: string;
  readonly agent_name: string;
  readonly started_at: Date;
  readonly completed_at: Date | null;
  readonly execution_time_ms: string | null;
  readonly success: boolean | null;
  readonly error_message: string | null;
  readonly quality_score: number | null;
  readonly tokens_used: number | null;
  readonly caws_passed: boolean | null;
  readonly caws_violations: readonly JsonObject[];
  readonly caws_budget_used_files: number | null;
  readonly caws_budget_used_loc: number | null;
  readonly execution_metadata: JsonObject;
}

function fromRow(row: ExecutionRow): Execution {
  return {
    taskId: row.task_id,
    assignmentId: row.assignment_id ?? undefined,
    attempt: row.attempt_number,
    agentId: row.agent_id,
    agentName: row.agent_name,
    startedAt: row.started_at,
    completedAt: row.completed_at ?? undefined,
    executionTimeMs: row.execution_time_ms === null ? undefined : Number(row.execution_time_ms),
    success: row.success ?? undefined,
    errorMessage: row.error_message ?? undefined,
    qualityScore: row.quality_score ?? undefined,
    tokensUsed: row.tokens_used ?? undefined,
    cawsPassed: row.caws_passed ?? undefined,
    cawsViolations: row.caws_violations,
    filesChanged: row.caws_budget_used_files ?? undefined,
    linesChanged: row.caws_budget_used_loc ?? undefined,
    metadata: row.execution_metadata,
  };
}
