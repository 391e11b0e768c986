import { countAgents } from '@agent-agency/agent-registry';
import type { TenantTransaction } from '@agent-agency/db-core';
import {
  countCapabilities,
  countEvidence,
  countRelationships,
  findPath,
  listNeighbors,
  type AgentPath,
} from '@agent-agency/knowledge-graph';
import { readHead } from '@agent-agency/provenance';
import { sql } from 'kysely';
import { counted } from '../counted.ts';

/** What a tenant has stored, a line a kind. */
export async function describeStore(tx: TenantTransaction): Promise<string[]> {
  const capabilities = await countCapabilities(tx);
  const total = Object.values(capabilities).reduce((sum, count) => sum + count, 0);
  const { seq } = await readHead(tx);
  return [
    counted(await countAgents(tx), 'agent'),
    `${total === 1 ? '1 capability' : `${String(total)} capabilities`} (${Object.entries(capabilities)
      .map(([type, count]) => `${String(count)} ${type.toLowerCase()}`)
      .join(', ')}) on ${counted(await countEvidence(tx), 'piece')} of evidence`,
    counted(await countRelationships(tx), 'relationship'),
    counted(seq, 'signed provenance node'),
  ];
}

/** A path between two agents that lie as far apart as three hops allow; undefined when nobody works with anybody. */
export async function findSomePath(tx: TenantTransaction): Promise<AgentPath | undefined> {
  const { rows } = await sql<{ agent_id: string }>`
    select source_agent_id as agent_id from agent_relationships where tenant_id = ${tx.tenantId}
    order by confidence desc, id limit 1
  `.execute(tx);
  const start = rows[0]?.agent_id;
  if (start === undefined) return undefined;
  const farthest = (await listNeighbors(tx, { agentId: start, maxHops: 3 })).at(-1);
  if (farthest === undefined) return undefined;
  return findPath(tx, { sourceAgentId: start, targetAgentId: farthest.agentId });
}

/** Every identifier that belongs to the tenant. */
export async function listEntityIds(tx: TenantTransaction): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('hybrid_search_index')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .execute();
  return new Set(rows.flatMap((row) => row.id ?? []));
}
