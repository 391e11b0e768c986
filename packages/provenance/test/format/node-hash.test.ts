import { describe, expect, it } from 'vitest';
import { emptyHead, encodeNode, hashNode, type ProvenanceNode } from '../../src/verify.ts';
import { decodeNode } from '../fixtures/decode-node.ts';
import { nodeAfter, uuidOf } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const node = nodeAfter(emptyHead);
const parent = { id: 'abcdef01-0000-4000-8000-000000000000', hash: 'ab'.repeat(32) };

/** A node with a field of the wrong type, as it may come from outside. */
function withField(field: keyof ProvenanceNode, value: unknown): ProvenanceNode {
  return { ...node, [field]: value };
}

describe('encodeNode', () => {
  it('writes tag, presence, length and bytes in the order of FORMAT.md', () => {
    const plain: ProvenanceNode = {
      tenantId: 't',
      seq: 258,
      previousHash: 'ab'.repeat(32),
      id: '00112233-4455-6677-8899-aabbccddeeff',
      entityType: 'gate',
      entityId: 'é',
      parents: [
        { id: 'ffeeddcc-bbaa-9988-7766-554433221100', hash: 'cd'.repeat(32) },
        { id: '00000000-0000-0000-0000-000000000000', hash: 'ef'.repeat(32) },
      ],
      content: new TextEncoder().encode('{}'),
      constitutionalRefs: ['A', ''],
      description: '',
      gateIntegrity: 85,
      createdAtMicros: -1n,
      signingKeyId: 'k',
    };
    const expected = [
      Buffer.from('agent-agency.provenance.node.v1').toString('hex'),
      '00',
      '01 00000001 74', // tenant_id
      '01 00000008 0000000000000102', // seq
      `01 00000020 ${'ab'.repeat(32)}`, // previous_hash
      '01 00000010 00112233445566778899aabbccddeeff', // id
      '01 00000004 67617465', // entity_type
      '01 00000002 c3a9', // entity_id
      '01 00000064 00000002', // parents
      `ffeeddccbbaa99887766554433221100 ${'cd'.repeat(32)}`,
      `00000000000000000000000000000000 ${'ef'.repeat(32)}`,
      '01 00000002 7b7d', // content
      '01 0000000d 00000002 00000001 41 00000000', // constitutional_refs
      '00', // spec_hash
      '01 00000000', // description
      '00 00', // evidence_completeness, budget_adherence
      '01 00000002 0055', // gate_integrity
      '00', // provenance_clarity
      '01 00000008 ffffffffffffffff', // created_at
      '01 00000001 6b', // signing_key_id
    ];
    expect(Buffer.from(encodeNode(plain)).toString('hex')).toBe(expected.join('').replaceAll(' ', ''));
  });

  it.each<[keyof ProvenanceNode, unknown]>([
    ['tenantId', undefined],
    ['tenantId', null],
    ['tenantId', 'a\0b'],
    ['entityId', '\ud800'],
    ['seq', 0],
    ['seq', 1.5],
    ['seq', -1],
    ['seq', 2 ** 53],
    ['seq', '1'],
    ['seq', 1n],
    ['previousHash', ''],
    ['previousHash', 'AB'.repeat(32)],
    ['previousHash', `${'ab'.repeat(32)}\n`],
    ['previousHash', 'zz'.repeat(32)],
    ['id', '00112233445566778899aabbccddeeff'],
    ['id', '00112233-4455-6677-8899-AABBCCDDEEFF'],
    ['id', 'x00112233-4455-6677-8899-aabbccddeeff'],
    ['id', '00112233-4455-6677-8899-aabbccddeeff\n'],
    ['id', undefined],
    ['entityType', 'verdic'],
    ['entityType', ['verdict']],
    ['parents', undefined],
    ['parents', null],
    ['parents', parent],
    ['parents', [parent.id]],
    ['parents', [null]],
    ['parents', new Array<object>(1)],
    ['parents', [{ id: parent.id }]],
    ['parents', [{ ...parent, hash: 'AB'.repeat(32) }]],
    ['parents', [{ ...parent, id: parent.id.toUpperCase() }]],
    ['parents', [parent, { ...parent, hash: 'cd'.repeat(32) }]],
    ['content', '{}'],
    ['content', undefined],
    ['constitutionalRefs', undefined],
    ['constitutionalRefs', 'CAWS'],
    ['constitutionalRefs', [null]],
    ['constitutionalRefs', new Array<string>(1)],
    ['specHash', null],
    ['description', 7],
    ['evidenceCompleteness', 0.85],
    ['budgetAdherence', 101],
    ['gateIntegrity', -1],
    ['provenanceClarity', '85'],
    ['createdAtMicros', 1],
    ['createdAtMicros', 2n ** 63n],
    ['signingKeyId', undefined],
  ])('refuses %s = %o', (field, value) => {
    const error = expectCode('NODE_INVALID', () => encodeNode(withField(field, value)));
    expect(error.details['field']).toBe(field);
  });

  it('takes the limits', () => {
    for (const [field, value] of [
      ['seq', Number.MAX_SAFE_INTEGER],
      ['createdAtMicros', -(2n ** 63n)],
      ['createdAtMicros', 2n ** 63n - 1n],
      ['gateIntegrity', 0],
      ['gateIntegrity', 100],
    ] as const)
      expect(() => encodeNode(withField(field, value))).not.toThrow();
  });
});

describe('encodeNode, of any size', () => {
  it('keeps every byte, whether the memory it writes to is just enough or has to grow', () => {
    const sizes = [0, 1, ...Array.from({ length: 40 }, (_, at) => 500 + 20 * at), 4096, 5_000_000, 3];
    for (const size of sizes) {
      const large = { ...node, entityId: '€'.repeat(size), content: new Uint8Array(size).fill(7) };
      const decoded = decodeNode(encodeNode(large));
      expect(decoded['entityId'] === large.entityId, String(size)).toBe(true);
      expect(Buffer.compare(decoded['content'] as Uint8Array, large.content), String(size)).toBe(0);
      expect(decoded['signingKeyId']).toBe(node.signingKeyId);
    }
  });

  it('is not written over by the next one', () => {
    const first = encodeNode(node);
    const copy = Uint8Array.from(first);
    encodeNode({ ...node, tenantId: 'globex' });
    expect(first).toEqual(copy);
  });
});

describe('hashNode', () => {
  it('keeps what stood undelimited apart: (verdict, 1) and (verdic, t1) [P1]', () => {
    const a = { ...node, entityId: 'ab', tenantId: 'c' };
    const b = { ...node, entityId: 'b', tenantId: 'ca' };
    expect(hashNode(a)).not.toBe(hashNode(b));
  });

  it('binds which nodes are the parents, what they are, and their order [P3]', () => {
    const other = { id: uuidOf(1), hash: 'cd'.repeat(32) };
    const lists = [[], [parent], [{ ...parent, hash: other.hash }], [parent, other], [other, parent]];
    expect(new Set(lists.map((parents) => hashNode({ ...node, parents }))).size).toBe(lists.length);
  });

  it('keeps absent and empty apart [P2]', () => {
    expect(hashNode({ ...node, description: '' })).not.toBe(hashNode({ ...node, description: undefined }));
  });

  it('takes an absent and an undefined field for the same', () => {
    const { description, ...without } = { ...node, description: undefined };
    expect(description).toBeUndefined();
    expect(hashNode(without)).toBe(hashNode(node));
  });
});
