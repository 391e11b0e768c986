import { type RawBuilder, sql } from 'kysely';
import { force, type Tampering } from './tampering.ts';
import { laterKey, subject } from './world.ts';

/** Another value for each column of a node that its hash or its signature covers. */
const values: Readonly<Record<string, RawBuilder<unknown>>> = {
  tenant_id: sql`'initech'`,
  id: sql`gen_random_uuid()`,
  seq: sql`1000`,
  entity_type: sql`'waiver'`,
  entity_id: sql`entity_id || '!'`,
  parent_ids: sql`parent_ids[2:]`,
  parent_hashes: sql`array[parent_hashes[2], parent_hashes[1]] || parent_hashes[3:]`,
  previous_hash: sql`translate(previous_hash, '0123456789', '1234567890')`,
  hash_chain: sql`translate(hash_chain, '0123456789', '1234567890')`,
  signing_key_id: sql`${laterKey.keyId}`,
  signature: sql`translate(signature, 'abcdefgh', 'bcdefgha')`,
  content: sql`convert_to(replace(convert_from(content, 'UTF8'), '"accept"', '"reject"'), 'UTF8')`,
  constitutional_refs: sql`constitutional_refs || '{CAWS:Section9}'::text[]`,
  spec_hash: sql`null`,
  description: sql`description || ' '`,
  evidence_completeness: sql`evidence_completeness + 0.01`,
  budget_adherence: sql`0`,
  gate_integrity: sql`null`,
  provenance_clarity: sql`1`,
  created_at: sql`created_at + interval '1 microsecond'`,
};

/** And for each that the database derives from them. */
const derived: Readonly<Record<string, RawBuilder<unknown>>> = {
  metadata: sql`jsonb_set(metadata, '{decision_type}', '"reject"')`,
  parent_entity_id: sql`parent_ids[2]`,
  search_vector: sql`to_tsvector('english', 'rejected')`,
};

/** All columns of a node. */
export const columns = [...Object.keys(values), ...Object.keys(derived)];

/** Which wants as many hashes as parents. */
const withoutCheck = sql`alter table caws_provenance_graph drop constraint caws_provenance_graph_parents_check`;

export const editedColumns: readonly Tampering[] = Object.entries({ ...values, ...derived }).map(
  ([column, value]) => ({
    what: `\`${column}\` of one node edited`,
    tamper: (tx) =>
      force(
        tx,
        ...(column === 'parent_ids' ? [withoutCheck] : []),
        ...['parent_entity_id', 'search_vector']
          .filter((name) => name === column)
          .map(
            (name) => sql`alter table caws_provenance_graph alter column ${sql.ref(name)} drop expression`,
          ),
        sql`update caws_provenance_graph set ${sql.ref(column)} = ${value}
            where tenant_id = 'acme' and seq = ${subject}`,
      ),
    at: [subject],
  }),
);
