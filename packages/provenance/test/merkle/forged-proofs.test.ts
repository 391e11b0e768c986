import { describe, expect, it } from 'vitest';
import {
  emptyRoot,
  type ProofVerdict,
  proveConsistency,
  proveInclusion,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../src/verify.ts';
import { flip, hashOf } from './support/bytes.ts';
import { denseStore, leafHashes } from './support/dense-tree.ts';

/** A proof, and who judges whatever is offered in its stead. */
interface Case {
  readonly proof: Uint8Array[];
  readonly judge: (proof: never) => ProofVerdict;
}

const leaves = leafHashes(8);
const { read } = denseStore(leaves);
const rootsBySize = Array.from({ length: leaves.length + 1 }, (_, size) => rootOf(leaves.slice(0, size)));

/** Every inclusion and consistency proof of trees of up to 8 leaves. */
async function allProofs(): Promise<Case[]> {
  const cases: Case[] = [];
  for (let size = 1; size <= leaves.length; size += 1) {
    const root = rootsBySize[size] ?? emptyRoot();
    for (let index = 0; index < size; index += 1)
      cases.push({
        proof: await proveInclusion(index, size, read),
        judge: (proof) => verifyInclusion({ leafHash: hashOf(index), index, size, proof, root }),
      });
    for (let oldSize = 1; oldSize <= size; oldSize += 1) {
      const claim = { oldSize, newSize: size, oldRoot: rootsBySize[oldSize] ?? emptyRoot(), newRoot: root };
      cases.push({
        proof: await proveConsistency(oldSize, size, read),
        judge: (proof) => verifyConsistency({ ...claim, proof }),
      });
    }
  }
  return cases;
}

const cases = await allProofs();

/** The verdicts on each forgery of each proof; of none may there be nothing to forge. */
function verdicts(forge: (proof: readonly Uint8Array[]) => readonly unknown[]): Set<string> {
  const found = cases.flatMap(({ proof, judge }) => forge(proof).map((forged) => judge(forged as never)));
  expect(found.length).toBeGreaterThan(cases.length);
  return new Set(found.map((verdict) => (verdict.ok ? 'accepted' : verdict.reason)));
}

/** One forgery for each hash of a proof. */
const inEach =
  (forge: (proof: readonly Uint8Array[], place: number) => unknown) => (proof: readonly Uint8Array[]) =>
    proof.map((_, place) => forge(proof, place));

const mismatches = new Set(['root-mismatch', 'old-root-mismatch', 'new-root-mismatch']);

describe('a proof', () => {
  it('is accepted as it was made', () => {
    expect(cases).toHaveLength(72);
    expect(cases.map(({ proof, judge }) => judge(proof as never))).toEqual(cases.map(() => ({ ok: true })));
  });

  it('is refused with any bit flipped', () => {
    const flipped = (proof: readonly Uint8Array[]): unknown[] =>
      proof.flatMap((hash, place) =>
        Array.from({ length: 256 }, (_, bit) => proof.with(place, flip(hash, bit))),
      );
    expect(verdicts(flipped)).toEqual(mismatches);
  });

  it('is refused with a hash dropped', () => {
    expect(verdicts(inEach((proof, place) => proof.toSpliced(place, 1)))).toEqual(
      new Set(['proof-too-short']),
    );
  });

  it('is refused with a hash added, anywhere', () => {
    const added = (proof: readonly Uint8Array[]): unknown[] =>
      [...proof, hashOf('more')].flatMap((hash, place) => [
        proof.toSpliced(place, 0, hash),
        proof.toSpliced(place, 0, hashOf('any')),
      ]);
    expect(verdicts(added)).toEqual(new Set(['proof-too-long']));
  });

  it('is refused with any two hashes swapped', () => {
    const swapped = (proof: readonly Uint8Array[]): unknown[] =>
      proof.flatMap((one, place) =>
        proof
          .slice(place + 1)
          .map((other, distance) => proof.with(place, other).with(place + 1 + distance, one)),
      );
    expect(verdicts(swapped)).toEqual(mismatches);
  });

  it('is refused with a hash that is not 32 bytes', () => {
    for (const wrong of [
      new Uint8Array(31),
      new Uint8Array(33),
      '00'.repeat(32),
      null,
      undefined,
      [...hashOf(1)],
    ])
      expect(verdicts(inEach((proof, place) => proof.with(place, wrong as never)))).toEqual(
        new Set(['malformed-proof']),
      );
  });

  it('is refused with a hole', () => {
    const holed = inEach((proof, place) => {
      const copy = new Array<Uint8Array>(proof.length);
      for (const [other, hash] of proof.entries()) if (other !== place) copy[other] = hash;
      return copy;
    });
    expect(verdicts(holed)).toEqual(new Set(['malformed-proof']));
  });

  it('is refused when it is no array', () => {
    const others = [undefined, null, 'proof', 3, {}, { length: 3 }, new Set([hashOf(1)]), hashOf(1)];
    expect(verdicts(() => others)).toEqual(new Set(['malformed-proof']));
  });

  it('costs nothing when it is too long: nothing in it is looked at', () => {
    const endless = new Proxy(new Array<Uint8Array>(1_000_000), {
      get(target, property) {
        if (property !== 'length') throw new Error(`Looked at ${String(property)}.`);
        return target.length;
      },
    });
    expect(verdicts(() => [endless, endless])).toEqual(new Set(['proof-too-long']));
  });
});
