import { randomUUID } from 'node:crypto';
import { encodeVector, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId, Embedding, MAX_INTEGER, Text } from '../column-values.ts';
import { AgentRegistryError, parseInput } from '../errors.ts';
import { JsonObject } from '../json-object.ts';
import type { Agent } from './agent.ts';
import { CapabilityValues, capabilityColumns } from './declared-capabilities.ts';
import { getAgent } from './get-agent.ts';
import { lockNames } from './lock-names.ts';

/** An agent that is to be given tasks. */
export const AgentRegistration = z.strictObject({
  /** Default: a random UUID. */
  id: AgentId.optional(),
  /** Unique in the tenant. */
  name: Text.max(255),
  /** Family of the model behind it; `human` for people. */
  modelFamily: Text.max(50),
  status: z.enum(['active', 'inactive']).default('active'),
  config: JsonObject.default({}),
  /** **Shape** [768], finite, not all zero. */
  embedding: Embedding.optional(),
  capabilities: CapabilityValues.default({}),
  /** Tasks that it can work on at once: its utilisation is computed from it. */
  capacity: z.int().min(1).max(MAX_INTEGER).optional(),
});
export type AgentRegistration = z.input<typeof AgentRegistration>;

/**
 * Stores a new agent with its capabilities, an empty load, and the performance that is assumed before the first task: from
 * then on it is available. A known one is refused and not changed; to store agents whether known or not is `putAgents`.
 *
 * **Runs** one insert into each of the four tables, in one statement, and waits for others that give names in the tenant.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; `AGENT_EXISTS` for an id or a name that is taken. Nothing
 *   is written.
 */
export async function registerAgent(tx: TenantTransaction, registration: AgentRegistration): Promise<Agent> {
  const given = parseInput(AgentRegistration, registration, 'the agent');
  const { id = randomUUID(), embedding, capacity = null } = given;
  const { types, values } = capabilityColumns(given.capabilities);
  await lockNames(tx);
  const { rows } = await sql<{ id: string }>`
    with profile as (
      insert into agent_profiles (tenant_id, id, name, model_family, status, config, embedding)
      values (
        ${tx.tenantId}, ${id}, ${given.name}, ${given.modelFamily}, ${given.status},
        ${JSON.stringify(given.config)}::jsonb, ${embedding === undefined ? null : encodeVector(embedding)}::vector
      )
      on conflict do nothing
      returning id
    ),
    capability as (
      insert into agent_capabilities (tenant_id, agent_id, capability_type, capability_value)
      select ${tx.tenantId}, profile.id, type, value
      from profile
      cross join unnest(${types}::text[], ${values}::text[]) as given (type, value)
    ),
    history as (
      insert into agent_performance_history (tenant_id, agent_id) select ${tx.tenantId}, id from profile
    ),
    load as (
      insert into current_load (tenant_id, agent_id, capacity) select ${tx.tenantId}, id, ${capacity}::integer from profile
    )
    select id from profile
  `.execute(tx);
  if (rows.length === 0) throw agentExists();
  return getAgent(tx, id);
}

export function agentExists(): AgentRegistryError {
  return new AgentRegistryError(
    'AGENT_EXISTS',
    'the tenant has an agent of that id or name already: update that one, or take another',
  );
}
