import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { AgentRegistryError, noSuchAgent, parseInput } from '../errors.ts';
import type { Lease } from './lease.ts';
import { CLAIM_TASKS, type ClaimedRow, type Claimant } from './queries/claim-tasks.ts';
import { fromTaskRow, type Task } from './task.ts';
import { LeaseMs } from './task-values.ts';

export const Claim = z.strictObject({
  agentId: AgentId,
  /** How many at most. */
  limit: z.int().min(1).max(1000).default(1),
  /** How long the worker is waited for without a heartbeat, 0.1 s to a day. */
  leaseMs: LeaseMs,
});
export type Claim = z.input<typeof Claim>;

/** A task that is one's own until the lease ends. */
export interface ClaimedTask extends Task {
  readonly lease: Lease & { readonly expiresAt: Date };
  readonly assignmentId: string;
  /** When this attempt has to be done, whatever heartbeats there are. */
  readonly attemptDeadlineAt: Date;
}

/**
 * Tasks that are looked at, because others are taking some of them at this moment: looking at one more costs a thousandth
 * of asking again.
 */
const lookAt = (limit: number): number => 64 + 8 * limit;
const MORE = 8;

/**
 * Takes the next tasks that the agent may do, in the order of the queue's `priority_mode`; none, if none can be had.
 * Nobody else gets them while the lease lasts: until it ends, the worker finishes them or sends a heartbeat.
 *
 * What is passed over: tasks that require what the agent does not declare, that wait for their time or their next
 * attempt, whose deadline has passed, and, without waiting, those that somebody else is taking.
 *
 * **Runs** one lookup; then one statement that goes from one set of requirements to the next, merges the heads of
 * those that the agent meets, locks with `for update skip locked`, and makes assignments and execution history. It is
 * repeated for more candidates while others hold all it looked at.
 * **Cost** linear in what is wanted and in the distinct sets of requirements that wait; not in the tasks.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT`; `AGENT_NOT_FOUND`; `AGENT_INACTIVE`.
 * @example
 * const [task] = await claimTasks(tx, { agentId: 'reviewer-1', leaseMs: 60_000 });
 */
export async function claimTasks(tx: TenantTransaction, claim: Claim): Promise<ClaimedTask[]> {
  const { agentId, limit, leaseMs } = parseInput(Claim, claim, 'the claim');
  const agent = await findClaimant(tx, agentId);
  const claimed: ClaimedTask[] = [];
  for (let looked = lookAt(limit); ; looked *= MORE) {
    const wanted = limit - claimed.length;
    const { rows } = await CLAIM_TASKS(tx.tenantId, agent, {
      leaseMs,
      wanted,
      looked,
    }).execute(tx);
    claimed.push(...rows.filter(isTask).map(fromClaimedRow));
    const thereAreMore = rows[0]?.are_more === true;
    if (claimed.length === limit || !thereAreMore) return claimed;
  }
}

async function findClaimant(tx: TenantTransaction, agentId: string): Promise<Claimant> {
  const { rows } = await sql<Claimant & { status: string }>`
    select
      agent.id,
      agent.name,
      agent.model_family,
      agent.status,
      coalesce(
        (
          select jsonb_object_agg(own.type, own.values)
          from (
            select capability_type as type, jsonb_agg(capability_value) as values
            from agent_capabilities
            where tenant_id = ${tx.tenantId} and agent_id = ${agentId}
            group by capability_type
          ) as own
        ),
        '{}'
      )::text as declared,
      coalesce(
        (
          select config_value #>> '{}'
          from queue_configuration
          where tenant_id = ${tx.tenantId} and config_key = 'priority_mode'
        ),
        'priority'
      ) as priority_mode
    from agent_profiles as agent
    where agent.tenant_id = ${tx.tenantId} and agent.id = ${agentId}
  `.execute(tx);
  const [agent] = rows;
  if (agent === undefined) throw noSuchAgent();
  if (agent.status === 'active') return agent;
  throw new AgentRegistryError('AGENT_INACTIVE', `the agent is ${agent.status}: it gets no tasks`);
}

/** There is a row without a task when none was claimed. */
function isTask(row: ClaimedRow | { readonly task_id: null }): row is ClaimedRow {
  return row.task_id !== null;
}

function fromClaimedRow(row: ClaimedRow): ClaimedTask {
  return {
    ...fromTaskRow(row),
    lease: { taskId: row.task_id, token: row.lease_token, expiresAt: row.lease_expires_at },
    assignmentId: row.assignment_id,
    attemptDeadlineAt: row.deadline,
  };
}
