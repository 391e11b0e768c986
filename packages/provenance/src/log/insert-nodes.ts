import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { ProvenanceNodeRecord } from '../format/node.ts';

/** One insert for all; they are signed with one key, which is known. */
export async function insertNodes(
  tx: TenantTransaction,
  records: readonly ProvenanceNodeRecord[],
  keyId: string,
): Promise<void> {
  const nodes = JSON.stringify(records.map(toRow));
  await sql`
    select app.append_provenance_nodes(${tx.tenantId}, ${keyId}, ${nodes}::json)
  `.execute(tx);
}

function toRow(record: ProvenanceNodeRecord): Readonly<Record<string, unknown>> {
  return {
    seq: record.seq,
    previous_hash: record.previousHash,
    id: record.id,
    entity_type: record.entityType,
    entity_id: record.entityId,
    parent_ids: record.parents.map(({ id }) => id),
    parent_hashes: record.parents.map(({ hash }) => hash),
    content: `\\x${Buffer.from(record.content).toString('hex')}`,
    constitutional_refs: record.constitutionalRefs,
    spec_hash: record.specHash,
    description: record.description,
    evidence_completeness: record.evidenceCompleteness,
    budget_adherence: record.budgetAdherence,
    gate_integrity: record.gateIntegrity,
    provenance_clarity: record.provenanceClarity,
    created_at_micros: String(record.createdAtMicros),
    hash_chain: record.hashChain,
    signature: record.signature,
  };
}
