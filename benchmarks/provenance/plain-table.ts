import type { TenantTransaction } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import { sql } from 'kysely';
import type { PlainRow } from './data.ts';

/** The same bytes in a table with its key, and nothing else: no policy, no trigger, no check, no other index. */
const TABLES = ['bench_plain', 'bench_numbered'].map(
  (table) => `
  create table ${table} (
    tenant_id varchar(255) not null,
    seq bigint not null,
    id uuid not null,
    entity_type varchar(50) not null,
    entity_id varchar(255) not null,
    parent_ids uuid[] not null,
    previous_hash varchar(128) not null,
    hash_chain varchar(128) not null,
    signing_key_id varchar(80) not null,
    signature varchar(255) not null,
    content bytea not null,
    constitutional_refs text[] not null,
    spec_hash varchar(128) not null,
    description text not null,
    evidence_completeness numeric(3, 2) not null,
    budget_adherence numeric(3, 2) not null,
    gate_integrity numeric(3, 2) not null,
    provenance_clarity numeric(3, 2) not null,
    created_at timestamptz not null,
    constraint ${table}_pkey primary key (tenant_id, id)
  );
  grant select, insert on ${table} to agent_agency_app`,
);

const HEADS = `
  create table bench_heads (tenant_id varchar(255) not null primary key, seq bigint not null);
  grant select, insert, update on bench_heads to agent_agency_app`;

export async function createPlainTables(administratorUrl: string): Promise<void> {
  await withSession(administratorUrl, (session) => session.query([...TABLES, HEADS].join(';')));
}

/** Whoever inserts waits for nobody. */
export async function insertPlain(tx: TenantTransaction, rows: readonly PlainRow[]): Promise<void> {
  await insertInto(tx, 'bench_plain', { rows, lastSeq: rows.length });
}

/** With numbers without a gap, as a log's: whoever inserts holds the tenant's counter until the end. */
export async function insertNumbered(tx: TenantTransaction, rows: readonly PlainRow[]): Promise<void> {
  const counted = await sql<{ seq: string }>`
    insert into bench_heads as head (tenant_id, seq)
    values (${tx.tenantId}, ${rows.length})
    on conflict (tenant_id) do update set seq = head.seq + excluded.seq
    returning seq
  `.execute(tx);
  await insertInto(tx, 'bench_numbered', { rows, lastSeq: Number(counted.rows[0]?.seq) });
}

async function insertInto(
  tx: TenantTransaction,
  table: string,
  { rows, lastSeq }: { readonly rows: readonly PlainRow[]; readonly lastSeq: number },
): Promise<void> {
  const nodes = rows.map(({ node }) => node);
  await sql`
    insert into ${sql.table(table)}
    select
      ${tx.tenantId}, ${lastSeq - rows.length} + place, id, entity_type, entity_id,
      ${`{${(nodes[0]?.parents ?? []).join()}}`}::uuid[], hash, hash, 'ed25519:0123456789abcdef0123456789abcdef', signature, content,
      array[ref_1, ref_2], spec_hash, description, score_1 / 100.0, score_2 / 100.0, score_3 / 100.0, score_4 / 100.0, created_at
    from unnest(
      ${nodes.map(({ id }) => id)}::uuid[],
      ${nodes.map(({ entityType }) => entityType)}::text[],
      ${nodes.map(({ entityId }) => entityId)}::text[],
      ${rows.map(({ hash }) => hash)}::text[],
      ${rows.map(({ signature }) => signature)}::text[],
      ${rows.map(({ content }) => Buffer.from(content))}::bytea[],
      ${nodes.map(({ constitutionalRefs = [] }) => constitutionalRefs[0])}::text[],
      ${nodes.map(({ constitutionalRefs = [] }) => constitutionalRefs[1])}::text[],
      ${nodes.map(({ specHash }) => specHash)}::text[],
      ${nodes.map(({ description }) => description)}::text[],
      ${nodes.map((node) => node.evidenceCompleteness)}::integer[],
      ${nodes.map((node) => node.budgetAdherence)}::integer[],
      ${nodes.map((node) => node.gateIntegrity)}::integer[],
      ${nodes.map((node) => node.provenanceClarity)}::integer[],
      ${nodes.map(({ createdAt }) => createdAt)}::timestamptz[]
    ) with ordinality as node (
      id, entity_type, entity_id, hash, signature, content, ref_1, ref_2, spec_hash, description,
      score_1, score_2, score_3, score_4, created_at, place
    )
  `.execute(tx);
}
