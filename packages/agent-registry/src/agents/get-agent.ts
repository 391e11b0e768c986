import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { UNSTORABLE } from '../column-values.ts';
import { AgentRegistryError } from '../errors.ts';
import { selectAgents, type Agent } from './agent.ts';

/**
 * The agent with this id or, failing that, this name or, failing that, this name in any case.
 *
 * **Runs** an index lookup; then, for a name in another case, a scan of the tenant's agents.
 *
 * @throws {AgentRegistryError} `AGENT_NOT_FOUND` or `AGENT_AMBIGUOUS`.
 */
export async function getAgent(tx: TenantTransaction, idOrName: string): Promise<Agent> {
  const agent = await findAgent(tx, idOrName);
  if (agent !== undefined) return agent;
  throw new AgentRegistryError(
    'AGENT_NOT_FOUND',
    'the tenant has no agent of that id or name: list or search first',
  );
}

/**
 * As {@link getAgent}; undefined when there is none.
 *
 * @throws {AgentRegistryError} `AGENT_AMBIGUOUS`.
 */
export async function findAgent(tx: TenantTransaction, idOrName: string): Promise<Agent | undefined> {
  // Text that cannot be stored is no agent's; sent as a parameter it would be an error, or turn into other text.
  if (UNSTORABLE.test(idOrName)) return undefined;
  const exact = await select(
    tx,
    sql`
      select id from agent_profiles where tenant_id = ${tx.tenantId} and id = ${idOrName}
      union
      select id from agent_profiles where tenant_id = ${tx.tenantId} and name = ${idOrName}
    `,
  );
  // At most two: one agent's id may be another's name.
  if (exact.length > 0) return exact.find((agent) => agent.id === idOrName) ?? exact[0];
  // Both sides in the database: JavaScript has other rules for letters such as İ and Σ.
  const [agent, ...others] = await select(
    tx,
    sql`select id from agent_profiles where tenant_id = ${tx.tenantId} and lower(name) = lower(${idOrName})`,
  );
  if (others.length > 0) {
    throw new AgentRegistryError('AGENT_AMBIGUOUS', `${others.length + 1} agents have that name: use an id`);
  }
  return agent;
}

function select(tx: TenantTransaction, ids: RawBuilder<unknown>): Promise<Agent[]> {
  return selectAgents(tx, { ids, order: sql`id`, limit: 1000 });
}
