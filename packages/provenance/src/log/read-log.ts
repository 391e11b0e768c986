import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { ChainHead, EntityType, ProvenanceNodeRecord } from '../format/node.ts';
import type {} from '../tables.ts';

export interface ReadLogOptions {
  /** Last number to read. Default: all that are there when their page is read. */
  readonly upTo?: bigint | undefined;
  /** Nodes a statement; 500 unless told. */
  readonly pageSize?: number | undefined;
}

// A log that was tampered with may have numbers below 1, and beyond what a JavaScript number counts to.
const BEFORE_ALL = -(2n ** 63n);
const AFTER_ALL = 2n ** 63n - 1n;

/**
 * The tenant's log in order, a page at a time.
 *
 * **Runs** one statement a page. **Cost** one range of the (tenant, seq) index; memory for one page.
 */
export async function* readLog(
  tx: TenantTransaction,
  options: ReadLogOptions = {},
): AsyncGenerator<ProvenanceNodeRecord> {
  const { upTo = AFTER_ALL, pageSize = 500 } = options;
  let after = BEFORE_ALL;
  for (;;) {
    const rows = await readPage(tx, { after, upTo, pageSize });
    for (const row of rows) yield toRecord(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = BigInt(last.seq);
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

/**
 * Where the log says that it ends, and the number of its last node, both at one moment: whatever is appended
 * afterwards belongs to neither.
 */
export async function readEnds(tx: TenantTransaction): Promise<{ head: ChainHead; lastSeq: bigint }> {
  const { rows } = await sql<{ seq: string | null; hash_chain: string | null; last_seq: string | null }>`
    select
      (select seq from provenance_heads where tenant_id = ${tx.tenantId}),
      (select hash_chain from provenance_heads where tenant_id = ${tx.tenantId}),
      (select max(seq) from caws_provenance_graph where tenant_id = ${tx.tenantId}) as last_seq
  `.execute(tx);
  const [ends] = rows;
  return {
    head: { seq: Number(ends?.seq ?? 0), hash: ends?.hash_chain ?? undefined },
    lastSeq: BigInt(ends?.last_seq ?? 0),
  };
}

/**
 * Which of these entities are recorded: the node's id by the entity's.
 *
 * **Runs** one statement. **Cost** an index lookup each.
 */
export async function findRecorded(
  tx: TenantTransaction,
  entityType: EntityType,
  entityIds: readonly string[],
): Promise<Map<string, string>> {
  if (entityIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('caws_provenance_graph')
    .select(['entity_id', 'id'])
    .where('tenant_id', '=', tx.tenantId)
    .where('entity_type', '=', entityType)
    .where(sql<boolean>`entity_id = any(${entityIds}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.entity_id, row.id]));
}

interface Page {
  readonly after: bigint;
  readonly upTo: bigint;
  readonly pageSize: number;
}

/**
 * Score columns in hundredths, created_at in microseconds: what the hash is made of. The table refuses NaN and
 * infinity; where somebody put them nevertheless, they become values that no node can have.
 */
async function readPage(tx: TenantTransaction, { after, upTo, pageSize }: Page): Promise<NodeRow[]> {
  const { rows } = await sql<NodeRow>`
    select
      tenant_id, seq, previous_hash, id, entity_type, entity_id, parent_entity_id, content, constitutional_refs,
      spec_hash, description,
      evidence_completeness * 100 as evidence_completeness,
      budget_adherence * 100 as budget_adherence,
      gate_integrity * 100 as gate_integrity,
      provenance_clarity * 100 as provenance_clarity,
      case
        when isfinite(created_at) then (extract(epoch from created_at) * 1000000)::bigint
        else 9223372036854775807
      end as created_at_micros,
      signing_key_id, hash_chain, signature
    from caws_provenance_graph
    where tenant_id = ${tx.tenantId} and seq > ${after} and seq <= ${upTo}
    order by seq
    limit ${pageSize}
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
  readonly evidence_completeness: string | null;
  readonly budget_adherence: string | null;
  readonly gate_integrity: string | null;
  readonly provenance_clarity: string | null;
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
    content: new Uint8Array(row.content),
    constitutionalRefs: row.constitutional_refs,
    specHash: row.spec_hash ?? undefined,
    description: row.description ?? undefined,
    evidenceCompleteness: hundredths(row.evidence_completeness),
    budgetAdherence: hundredths(row.budget_adherence),
    gateIntegrity: hundredths(row.gate_integrity),
    provenanceClarity: hundredths(row.provenance_clarity),
    createdAtMicros: BigInt(row.created_at_micros),
    signingKeyId: row.signing_key_id,
    hashChain: row.hash_chain,
    signature: row.signature,
  };
}

function hundredths(value: string | null): number | undefined {
  return value === null ? undefined : Number(value);
}
