import { describe, expect, it } from 'vitest';
import {
  type InclusionClaim,
  inclusionSubtrees,
  leafHash,
  proveInclusion,
  rootOf,
  verifyInclusion,
} from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { hashOf } from './support/bytes.ts';
import { denseStore, latin1, leafHashes } from './support/dense-tree.ts';
import { entries, inclusionProofs, roots } from './support/published.ts';
import { inclusionPath } from './support/rfc-9162.ts';

const leaves = leafHashes(70);
const store = denseStore(leaves);

async function claimOf(index: number, size: number): Promise<InclusionClaim> {
  const proof = await proveInclusion(index, size, store.read);
  return { leafHash: hashOf(index), index, size, proof, root: rootOf(leaves.slice(0, size)) };
}

describe('inclusion proofs', () => {
  it.each(inclusionProofs)('are the published ones: leaf $index of $size', async ({ index, size, proof }) => {
    const published = entries.map(leafHash);
    const [leaf, root] = [published[index], roots[size - 1]];
    expect(await proveInclusion(index, size, denseStore(published).read)).toEqual(proof);
    expect(verifyInclusion({ leafHash: leaf, index, size, proof, root } as InclusionClaim)).toEqual({
      ok: true,
    });
  });

  it('are those of the definition for every leaf of every tree of up to 70, and hold', async () => {
    for (let size = 1; size <= leaves.length; size += 1) {
      const texts = leaves.slice(0, size).map(latin1);
      for (let index = 0; index < size; index += 1) {
        const claim = await claimOf(index, size);
        expect(claim.proof.map(latin1)).toEqual(inclusionPath(index, texts));
        expect(verifyInclusion(claim)).toEqual({ ok: true });
      }
    }
  });

  // RFC 9162 section 2.1.5: of seven leaves a b c d e f j, g = ab, h = cd, i = ef, k = gh, l = ij
  it.each([
    [0, ['0/1', '1/1', '1/2', '0/6']], // b, h, l
    [3, ['0/2', '1/0', '1/2', '0/6']], // c, g, l
    [4, ['0/5', '0/6', '2/0']], // f, j, k
    [6, ['1/2', '2/0']], // i, k
  ])('are made of the subtrees of the RFC’s example for d%i', (index, subtrees) => {
    expect(inclusionSubtrees(index, 7).map((s) => `${String(s.level)}/${String(s.index)}`)).toEqual(subtrees);
  });
});

describe('proveInclusion', () => {
  it('reads once, what inclusionSubtrees says', async () => {
    const { read, asked } = denseStore(leaves);
    await proveInclusion(33, 70, read);
    expect(asked).toEqual([inclusionSubtrees(33, 70)]);
  });

  it('reads nothing in a tree of one leaf', async () => {
    const { read, asked } = denseStore(leaves);
    expect(await proveInclusion(0, 1, read)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each([
    [0, 0],
    [5, 5],
    [-1, 5],
    [0.5, 5],
    [0, 2 ** 53],
    [NaN, 5],
  ])('refuses leaf %d of %d', async (index, size) => {
    expectCode('TREE_INVALID', () => inclusionSubtrees(index, size));
    await expect(proveInclusion(index, size, store.read)).rejects.toMatchObject({ code: 'TREE_INVALID' });
  });

  it.each([
    ['too few', []],
    ['too many', [hashOf(1), hashOf(2), hashOf(3)]],
    ['something else', [hashOf(1), '00'.repeat(32)]],
    ['a short hash', [hashOf(1), new Uint8Array(31)]],
    ['a hole', [hashOf(1), undefined]],
  ])('refuses a store that answers %s', async (_what, answer) => {
    await expect(proveInclusion(1, 4, () => Promise.resolve(answer as Uint8Array[]))).rejects.toMatchObject({
      code: 'TREE_STORE_FAULTY',
      details: { asked: 2, answered: answer.length },
    });
  });
});

describe('verifyInclusion', () => {
  it('says what is malformed', async () => {
    const claim = await claimOf(2, 7);
    for (const number of [-1, 0.5, 2 ** 53, NaN, '2', 2n, null, undefined] as never[]) {
      expect(verifyInclusion({ ...claim, index: number })).toEqual({ ok: false, reason: 'malformed-number' });
      expect(verifyInclusion({ ...claim, size: number })).toEqual({ ok: false, reason: 'malformed-number' });
    }
    for (const hash of [new Uint8Array(31), new Uint8Array(33), '00'.repeat(32), undefined] as never[]) {
      expect(verifyInclusion({ ...claim, leafHash: hash })).toEqual({ ok: false, reason: 'malformed-hash' });
      expect(verifyInclusion({ ...claim, root: hash })).toEqual({ ok: false, reason: 'malformed-hash' });
    }
  });

  it('refuses a leaf outside the tree', async () => {
    const claim = await claimOf(2, 7);
    expect(verifyInclusion({ ...claim, index: 7 })).toEqual({ ok: false, reason: 'index-outside-tree' });
    expect(verifyInclusion({ ...claim, index: 0, size: 0 })).toEqual({
      ok: false,
      reason: 'index-outside-tree',
    });
  });

  it('refuses another leaf, another place and another root', async () => {
    const claim = await claimOf(2, 7);
    const mismatch = { ok: false, reason: 'root-mismatch' };
    expect(verifyInclusion({ ...claim, leafHash: hashOf(3) })).toEqual(mismatch);
    expect(verifyInclusion({ ...claim, index: 3 })).toEqual(mismatch);
    expect(verifyInclusion({ ...claim, root: rootOf(leaves.slice(0, 8)) })).toEqual(mismatch);
  });

  it('refuses a node of the tree as a leaf', async () => {
    const claim = await claimOf(0, 8);
    const [first, second] = leaves as [Uint8Array, Uint8Array];
    const entry = new Uint8Array([...first, ...second]);
    const upper = claim.proof.slice(1);
    expect(verifyInclusion({ ...claim, leafHash: leafHash(entry), size: 4, proof: upper })).toEqual({
      ok: false,
      reason: 'root-mismatch',
    });
    const [inner = entry] = await store.read([{ level: 1, index: 0 }]);
    expect(verifyInclusion({ ...claim, leafHash: inner, proof: upper })).toEqual({
      ok: false,
      reason: 'proof-too-short',
    });
  });
});
