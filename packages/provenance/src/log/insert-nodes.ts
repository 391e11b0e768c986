import { encodeVectors, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { ProvenanceNodeRecord } from '../format/node.ts';

/**
 * One insert for all. node-postgres has no form for arrays of arrays of different length, so refs travel as JSON.
 *
 * created_at is put together from whole days and the rest of the day, without a time zone: a number of microseconds
 * times an interval is computed in floating point, which is wrong for the far future and past.
 */
export async function insertNodes(
  tx: TenantTransaction,
  records: readonly ProvenanceNodeRecord[],
  searchAids: readonly { readonly embedding?: Float32Array | undefined }[],
): Promise<void> {
  await sql`
    insert into caws_provenance_graph (
      tenant_id, seq, previous_hash, id, entity_type, entity_id, parent_entity_id, content, constitutional_refs,
      spec_hash, description, evidence_completeness, budget_adherence, gate_integrity, provenance_clarity,
      created_at, signing_key_id, hash_chain, signature, embedding
    )
    select
      ${tx.tenantId}, seq, previous_hash, id, entity_type, entity_id, parent_entity_id, content,
      array(
        select ref.value
        from jsonb_array_elements_text(refs::jsonb) with ordinality as ref (value, place)
        order by ref.place
      ),
      spec_hash, description, evidence_completeness / 100.0, budget_adherence / 100.0, gate_integrity / 100.0,
      provenance_clarity / 100.0,
      (
        timestamp 'epoch'
        + make_interval(days => (created_at_micros / 86400000000)::integer)
        + created_at_micros % 86400000000 * interval '1 microsecond'
      ) at time zone 'UTC',
      signing_key_id, hash_chain, signature, embedding
    from unnest(
      ${records.map((node) => node.seq)}::bigint[],
      ${records.map((node) => node.previousHash ?? null)}::text[],
      ${records.map((node) => node.id)}::uuid[],
      ${records.map((node) => node.entityType)}::text[],
      ${records.map((node) => node.entityId)}::text[],
      ${records.map((node) => node.parentEntityId ?? null)}::uuid[],
      ${records.map((node) => Buffer.from(node.content))}::bytea[],
      ${records.map((node) => JSON.stringify(node.constitutionalRefs))}::text[],
      ${records.map((node) => node.specHash ?? null)}::text[],
      ${records.map((node) => node.description ?? null)}::text[],
      ${records.map((node) => node.evidenceCompleteness ?? null)}::integer[],
      ${records.map((node) => node.budgetAdherence ?? null)}::integer[],
      ${records.map((node) => node.gateIntegrity ?? null)}::integer[],
      ${records.map((node) => node.provenanceClarity ?? null)}::integer[],
      ${records.map((node) => node.createdAtMicros)}::bigint[],
      ${records.map((node) => node.signingKeyId)}::text[],
      ${records.map((node) => node.hashChain)}::text[],
      ${records.map((node) => node.signature)}::text[],
      ${encodeVectors(searchAids.map(({ embedding }) => embedding))}::vector[]
    ) as node (
      seq, previous_hash, id, entity_type, entity_id, parent_entity_id, content, refs, spec_hash, description,
      evidence_completeness, budget_adherence, gate_integrity, provenance_clarity,
      created_at_micros, signing_key_id, hash_chain, signature, embedding
    )
    order by seq
  `.execute(tx);
}
