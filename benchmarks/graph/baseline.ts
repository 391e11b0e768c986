import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

/** What a walk answers with: one row an agent. */
export interface WalkRow {
  readonly agentId: string;
  readonly hops: number;
  readonly confidence: number;
}

/** What a user would write: every path that passes nobody twice, and of each agent's the best. */
export async function walkRecursively(
  tx: TenantTransaction,
  { from, maxHops }: { readonly from: string; readonly maxHops: number },
): Promise<WalkRow[]> {
  const { rows } = await sql<WalkRow>`
    with recursive walk as (
      select ${from}::text as agent_id, 0 as hops, 1::double precision as confidence, array[${from}::text] as path
      union all
      select step.neighbor, walk.hops + 1, walk.confidence * step.confidence, walk.path || step.neighbor
      from walk
      cross join lateral (${stepsOf(tx.tenantId)}) as step
      where walk.hops < ${maxHops} and step.neighbor <> all(walk.path)
    )
    select distinct on (agent_id) agent_id as "agentId", hops, confidence
    from walk
    order by agent_id, hops, confidence desc
  `.execute(tx);
  return rows;
}

/** The same, until the first of the paths that arrive. */
export async function findPathRecursively(
  tx: TenantTransaction,
  { from, to, maxHops }: { readonly from: string; readonly to: string; readonly maxHops: number },
): Promise<Omit<WalkRow, 'agentId'> | undefined> {
  const { rows } = await sql<WalkRow>`
    with recursive walk as (
      select ${from}::text as agent_id, 0 as hops, 1::double precision as confidence, array[${from}::text] as path
      union all
      select step.neighbor, walk.hops + 1, walk.confidence * step.confidence, walk.path || step.neighbor
      from walk
      cross join lateral (${stepsOf(tx.tenantId)}) as step
      where walk.hops < ${maxHops} and walk.agent_id <> ${to} and step.neighbor <> all(walk.path)
    )
    select hops, confidence from walk where agent_id = ${to} order by hops, confidence desc limit 1
  `.execute(tx);
  return rows[0];
}

function stepsOf(tenantId: string) {
  return sql`
    select edge.target_agent_id::text as neighbor, edge.confidence::double precision as confidence
    from agent_relationships as edge
    where edge.tenant_id = ${tenantId} and edge.source_agent_id = walk.agent_id
      and edge.confidence >= 0.5 and edge.valid_from <= now() and now() < edge.valid_to
    union all
    select edge.source_agent_id::text, edge.confidence::double precision
    from agent_relationships as edge
    where edge.tenant_id = ${tenantId} and edge.target_agent_id = walk.agent_id and not edge.is_directional
      and edge.confidence >= 0.5 and edge.valid_from <= now() and now() < edge.valid_to
  `;
}
