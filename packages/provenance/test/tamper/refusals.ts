import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { hashNode, type ProvenanceNode, type ProvenanceNodeRecord, signHash } from '../../src/index.ts';
import { insertNodes } from '../../src/log/insert-nodes.ts';
import { uuidOf } from '../fixtures/chain.ts';
import { laterKey, sizes, type World } from './world.ts';

/** Who tries; a superuser has left the triggers on. */
export const actors = ['agent_agency_app', 'agent_agency_owner', 'superuser'] as const;
export type Actor = (typeof actors)[number];

/** The SQLSTATE of a refusal, `no rows` for a statement that was no help, or `done`. */
export type Answer = string;

export interface Refusal {
  readonly what: string;
  readonly answers: Readonly<Record<Actor, Answer>>;
}

type Attempt = (tx: TenantTransaction, world: World) => Promise<number>;

const run =
  (statement: string): Attempt =>
  async (tx) => {
    const { rows, numAffectedRows } = await sql.raw(statement).execute(tx);
    // `truncate` does not count.
    return statement.startsWith('truncate') ? 1 : Number(numAffectedRows ?? rows.length);
  };

/** Tables, and a column of each. */
const tables: Readonly<Record<string, string>> = {
  caws_provenance_graph: 'description',
  provenance_heads: 'hash_chain',
  provenance_parents: 'ordinal',
  provenance_refs: 'ref',
  provenance_signing_keys: 'algorithm',
  provenance_tiles: 'root',
  provenance_checkpoints: 'note',
  provenance_cosignatures: 'line',
  provenance_records: 'git_trailer',
  git_commits: 'message',
};

/** A node with a right hash and signature, which does not fit. */
const misfit =
  (change: (next: ProvenanceNode) => ProvenanceNode, spoil?: Partial<ProvenanceNodeRecord>): Attempt =>
  async (tx, { head }) => {
    const seq = head.seq + 1;
    const node = change({
      tenantId: tx.tenantId,
      seq,
      previousHash: head.hash,
      id: uuidOf(seq),
      entityType: 'verdict',
      entityId: 'misfit',
      parents: [],
      content: new TextEncoder().encode('{}'),
      constitutionalRefs: [],
      createdAtMicros: 0n,
      signingKeyId: laterKey.keyId,
    });
    const hashChain = hashNode(node);
    const record = { ...node, hashChain, signature: await signHash(hashChain, laterKey), ...spoil };
    await insertNodes(tx, [record], laterKey.keyId);
    return 1;
  };

const attempts: Readonly<Record<string, Attempt>> = {
  ...Object.fromEntries(
    Object.entries(tables).flatMap(([table, column]) => [
      [`update ${table}`, run(`update ${table} set ${column} = ${column} where tenant_id = 'acme'`)],
      [`delete from ${table}`, run(`delete from ${table} where tenant_id = 'acme'`)],
      [`truncate ${table}`, run(`truncate ${table} cascade`)],
    ]),
  ),
  'insert a fork: a second node under a number': misfit((next) => ({ ...next, seq: sizes[1] })),
  'insert a node behind a gap': misfit((next) => ({ ...next, seq: next.seq + 1 })),
  'insert a node that does not link to the last one': misfit((next) => ({
    ...next,
    previousHash: '0'.repeat(64),
  })),
  'insert a node with a hash that is not its own': misfit((next) => next, {
    description: 'changed afterwards',
  }),
  'insert a node with a parent that is not there': misfit((next) => ({
    ...next,
    parents: [{ id: uuidOf(5000), hash: '0'.repeat(64) }],
  })),
  'insert a node with another hash for its parent': misfit((next) => ({
    ...next,
    parents: [{ id: uuidOf(1), hash: '0'.repeat(64) }],
  })),
  'insert a tile': run(
    `insert into provenance_tiles (tenant_id, level, tile_index, hashes, root)
     select tenant_id, level, 1, hashes, root from provenance_tiles where tenant_id = 'acme' limit 1 returning 1`,
  ),
  'insert a checkpoint of a log larger than it is': run(
    `insert into provenance_checkpoints (tenant_id, size, origin, root, note)
     select tenant_id, 9999, origin, root, note from provenance_checkpoints where tenant_id = 'acme' limit 1 returning 1`,
  ),
  'insert a record that says something else than its node': run(
    `insert into provenance_records (tenant_id, verdict_id, task_id, decision_type, decision_data, consensus_score, caws_compliance, git_trailer, signature, "timestamp")
     select tenant_id, id, id, 'accept', '{}', 1, '{}', '', signature, created_at
     from caws_provenance_graph where tenant_id = 'acme' and seq = 100 returning 1`,
  ),
};

class Undo extends Error {}

export async function tryRefusals(world: World): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  const everything = async (tx: TenantTransaction): Promise<never> => {
    for (const [what, attempt] of Object.entries(attempts)) {
      const answers: Partial<Record<Actor, Answer>> = {};
      for (const actor of actors) answers[actor] = await tryAs(actor, () => attempt(tx, world), tx);
      refusals.push({ what, answers: answers as Refusal['answers'] });
    }
    throw new Undo();
  };
  await world.manager.withTenant({ tenantId: world.acme }, everything).catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  return refusals;
}

async function tryAs(actor: Actor, attempt: () => Promise<number>, tx: TenantTransaction): Promise<Answer> {
  await sql`savepoint attempt`.execute(tx);
  try {
    await sql.raw(`set local role ${actor === 'superuser' ? 'none' : actor}`).execute(tx);
    return (await attempt()) === 0 ? 'no rows' : 'done';
  } catch (error) {
    if (!isDataLayerError(error)) throw error;
    return (error.details as { sqlState?: string }).sqlState ?? error.code;
  } finally {
    await sql`rollback to savepoint attempt`.execute(tx);
  }
}
