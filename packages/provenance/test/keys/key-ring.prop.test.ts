import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitKey, type KeyContent, revokeKey } from '../../src/keys/sign-key-statement.ts';
import { canonicalize, keyPurposes, KeyRing, type KeyTerms, type SignedNumbers } from '../../src/verify.ts';
import { seededSigner, testTenant } from '../fixtures/chain.ts';
import { type ModelNumbers, type ModelStatement, NaiveKeys } from './support/naive-keys.ts';

const signers = [1, 2, 3, 4, 5].map((seed) => seededSigner(Buffer.alloc(32, seed)));
const places = signers.map((_, index) => index);
const signerAt = (index: number): (typeof signers)[number] => {
  const signer = signers[index];
  if (signer === undefined) throw new RangeError(`There is no signer ${String(index)}.`);
  return signer;
};

/** The numbers of the log are its milliseconds, too. */
const length = 14;
const fromSeq = fc.integer({ min: 1, max: length - 4 });
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
const rarely = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const moment = rarely(fc.integer({ min: 0, max: length }).map((ms) => BigInt(ms) * 1000n));

const terms: fc.Arbitrary<KeyTerms> = fc.record({
  purposes: rarely(fc.subarray([...keyPurposes], { minLength: 1 })).map((some) => some ?? [...keyPurposes]),
  validFromMicros: moment,
  validUntilMicros: moment,
});
const keys = fc.constantFrom(...places);
/** Mostly somebody who has a chance to be trusted. */
const authorities = fc.oneof(
  fc.constantFrom([0], [0], [1], [0, 2]),
  fc.subarray(places, { minLength: 1, maxLength: 2 }),
);
const statement: fc.Arbitrary<ModelStatement> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('admit'),
      key: keys,
      terms,
      replaces: rarely(keys),
      authorities,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revoke'), key: keys, fromSeq, authorities }) },
);
/** At each number somebody signs a node, and somebody may say something in it. */
const story = fc.array(fc.record({ signedBy: keys, says: maybe(statement) }), {
  minLength: 8,
  maxLength: length,
});
const trusted = fc
  .tuple(terms, rarely(terms))
  .map(([first, second]) => [
    { key: 0, terms: first },
    ...(second === undefined ? [] : [{ key: 1, terms: second }]),
  ]);

/** Few differ, and signing is what takes time here. */
const contents = new Map<string, Promise<KeyContent>>();

function contentOf(said: ModelStatement): Promise<KeyContent> {
  const name = createHash('sha256')
    .update(JSON.stringify(said, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
    .digest('hex');
  const known = contents.get(name) ?? sign(said);
  contents.set(name, known);
  return known;
}

function sign(said: ModelStatement): Promise<KeyContent> {
  const signedBy = said.authorities.map(signerAt);
  const { keyId } = signerAt(said.key);
  if (said.kind === 'revoke')
    return revokeKey({
      tenantId: testTenant,
      keyId,
      fromSeq: said.fromSeq,
      reason: '',
      authorities: signedBy,
    });
  const { purposes, validFromMicros, validUntilMicros } = said.terms;
  const replaces = said.replaces === undefined ? undefined : signerAt(said.replaces).keyId;
  return admitKey({
    tenantId: testTenant,
    key: signerAt(said.key),
    purposes,
    validFrom: date(validFromMicros),
    validUntil: date(validUntilMicros),
    replaces,
    authorities: signedBy,
  });
}

function date(micros: bigint | undefined): Date | undefined {
  return micros === undefined ? undefined : new Date(Number(micros / 1000n));
}

function named(numbers: readonly ModelNumbers[]): SignedNumbers[] {
  return numbers.map(({ key, first, last }) => ({ keyId: signerAt(key).keyId, first, last }));
}

describe('KeyRing', () => {
  it('agrees with a model that looks at the whole history each time', async () => {
    const believed = { statements: 0, refused: 0, disbelieved: 0 };
    await fc.assert(
      fc.asyncProperty(trusted, story, async (roots, parts) => {
        const ring = new KeyRing(
          testTenant,
          roots.map(({ key, terms: given }) => ({
            ...given,
            keyId: signerAt(key).keyId,
            publicKey: signerAt(key).publicKey,
          })),
        );
        const model = new NaiveKeys(roots);
        for (const [index, { signedBy, says }] of parts.entries()) {
          const [seq, atMicros] = [index + 1, BigInt(index + 1) * 1000n];
          if (says !== undefined) {
            const content = canonicalize(await contentOf(says));
            const verdict = ring.apply({ seq, createdAtMicros: atMicros, content });
            const expected = model.apply(says, { seq, atMicros });
            expect(verdict).toEqual(
              expected.ok ? { ok: true, disbelieved: named(expected.disbelieved) } : expected,
            );
            believed[expected.ok ? 'statements' : 'refused'] += 1;
            believed.disbelieved += expected.ok ? expected.disbelieved.length : 0;
          }
          const { keyId } = signerAt(signedBy);
          const fault = ring.faultOf(keyId, { purpose: 'nodes', seq, atMicros });
          expect(fault).toBe(model.faultOf(signedBy, { purpose: 'nodes', seq, atMicros }));
          if (fault !== undefined) continue;
          ring.noteSigned(keyId, seq);
          model.noteSigned(signedBy, seq);
        }
        const everywhere = places.flatMap((key) =>
          keyPurposes.flatMap((purpose) =>
            parts.map((_, index) => {
              const [seq, atMicros] = [index + 1, BigInt(index + 1) * 1000n];
              return { key, place: { purpose, seq, atMicros } };
            }),
          ),
        );
        expect(everywhere.map(({ key, place }) => ring.faultOf(signerAt(key).keyId, place))).toEqual(
          everywhere.map(({ key, place }) => model.faultOf(key, place)),
        );
      }),
      { numRuns: 150 },
    );
    // Stories in which nothing is believed, or nothing was that is not any more, would show nothing.
    expect(believed.statements).toBeGreaterThan(100);
    expect(believed.refused).toBeGreaterThan(100);
    expect(believed.disbelieved).toBeGreaterThan(0);
  });
});
