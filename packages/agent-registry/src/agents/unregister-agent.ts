import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { AgentRegistryError, noSuchAgent, parseInput } from '../errors.ts';
import type {} from '../tables.ts';

export const UnregisterOptions = z.strictObject({
  /** Also while it has active tasks. What it was working on is then free for others as soon as its time is over. */
  force: z.boolean().default(false),
});
export type UnregisterOptions = z.input<typeof UnregisterOptions>;

/**
 * Deletes an agent for good, and with it its capabilities, load, performance and place in the graph. What it did stays
 * known: tasks, assignments, executions and provenance name it still. To keep the agent, update its status.
 *
 * Active tasks are those of its load, and those that the queue has given to it and that are not at their end.
 *
 * **Runs** a lock on the profile and the load, so that no task is added meanwhile; then a delete that cascades.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT`; `AGENT_NOT_FOUND`; `AGENT_BUSY` while it has active tasks, unless forced.
 */
export async function unregisterAgent(
  tx: TenantTransaction,
  agentId: string,
  options: UnregisterOptions = {},
): Promise<void> {
  const id = parseInput(AgentId, agentId, 'the id');
  const { force } = parseInput(UnregisterOptions, options, 'the options');
  await lockAgent(tx, id);
  const activeTasks = await countActiveTasks(tx, id);
  if (activeTasks > 0 && !force) {
    throw new AgentRegistryError(
      'AGENT_BUSY',
      `the agent works on ${activeTasks} tasks: wait until they are done, or force it`,
      { details: { activeTasks } },
    );
  }
  await tx.deleteFrom('agent_profiles').where('tenant_id', '=', tx.tenantId).where('id', '=', id).execute();
}

/** Nobody changes profile and load until the transaction ends. The profile first, as everywhere. */
async function lockAgent(tx: TenantTransaction, id: string): Promise<void> {
  const profile = tx.selectFrom('agent_profiles').where('tenant_id', '=', tx.tenantId).where('id', '=', id);
  if ((await profile.select('id').forUpdate().executeTakeFirst()) === undefined) throw noSuchAgent();
  const load = tx.selectFrom('current_load').where('tenant_id', '=', tx.tenantId).where('agent_id', '=', id);
  await load.select('agent_id').forUpdate().execute();
}

/** By its load, or by what the queue has given to it, whichever says more. */
async function countActiveTasks(tx: TenantTransaction, id: string): Promise<number> {
  const { active_tasks } = await getOne(
    sql<{ active_tasks: number }>`
      select
        greatest(
          coalesce(load.active_tasks, profile.active_tasks),
          (
            select count(*)
            from task_assignments as assignment
            where assignment.tenant_id = ${tx.tenantId}
              and assignment.agent_id = ${id}
              and assignment.status in ('assigned', 'acknowledged', 'executing')
          )
        )::float8 as active_tasks
      from agent_profiles as profile
      left join current_load as load on load.tenant_id = ${tx.tenantId} and load.agent_id = ${id}
      where profile.tenant_id = ${tx.tenantId} and profile.id = ${id}
    `.execute(tx),
    'agent of that id',
  );
  return active_tasks;
}
