import type { TenantTransaction } from '@agent-agency/db-core';
import { ancestry, findByRef, getNode, type NodeSummary, waiversOf } from '@agent-agency/provenance';

export async function explain(tx: TenantTransaction): Promise<readonly NodeSummary[]> {
  const { id } = await getNode(tx, { entityType: 'verdict', entityId: 'VERDICT-001' });
  const { nodes: evidence } = await ancestry(tx, { id, entityTypes: ['gate', 'spec', 'policy'] });
  const { waivers } = await waiversOf(tx, { id });
  const applied = waivers.filter(({ relation }) => relation === 'ancestor');
  const { nodes: precedents } = await findByRef(tx, { prefix: 'CAWS:Section4', entityTypes: ['verdict'] });
  return [...evidence, ...applied, ...precedents];
}
