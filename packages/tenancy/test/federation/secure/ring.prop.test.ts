import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addShares,
  decodeElements,
  encodeElements,
  fromRing,
  splitSecrets,
  toRing,
} from '../../../src/federation/secure/ring.ts';
import { unevenness } from '../support/chi-square.ts';

const element = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const secrets = fc.array(element, { minLength: 1, maxLength: 5 });
const parties = fc.integer({ min: 2, max: 12 });

const count = (counts: number[], at: number): void => {
  counts[at] = (counts[at] ?? 0) + 1;
};

describe('splitSecrets', () => {
  it('gives shares that add up to the secrets, exactly', () => {
    fc.assert(
      fc.property(secrets, parties, (values, number) => {
        const shares = splitSecrets(values.map(toRing), number);
        expect(shares).toHaveLength(number);
        expect(addShares(shares).map(fromRing)).toEqual(values);
      }),
    );
  });

  it('gives shares of a sum: each party adds up what it got, and all of that is the total', () => {
    const small = fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n });
    fc.assert(
      fc.property(fc.array(small, { minLength: 3, maxLength: 10 }), (values) => {
        const sent = values.map((value) => splitSecrets([toRing(value)], values.length));
        const partials = values.map((_, party) => addShares(sent.map((shares) => shares[party] ?? [])));
        expect(addShares(partials).map(fromRing)).toEqual([values.reduce((sum, value) => sum + value, 0n)]);
      }),
    );
  });

  it.each([0, 1, 2])('makes all but share %i together random, whatever the secret is', (missing) => {
    // The sum of any two of three shares, by its first and by its last four bits, for two very different secrets.
    for (const secret of [0n, 2n ** 63n]) {
      const [first, last] = [new Array<number>(16).fill(0), new Array<number>(16).fill(0)];
      for (let sample = 0; sample < 20_000; sample += 1) {
        const known = splitSecrets([secret], 3).filter((_, at) => at !== missing);
        const [sum = 0n] = addShares(known);
        count(first, Number(sum >> 60n));
        count(last, Number(sum & 15n));
      }
      expect(unevenness(first)).toBeLessThan(5);
      expect(unevenness(last)).toBeLessThan(5);
    }
  });

  it('makes every byte of a share equally likely', () => {
    const counts = new Array<number>(256).fill(0);
    for (let sample = 0; sample < 4_000; sample += 1) {
      for (const share of splitSecrets([7n], 3))
        for (const byte of encodeElements(share)) count(counts, byte);
    }
    expect(unevenness(counts)).toBeLessThan(5);
  });
});

describe('encodeElements', () => {
  it('is undone by decodeElements', () => {
    fc.assert(
      fc.property(secrets, (values) => {
        const elements = values.map(toRing);
        expect(decodeElements(encodeElements(elements))).toEqual(elements);
      }),
    );
  });
});
