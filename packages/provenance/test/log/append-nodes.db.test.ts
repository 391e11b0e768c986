import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import {
  appendNodes,
  canonicalize,
  hashNode,
  lockHead,
  type NodeToAppend,
  readHead,
  type Signer,
  verifyLog,
} from '../../src/index.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { nodesToAppend, nodeToAppend, storedLog, vectorOf } from './support/nodes.ts';

const app = useApplication(testDatabase());

const append = (tenantId: string, nodes: readonly NodeToAppend[], signer: Signer = testSigner) =>
  app.inTenant(tenantId, (tx) => appendNodes(tx, nodes, signer));
const logOf = (tenantId: string) => app.inTenant(tenantId, storedLog);
const headOf = (tenantId: string) => app.inTenant(tenantId, readHead);
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function expectEmpty(tenantId: string): Promise<void> {
  expect(await logOf(tenantId)).toEqual([]);
  expect(await headOf(tenantId)).toEqual({ seq: 0, hash: undefined });
}

describe('appendNodes', () => {
  it('begins a log', async () => {
    const tenant = await app.newTenant();
    const node = nodeToAppend({ content: { b: 1e21, a: [-0, 'größer'] } });
    const [record, ...more] = await append(tenant, [node]);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ tenantId: tenant, seq: 1, previousHash: undefined, id: node.id });
    expect(record?.hashChain).toBe(record && hashNode(record));
    expect(await headOf(tenant)).toEqual({ seq: 1, hash: record?.hashChain });
    expect(await logOf(tenant)).toEqual([record]);
  });
  it('stores content as canonical bytes, and a copy of it as jsonb', async () => {
    const tenant = await app.newTenant();
    const content = { z: 1, é: [1e21, 0.1, null], a: { '\ud83d\ude00': null, '\ufb33': '\\u0000' } };
    const [record] = await append(tenant, [nodeToAppend({ content })]);
    const bytes = canonicalize(content);
    expect(record && Buffer.from(record.content)).toEqual(Buffer.from(bytes));
    const [row] = await app.inTenant(tenant, (tx) =>
      tx.selectFrom('caws_provenance_graph').select(['content', 'metadata']).execute(),
    );
    expect(row && Buffer.from(row.content)).toEqual(Buffer.from(bytes));
    expect(row?.metadata).toEqual(content);
  });
  it('links a batch, and a later batch to it', async () => {
    const tenant = await app.newTenant();
    const records = [
      ...(await append(tenant, nodesToAppend(3))),
      ...(await append(tenant, nodesToAppend(2))),
    ];
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(records.map(({ previousHash }) => previousHash)).toEqual([
      undefined,
      ...records.slice(0, -1).map(({ hashChain }) => hashChain),
    ]);
    expect(await logOf(tenant)).toEqual(records);
    expect(await app.inTenant(tenant, (tx) => verifyLog(tx))).toMatchObject({ valid: true, checked: 5 });
  });
  it('stores every field', async () => {
    const tenant = await app.newTenant();
    const [parent] = await append(tenant, [nodeToAppend()]);
    const [record] = await append(tenant, [
      nodeToAppend({
        entityType: 'waiver',
        entityId: `W-${'é'.repeat(253)}`,
        parents: parent && [parent.id],
        constitutionalRefs: ['CAWS:§7', '', '{"a",\\b}', 'NULL', "it's", '\u{1f680}'],
        specHash: 'c0ffee',
        description: 'Zulässig: {a,"b"} \\ NULL \u202e',
        evidenceCompleteness: 0,
        budgetAdherence: 100,
        gateIntegrity: 7,
        provenanceClarity: 85,
        createdAt: new Date('1969-12-31T23:59:59.999Z'),
      }),
    ]);
    expect(record).toMatchObject({
      parents: [{ id: parent?.id, hash: parent?.hashChain }],
      constitutionalRefs: ['CAWS:§7', '', '{"a",\\b}', 'NULL', "it's", '\u{1f680}'],
      provenanceClarity: 85,
      createdAtMicros: -1000n,
    });
    expect(await logOf(tenant)).toEqual([parent, record]);
    const scores = await app.inTenant(tenant, (tx) =>
      tx
        .selectFrom('caws_provenance_graph')
        .select(['evidence_completeness', 'budget_adherence', 'gate_integrity', 'provenance_clarity'])
        .where('seq', '=', '2')
        .execute(),
    );
    expect(Object.values(scores[0] ?? {})).toEqual(['0.00', '1.00', '0.07', '0.85']);
  });
  it.each([
    '-004712-01-01T00:00:00.000Z',
    '-000001-02-28T12:34:56.789Z',
    '0001-01-01T00:00:00.001Z',
    '2024-03-31T01:30:00.000Z',
    '2500-01-01T00:00:00.001Z',
    '9999-12-31T23:59:59.999Z',
    '+275760-09-13T00:00:00.000Z',
  ])('keeps the instant %s to the millisecond, whatever the time zone', async (text) => {
    const tenant = await app.newTenant();
    const createdAt = new Date(text);
    const record = await app.inTenant(tenant, async (tx) => {
      await sql`set local timezone = 'Europe/Berlin'`.execute(tx);
      return (await appendNodes(tx, [nodeToAppend({ createdAt })], testSigner))[0];
    });
    expect(record?.createdAtMicros).toBe(BigInt(createdAt.getTime()) * 1000n);
    expect(await logOf(tenant)).toEqual([record]);
  });
  it('takes a parent in the log, and one earlier in the same call', async () => {
    const tenant = await app.newTenant();
    const [grandparent, parent, child] = nodesToAppend(3).map((node, place, all) => ({
      ...node,
      parents: place === 0 ? [] : all.slice(Math.max(0, place - 2), place).map(({ id }) => id),
    }));
    if (grandparent === undefined || parent === undefined || child === undefined) throw new Error('three');
    await append(tenant, [grandparent]);
    await append(tenant, [parent, child]);
    const [first, second, third] = await logOf(tenant);
    expect(first?.parents).toEqual([]);
    expect(second?.parents).toEqual([{ id: grandparent.id, hash: first?.hashChain }]);
    expect(third?.parents).toEqual([
      { id: grandparent.id, hash: first?.hashChain },
      { id: parent.id, hash: second?.hashChain },
    ]);
  });
  it('appends nothing for no nodes, not even the key', async () => {
    const tenant = await app.newTenant();
    expect(await append(tenant, [])).toEqual([]);
    await expectEmpty(tenant);
    const keys = await app.inTenant(tenant, (tx) =>
      tx.selectFrom('provenance_signing_keys').select('key_id').execute(),
    );
    expect(keys).toEqual([]);
  });
  it('gives each tenant a log of its own, with the same ids', async () => {
    const [a = '', b = ''] = await app.newTenants(2);
    const nodes = nodesToAppend(2);
    const ofA = await append(a, nodes);
    const ofB = await append(b, nodes);
    expect(ofB.map(({ seq, id }) => ({ seq, id }))).toEqual(ofA.map(({ seq, id }) => ({ seq, id })));
    expect(ofB.map(({ hashChain }) => hashChain)).not.toEqual(ofA.map(({ hashChain }) => hashChain));
    expect(await logOf(a)).toEqual(ofA);
    expect(await logOf(b)).toEqual(ofB);
  });
  it('refuses a parent that only another tenant has', async () => {
    const [a = '', b = ''] = await app.newTenants(2);
    const node = nodeToAppend();
    await append(a, [node]);
    await expect(append(b, [nodeToAppend({ parents: [node.id] })])).rejects.toMatchObject({
      code: 'PARENT_NOT_FOUND',
    });
    await expectEmpty(b);
  });
  it('refuses a parent that is not there, and one later in the same call', async () => {
    const tenant = await app.newTenant();
    await expect(append(tenant, [nodeToAppend({ parents: [randomUUID()] })])).rejects.toMatchObject({
      code: 'PARENT_NOT_FOUND',
    });
    const later = nodeToAppend();
    await expect(append(tenant, [nodeToAppend({ parents: [later.id] }), later])).rejects.toMatchObject({
      code: 'PARENT_NOT_FOUND',
    });
    await expectEmpty(tenant);
  });
  it('refuses an entity or an id that is recorded already, and writes nothing of the call', async () => {
    const tenant = await app.newTenant();
    const node = nodeToAppend();
    const [record] = await append(tenant, [node]);
    for (const again of [
      { ...node, id: randomUUID() },
      { ...node, entityId: 'another' },
    ]) {
      await expect(append(tenant, [nodeToAppend(), again])).rejects.toMatchObject({
        code: 'UNIQUE_VIOLATION',
      });
    }
    expect(await logOf(tenant)).toEqual([record]);
    expect(await headOf(tenant)).toEqual({ seq: 1, hash: record?.hashChain });
    await append(tenant, [{ ...node, id: randomUUID(), entityType: 'gate' }]);
  });
  it('leaves no node and no head behind when the transaction rolls back', async () => {
    const tenant = await app.newTenant();
    const reason = new Error('changed my mind');
    await expect(
      app.inTenant(tenant, async (tx) => {
        await appendNodes(tx, nodesToAppend(2), testSigner);
        throw reason;
      }),
    ).rejects.toBe(reason);
    await expectEmpty(tenant);
    const [record] = await append(tenant, [nodeToAppend()]);
    expect(record?.seq).toBe(1);
  });
  it('appends twice in one transaction, and after lockHead', async () => {
    const tenant = await app.newTenant();
    await app.inTenant(tenant, async (tx) => {
      expect(await lockHead(tx)).toEqual({ seq: 0, hash: undefined });
      const [record] = await appendNodes(tx, [nodeToAppend()], testSigner);
      await appendNodes(tx, [nodeToAppend()], otherSigner);
      expect(await lockHead(tx)).toMatchObject({ seq: 2 });
      expect(record?.seq).toBe(1);
    });
    expect(await app.inTenant(tenant, (tx) => verifyLog(tx))).toMatchObject({ valid: true, checked: 2 });
  });
  it('does not hash the embedding', async () => {
    const [a = '', b = ''] = await app.newTenants(2);
    const node = nodeToAppend();
    const [without] = await append(a, [node]);
    const [with_] = await append(b, [{ ...node, embedding: vectorOf(0.25) }]);
    expect(without && with_ && hashNode({ ...without, tenantId: b })).toBe(with_?.hashChain);
    const [row] = await app.inTenant(b, (tx) =>
      tx.selectFrom('provenance_embeddings').select('embedding').execute(),
    );
    expect(row?.embedding).toMatch(/^\[0\.25,0,.*,1\]$/);
  });
  it('refuses to append for a login that may only read', async () => {
    const tenant = await app.newTenant();
    const readonly = app.managerAs('agent_agency_readonly');
    const refused = readonly.withTenant({ tenantId: tenant }, (tx) =>
      appendNodes(tx, [nodeToAppend()], testSigner),
    );
    await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await append(tenant, [nodeToAppend()]);
    const read = await readonly.withTenant({ tenantId: tenant }, (tx) => verifyLog(tx));
    expect(read).toMatchObject({ valid: true, checked: 1 });
  });
});

/** What a JavaScript caller may pass, whatever the types say. */
const unchecked = (fields: object) => nodeToAppend(fields);

describe('appendNodes, of bad input', () => {
  it.each<[string, object, string]>([
    ['no UUID', { id: 'x' }, '0.id'],
    ['a UUID in capitals', { id: randomUUID().toUpperCase() }, '0.id'],
    ['an unknown type', { entityType: 'rumour' }, '0.entityType'],
    ['no entity', { entityId: '' }, '0.entityId'],
    ['a long entity', { entityId: 'x'.repeat(256) }, '0.entityId'],
    ['NUL in the entity', { entityId: 'a\0b' }, '0.entityId'],
    ['half a surrogate pair', { description: '\ud83d' }, '0.description'],
    ['a description that is a book', { description: 'word '.repeat(3277) }, '0.description'],
    ['a long spec hash', { specHash: 'x'.repeat(129) }, '0.specHash'],
    ['NUL in a reference', { constitutionalRefs: ['a', '\0'] }, '0.constitutionalRefs.1'],
    ['a list as content', { content: [] }, '0.content'],
    ['null as content', { content: null }, '0.content'],
    ['undefined in the content', { content: { a: undefined } }, '0.content'],
    ['NUL in the content', { content: { a: 'x\0' } }, '0.content'],
    ['NUL after a backslash', { content: { a: '\\\0' } }, '0.content'],
    ['NUL in a name', { content: { '\0': 1 } }, '0.content'],
    ['a fraction of a hundredth', { gateIntegrity: 0.5 }, '0.gateIntegrity'],
    ['101 hundredths', { budgetAdherence: 101 }, '0.budgetAdherence'],
    ['an invalid date', { createdAt: new Date(NaN) }, '0.createdAt'],
    ['a date before the calendar', { createdAt: new Date('-004713-12-31T00:00:00Z') }, '0.createdAt'],
    ['a short embedding', { embedding: new Float32Array(3).fill(1) }, '0.embedding'],
    ['an embedding without direction', { embedding: new Float32Array(768) }, '0.embedding'],
    ['an embedding that is not finite', { embedding: vectorOf(NaN) }, '0.embedding'],
    ['an unknown field', { seq: 1 }, '0'],
  ])('refuses %s before it asks the database', async (_what, fields, field) => {
    const tenant = await app.newTenant();
    await app.inTenant(tenant, async (tx) => {
      const executeQuery = vi.spyOn(tx.getExecutor(), 'executeQuery');
      await expect(appendNodes(tx, [unchecked(fields)], testSigner)).rejects.toMatchObject({
        code: 'NODE_INVALID',
        details: { field, problems: 1 },
      });
      expect(executeQuery).not.toHaveBeenCalled();
    });
  });
  it('refuses a node as its own parent', async () => {
    const tenant = await app.newTenant();
    const id = randomUUID();
    await expect(append(tenant, [nodeToAppend({ id, parents: [id] })])).rejects.toMatchObject({
      code: 'NODE_INVALID',
      details: { field: '0.parents' },
    });
  });
  it('lists every problem, and quotes no content', async () => {
    const tenant = await app.newTenant();
    const error = await errorOf(
      append(tenant, [
        nodeToAppend(),
        unchecked({ id: 'secret-id', content: { secret: 'secret\0' }, entityId: '' }),
      ]),
    );
    expect(error).toMatchObject({ code: 'NODE_INVALID', details: { problems: 3 } });
    const { message } = error as Error;
    for (const field of ['1.id', '1.entityId', '1.content']) expect(message).toContain(field);
    expect(message).not.toContain('secret');
    await expectEmpty(tenant);
  });
  it('takes content of exactly 1 MiB, and refuses one byte more', async () => {
    const tenant = await app.newTenant();
    const text = (bytes: number) => ({ content: { a: 'x'.repeat(bytes - '{"a":""}'.length) } });
    await append(tenant, [nodeToAppend(text(1_048_576))]);
    await expect(append(tenant, [nodeToAppend(text(1_048_577))])).rejects.toMatchObject({
      code: 'NODE_INVALID',
      message:
        'these nodes cannot be appended: 0.content must not be longer than 1048576 bytes: record its digest (describeContent)',
    });
    expect(await headOf(tenant)).toMatchObject({ seq: 1 });
  });
  it('takes a description as long as it may be, of different words', async () => {
    const tenant = await app.newTenant();
    const words = Array.from({ length: 3000 }, (_, place) => `w${place}`).join(' ');
    await append(tenant, [nodeToAppend({ description: words.slice(0, 16_384) })]);
    await append(tenant, [nodeToAppend({ description: 'ä'.repeat(16_384) })]);
    expect(await headOf(tenant)).toMatchObject({ seq: 2 });
  });
  it.each<[string, Signer, string]>([
    ['another id', { ...testSigner, keyId: otherSigner.keyId }, 'KEY_ID_MISMATCH'],
    ['a short key', { ...testSigner, publicKey: new Uint8Array(31) }, 'KEY_INVALID'],
    [
      'signatures of another key',
      { ...testSigner, sign: (bytes) => otherSigner.sign(bytes) },
      'SIGNER_FAULTY',
    ],
  ])('refuses a signer with %s', async (_what, signer, code) => {
    const tenant = await app.newTenant();
    await expect(append(tenant, [nodeToAppend()], signer)).rejects.toMatchObject({ code });
    await expectEmpty(tenant);
  });
});
