import type { SqlSession } from '@agent-agency/testing';
import {
  appendNodes,
  childOf,
  nodeAfter,
  putEmbeddings,
  putSigningKey,
  type Node,
} from './provenance-node.ts';
import { insertRows } from './rows.ts';

const HASH = `\\x${'5a'.repeat(32)}`;
const COMMIT = 'c0ffee'.padEnd(40, '0');

/** What a verdict's node says, as its record repeats it. */
const VERDICT = {
  task_id: '00000000-0000-4000-8000-000000000001',
  decision_type: 'accept',
  decision_data: { because: 'it works' },
  consensus_score: 0.75,
  judge_verdicts: {},
  caws_compliance: {},
  metadata: {},
};

/** Rows of the provenance log and of all that stands on it: a full tile takes 256 nodes. */
export async function insertProvenanceRows(session: SqlSession, tenant: string): Promise<void> {
  await putSigningKey(session);
  const verdict = nodeAfter(undefined, { tenant_id: tenant, content: Buffer.from(JSON.stringify(VERDICT)) });
  const waiver = { entity_type: 'waiver', constitutional_refs: ['CAWS:1'], ...childOf(verdict) };
  const log: Node[] = [verdict, nodeAfter(verdict, { tenant_id: tenant, ...waiver })];
  while (log.length < 256) log.push(nodeAfter(log.at(-1), { tenant_id: tenant }));
  await appendNodes(session, ...log);
  await putEmbeddings(session, [[verdict.id, `[${Array.from({ length: 768 }, () => 1).join(',')}]`]]);
  await insertRows(session, 'provenance_checkpoints', [
    { size: 256, origin: `example.com/${tenant}`, root: HASH, note: 'signed' },
  ]);
  await insertRows(session, 'provenance_cosignatures', [
    { size: 256, witness: 'witness.example.com', key_hash: '0123abcd', line: 'signature' },
  ]);
  const { created_at: timestamp, signature } = verdict;
  const trailer = `Provenance-Node: ${verdict.id}\nProvenance-Hash: ${verdict.hash_chain}\n`;
  await insertRows(session, 'provenance_records', [
    { verdict_id: verdict.id, ...VERDICT, git_trailer: trailer, signature, timestamp },
  ]);
  await insertRows(session, 'git_commits', [{ hash: COMMIT, provenance_record_id: verdict.id }]);
}
