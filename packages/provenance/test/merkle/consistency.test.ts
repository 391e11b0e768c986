import { describe, expect, it } from 'vitest';
import {
  type ConsistencyClaim,
  consistencySubtrees,
  emptyRoot,
  leafHash,
  proveConsistency,
  rootOf,
  verifyConsistency,
} from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { hashOf } from './support/bytes.ts';
import { denseStore, latin1, leafHashes } from './support/dense-tree.ts';
import { consistencyProofs, entries, roots } from './support/published.ts';
import { consistencyProof } from './support/rfc-9162.ts';

const leaves = leafHashes(70);
const store = denseStore(leaves);
const rootsBySize = Array.from({ length: 71 }, (_, size) => rootOf(leaves.slice(0, size)));

async function claimOf(oldSize: number, newSize: number): Promise<ConsistencyClaim> {
  const proof = await proveConsistency(oldSize, newSize, store.read);
  const [oldRoot = emptyRoot(), newRoot = emptyRoot()] = [rootsBySize[oldSize], rootsBySize[newSize]];
  return { oldSize, newSize, oldRoot, newRoot, proof };
}

describe('consistency proofs', () => {
  it.each(consistencyProofs)('are the published ones: $oldSize to $newSize', async (vector) => {
    const { oldSize, newSize, proof } = vector;
    const [oldRoot, newRoot] = [roots[oldSize - 1], roots[newSize - 1]];
    expect(await proveConsistency(oldSize, newSize, denseStore(entries.map(leafHash)).read)).toEqual(proof);
    const claim = { oldSize, newSize, oldRoot, newRoot, proof } as ConsistencyClaim;
    expect(verifyConsistency(claim)).toEqual({ ok: true });
  });

  it('are those of the definition between any two trees of up to 70, and hold', async () => {
    for (let newSize = 1; newSize <= leaves.length; newSize += 1) {
      const texts = leaves.slice(0, newSize).map(latin1);
      for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
        const claim = await claimOf(oldSize, newSize);
        expect(claim.proof.map(latin1)).toEqual(consistencyProof(oldSize, texts));
        expect(verifyConsistency(claim)).toEqual({ ok: true });
      }
    }
  });

  // RFC 9162 section 2.1.5: of seven leaves a b c d e f j, g = ab, h = cd, i = ef, k = gh, l = ij
  it.each([
    [3, ['0/2', '0/3', '1/0', '1/2', '0/6']], // c, d, g, l
    [4, ['1/2', '0/6']], // l
    [6, ['1/2', '0/6', '2/0']], // i, j, k
  ])('are made of the subtrees of the RFC’s example from %i leaves to 7', (oldSize, subtrees) => {
    const names = consistencySubtrees(oldSize, 7).map((s) => `${String(s.level)}/${String(s.index)}`);
    expect(names).toEqual(subtrees);
  });
});

describe('proveConsistency', () => {
  it('reads once, what consistencySubtrees says', async () => {
    const { read, asked } = denseStore(leaves);
    await proveConsistency(33, 70, read);
    expect(asked).toEqual([consistencySubtrees(33, 70)]);
  });

  it.each([
    [0, 0],
    [0, 7],
    [7, 7],
  ])('reads nothing from %i to %i', async (oldSize, newSize) => {
    const { read, asked } = denseStore(leaves);
    expect(await proveConsistency(oldSize, newSize, read)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each([
    [6, 5],
    [-1, 5],
    [0.5, 5],
    [5, 2 ** 53],
    [NaN, 5],
  ])('refuses %d to %d', async (oldSize, newSize) => {
    expectCode('TREE_INVALID', () => consistencySubtrees(oldSize, newSize));
    await expect(proveConsistency(oldSize, newSize, store.read)).rejects.toMatchObject({
      code: 'TREE_INVALID',
    });
  });

  it('refuses a store that answers no hashes', async () => {
    await expect(proveConsistency(3, 7, () => Promise.resolve([]))).rejects.toMatchObject({
      code: 'TREE_STORE_FAULTY',
    });
  });
});

describe('verifyConsistency', () => {
  it('says what is malformed', async () => {
    const claim = await claimOf(3, 7);
    for (const number of [-1, 0.5, 2 ** 53, NaN, '3', 3n, null, undefined] as never[]) {
      expect(verifyConsistency({ ...claim, oldSize: number })).toEqual({
        ok: false,
        reason: 'malformed-number',
      });
      expect(verifyConsistency({ ...claim, newSize: number })).toEqual({
        ok: false,
        reason: 'malformed-number',
      });
    }
    for (const hash of [new Uint8Array(31), new Uint8Array(33), '00'.repeat(32), undefined] as never[]) {
      expect(verifyConsistency({ ...claim, oldRoot: hash })).toEqual({ ok: false, reason: 'malformed-hash' });
      expect(verifyConsistency({ ...claim, newRoot: hash })).toEqual({ ok: false, reason: 'malformed-hash' });
    }
  });

  it('refuses a log that was rewound', async () => {
    const { oldRoot, newRoot, ...claim } = await claimOf(3, 7);
    const rewound = { ...claim, oldSize: 7, newSize: 3, oldRoot: newRoot, newRoot: oldRoot };
    expect(verifyConsistency(rewound)).toEqual({ ok: false, reason: 'size-decreased' });
  });

  it('tells another old tree from a new one that does not continue it', async () => {
    for (const [oldSize, newSize] of [
      [3, 7],
      [6, 8],
      [5, 70],
    ] as const) {
      const claim = await claimOf(oldSize, newSize);
      expect(verifyConsistency({ ...claim, oldRoot: hashOf('other') })).toEqual({
        ok: false,
        reason: 'old-root-mismatch',
      });
      expect(verifyConsistency({ ...claim, newRoot: hashOf('other') })).toEqual({
        ok: false,
        reason: 'new-root-mismatch',
      });
    }
  });

  it('refuses a history with a leaf changed, whatever is offered as a proof', async () => {
    const forged = leaves.with(1, hashOf('forged'));
    const newRoot = rootOf(forged.slice(0, 7));
    const proofs = [
      await proveConsistency(3, 7, store.read),
      await proveConsistency(3, 7, denseStore(forged).read),
    ];
    const verdicts = proofs.map((proof) =>
      verifyConsistency({ oldSize: 3, newSize: 7, oldRoot: rootOf(leaves.slice(0, 3)), newRoot, proof }),
    );
    expect(verdicts).toEqual([
      { ok: false, reason: 'new-root-mismatch' },
      { ok: false, reason: 'old-root-mismatch' },
    ]);
  });

  it('refuses two roots of one size: a split view', async () => {
    const claim = await claimOf(7, 7);
    expect(verifyConsistency({ ...claim, newRoot: hashOf('other') })).toEqual({
      ok: false,
      reason: 'new-root-mismatch',
    });
  });

  describe('from the empty tree', () => {
    it('takes every tree, without a proof', async () => {
      expect(verifyConsistency(await claimOf(0, 0))).toEqual({ ok: true });
      expect(verifyConsistency(await claimOf(0, 7))).toEqual({ ok: true });
    });

    it('refuses a proof, another empty root, and a root that the empty tree does not have', async () => {
      const claim = await claimOf(0, 7);
      expect(verifyConsistency({ ...claim, proof: [hashOf(1)] })).toEqual({
        ok: false,
        reason: 'proof-too-long',
      });
      expect(verifyConsistency({ ...claim, oldRoot: hashOf(1) })).toEqual({
        ok: false,
        reason: 'old-root-mismatch',
      });
      expect(verifyConsistency({ ...claim, newSize: 0 })).toEqual({ ok: false, reason: 'new-root-mismatch' });
    });
  });
});
