import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalize,
  emptyRoot,
  logLeafHash,
  type ProvenanceNodeRecord,
  rootOf,
  type TrustedCheckpoint,
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
  testTenant,
  trusted,
} from '../fixtures/chain.ts';

const length = 12;
const chain = await buildChain(length);

/** What a log's checkpoint of this size is. */
const checkpointOf = (records: readonly ProvenanceNodeRecord[], size: number): TrustedCheckpoint => ({
  size,
  root: rootOf(records.slice(0, size).map((node) => logLeafHash(node.hashChain))),
});
const checkpoint = checkpointOf(chain, 8);

async function found(
  records: readonly ProvenanceNodeRecord[],
  options: Partial<VerifyChainOptions> = {},
): Promise<unknown[]> {
  const report = await verifyChain(records, { tenantId: testTenant, keys: trusted, ...options });
  return report.violations.map(({ seq, kind }) => [seq, kind]);
}

/** What a holder of the key makes of the log from some node on. */
async function rewritten(from: number): Promise<readonly ProvenanceNodeRecord[]> {
  const records = chain.slice(0, from - 1);
  while (records.length < length)
    records.push(await seal(nodeAfter(headOf(records), { entityId: `FORGED-${String(records.length)}` })));
  return records;
}

describe('verifyChain, checkpoints', () => {
  it('finds every tree that the log has had in it, in any order', async () => {
    const checkpoints = [12, 0, 7, 8, 1, 8].map((size) => checkpointOf(chain, size));
    expect(await found(chain, { checkpoints })).toEqual([]);
    expect(await found([], { checkpoints: [{ size: 0, root: emptyRoot() }] })).toEqual([]);
  });

  it('finds a log that was rewritten before the checkpoint, at its place; and nothing where it was not', async () => {
    expect(await found(await rewritten(8), { checkpoints: [checkpoint] })).toEqual([
      [8, 'checkpoint-mismatch'],
    ]);
    expect(await found(await rewritten(9), { checkpoints: [checkpoint] })).toEqual([]);
  });

  it('finds a log that ends before the checkpoint', async () => {
    expect(await found(chain.slice(0, 7), { checkpoints: [checkpoint] })).toEqual([
      [8, 'checkpoint-mismatch'],
    ]);
    const { violations } = await verifyChain([], {
      tenantId: testTenant,
      keys: [],
      checkpoints: [checkpoint],
    });
    expect(violations[0]?.message).toContain('truncated or rewound');
  });

  it('finds a checkpoint of another log, of another size, and two that contradict each other', async () => {
    const foreign = checkpointOf(await buildChain(8, { tenantId: 'globex' }), 8);
    const wrong = { size: 0, root: checkpoint.root };
    expect(
      await found(chain, { checkpoints: [foreign, { ...checkpoint, size: 9 }, checkpoint, wrong] }),
    ).toEqual([
      [0, 'checkpoint-mismatch'],
      [8, 'checkpoint-mismatch'],
      [9, 'checkpoint-mismatch'],
    ]);
  });

  it('finds nodes left out and doubled, and stored hashes that were changed, in the tree as well', async () => {
    const kinds = async (records: readonly ProvenanceNodeRecord[]): Promise<unknown[]> =>
      found(records, { checkpoints: [checkpoint], check: 'hashes' });
    expect(await kinds(chain.filter(({ seq }) => seq !== 3))).toEqual([
      [4, 'sequence-gap'],
      [9, 'checkpoint-mismatch'],
    ]);
    expect(await kinds([...chain.slice(0, 3), ...chain.slice(2)])).toEqual([[3, 'duplicate-seq']]);
    for (const hashChain of ['ab'.repeat(32), 'no hash'])
      expect(await kinds(replaceAt(chain, 8, { hashChain }))).toEqual([
        [8, 'checkpoint-mismatch'],
        [8, 'hash-mismatch'],
        [9, 'previous-hash-mismatch'],
      ]);
  });
});

describe('verifyChain, hashes only', () => {
  const hashes = { check: 'hashes', keys: [], checkpoints: [checkpoint] } as const;

  it('asks neither for keys nor signatures nor the form of contents', async () => {
    expect(await found(chain, hashes)).toEqual([]);
    const foreign = await seal(
      nodeAfter(headOf(chain), { content: new TextEncoder().encode('{ }'), entityType: 'key' }),
      otherSigner,
    );
    expect(await found([...replaceAt(chain, 2, { signature: '' }), foreign], hashes)).toEqual([]);
  });

  it('finds any other field of any node before the checkpoint that was changed', async () => {
    const changes = fc.constantFrom<Partial<ProvenanceNodeRecord>>(
      { entityId: 'FORGED' },
      { content: canonicalize({ approved: true }) },
      { createdAtMicros: 0n },
      { signingKeyId: otherSigner.keyId },
      { parents: [{ id: at(chain, 9).id, hash: 'ab'.repeat(32) }] },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), changes, async (seq, change) => {
        expect(await found(replaceAt(chain, seq, change), hashes)).toEqual([[seq, 'hash-mismatch']]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('verifyChain, batches', () => {
  it('reads nodes, batches and both, and finds the same', async () => {
    const wrong = replaceAt(replaceAt(chain, 3, { signature: '' }), 9, { description: 'forged' });
    const [a, b, c, d] = [wrong.slice(0, 2), wrong.slice(2, 5), wrong.slice(5, 6), wrong.slice(6)];
    const expected = [
      [3, 'bad-signature'],
      [9, 'hash-mismatch'],
    ];
    const sources = [
      [a, b, c, d],
      [...a, b, ...c, d],
      [a, ...b, [], c, ...d],
      [[], wrong],
    ];
    for (const source of sources) {
      const report = await verifyChain(source, { tenantId: testTenant, keys: trusted });
      expect(report.violations.map(({ seq, kind }) => [seq, kind])).toEqual(expected);
      expect(report.checked).toBe(length);
    }
  });

  it('lets an error of the stream through when signatures are still being checked', async () => {
    const failure = new Error('The connection was lost.');
    async function* stream(): AsyncGenerator<readonly ProvenanceNodeRecord[]> {
      yield chain;
      await Promise.reject(failure);
    }
    await expect(verifyChain(stream(), { tenantId: testTenant, keys: trusted })).rejects.toBe(failure);
  });
});
