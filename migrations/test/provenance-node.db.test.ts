import { createHash } from 'node:crypto';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import {
  appendNodes,
  childOf,
  nodeAfter,
  signed,
  type Node,
  type NodeFields,
} from './support/provenance-node.ts';
import { insertRows, queryOne, queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { TestLog } from './support/test-log.ts';

const database = testDatabase();
const log = new TestLog(database);
const refused = (code: string) => ({ code });

const everything: Partial<NodeFields> = {
  entity_type: 'waiver',
  entity_id: 'Ünïcode 🦊',
  content: Buffer.from('{"a":[1,{"é":"\u2028"}],"b":""}'),
  constitutional_refs: ['§ 1', '', 'क्षि', '🦊', 'e\u0301', 'é'],
  spec_hash: 'spec',
  description: 'A waiver',
  evidence_completeness: 0,
  budget_adherence: 1,
  gate_integrity: 0.29,
  provenance_clarity: 0.57,
};

describe.skipIf(database.kind === 'pglite')('a node with the right hash', () => {
  it.each([
    ['only what has to be there', {}],
    ['everything', everything],
    ['empty texts', { spec_hash: '', description: '', constitutional_refs: [''] }],
    ['an empty object as content', { content: Buffer.from('{}') }],
    ['content of 1 MiB', { content: Buffer.from(`{"a":"${'x'.repeat(2 ** 20 - 8)}"}`) }],
    ['an instant before 1970', { created_at: '1969-12-31T23:59:59.000001Z' }],
    ['an instant in the far future', { created_at: '9999-12-31T23:59:59.999999Z' }],
    ['one score', { gate_integrity: 0.5 }],
  ])('is accepted with %s', async (_, fields) => {
    const first = log.next(undefined, fields);
    await log.append(first);
    await log.append(log.next(first, { ...fields, entity_id: 'second', ...childOf(first) }));
    await expect(log.head()).resolves.toMatchObject({ seq: '2' });
  });

  it.each(['verdict', 'waiver', 'gate', 'spec', 'budget', 'policy', 'key'])(
    'is accepted as a %s',
    async (entity_type) => {
      await expect(log.append(log.next(undefined, { entity_type }))).resolves.toBeUndefined();
    },
  );

  it('has its content beside it as jsonb, whatever was given', async () => {
    const node = log.next(undefined, { content: Buffer.from('{"b":1.50,"a":[true]}') });
    await asTenant(log.application, log.tenant, async () => {
      const row = { ...node, content: `\\x${node.content.toString('hex')}`, metadata: { forged: true } };
      await insertRows(log.application, 'caws_provenance_graph', [row]);
    });
    const stored = await queryOne(
      log.administrator,
      'select metadata, content from caws_provenance_graph where id = $1',
      [node.id],
    );
    expect(stored).toEqual({ metadata: { a: [true], b: 1.5 }, content: node.content });
  });

  it('moves the head to itself, and no other tenant’s', async () => {
    const other = `${log.tenant}-other`;
    await log.addTenant(other);
    await asTenant(log.application, other, () =>
      appendNodes(log.application, nodeAfter(undefined, { tenant_id: other })),
    );
    const before = await log.head(other);
    const [, last] = await log.fill(2);
    await expect(log.head()).resolves.toEqual({ seq: '2', hash_chain: last?.hash_chain });
    await expect(log.head(other)).resolves.toEqual(before);
  });
});

describe.skipIf(database.kind === 'pglite')('a node with a wrong hash', () => {
  const changes: Partial<NodeFields>[] = [
    { id: crypto.randomUUID() },
    { entity_type: 'gate' },
    { entity_id: 'other' },
    { content: Buffer.from('{"decision":"accept "}') },
    { constitutional_refs: ['a', 'b'] },
    { constitutional_refs: ['ab'] },
    { spec_hash: '' },
    { description: 'other' },
    { evidence_completeness: 0.01 },
    { budget_adherence: 0.01 },
    { gate_integrity: 0.01 },
    { provenance_clarity: 0.01 },
    { created_at: '2025-01-31T23:59:59.123457Z' },
  ];

  it.each(changes)('is refused when %j was changed after hashing', async (change) => {
    await expect(log.append({ ...log.next(), ...change })).rejects.toMatchObject(refused('AAHSH'));
  });

  it('is refused when its parent, its place, or the node before it was changed after hashing', async () => {
    const [first] = await log.fill(1);
    const node = log.next(first);
    if (first === undefined) throw new Error('a node was appended');
    await expect(log.append({ ...node, ...childOf(first) })).rejects.toMatchObject(refused('AAHSH'));
    await expect(log.append({ ...node, seq: 3 })).rejects.toMatchObject(refused('AAHSH'));
    await expect(log.append({ ...node, previous_hash: '0'.repeat(64) })).rejects.toMatchObject(
      refused('AAHSH'),
    );
    await expect(log.append(node)).resolves.toBeUndefined();
  });

  it('is refused when it is another tenant’s', async () => {
    const node = nodeAfter(undefined, { tenant_id: 'somebody' });
    await expect(log.append({ ...node, tenant_id: log.tenant })).rejects.toMatchObject(refused('AAHSH'));
  });

  it('is refused as a whole batch', async () => {
    const [first, second] = [log.next(), log.next()];
    await expect(log.append(first, { ...log.next(first), description: 'changed' })).rejects.toMatchObject(
      refused('AAHSH'),
    );
    await expect(log.length()).resolves.toBe(0);
    await expect(log.append(second)).resolves.toBeUndefined();
  });
});

describe.skipIf(database.kind === 'pglite')('columns that could not be hashed faithfully', () => {
  it.each([
    ['not JSON', Buffer.from('{decision}')],
    ['a number', Buffer.from('17')],
    ['an array', Buffer.from('[{}]')],
    ['null', Buffer.from('null')],
    ['two values', Buffer.from('{}{}')],
    ['a NUL byte', Buffer.from('{"a":"\0"}')],
    ['an escaped NUL', Buffer.from('{"a":"\\u0000"}')],
    ['half a surrogate pair', Buffer.from('{"a":"\\ud800"}')],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['nothing', Buffer.alloc(0)],
  ])('content that is %s is refused, and not repeated in the error', async (_, content) => {
    const refusal = await log.append(log.next(undefined, { content })).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({
      code: 'AACON',
      message: 'provenance node 1: its content has to be a JSON object, in UTF-8 and without NUL',
    });
    expect(refusal).not.toHaveProperty('detail');
  });

  it('content of more than 1 MiB is refused', async () => {
    const content = Buffer.from(`{"a":"${'x'.repeat(2 ** 20 - 7)}"}`);
    await expect(log.append(log.next(undefined, { content }))).rejects.toMatchObject({
      constraint_name: 'caws_provenance_graph_content_check',
    });
  });

  it.each([
    // As the two references a and b.
    ['of two dimensions', [['a'], ['b']]],
    // As two references of which one is missing: which, the hash would not say.
    ['with a null', ['a', null]],
  ])('references %s have no hash, and are refused', async (_, constitutional_refs) => {
    const node = { ...log.next(), content: '\\x7b7d', constitutional_refs };
    const hash = await queryValue(
      log.administrator,
      'select app.provenance_node_hash(jsonb_populate_record(null::caws_provenance_graph, $1::text::jsonb))',
      [JSON.stringify(node)],
    );
    expect(hash).toBe(null);
    const insertion = asTenant(log.application, log.tenant, () =>
      insertRows(log.application, 'caws_provenance_graph', [node]),
    );
    await expect(insertion).rejects.toMatchObject(refused('AAHSH'));
  });

  it('an endless instant is refused', async () => {
    await expect(log.append({ ...log.next(), created_at: 'infinity' })).rejects.toThrow();
    const finite = `select pg_get_constraintdef(oid) from pg_constraint where conname = 'caws_provenance_graph_created_at_check'`;
    await expect(queryValue(log.administrator, finite)).resolves.toBe('CHECK (isfinite(created_at))');
  });

  it('a hash before it in capitals is refused', async () => {
    const [first] = await log.fill(1);
    const node = log.next(first);
    await expect(
      log.append({ ...node, previous_hash: node.previous_hash?.toUpperCase() ?? null }),
    ).rejects.toMatchObject({ constraint_name: 'caws_provenance_graph_previous_hash_check' });
  });

  it.each([
    [
      'hash_chain',
      'non_empty_hash',
      (node: Node) => ({ ...node, hash_chain: node.hash_chain.toUpperCase() }),
    ],
    ['signature', 'non_empty_signature', (node: Node) => ({ ...node, signature: 'x' })],
    ['seq', 'caws_provenance_graph_seq_check', (node: Node) => signed({ ...node, seq: 0 })],
    [
      'entity_type',
      'caws_provenance_graph_entity_type_check',
      (node: Node) => signed({ ...node, entity_type: 'x' }),
    ],
    [
      'entity_id',
      'caws_provenance_graph_entity_id_check',
      (node: Node) => signed({ ...node, entity_id: '' }),
    ],
    [
      'score',
      'caws_provenance_graph_scores_check',
      (node: Node) => signed({ ...node, gate_integrity: 1.01 }),
    ],
    [
      'score',
      'caws_provenance_graph_scores_check',
      (node: Node) => signed({ ...node, budget_adherence: -0.01 }),
    ],
  ])('a %s out of bounds is refused by %s', async (_, constraint, change) => {
    const refusal = log.append(change(log.next()));
    if (constraint === 'non_empty_hash') await expect(refusal).rejects.toMatchObject(refused('AAHSH'));
    else await expect(refusal).rejects.toMatchObject({ code: '23514', constraint_name: constraint });
  });
});

describe.skipIf(database.kind === 'pglite')('a signing key', () => {
  const keyOf = (bytes: Buffer): string =>
    `ed25519:${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
  const put = (row: Record<string, unknown>): Promise<void> =>
    asTenant(log.application, log.tenant, () =>
      insertRows(log.application, 'provenance_signing_keys', [row]),
    );
  const bytes = Buffer.alloc(32, 5);
  const public_key = `\\x${bytes.toString('hex')}`;

  it('is accepted under the name that belongs to it, and no other', async () => {
    await expect(put({ key_id: keyOf(Buffer.alloc(32, 6)), public_key })).rejects.toMatchObject({
      constraint_name: 'provenance_signing_keys_key_id_check',
    });
    await expect(put({ key_id: keyOf(bytes).toUpperCase(), public_key })).rejects.toMatchObject(
      refused('23514'),
    );
    await expect(put({ key_id: keyOf(bytes), public_key })).resolves.toBeUndefined();
  });

  it('has 32 bytes and is for ed25519', async () => {
    const short = Buffer.alloc(31, 5);
    await expect(
      put({ key_id: keyOf(short), public_key: `\\x${short.toString('hex')}` }),
    ).rejects.toMatchObject({
      constraint_name: 'provenance_signing_keys_public_key_check',
    });
    await expect(put({ key_id: keyOf(bytes), public_key, algorithm: 'rsa' })).rejects.toMatchObject({
      constraint_name: 'provenance_signing_keys_algorithm_check',
    });
  });

  it('has to be the tenant’s own', async () => {
    const other = `${log.tenant}-other`;
    await log.addTenant(other);
    await asTenant(log.application, other, () =>
      insertRows(log.application, 'provenance_signing_keys', [{ key_id: keyOf(bytes), public_key }]),
    );
    await expect(log.append(log.next(undefined, { signing_key_id: keyOf(bytes) }))).rejects.toMatchObject({
      code: '23503',
      constraint_name: 'caws_provenance_graph_signing_key_id_fkey',
    });
  });
});
