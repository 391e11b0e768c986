import type { TenantTransaction } from '@agent-agency/db-core';
import type { Edge } from './walk-model.ts';

/** Stores the edges of a test graph. */
export async function relateAgents(tx: TenantTransaction, edges: readonly Edge[]): Promise<void> {
  if (edges.length === 0) return;
  await tx
    .insertInto('agent_relationships')
    .values(
      edges.map(({ source, target, type, isDirectional, confidence }) => ({
        source_agent_id: source,
        target_agent_id: target,
        type,
        is_directional: isDirectional,
        confidence,
      })),
    )
    .execute();
}
