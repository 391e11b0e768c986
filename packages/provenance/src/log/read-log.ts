import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { ChainHead, EntityType, ProvenanceNodeRecord } from '../node.ts';
import type {} from '../tables.ts';

const PAGE = 500;

/**
 * The tenant's log in order, a page at a time.
 *
 * **Cost** one range of the (tenant, seq) index; memory for one page.
 */
export async function* readLog(tx: TenantTransaction): AsyncGenerator<ProvenanceNodeRecord> {
  let after = 0;
  for (;;) {
    const rows = await readPage(tx, after);
    for (const row of rows) yield toRecord(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = Number(last.seq);
  }
}

/** Where the tenant's log says that it ends. */
export async function readHead(tx: TenantTransaction): Promise<ChainHead> {
  const row = await tx
    .selectFrom('provenance_heads')
    .select(['seq', 'hash_chain'])
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirst();
  return { seq: Number(row?.seq ?? 0), hash: row?.hash_chain ?? undefined };
}

/** Of these entities, the identifiers of those that are recorded, and their nodes. */
export async function findRecorded(
  tx: TenantTransaction,
  entityType: EntityType,
  entityIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('caws_provenance_graph')
    .select(['entity_id', 'id'])
    .where('tenant_id', '=', tx.tenantId)
    .where('entity_type', '=', entityType)
    .where(sql<boolean>`entity_id = any(${entityIds}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.entity_id, row.id]));
}

/** Score columns as whole hundredths, created_at in microseconds: what the hash is made of. */
async function readPage(tx: TenantTransaction, after: number): Promise<NodeRow[]> {
  const { rows } = await sql<NodeRow>`
    select
      tenant_id, seq, previous_hash, id, entity_type, entity_id, parent_entity_id, content, constitutional_refs,
      spec_hash, description,
      (evidence_completeness * 100)::integer as evidence_completeness,
      (budget_adherence * 100)::integer as budget_adherence,
      (gate_integrity * 100)::integer as gate_integrity,
      (provenance_clarity * 100)::integer as provenance_clarity,
      (extract(epoch from created_at) * 1000000)::bigint as created_at_micros,
      signing_key_id, hash_chain, signature
    from caws_provenance_graph
    where tenant_id = ${tx.tenantId} and seq > ${after}
    order by seq
    limit ${PAGE}
  `.execute(tx);
  return rows;
}

interface NodeRow {
  readonly tenant_id: string;
  readonly seq: string;
  readonly previous_hash: string | null;
  readonly id: string;
  readonly entity_type: EntityType;
  readonly entity_id: string;
  readonly parent_entity_id: string | null;
  readonly content: Uint8Array;
  readonly constitutional_refs: string[];
  readonly spec_hash: string | null;
  readonly description: string | null;
  readonly evidence_completeness: number | null;
  readonly budget_adherence: number | null;
  readonly gate_integrity: number | null;
  readonly provenance_clarity: number | null;
  readonly created_at_micros: string;
  readonly signing_key_id: string;
  readonly hash_chain: string;
  readonly signature: string;
}

function toRecord(row: NodeRow): ProvenanceNodeRecord {
  return {
    tenantId: row.tenant_id,
    seq: Number(row.seq),
    previousHash: row.previous_hash ?? undefined,
    id: row.id,
    entityType: row.entity_type,
    entityId: row.entity_id,
    parentEntityId: row.parent_entity_id ?? undefined,
    content: row.content,
    constitutionalRefs: row.constitutional_refs,
    specHash: row.spec_hash ?? undefined,
    description: row.description ?? undefined,
    evidenceCompleteness: row.evidence_completeness ?? undefined,
    budgetAdherence: row.budget_adherence ?? undefined,
    gateIntegrity: row.gate_integrity ?? undefined,
    provenanceClarity: row.provenance_clarity ?? undefined,
    createdAtMicros: BigInt(row.created_at_micros),
    signingKeyId: row.signing_key_id,
    hashChain: row.hash_chain,
    signature: row.signature,
  };
}
