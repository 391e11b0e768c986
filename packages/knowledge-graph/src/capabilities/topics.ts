import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import type { CapabilityKey } from './capability.ts';

const CapabilityKeys = z.array(z.object({ agentId: Text, canonicalName: Text }));

/**
 * Topics of capabilities that are there already; those that are not are left out.
 *
 * **Runs** one index lookup for each key. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export async function listTopics(
  tx: TenantTransaction,
  keys: readonly CapabilityKey[],
): Promise<(CapabilityKey & { topics: string[] })[]> {
  const given = parseInput(CapabilityKeys, [...keys]);
  if (given.length === 0) return [];
  // Materialized: beside row level security, a condition that calls a function of ours would not use the index.
  const { rows } = await sql<{ agent_id: string; canonical_name: string; topics: string[] }>`
    with key as materialized (
      select distinct agent_id, given_name, normalize_entity_name(given_name) as canonical_name
      from unnest(
        ${given.map((key) => key.agentId)}::text[], ${given.map((key) => key.canonicalName)}::text[]
      ) as given (agent_id, given_name)
    )
    select key.agent_id, key.given_name as canonical_name, coalesce(capability.metadata -> 'topics', '[]') as topics
    from key
    join agent_capabilities_graph as capability
      on capability.tenant_id = ${tx.tenantId}
      and capability.agent_id = key.agent_id
      and capability.canonical_name = key.canonical_name
  `.execute(tx);
  return rows.map((row) => ({
    agentId: row.agent_id,
    canonicalName: row.canonical_name,
    topics: row.topics,
  }));
}
