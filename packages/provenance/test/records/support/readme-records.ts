import type { TenantTransaction } from '@agent-agency/db-core';
import {
  getProvenanceByCommit,
  linkProvenanceToCommit,
  type ProvenanceRecord,
  recordVerdict,
  type Signer,
} from '@agent-agency/provenance';

export async function judge(
  tx: TenantTransaction,
  evidence: readonly string[],
  signer: Signer,
): Promise<ProvenanceRecord[]> {
  const { record } = await recordVerdict(
    tx,
    {
      taskId: '3f0e8c1a-6c53-4a6e-9a0b-2f6b7c1d9e10',
      decisionType: 'accept',
      decisionData: { reasons: ['tests pass'] },
      consensusScore: 0.9,
      cawsCompliance: { tier: 1, passed: true },
      parents: evidence, // nodes of waivers, gates, specs, budgets, policies
    },
    signer,
  );
  const hash = 'd9fbad022d634f31a4e890010894ab51a042d70c'; // the commit that was made on it
  await linkProvenanceToCommit(tx, { verdictId: record.verdictId, hash });
  return getProvenanceByCommit(tx, hash);
}
