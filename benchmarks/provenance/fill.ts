import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { appendNodes } from '@agent-agency/provenance';
import { foundations, SIGNER, verdict } from './data.ts';

const BATCH = 500;

/** Appends verdicts until the tenant's log has so many nodes. */
export async function fillLog(
  manager: ConnectionPoolManager,
  { tenantId, nodes, note }: { tenantId: string; nodes: number; note: (line: string) => void },
): Promise<void> {
  await manager.withTenant({ tenantId }, (tx) => appendNodes(tx, foundations(tenantId), SIGNER));
  for (let from = 2; from < nodes; from += BATCH) {
    const count = Math.min(BATCH, nodes - from);
    const batch = Array.from({ length: count }, (_, place) => verdict(tenantId, from + place));
    await manager.withTenant({ tenantId }, (tx) => appendNodes(tx, batch, SIGNER));
    if (from % 100_000 < BATCH) note(`${from + count} nodes`);
  }
}
