import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { connect } from '@agent-agency/testing';
import { describe, expect, it } from 'vitest';
import {
  appendNodes,
  type ChainReport,
  hashNode,
  listSigningKeys,
  type ProvenanceNodeRecord,
  readHead,
  registerSigningKey,
  signHash,
  type Signer,
  verifyLog,
  type VerifyLogOptions,
} from '../../src/index.ts';
import { putEmbeddings } from '../../src/lineage/put-embeddings.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { nodesToAppend, storedLog } from './support/nodes.ts';

const app = useApplication(testDatabase());

/** A log of seven nodes, with every optional field in the fourth. */
async function newLog(): Promise<string> {
  const tenant = await app.newTenant();
  const nodes = nodesToAppend(7).map((node, place, all) =>
    place === 3
      ? {
          ...node,
          parents: all[0] && [all[0].id],
          constitutionalRefs: ['CAWS:1', 'CAWS:2'],
          specHash: 'c0ffee',
          evidenceCompleteness: 85,
          budgetAdherence: 85,
          gateIntegrity: 85,
          provenanceClarity: 85,
        }
      : node,
  );
  await app.inTenant(tenant, (tx) => appendNodes(tx, nodes, testSigner));
  return tenant;
}

const verify = (tenantId: string, options?: VerifyLogOptions): Promise<ChainReport> =>
  app.inTenant(tenantId, (tx) => verifyLog(tx, options));
const headOf = (tenantId: string) => app.inTenant(tenantId, readHead);
const logOf = (tenantId: string) => app.inTenant(tenantId, storedLog);
const found = ({ violations }: ChainReport) => violations.map(({ seq, kind }) => [seq, kind]);

/** Constraints that stand in a forger's way; the owner can drop them. */
const CONSTRAINTS = [
  'caws_provenance_graph_created_at_check',
  'caws_provenance_graph_scores_check',
  'caws_provenance_graph_seq_check',
];

/** Runs SQL as somebody who may do everything, with triggers and constraints out of the way. */
async function tamper(sqlText: string, values: readonly unknown[] = []): Promise<void> {
  const session = await connect(app.database.url);
  try {
    await session.query('begin');
    // Neither triggers nor foreign keys.
    await session.query('set local session_replication_role = replica');
    for (const constraint of CONSTRAINTS)
      await session.query(`alter table caws_provenance_graph drop constraint if exists ${constraint}`);
    await session.query(
      'alter table provenance_signing_keys drop constraint if exists provenance_signing_keys_key_id_check',
    );
    await session.query(sqlText, values);
    await session.query('commit');
  } finally {
    await session.close();
  }
}

describe('verifyLog, of an intact log', () => {
  it('finds an empty log valid', async () => {
    const tenant = await app.newTenant();
    expect(await verify(tenant)).toMatchObject({
      valid: true,
      checked: 0,
      head: { seq: 0, hash: undefined },
    });
  });
  it('finds a log valid, and says where it ends', async () => {
    const tenant = await newLog();
    const report = await verify(tenant);
    expect(report).toMatchObject({ valid: true, checked: 7, violations: [], warnings: [] });
    expect(report.head).toEqual(await headOf(tenant));
  });
  it('takes keys one after the other', async () => {
    const tenant = await newLog();
    await app.inTenant(tenant, (tx) => appendNodes(tx, nodesToAppend(2), otherSigner));
    await app.inTenant(tenant, (tx) => appendNodes(tx, nodesToAppend(1), testSigner));
    expect(await verify(tenant)).toMatchObject({ valid: true, checked: 10 });
    const keys = await app.inTenant(tenant, listSigningKeys);
    expect(keys.map(({ keyId }) => keyId)).toEqual([testSigner.keyId, otherSigner.keyId]);
    expect(await verify(tenant, { keys: [testSigner, otherSigner] })).toMatchObject({ valid: true });
  });
  it('holds the log against pinned keys and known heads', async () => {
    const tenant = await newLog();
    const { head } = await verify(tenant);
    await app.inTenant(tenant, (tx) => appendNodes(tx, nodesToAppend(2), otherSigner));
    expect(found(await verify(tenant, { keys: [testSigner] }))).toEqual([
      [8, 'unknown-key'],
      [9, 'unknown-key'],
    ]);
    expect(await verify(tenant, { knownHeads: [head] })).toMatchObject({ valid: true });
    const stranger = { seq: 7, hash: '0'.repeat(64) };
    expect(found(await verify(tenant, { knownHeads: [stranger] }))).toEqual([[7, 'head-mismatch']]);
  });
  it('refuses pinned keys that are none', async () => {
    const tenant = await newLog();
    const keys = [{ keyId: testSigner.keyId, publicKey: otherSigner.publicKey }];
    await expect(verify(tenant, { keys })).rejects.toMatchObject({ code: 'KEY_ID_MISMATCH' });
  });
});

describe('the database', () => {
  it.each([
    `update caws_provenance_graph set description = ''`,
    'delete from caws_provenance_graph',
    'truncate caws_provenance_graph cascade',
    `update provenance_signing_keys set created_at = now()`,
    'delete from provenance_signing_keys',
  ])('refuses its administrator: %s', async (statement) => {
    const tenant = await newLog();
    const session = await connect(app.database.url);
    await expect(session.query(statement)).rejects.toMatchObject({ code: 'AAAPO' });
    await session.close();
    expect(await verify(tenant)).toMatchObject({ valid: true, checked: 7 });
  });
});

describe('verifyLog, of a log that somebody with every right has changed', () => {
  it.each([
    ['description', `'Number 3'`],
    ['description', 'null'],
    ['content', `'{}'`],
    ['entity_type', `'gate'`],
    ['entity_id', `entity_id || ' '`],
    ['id', 'gen_random_uuid()'],
    ['parent_ids', `array_append(parent_ids[2:], gen_random_uuid())`],
    ['parent_hashes', `array_append(parent_hashes[2:], repeat('0', 64))`],
    ['constitutional_refs', `'{CAWS:2,CAWS:1}'`],
    ['constitutional_refs', `'{}'`],
    ['spec_hash', `'C0FFEE'`],
    ['spec_hash', 'null'],
    ['evidence_completeness', '0.86'],
    ['budget_adherence', 'null'],
    ['gate_integrity', '1'],
    ['provenance_clarity', '0'],
    ['created_at', `created_at + interval '1 microsecond'`],
    ['created_at', `'infinity'`],
    ['created_at', `'-infinity'`],
  ])('finds %s = %s at its node', async (column, value) => {
    const tenant = await newLog();
    await tamper(
      `update caws_provenance_graph set ${column} = ${value} where tenant_id = '${tenant}' and seq = 4`,
    );
    expect(found(await verify(tenant))).toEqual([[4, 'hash-mismatch']]);
  });
  it.each<[string, string, [number, string][]]>([
    [
      'content that is not canonical',
      `content = '{ }'`,
      [
        [4, 'hash-mismatch'],
        [4, 'content-not-canonical'],
      ],
    ],
    ['a score of NaN', `budget_adherence = 'NaN'`, [[4, 'malformed-node']]],
    [
      'another previous hash',
      `previous_hash = repeat('0', 64)`,
      [
        [4, 'previous-hash-mismatch'],
        [4, 'hash-mismatch'],
      ],
    ],
    [
      'another hash',
      `hash_chain = repeat('0', 64)`,
      [
        [4, 'hash-mismatch'],
        [4, 'bad-signature'],
        [5, 'previous-hash-mismatch'],
      ],
    ],
    ['another signature', `signature = repeat('A', 86) || '=='`, [[4, 'bad-signature']]],
    [
      'a key that nobody knows',
      `signing_key_id = 'ed25519:0'`,
      [
        [4, 'hash-mismatch'],
        [4, 'unknown-key'],
      ],
    ],
    [
      'a number below 1',
      'seq = -4',
      [
        [1, 'malformed-node'],
        [5, 'sequence-gap'],
      ],
    ],
  ])('finds %s', async (_what, assignment, violations) => {
    const tenant = await newLog();
    await tamper(`update caws_provenance_graph set ${assignment} where tenant_id = $1 and seq = 4`, [tenant]);
    const report = await verify(tenant);
    for (const violation of violations) expect(found(report)).toContainEqual(violation);
  });
  it('finds a number beyond what JavaScript counts to, and ends', async () => {
    const tenant = await newLog();
    await tamper(
      'update caws_provenance_graph set seq = 9223372036854775807 - 7 + seq where tenant_id = $1 and seq > 1',
      [tenant],
    );
    const pages = await app.inTenant(tenant, (tx) => storedLog(tx, { pageSize: 2 }));
    expect(pages).toHaveLength(7);
    expect(await verify(tenant)).toMatchObject({ valid: false, checked: 7 });
  });
  it('finds a node that is gone', async () => {
    const tenant = await newLog();
    await tamper('delete from caws_provenance_graph where tenant_id = $1 and seq = 5', [tenant]);
    expect(found(await verify(tenant))).toEqual([[6, 'sequence-gap']]);
  });
  it('finds two nodes that were swapped', async () => {
    const tenant = await newLog();
    const renumber = (from: number, to: number) =>
      `update caws_provenance_graph set seq = ${to} where tenant_id = '${tenant}' and seq = ${from}`;
    await tamper([renumber(4, 100), renumber(5, 4), renumber(100, 5)].join(';'));
    const kinds = found(await verify(tenant));
    expect(kinds).toContainEqual([4, 'hash-mismatch']);
    expect(kinds).toContainEqual([5, 'hash-mismatch']);
    expect(kinds).toContainEqual([4, 'previous-hash-mismatch']);
  });
  it('finds that the tail is gone', async () => {
    const tenant = await newLog();
    await tamper('delete from caws_provenance_graph where tenant_id = $1 and seq > 4', [tenant]);
    expect(found(await verify(tenant))).toEqual([[7, 'head-mismatch']]);
  });
  it('finds nodes behind the head', async () => {
    const tenant = await newLog();
    await tamper(
      `update provenance_heads set seq = 4, hash_chain = node.hash_chain from caws_provenance_graph as node
       where provenance_heads.tenant_id = $1 and node.tenant_id = $1 and node.seq = 4`,
      [tenant],
    );
    expect(found(await verify(tenant))).toEqual([[4, 'head-mismatch']]);
  });
  it('finds a log without its head', async () => {
    const tenant = await newLog();
    await tamper('delete from provenance_heads where tenant_id = $1', [tenant]);
    expect(found(await verify(tenant))).toEqual([[0, 'head-mismatch']]);
  });
  it('reports the nodes of a key that was exchanged, instead of failing', async () => {
    const tenant = await newLog();
    await tamper('update provenance_signing_keys set public_key = $2 where tenant_id = $1', [
      tenant,
      Buffer.from(otherSigner.publicKey),
    ]);
    const report = await verify(tenant);
    expect(report).toMatchObject({ valid: false, checked: 7, violationCount: 7 });
    expect(new Set(found(report).map(([, kind]) => kind))).toEqual(new Set(['unknown-key']));
    expect(await verify(tenant, { keys: [testSigner] })).toMatchObject({ valid: true });
  });
});

/** The log from node 3 on as somebody with another key would have it. */
async function forge(records: readonly ProvenanceNodeRecord[], signer: Signer) {
  const forged: ProvenanceNodeRecord[] = records.slice(0, 2);
  for (const record of records.slice(2)) {
    const node = {
      ...record,
      previousHash: forged.at(-1)?.hashChain,
      description: 'what never was',
      signingKeyId: signer.keyId,
    };
    const hashChain = hashNode(node);
    forged.push({ ...node, hashChain, signature: await signHash(hashChain, signer) });
  }
  return forged;
}

async function replaceLog(tenantId: string, records: readonly ProvenanceNodeRecord[]): Promise<void> {
  const rows = records.map(({ seq, previousHash, description, signingKeyId, hashChain, signature }) => ({
    seq,
    previous_hash: previousHash ?? null,
    description: description ?? null,
    signing_key_id: signingKeyId,
    hash_chain: hashChain,
    signature,
  }));
  await tamper(
    `with forged as (
       select * from jsonb_to_recordset('${JSON.stringify(rows)}') as row (
         seq bigint, previous_hash text, description text, signing_key_id text, hash_chain text, signature text
       )
     ), moved as (
       update provenance_heads set hash_chain = forged.hash_chain
       from forged where tenant_id = '${tenantId}' and forged.seq = provenance_heads.seq
     )
     update caws_provenance_graph as node
     set previous_hash = forged.previous_hash, description = forged.description,
       signing_key_id = forged.signing_key_id, hash_chain = forged.hash_chain, signature = forged.signature
     from forged where tenant_id = '${tenantId}' and forged.seq = node.seq`,
  );
}

describe('what only keys and heads from outside the database show', () => {
  it('a log rewritten with a key that was registered for it', async () => {
    const tenant = await newLog();
    const { head } = await verify(tenant);
    await app.inTenant(tenant, (tx) => registerSigningKey(tx, otherSigner));
    await replaceLog(tenant, await forge(await logOf(tenant), otherSigner));
    expect(await verify(tenant)).toMatchObject({ valid: true, checked: 7 });
    expect(found(await verify(tenant, { keys: [testSigner] }))).toEqual(
      [3, 4, 5, 6, 7].map((seq) => [seq, 'unknown-key']),
    );
    expect(found(await verify(tenant, { knownHeads: [head] }))).toEqual([[7, 'head-mismatch']]);
  });
  it('a log cut together with its head', async () => {
    const tenant = await newLog();
    const { head } = await verify(tenant);
    await tamper(
      `update provenance_heads set seq = 4, hash_chain = node.hash_chain from caws_provenance_graph as node
       where provenance_heads.tenant_id = '${tenant}' and node.tenant_id = '${tenant}' and node.seq = 4;
       delete from caws_provenance_graph where tenant_id = '${tenant}' and seq > 4`,
    );
    expect(await verify(tenant, { keys: [testSigner] })).toMatchObject({ valid: true, checked: 4 });
    expect(found(await verify(tenant, { knownHeads: [head] }))).toEqual([[7, 'head-mismatch']]);
  });
  it('a log emptied together with its head', async () => {
    const tenant = await newLog();
    const { head } = await verify(tenant);
    await tamper(
      `delete from caws_provenance_graph where tenant_id = '${tenant}';
       delete from provenance_heads where tenant_id = '${tenant}'`,
    );
    expect(await verify(tenant, { keys: [testSigner] })).toMatchObject({ valid: true, checked: 0 });
    expect(found(await verify(tenant, { knownHeads: [head] }))).toEqual([[7, 'head-mismatch']]);
  });
  it('a changed embedding is no change of the log', async () => {
    const tenant = await newLog();
    const [node] = await logOf(tenant);
    const embedding = new Float32Array(768).fill(1);
    for (const scale of [1, -1])
      await app.inTenant(tenant, (tx) =>
        putEmbeddings(tx, [{ nodeId: node?.id ?? '', embedding: embedding.map((value) => value * scale) }]),
      );
    expect(await verify(tenant)).toMatchObject({ valid: true });
  });
});

describe('registerSigningKey', () => {
  it('registers a key once, and for one tenant', async () => {
    const [a = '', b = ''] = await app.newTenants(2);
    for (const tenant of [a, a, b]) await app.inTenant(tenant, (tx) => registerSigningKey(tx, testSigner));
    for (const tenant of [a, b]) {
      const keys = await app.inTenant(tenant, listSigningKeys);
      expect(keys).toEqual([{ keyId: testSigner.keyId, publicKey: new Uint8Array(testSigner.publicKey) }]);
    }
  });
  it.each([
    [
      'the id of another key',
      { keyId: otherSigner.keyId, publicKey: testSigner.publicKey },
      'KEY_ID_MISMATCH',
    ],
    [
      'a key of small order',
      { keyId: 'ed25519:66687aadf862bd776c8fc18b8e9f8e20', publicKey: new Uint8Array(32) },
      'KEY_INVALID',
    ],
  ])('refuses %s', async (_what, key, code) => {
    const tenant = await app.newTenant();
    await expect(app.inTenant(tenant, (tx) => registerSigningKey(tx, key))).rejects.toMatchObject({ code });
    expect(await app.inTenant(tenant, listSigningKeys)).toEqual([]);
  });
});
