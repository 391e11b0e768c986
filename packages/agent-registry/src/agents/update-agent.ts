import { encodeVector, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId, Embedding, Text } from '../column-values.ts';
import { noSuchAgent, parseInput } from '../errors.ts';
import { JsonObject } from '../json-object.ts';
import type { Agent } from './agent.ts';
import { addCapabilities, keepCapabilities, removeCapabilities } from './change-capabilities.ts';
import { CapabilityValues, capabilityColumns, type CapabilityColumns } from './declared-capabilities.ts';
import { getAgent } from './get-agent.ts';
import { lockNames } from './lock-names.ts';
import { agentExists } from './register-agent.ts';

const CapabilityChange = z
  .strictObject({
    /** Declared from now on; nothing happens to what is declared already. */
    add: CapabilityValues,
    /** Not declared any more; nothing happens to what is not declared. */
    remove: CapabilityValues,
    /** All that is declared from now on. */
    replace: CapabilityValues,
  })
  .partial()
  .refine(
    ({ add, remove, replace }) => replace === undefined || (add === undefined && remove === undefined),
    'takes `replace` alone, or `add` and `remove`',
  )
  .refine(
    ({ add, remove }) => overlap(capabilityColumns(add), capabilityColumns(remove)) === 0,
    'adds and removes the same value',
  );

/** What to change of an agent; what is left out stays. */
export const AgentChange = z
  .strictObject({
    /** Unique in the tenant. */
    name: Text.max(255),
    modelFamily: Text.max(50),
    /** `active` for one that was not counts as activity: it would be archived again at once. */
    status: z.enum(['active', 'inactive', 'archived']),
    /** Takes the old one's place as a whole. */
    config: JsonObject,
    /** **Shape** [768], finite, not all zero; null removes it. */
    embedding: Embedding.nullable(),
    capabilities: CapabilityChange,
  })
  .partial();
export type AgentChange = z.input<typeof AgentChange>;

/**
 * Changes what is stated of an agent. Of several callers at once, each finds what the one before has made.
 *
 * **Runs** an update of the profile, which holds it until the transaction ends, and for capabilities a delete and an insert.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`; `AGENT_EXISTS` when another agent has
 *   the name. Nothing is written.
 */
export async function updateAgent(
  tx: TenantTransaction,
  agentId: string,
  change: AgentChange,
): Promise<Agent> {
  const id = parseInput(AgentId, agentId, 'the id');
  const { capabilities = {}, ...profile } = parseInput(AgentChange, change, 'the change');
  await updateProfile(tx, id, profile);
  const { add, remove, replace } = capabilities;
  if (remove !== undefined) await removeCapabilities(tx, id, capabilityColumns(remove));
  if (replace !== undefined) await keepCapabilities(tx, id, capabilityColumns(replace));
  await addCapabilities(tx, id, capabilityColumns(replace ?? add));
  return getAgent(tx, id);
}

type ProfileChange = Omit<z.output<typeof AgentChange>, 'capabilities'>;

async function updateProfile(tx: TenantTransaction, id: string, change: ProfileChange): Promise<void> {
  const { name = null, modelFamily = null, status = null, config, embedding } = change;
  if (name !== null) await lockNames(tx);
  const { rows } = await sql<{ updated: boolean; taken: boolean }>`
    with taken as materialized (
      select from agent_profiles
      where tenant_id = ${tx.tenantId}
        and name = ${name}
        and id <> ${id}
        and exists (select from agent_profiles as own where own.tenant_id = ${tx.tenantId} and own.id = ${id})
    ),
    updated as (
      update agent_profiles as profile
      set
        name = coalesce(${name}, name),
        model_family = coalesce(${modelFamily}, model_family),
        last_active_at = case
          when ${status}::text = 'active' and status <> 'active' then greatest(last_active_at, now())
          else last_active_at
        end,
        status = coalesce(${status}, status),
        config = coalesce(${config === undefined ? null : JSON.stringify(config)}::jsonb, config),
        embedding = case
          when ${embedding !== undefined} then ${embedding == null ? null : encodeVector(embedding)}::vector
          else embedding
        end
      where tenant_id = ${tx.tenantId}
        and id = ${id}
        and not exists (select from taken)
      returning 1
    )
    select exists (select from updated) as updated, exists (select from taken) as taken
  `.execute(tx);
  if (rows[0]?.updated) return;
  throw rows[0]?.taken ? agentExists() : noSuchAgent();
}

function overlap(one: CapabilityColumns, other: CapabilityColumns): number {
  const keys = new Set(one.types.map((type, place) => `${type} ${one.values[place] ?? ''}`));
  return other.types.filter((type, place) => keys.has(`${type} ${other.values[place] ?? ''}`)).length;
}
