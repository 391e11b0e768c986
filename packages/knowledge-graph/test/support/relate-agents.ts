import type { TenantTransaction } from '@agent-agency/db-core';

export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly type: 'COLLABORATES_WITH' | 'VALIDATES' | 'DEPENDS_ON';
  readonly isDirectional: boolean;
  /** 0.5–1, two decimals. */
  readonly confidence: number;
}

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
