import { describe, expect, it } from 'vitest';
import {
  canonicalize,
  hashNode,
  type ProvenanceNode,
  type ProvenanceNodeRecord,
  verifyChain,
} from '../../src/verify.ts';
import { signHash } from '../../src/signing/sign-hash.ts';
import { at, buildChain, headOf, otherSigner, replaceAt, testTenant, trusted } from '../fixtures/chain.ts';

/** Where the tampering takes place: in the middle of ten. */
const k = 5;

const parent = { id: '11111111-1111-4111-8111-111111111111', hash: 'ab'.repeat(32) };

/** Every field is there, so that every one can be changed and removed. */
const chain = await buildChain(10, {
  parents: [parent, { id: '33333333-3333-4333-8333-333333333333', hash: 'cd'.repeat(32) }],
  constitutionalRefs: ['CAWS:1', 'CAWS:2'],
  specHash: 'c0ffee',
  description: 'as it was',
  evidenceCompleteness: 50,
  budgetAdherence: 50,
  gateIntegrity: 50,
  provenanceClarity: 50,
});
const original = at(chain, k);
const expectedHead = headOf(chain);

async function found(records: readonly ProvenanceNodeRecord[]): Promise<string[]> {
  const keys = [...trusted, otherSigner];
  const report = await verifyChain(records, { tenantId: testTenant, keys, expectedHead });
  return report.violations.map(({ seq, kind }) => `${String(seq)} ${kind}`);
}

const onlyHash = [`${String(k)} hash-mismatch`];

/** For each field the ways to change it, and what must be found, exactly. `satisfies` makes a field left out a compile error. */
const matrix = {
  tenantId: [['another', 'globex', ['5 wrong-tenant', '5 hash-mismatch']]],
  seq: [
    ['one more', 6, ['6 sequence-gap', '6 hash-mismatch', '6 duplicate-seq']],
    ['one less', 4, ['4 duplicate-seq', '4 hash-mismatch', '6 sequence-gap']],
    ['far ahead', 1_000_000, ['1000000 sequence-gap', '1000000 hash-mismatch', '6 out-of-order']],
    ['far back', 1, ['1 out-of-order', '1 hash-mismatch', '6 sequence-gap']],
  ],
  previousHash: [
    ['another', 'ab'.repeat(32), ['5 previous-hash-mismatch', '5 hash-mismatch']],
    ['none', undefined, ['5 previous-hash-mismatch', '5 hash-mismatch']],
    ['the one before', at(chain, k - 1).previousHash, ['5 previous-hash-mismatch', '5 hash-mismatch']],
  ],
  id: [['another', '22222222-2222-4222-8222-222222222222', onlyHash]],
  entityType: [['another', original.entityType === 'waiver' ? 'gate' : 'waiver', onlyHash]],
  entityId: [
    ['another', 'ENTITY-6', onlyHash],
    ['empty', '', onlyHash],
  ],
  parents: [
    ['another', [{ ...parent, id: '22222222-2222-4222-8222-222222222222' }], onlyHash],
    ['one that was something else', [{ ...parent, hash: 'ef'.repeat(32) }], onlyHash],
    ['in another order', original.parents.toReversed(), onlyHash],
    ['one less', [parent], onlyHash],
    ['none', [], onlyHash],
    ['one twice', [parent, parent], ['5 malformed-node']],
    ['itself', [parent, { ...parent, id: original.id }], ['5 self-parent', '5 hash-mismatch']],
  ],
  content: [
    ['another', canonicalize({ approved: true }), onlyHash],
    [
      'with a space',
      Buffer.concat([original.content, Buffer.from(' ')]),
      [...onlyHash, '5 content-not-canonical'],
    ],
  ],
  constitutionalRefs: [
    ['one less', ['CAWS:1'], onlyHash],
    ['none', [], onlyHash],
    ['in another order', ['CAWS:2', 'CAWS:1'], onlyHash],
    ['run together', ['CAWS:1CAWS:2'], onlyHash],
  ],
  specHash: [
    ['another', 'decaf', onlyHash],
    ['none', undefined, onlyHash],
  ],
  description: [
    ['another', 'as it should have been', onlyHash],
    ['empty', '', onlyHash],
    ['none', undefined, onlyHash],
  ],
  evidenceCompleteness: [
    ['another', 51, onlyHash],
    ['none', undefined, onlyHash],
  ],
  budgetAdherence: [
    ['another', 51, onlyHash],
    ['none', undefined, onlyHash],
  ],
  gateIntegrity: [
    ['another', 51, onlyHash],
    ['none', undefined, onlyHash],
  ],
  provenanceClarity: [
    ['another', 51, onlyHash],
    ['none', undefined, onlyHash],
  ],
  createdAtMicros: [['a microsecond later', original.createdAtMicros + 1n, onlyHash]],
  signingKeyId: [
    ['another trusted one', otherSigner.keyId, ['5 hash-mismatch', '5 bad-signature']],
    ['an unknown one', 'ed25519:00000000000000000000000000000000', ['5 hash-mismatch', '5 unknown-key']],
  ],
  hashChain: [
    ['another', 'ab'.repeat(32), ['5 hash-mismatch', '5 bad-signature', '6 previous-hash-mismatch']],
    ['cut', original.hashChain.slice(1), ['5 hash-mismatch', '5 bad-signature', '6 previous-hash-mismatch']],
  ],
  signature: [
    ['that of another node', at(chain, k + 1).signature, ['5 bad-signature']],
    ['cut', original.signature.slice(0, -1), ['5 bad-signature']],
    ['empty', '', ['5 bad-signature']],
  ],
} satisfies Record<keyof ProvenanceNodeRecord, [how: string, value: unknown, expected: string[]][]>;

const cases = Object.entries(matrix).flatMap(([field, changes]) =>
  changes.map(([how, value, expected]) => ({ field, how, value, expected })),
);

describe('verifyChain, one column changed', () => {
  it('finds nothing before', async () => {
    expect(await found(chain)).toEqual([]);
  });

  it.each(cases)('finds $field: $how, at its place and nowhere else', async ({ field, value, expected }) => {
    expect(await found(replaceAt(chain, k, { [field]: value }))).toEqual(expected);
  });
});

describe('verifyChain, one column changed and the hash with it', () => {
  const fields: Partial<Record<keyof ProvenanceNode, unknown>> = {
    entityId: 'FORGED',
    content: canonicalize({ approved: true }),
    gateIntegrity: 100,
    createdAtMicros: 0n,
  };
  const forged = Object.entries(fields).map(([field, value]) => {
    const changed = { ...original, [field]: value };
    return { field, record: { ...changed, hashChain: hashNode(changed) } };
  });

  it.each(forged)('finds $field by signature and link', async ({ record }) => {
    expect(await found(replaceAt(chain, k, record))).toEqual(['5 bad-signature', '6 previous-hash-mismatch']);
  });

  it.each(forged)('finds $field by link alone when signed anew with a trusted key', async ({ record }) => {
    const node = { ...record, signingKeyId: otherSigner.keyId };
    const hashChain = hashNode(node);
    const resigned = { ...node, hashChain, signature: await signHash(hashChain, otherSigner) };
    expect(await found(replaceAt(chain, k, resigned))).toEqual(['6 previous-hash-mismatch']);
  });
});
