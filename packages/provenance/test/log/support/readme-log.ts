import { randomUUID } from 'node:crypto';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { appendNodes, type ChainReport, type Signer, verifyLog } from '@agent-agency/provenance';

export async function decide(manager: ConnectionPoolManager, signer: Signer): Promise<ChainReport> {
  await manager.withTenant({ tenantId: 'acme' }, async (tx) => {
    // … whatever the decision changes, in the same transaction …
    await appendNodes(
      tx,
      [
        {
          id: randomUUID(),
          entityType: 'verdict',
          entityId: 'VERDICT-001',
          content: { decision: 'accept', reasons: ['tests pass'] },
          constitutionalRefs: ['CAWS:Section4.2'],
          createdAt: new Date(),
        },
      ],
      signer,
    );
  });
  return manager.withTenant({ tenantId: 'acme' }, (tx) => verifyLog(tx, { keys: [signer] }));
}
