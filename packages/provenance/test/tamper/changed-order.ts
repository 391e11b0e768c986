import type { TenantTransaction } from '@agent-agency/db-core';
import { type RawBuilder, sql } from 'kysely';
import { appendNodes, hashNode, type ProvenanceNode, signHash } from '../../src/index.ts';
import { storedLog } from '../log/support/nodes.ts';
import { force, type Tampering } from './tampering.ts';
import { bulk, createdAt, later, laterKey, type Signer, sizes, strangeKey, subject } from './world.ts';

const graph = sql`caws_provenance_graph`;
const last = sizes[1];

const free = sql`
  alter table ${graph}
    drop constraint caws_provenance_graph_seq_key cascade, drop constraint unique_entity,
    drop constraint caws_provenance_graph_pkey cascade`;

/** Makes what follows from the log, its stored head and its tree, that of the log as it is now. */
const settle: readonly RawBuilder<unknown>[] = [
  sql`update provenance_heads as head set seq = coalesce(node.seq, 0), hash_chain = node.hash_chain
      from (select 1) as one
      left join lateral (
        select seq, hash_chain from ${graph} where tenant_id = 'acme' order by seq desc limit 1
      ) as node on true
      where head.tenant_id = 'acme'`,
  sql`delete from provenance_tiles where tenant_id = 'acme'`,
  sql`select app.complete_provenance_trees()`,
];

/** Other numbers for nodes, and for what the database keeps of them. */
const renumber = (seq: RawBuilder<unknown>, which: RawBuilder<unknown>): RawBuilder<unknown>[] => [
  sql`alter table provenance_refs drop constraint provenance_refs_pkey`,
  sql`update provenance_refs set seq = ${seq} where tenant_id = 'acme' and ${which}`,
  sql`update ${graph} set seq = ${seq} where tenant_id = 'acme' and ${which}`,
];

const shift = (from: number, by: number): RawBuilder<unknown>[] =>
  renumber(sql`seq + ${by}`, sql`seq >= ${from}`);

/** Nodes, and what the database keeps of each. */
const remove = (from: number, to: number = last): RawBuilder<unknown>[] => [
  sql`delete from provenance_refs where tenant_id = 'acme' and seq between ${from} and ${to}`,
  sql`delete from ${graph} where tenant_id = 'acme' and seq between ${from} and ${to}`,
];

const removeCheckpoints = (after: number): RawBuilder<unknown>[] => [
  sql`delete from provenance_cosignatures where tenant_id = 'acme' and size > ${after}`,
  sql`delete from provenance_checkpoints where tenant_id = 'acme' and size > ${after}`,
];

/** Everything after a size gone, as from an older backup. */
const rewind = (size: number): RawBuilder<unknown>[] => [
  ...remove(size + 1),
  ...removeCheckpoints(size),
  ...settle,
];

/** A copy of a node with another id and entity, under any number. */
const copy = (from: number, to: number) => sql`
  insert into ${graph} (
    tenant_id, seq, id, entity_type, entity_id, parent_ids, parent_hashes, previous_hash, hash_chain, signing_key_id,
    signature, content, constitutional_refs, spec_hash, description, created_at
  )
  select
    tenant_id, ${to}, gen_random_uuid(), entity_type, entity_id || '!', parent_ids, parent_hashes, previous_hash, hash_chain,
    signing_key_id, signature, content, constitutional_refs, spec_hash, description, created_at
  from ${graph} where tenant_id = 'acme' and seq = ${from}`;

/** From a node on: its content another one, all hashes computed again, and all signed by whoever can. */
async function rewrite(tx: TenantTransaction, from: number, sign?: () => Signer): Promise<void> {
  const nodes = await storedLog(tx);
  let previousHash = nodes[from - 2]?.hashChain;
  const rows: unknown[] = [];
  for (const node of nodes.slice(from - 1)) {
    const signer = sign?.();
    const changed: ProvenanceNode = {
      ...node,
      previousHash,
      ...(node.seq === from ? { description: 'Rejected' } : {}),
      signingKeyId: signer?.keyId ?? node.signingKeyId,
    };
    previousHash = hashNode(changed);
    const signature = signer === undefined ? node.signature : await signHash(previousHash, signer);
    const { seq, description = null, signingKeyId: key } = changed;
    rows.push({
      seq,
      description,
      key,
      previous: changed.previousHash ?? null,
      hash: previousHash,
      signature,
    });
  }
  await force(
    tx,
    sql`update ${graph} as node
        set previous_hash = given.previous, hash_chain = given.hash, signature = given.signature,
          signing_key_id = given.key, description = given.description
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as given (seq bigint, description text, key text, previous text, hash text, signature text)
        where node.tenant_id = 'acme' and node.seq = given.seq`,
    ...settle,
  );
}

const append = (tx: TenantTransaction, from: number, to: number, signer: Signer) =>
  appendNodes(tx, bulk(from, to, 'acme'), signer);

export const changedOrder: readonly Tampering[] = [
  {
    what: 'a node deleted',
    tamper: (tx) => force(tx, ...remove(later, later)),
    at: [later, later + 1],
  },
  {
    what: 'a node deleted, and the later ones numbered anew',
    tamper: (tx) => force(tx, free, ...remove(later, later), ...shift(later + 1, -1), ...settle),
    at: [later],
  },
  {
    what: 'two neighbours exchanged',
    tamper: (tx) =>
      force(tx, free, ...renumber(sql`${2 * later + 1} - seq`, sql`seq in (${later}, ${later + 1})`)),
    at: [later, later + 1],
  },
  {
    what: 'a node inserted, and the later ones numbered anew',
    tamper: (tx) => force(tx, free, ...shift(later, 1), copy(later - 1, later), ...settle),
    at: [later],
  },
  {
    what: 'a fork: a second node under a number',
    tamper: (tx) => force(tx, free, copy(later, later)),
    at: [later],
  },
  {
    what: 'a node appended by force, with a hash that is none of it',
    tamper: (tx) => force(tx, copy(last, last + 1), ...settle),
    at: [last + 1],
  },
  {
    what: 'the end cut off',
    tamper: (tx) => force(tx, ...remove(last - 4)),
    at: [last],
  },
  {
    what: 'the end cut off, and the stored head set back',
    tamper: (tx) => force(tx, ...remove(last - 4), ...settle),
    at: [last],
  },
  {
    what: 'everything set back to an older backup, checkpoints included',
    tamper: (tx) => force(tx, ...rewind(sizes[0])),
    at: [last],
  },
  {
    what: 'set back to an older backup, and grown again beyond its old size',
    tamper: async (tx) => {
      await force(tx, ...rewind(sizes[0]));
      await append(tx, 1001, 1001 + last - sizes[0], laterKey);
    },
    at: [last],
  },
  {
    what: 'the whole log deleted with its head and its checkpoints',
    tamper: (tx) => force(tx, ...rewind(0)),
    at: [...sizes],
  },
  {
    what: 'rewritten: one node edited, and it and all later ones hashed anew',
    tamper: (tx) => rewrite(tx, subject),
    at: [subject],
  },
  {
    what: 'the same, and signed anew by a key of somebody else',
    tamper: (tx) => rewrite(tx, subject, () => strangeKey),
    at: [subject],
  },
  {
    what: 'the same, and signed anew by the stolen keys of the log',
    tamper: (tx) => rewrite(tx, later, () => laterKey),
    at: [...sizes],
  },
  {
    what: 'the same, and its checkpoints made anew by their stolen key',
    tamper: async (tx) => {
      await rewrite(tx, later, () => laterKey);
      await force(tx, ...removeCheckpoints(0));
    },
    at: [...sizes],
  },
  {
    what: 'a node moved to another tenant',
    tamper: (tx) =>
      force(
        tx,
        free,
        sql`update ${graph} set tenant_id = 'globex', seq = 11 where tenant_id = 'acme' and seq = ${later}`,
        sql`update provenance_heads as head set seq = 11, hash_chain = node.hash_chain
            from ${graph} as node where head.tenant_id = 'globex' and node.tenant_id = 'globex' and node.seq = 11`,
      ),
    at: [11],
    inLogOf: 'globex',
  },
  {
    what: 'two nodes of two tenants exchanged',
    tamper: (tx) =>
      force(
        tx,
        free,
        sql`update ${graph} set tenant_id = case tenant_id when 'acme' then 'globex' else 'acme' end
            where tenant_id in ('acme', 'globex') and seq = 3`,
      ),
    at: [3],
  },
  {
    what: 'a node whose clock went back',
    tamper: (tx) =>
      appendNodes(
        tx,
        bulk(last + 1, last + 1, 'acme').map((node) => ({ ...node, createdAt: createdAt(1) })),
        laterKey,
      ),
    at: [last + 1],
  },
];
