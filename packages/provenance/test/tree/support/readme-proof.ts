import type { ConnectionPoolManager } from '@agent-agency/db-core';
import {
  checkpoint,
  type InclusionProof,
  latestCheckpoint,
  proveInclusionOf,
  type Signer,
} from '@agent-agency/provenance';

export async function prove(
  manager: ConnectionPoolManager,
  id: string,
  signer: Signer,
): Promise<{ note: string; proof: InclusionProof } | undefined> {
  const tenant = { tenantId: 'acme' };
  await manager.withTenant(tenant, (tx) => checkpoint(tx, { deployment: 'log.example.com', signer }));
  return manager.withTenant(tenant, async (tx) => {
    const latest = await latestCheckpoint(tx);
    return latest && { note: latest.note, proof: await proveInclusionOf(tx, { id, size: latest.size }) };
  });
}
