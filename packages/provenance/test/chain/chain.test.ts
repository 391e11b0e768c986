import { describe, expect, it } from 'vitest';
import {
  type ChainHead,
  type ChainReport,
  emptyHead,
  hashNode,
  maxListed,
  type ProvenanceNodeRecord,
  verifyChain,
  type VerifyChainOptions,
} from '../../src/verify.ts';
import {
  at,
  buildChain,
  headOf,
  nodeAfter,
  otherSigner,
  replaceAt,
  seal,
  testSigner,
  testTenant,
  trusted,
} from '../fixtures/chain.ts';

const chain = await buildChain(10);
const head = headOf(chain);

const verify = (
  records: Iterable<ProvenanceNodeRecord> | AsyncIterable<ProvenanceNodeRecord>,
  options: Partial<VerifyChainOptions> = {},
): Promise<ChainReport> => verifyChain(records, { tenantId: testTenant, keys: trusted, ...options });

/** Violations as `[seq, kind]`. */
async function found(
  records: readonly ProvenanceNodeRecord[],
  options: Partial<VerifyChainOptions> = {},
): Promise<unknown[]> {
  const report = await verify(records, options);
  expect(report.valid).toBe(report.violationCount === 0);
  expect(report.firstViolation).toEqual(report.violations[0]);
  expect(report.checked).toBe(records.length);
  return report.violations.map(({ seq, kind }) => [seq, kind]);
}

/** The records at these numbers, in this order. */
const pick = (...seqs: number[]): readonly ProvenanceNodeRecord[] => seqs.map((seq) => at(chain, seq));

describe('verifyChain', () => {
  it('finds nothing wrong with a valid log and answers its head', async () => {
    expect(
      await verify(chain, { expectedHead: head, knownHeads: [headOf(chain.slice(0, 4)), head] }),
    ).toEqual({
      valid: true,
      checked: 10,
      violations: [],
      violationCount: 0,
      firstViolation: undefined,
      warnings: [],
      warningCount: 0,
      head,
    });
  });

  it('takes an asynchronous stream and asks for one node at a time', async () => {
    let asked = 0;
    async function* stream(): AsyncGenerator<ProvenanceNodeRecord> {
      for (const record of chain) {
        await Promise.resolve();
        asked += 1;
        yield record;
      }
    }
    expect(await verify(stream())).toMatchObject({ valid: true, checked: 10 });
    expect(asked).toBe(10);
  });

  it('accepts an empty log, unless a head says there was one', async () => {
    expect(await verify([], { expectedHead: emptyHead, knownHeads: [emptyHead] })).toMatchObject({
      valid: true,
      checked: 0,
      head: emptyHead,
    });
    expect(await found([], { expectedHead: head })).toEqual([[10, 'head-mismatch']]);
  });

  it('lets an error of the stream through', async () => {
    const failure = new Error('The connection was lost.');
    async function* stream(): AsyncGenerator<ProvenanceNodeRecord> {
      yield* pick(1);
      await Promise.reject(failure);
    }
    await expect(verify(stream())).rejects.toBe(failure);
  });

  it('names each violation with the id of its node and no value of it', async () => {
    const [violation] = (await verify(replaceAt(chain, 4, { description: 'secret' }))).violations;
    expect(violation).toEqual({
      seq: 4,
      id: at(chain, 4).id,
      kind: 'hash-mismatch',
      message: 'hash_chain is not the hash of the fields.',
    });
  });

  it('lists the first 100 violations and counts them all', async () => {
    const many = Array.from({ length: 150 }, (): ProvenanceNodeRecord => at(chain, 1));
    const report = await verify(many);
    expect(report.violationCount).toBe(149);
    expect(report.violations).toHaveLength(maxListed);
    expect(report.firstViolation).toMatchObject({ seq: 1, kind: 'duplicate-seq' });
  });
});

describe('verifyChain, the sequence', () => {
  it('finds a deleted node', async () => {
    expect(await found(pick(1, 2, 4, 5))).toEqual([[4, 'sequence-gap']]);
    expect((await verify(pick(1, 2, 4, 5))).firstViolation?.message).toBe('Number 3 is missing.');
  });

  it('finds several deleted nodes and a deleted beginning', async () => {
    expect((await verify(pick(4, 5))).firstViolation?.message).toBe('Numbers 1 to 3 are missing.');
    expect(await found(pick(4, 5))).toEqual([[4, 'sequence-gap']]);
  });

  it('finds two nodes in exchanged places', async () => {
    expect(await found(pick(1, 2, 4, 3, 5))).toEqual([
      [4, 'sequence-gap'],
      [3, 'out-of-order'],
    ]);
  });

  it('finds every replayed node', async () => {
    expect(await found([...chain, ...pick(2, 3, 4)], { expectedHead: head })).toEqual([
      [2, 'out-of-order'],
      [3, 'out-of-order'],
      [4, 'out-of-order'],
    ]);
  });

  it('finds a node that is there twice', async () => {
    expect(await found(pick(1, 2, 3, 3, 4))).toEqual([[3, 'duplicate-seq']]);
  });

  it('finds a fork: two signed nodes after the same one', async () => {
    const fork = await seal(nodeAfter(headOf(pick(1, 2)), { entityId: 'OTHER' }));
    expect(await found([...pick(1, 2, 3), fork, ...pick(4)])).toEqual([[3, 'duplicate-seq']]);
    expect(await found([...pick(1, 2), fork, ...pick(3, 4)])).toEqual([
      [3, 'duplicate-seq'],
      [4, 'previous-hash-mismatch'],
    ]);
  });

  it('finds a node replaced by another one, itself valid', async () => {
    const other = await seal(nodeAfter(headOf(pick(1, 2)), { entityId: 'OTHER' }));
    expect(await found([...pick(1, 2), other, ...pick(4, 5)])).toEqual([[4, 'previous-hash-mismatch']]);
  });

  it('finds a node inserted with the numbers after it moved', async () => {
    const inserted = await seal(nodeAfter(headOf(pick(1, 2)), { entityId: 'INSERTED' }));
    const moved = pick(3, 4).map((record) => ({ ...record, seq: record.seq + 1 }));
    expect(await found([...pick(1, 2), inserted, ...moved])).toEqual([
      [4, 'previous-hash-mismatch'],
      [4, 'hash-mismatch'],
      [5, 'hash-mismatch'],
    ]);
  });

  it('finds a first node that has a previous one, and a later one that has none', async () => {
    const first = await seal({ ...nodeAfter(emptyHead), previousHash: 'ab'.repeat(32) });
    expect(await found([first])).toEqual([[1, 'previous-hash-mismatch']]);
    const rootless = await seal({ ...nodeAfter(headOf(pick(1))), previousHash: undefined });
    expect(await found([...pick(1), rootless])).toEqual([[2, 'previous-hash-mismatch']]);
  });

  it('finds a node that is its own parent [P5]', async () => {
    const node = nodeAfter(emptyHead);
    expect(await found([await seal({ ...node, parents: [{ id: node.id, hash: 'ab'.repeat(32) }] })])).toEqual(
      [[1, 'self-parent']],
    );
  });
});

describe('verifyChain, the head', () => {
  const mismatch = async (
    records: readonly ProvenanceNodeRecord[],
    expectedHead: ChainHead,
  ): Promise<string | undefined> => {
    expect(await found(records, { expectedHead })).toEqual([[expectedHead.seq, 'head-mismatch']]);
    return (await verify(records, { expectedHead })).firstViolation?.message;
  };

  it('does not see a truncated log without a head, and says so in FORMAT.md', async () => {
    expect(await found(chain.slice(0, 7))).toEqual([]);
  });

  it('finds a truncated log', async () => {
    expect(await mismatch(chain.slice(0, 7), head)).toContain('truncated or rewound');
    expect(await mismatch([], head)).toContain('truncated or rewound');
  });

  it('finds a log longer than its head', async () => {
    expect(await mismatch(chain, headOf(chain.slice(0, 7)))).toContain('longer than its head');
    expect(await mismatch(chain, emptyHead)).toContain('longer than its head');
  });

  it('finds a last node with the hash of the head under another number', async () => {
    expect(await mismatch(chain, { seq: 11, hash: head.hash })).toContain('truncated or rewound');
  });

  it('finds a last node with another hash', async () => {
    expect(await mismatch(chain, { seq: 10, hash: 'ab'.repeat(32) })).toContain('another hash');
  });

  it('finds a log rewound and rewritten by a holder of the key, by a head known from earlier', async () => {
    const rewritten = [...chain.slice(0, 5)];
    while (rewritten.length < 12)
      rewritten.push(await seal(nodeAfter(headOf(rewritten), { entityId: 'REWRITTEN' })));
    expect(await found(rewritten)).toEqual([]);
    expect(await found(rewritten, { knownHeads: [head, headOf(chain.slice(0, 4))] })).toEqual([
      [10, 'head-mismatch'],
    ]);
  });

  it('finds a log shorter than a head known from earlier, and two known heads that contradict each other', async () => {
    expect(await found(chain.slice(0, 7), { knownHeads: [head] })).toEqual([[10, 'head-mismatch']]);
    const contradiction = { seq: 10, hash: 'ab'.repeat(32) };
    expect(await found(chain, { knownHeads: [head, contradiction] })).toEqual([[10, 'head-mismatch']]);
  });
});

describe('verifyChain, tenants and keys', () => {
  it('finds a node of another tenant put in its place', async () => {
    const foreign = await buildChain(10, { tenantId: 'globex' });
    expect(await found(foreign, { tenantId: 'globex' })).toEqual([]);
    expect(await found([...pick(1, 2), at(foreign, 3), ...pick(4)])).toEqual([
      [3, 'wrong-tenant'],
      [3, 'previous-hash-mismatch'],
      [4, 'previous-hash-mismatch'],
    ]);
  });

  it('finds a whole log of another tenant', async () => {
    expect(await found(pick(1, 2), { tenantId: 'globex' })).toEqual([
      [1, 'wrong-tenant'],
      [2, 'wrong-tenant'],
    ]);
  });

  it('finds a key that is not trusted', async () => {
    expect(await found(pick(1), { keys: [otherSigner] })).toEqual([[1, 'unknown-key']]);
    expect(await found(pick(1), { keys: [] })).toEqual([[1, 'unknown-key']]);
  });

  it('accepts a change of keys when both are trusted', async () => {
    const next = await seal(nodeAfter(headOf(chain), { signingKeyId: otherSigner.keyId }), otherSigner);
    expect(await found([...chain, next], { keys: [testSigner, otherSigner] })).toEqual([]);
    expect(await found([...chain, next])).toEqual([[11, 'unknown-key']]);
  });

  it('finds a node signed by another key than it names', async () => {
    const record = await seal(nodeAfter(headOf(chain)), otherSigner);
    expect(await found([...chain, record], { keys: [testSigner, otherSigner] })).toEqual([
      [11, 'bad-signature'],
    ]);
  });

  it('refuses trusted keys whose ids are not theirs', async () => {
    const keys = [{ keyId: testSigner.keyId, publicKey: otherSigner.publicKey }];
    await expect(verify(chain, { keys })).rejects.toHaveProperty('code', 'KEY_ID_MISMATCH');
  });
});

describe('verifyChain, content and clock', () => {
  it.each(['{"b":1,"a":1}', '{"a":1,"a":1}', '{ }', '', 'no JSON'])(
    'finds signed content that is not canonical: %s',
    async (text) => {
      const record = await seal(nodeAfter(headOf(chain), { content: new TextEncoder().encode(text) }));
      expect(await found([...chain, record])).toEqual([[11, 'content-not-canonical']]);
    },
  );

  it('warns of a clock that goes back, and does not call it a violation', async () => {
    const back = await seal(nodeAfter(headOf(chain), { createdAtMicros: 0n }));
    const same = await seal(nodeAfter(headOf([back]), { createdAtMicros: 0n }));
    const report = await verify([...chain, back, same]);
    expect(report).toMatchObject({ valid: true, violationCount: 0, warningCount: 1 });
    expect(report.warnings).toMatchObject([{ seq: 11, id: back.id, kind: 'clock-back' }]);
  });

  it('does not take the clock from a node whose time is malformed', async () => {
    const records = replaceAt(chain, 6, { createdAtMicros: 1 } as unknown as Partial<ProvenanceNodeRecord>);
    expect(await verify(records)).toMatchObject({ violationCount: 1, warningCount: 0 });
  });

  it('counts the warnings it does not list', async () => {
    const records: ProvenanceNodeRecord[] = [];
    while (records.length < 120)
      records.push(await seal(nodeAfter(headOf(records), { createdAtMicros: BigInt(-records.length) })));
    expect(await verify(records)).toMatchObject({ valid: true, warningCount: 119 });
    expect((await verify(records)).warnings).toHaveLength(maxListed);
  });
});

describe('verifyChain, records that are malformed', () => {
  it.each<[string, object]>([
    ['a score of 2.5', { gateIntegrity: 250 }],
    ['an unknown entity type', { entityType: 'verdic' }],
    ['a null', { description: null }],
    ['content that is text', { content: '{}' }],
    ['a UUID in capitals', { id: 'ABCDEF01-0000-4000-8000-000000000000' }],
  ])('reports %s at its place and goes on', async (_, change) => {
    const records = replaceAt(chain, 6, change);
    expect((await found(records, { expectedHead: head }))[0]).toEqual([6, 'malformed-node']);
    expect(new Set((await verify(records)).violations.map(({ seq }) => seq))).toEqual(new Set([6]));
  });

  it.each([0, -6, 6.5, Number.NaN, '6', null, undefined])(
    'takes a node numbered %o to stand where it is',
    async (seq) => {
      const records = replaceAt(chain, 6, { seq } as unknown as Partial<ProvenanceNodeRecord>);
      expect(await found(records, { expectedHead: head })).toEqual([[6, 'malformed-node']]);
    },
  );

  it('reports a stored hash and a signature that are none', async () => {
    const broken = { hashChain: 'zzz', signature: null } as unknown as Partial<ProvenanceNodeRecord>;
    expect(await found(replaceAt(chain, 6, broken))).toEqual([
      [6, 'hash-mismatch'],
      [6, 'bad-signature'],
      [7, 'previous-hash-mismatch'],
    ]);
  });

  it('reports a stored hash in capitals, which is the same number and another text', async () => {
    const hashChain = hashNode(at(chain, 10)).toUpperCase();
    expect(await found(replaceAt(chain, 10, { hashChain }))).toEqual([
      [10, 'hash-mismatch'],
      [10, 'bad-signature'],
    ]);
  });
});
