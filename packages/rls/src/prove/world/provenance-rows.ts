import { FOREIGN, hash, hex, PAST, publicKey, signingKey, uuid, type RowMaker } from './row-maker.ts';

/** Nodes that every tenant has besides the first: others refer to them. */
const REFERRED = 3;
const ALSO_REFERRED = 4;

const HASH = hex(Buffer.alloc(32, 1));
const TILE = hex(Buffer.alloc(8192, 1));
const SIGNATURE = `${'A'.repeat(86)}==`;
const VECTOR = `[${Array.from({ length: 768 }, () => 1).join(',')}]`;

/** What a node says, and its record after it. */
const VERDICT = {
  task_id: uuid(1),
  decision_type: 'accept',
  decision_data: {},
  consensus_score: 1,
  judge_verdicts: {},
  caws_compliance: {},
  metadata: {},
};

export const PROVENANCE_ROWS: readonly RowMaker[] = [
  // 006
  {
    table: 'provenance_signing_keys',
    row: (n) => ({
      key_id: signingKey(n),
      public_key: hex(publicKey(n)),
    }),
  },
  {
    table: 'caws_provenance_graph',
    more: [REFERRED, ALSO_REFERRED],
    row: (n, tenant) => ({
      id: uuid(n),
      // Its place is where the log ends by then; the one that the tenant that asks lacks is the last of the others'.
      seq: n === FOREIGN ? ALSO_REFERRED : n,
      entity_type: 'verdict',
      entity_id: `${tenant} ${String(n)}`,
      parent_ids: [],
      parent_hashes: [],
      content: hex(Buffer.from(JSON.stringify(VERDICT))),
      constitutional_refs: [],
      created_at: PAST,
      signing_key_id: signingKey(1),
      signature: SIGNATURE,
    }),
    complete: {
      columns: ['previous_hash', 'hash_chain'],
      sql: (row) => `(
        select linked || jsonb_build_object(
          'hash_chain', app.provenance_node_hash(jsonb_populate_record(null::caws_provenance_graph, linked))
        )
        from (
          select given || jsonb_build_object('seq', coalesce(head.seq, 0) + 1, 'previous_hash', head.hash_chain) as linked
          from (select ${row} as given) as node
          left join provenance_heads as head on head.tenant_id = given ->> 'tenant_id'
        ) as link
      )`,
    },
  },
  { table: 'provenance_heads', isSingle: true, row: () => ({ seq: 0 }) },
  {
    table: 'provenance_parents',
    row: (n) => ({ node_id: uuid(n === 1 ? REFERRED : ALSO_REFERRED), ordinal: 1, parent_id: uuid(1) }),
  },
  { table: 'provenance_refs', row: (n) => ({ ref: `CAWS:${String(n)}`, seq: 1, node_id: uuid(1) }) },
  {
    table: 'provenance_embeddings',
    row: (n) => ({ node_id: uuid(n === 1 ? 1 : REFERRED), entity_type: 'verdict', embedding: VECTOR }),
  },
  // 017
  { table: 'provenance_tiles', row: (n) => ({ level: 0, tile_index: n, hashes: TILE, root: HASH }) },
  {
    table: 'provenance_checkpoints',
    row: (n) => ({ size: n, root: HASH, note: 'signed' }),
    complete: {
      columns: ['origin'],
      sql: (row) => `(
        select given || jsonb_build_object('origin', 'proof/' || (given ->> 'tenant_id'))
        from (select ${row} as given) as checkpoint
      )`,
    },
  },
  {
    table: 'provenance_cosignatures',
    row: (n) => ({ size: 1, witness: `witness ${String(n)}`, key_hash: '01234567', line: 'signed' }),
  },
  {
    table: 'provenance_records',
    row: (n) => ({
      ...{ verdict_id: uuid(n === 1 ? 1 : REFERRED), ...VERDICT },
      ...{ signature: SIGNATURE, timestamp: PAST },
    }),
    complete: {
      columns: ['git_trailer'],
      sql: (row) => `(
        select given || jsonb_build_object('git_trailer', format(
          E'Provenance-Node: %s\\nProvenance-Hash: %s\\n', node.id, node.hash_chain
        ))
        from (select ${row} as given) as record
        left join caws_provenance_graph as node
          on node.tenant_id = given ->> 'tenant_id' and node.id = (given ->> 'verdict_id')::uuid
      )`,
    },
  },
  {
    table: 'git_commits',
    row: (n) => ({ hash: hash(n), provenance_record_id: uuid(1) }),
  },
];
