import { sql, type RawBuilder } from 'kysely';
import { force, type Tampering } from './tampering.ts';
import { originOf, sizes, subject } from './world.ts';

const firstTile = sql`tenant_id = 'acme' and level = 0 and tile_index = 0`;
const latest = sql`tenant_id = 'acme' and size = ${sizes[1]}`;
const flipped = (column: string): RawBuilder<unknown> =>
  sql`set_byte(${sql.ref(column)}, 40 % octet_length(${sql.ref(column)}), get_byte(${sql.ref(column)}, 40 % octet_length(${sql.ref(column)})) # 1)`;

const columnsOfRecord: Readonly<Record<string, RawBuilder<unknown>>> = {
  verdict_id: sql`(select id from caws_provenance_graph where tenant_id = 'acme' and seq = 7)`,
  task_id: sql`gen_random_uuid()`,
  decision_type: sql`'reject'`,
  decision_data: sql`'{}'`,
  consensus_score: sql`0.91`,
  judge_verdicts: sql`'{"judge": "reject"}'`,
  caws_compliance: sql`'{}'`,
  claim_verification: sql`null`,
  git_trailer: sql`git_trailer || ' '`,
  signature: sql`reverse(signature)`,
  timestamp: sql`"timestamp" + interval '1 microsecond'`,
  metadata: sql`'{"a": 1}'`,
};

const editedRecords: readonly Tampering[] = Object.entries(columnsOfRecord).map(([column, value]) => ({
  what: `\`${column}\` of a record edited`,
  tamper: (tx) =>
    force(tx, sql`update provenance_records set ${sql.ref(column)} = ${value} where tenant_id = 'acme'`),
  at: [column === 'verdict_id' ? 7 : subject],
}));

/** What is stored beside the log: copies of it, its tree, and its checkpoints. */
export const beside: readonly Tampering[] = [
  ...editedRecords,
  {
    what: 'a parent of a node deleted from `provenance_parents`',
    tamper: (tx) => force(tx, sql`delete from provenance_parents where tenant_id = 'acme' and ordinal = 2`),
    at: [subject],
  },
  {
    what: 'a parent of a node exchanged in `provenance_parents`',
    tamper: (tx) =>
      force(
        tx,
        sql`update provenance_parents
            set parent_id = (select id from caws_provenance_graph where tenant_id = 'acme' and seq = 10)
            where tenant_id = 'acme' and ordinal = 2`,
      ),
    at: [subject],
  },
  {
    what: 'a clause of a node deleted from `provenance_refs`',
    tamper: (tx) =>
      force(tx, sql`delete from provenance_refs where tenant_id = 'acme' and ref = 'CAWS:Section4.2'`),
    at: [subject],
  },
  {
    what: 'a clause of a node edited in `provenance_refs`',
    tamper: (tx) =>
      force(
        tx,
        sql`update provenance_refs set ref = 'CAWS:Section5' where tenant_id = 'acme' and ref = 'CAWS:Section4.2'`,
      ),
    at: [subject],
  },
  {
    what: 'a tile of the tree edited',
    tamper: (tx) =>
      force(tx, sql`update provenance_tiles set hashes = ${flipped('hashes')} where ${firstTile}`),
    at: [subject],
  },
  {
    what: 'the root of a tile edited',
    tamper: (tx) => force(tx, sql`update provenance_tiles set root = ${flipped('root')} where ${firstTile}`),
    at: [subject],
  },
  {
    what: 'a tile of the tree deleted',
    tamper: (tx) => force(tx, sql`delete from provenance_tiles where ${firstTile}`),
    at: ['tile/0/000'],
  },
  {
    what: '`root` of a checkpoint edited',
    tamper: (tx) =>
      force(tx, sql`update provenance_checkpoints set root = ${flipped('root')} where ${latest}`),
    at: [sizes[1]],
  },
  {
    what: '`note` of a checkpoint edited: another root in it',
    tamper: (tx) =>
      force(
        tx,
        sql`update provenance_checkpoints as made
            set note = replace(made.note, encode(made.root, 'base64'), encode(older.root, 'base64'))
            from provenance_checkpoints as older
            where made.tenant_id = 'acme' and made.size = ${sizes[1]} and older.tenant_id = 'acme' and older.size = ${sizes[0]}`,
      ),
    at: [sizes[1]],
  },
  {
    what: 'the signature of a checkpoint replayed from an older one',
    tamper: (tx) =>
      force(
        tx,
        sql`update provenance_checkpoints as made
            set note = split_part(made.note, E'\n\n', 1) || E'\n\n' || split_part(older.note, E'\n\n', 2)
            from provenance_checkpoints as older
            where made.tenant_id = 'acme' and made.size = ${sizes[1]} and older.tenant_id = 'acme' and older.size = ${sizes[0]}`,
      ),
    at: [sizes[1]],
  },
  {
    what: 'an older checkpoint replayed as that of the log’s present size',
    tamper: (tx) =>
      force(
        tx,
        sql`update provenance_checkpoints as made set note = older.note, root = older.root
            from provenance_checkpoints as older
            where made.tenant_id = 'acme' and made.size = ${sizes[1]} and older.tenant_id = 'acme' and older.size = ${sizes[0]}`,
      ),
    at: [sizes[1]],
  },
  {
    what: 'a checkpoint of another log in its place',
    tamper: (tx) =>
      force(
        tx,
        sql`update provenance_checkpoints
            set note = replace(note, ${originOf('acme')}, ${originOf('globex')}) where ${latest}`,
      ),
    at: [sizes[1]],
  },
  {
    what: '`line` of a cosignature edited',
    tamper: (tx) =>
      force(
        tx,
        sql`update provenance_cosignatures
            set line = overlay(line placing translate(substr(line, length(line) - 20, 1), 'AB', 'BA') || 'Q' from length(line) - 20)
            where ${latest}`,
      ),
    at: [sizes[1]],
  },
];
