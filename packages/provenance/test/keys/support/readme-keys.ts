import type { ConnectionPoolManager } from '@agent-agency/db-core';
import {
  admitKey,
  appendKeyStatement,
  appendNodes,
  type NodeToAppend,
  type Signer,
} from '@agent-agency/provenance';

export async function delegate(
  manager: ConnectionPoolManager,
  { root, local }: { root: Signer; local: Signer },
  node: NodeToAppend,
): Promise<void> {
  const tenantId = 'acme';
  const createdAt = new Date();
  const validUntil = new Date(createdAt.getTime() + 90 * 24 * 60 * 60 * 1000);
  // A key service may take its time here: no transaction is open.
  const content = await admitKey({
    tenantId,
    key: local,
    purposes: ['nodes'],
    validUntil,
    authorities: [root],
  });
  await manager.withTenant({ tenantId }, async (tx) => {
    await appendKeyStatement(tx, { content, createdAt, trusted: [root] }, local);
    await appendNodes(tx, [node], local);
  });
}
