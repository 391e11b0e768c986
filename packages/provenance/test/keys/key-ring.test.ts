import { describe, expect, it } from 'vitest';
import type { KeyContent } from '../../src/keys/sign-key-statement.ts';
import { canonicalize, KeyRing, type KeyStatementVerdict } from '../../src/verify.ts';
import { testTenant } from '../fixtures/chain.ts';
import { admission, alice, bob, carol, revocation, root } from '../fixtures/key-log.ts';
import { expectCode } from '../fixtures/expect-code.ts';

async function say(
  ring: KeyRing,
  seq: number,
  content: KeyContent | Promise<KeyContent>,
): Promise<KeyStatementVerdict> {
  return ring.apply({ seq, createdAtMicros: BigInt(seq), content: canonicalize(await content) });
}

/** A ring after these statements, at 1, 2, 3, …, all of them believed. */
async function ringAfter(...statements: readonly Promise<KeyContent>[]): Promise<KeyRing> {
  const ring = new KeyRing(testTenant, [root]);
  for (const [index, statement] of statements.entries())
    expect(await say(ring, index + 1, statement)).toMatchObject({ ok: true });
  return ring;
}

describe('KeyRing', () => {
  it('answers for any number of the log once it was told of all', async () => {
    const ring = await ringAfter(
      admission(alice),
      admission(bob, { replaces: alice.keyId, authorities: [alice] }),
      admission(carol),
      revocation(carol, 6),
    );
    const faults = (keyId: string): unknown[] =>
      [1, 2, 3, 5, 6].map((seq) => ring.faultOf(keyId, { purpose: 'nodes', seq }));
    expect(faults(root.keyId)).toEqual(Array.from({ length: 5 }, () => undefined));
    expect(faults(alice.keyId)).toEqual([
      undefined,
      undefined,
      'key-not-valid',
      'key-not-valid',
      'key-not-valid',
    ]);
    expect(faults(bob.keyId)).toEqual(['key-not-valid', undefined, undefined, undefined, undefined]);
    expect(faults(carol.keyId).slice(3)).toEqual([undefined, 'revoked-key']);
    expect(faults('ed25519:none')).toEqual(Array.from({ length: 5 }, () => 'unknown-key'));
  });

  it('asks about a period only where there is a time', async () => {
    const ring = await ringAfter(admission(alice, { validUntil: new Date(1) }));
    const use = { purpose: 'checkpoints', seq: 2 } as const;
    expect(ring.faultOf(alice.keyId, use)).toBeUndefined();
    expect(ring.faultOf(alice.keyId, { ...use, atMicros: 999n })).toBeUndefined();
    expect(ring.faultOf(alice.keyId, { ...use, atMicros: 1000n })).toBe('key-not-valid');
  });

  it('finds the key that an id names, also one that may not be used', async () => {
    const ring = await ringAfter(admission(alice), revocation(alice, 1));
    expect(ring.find(alice.keyId)).toBeDefined();
    expect(ring.find(bob.keyId)).toBeUndefined();
  });

  it('lists the keys with what became of them', async () => {
    const ring = await ringAfter(
      admission(alice, { purposes: ['nodes'], validUntil: new Date(1) }),
      admission(bob, { replaces: alice.keyId }),
      revocation(bob, 9),
    );
    const nothing = {
      purposes: undefined,
      validFromMicros: undefined,
      validUntilMicros: undefined,
      admittedAt: undefined,
      validThrough: undefined,
      revokedFrom: undefined,
    };
    const all = ['checkpoints', 'keys', 'nodes'];
    expect(ring.list()).toEqual([
      { ...nothing, keyId: root.keyId, trusted: true },
      {
        ...nothing,
        keyId: alice.keyId,
        trusted: false,
        purposes: ['nodes'],
        validUntilMicros: 1000n,
        admittedAt: 1,
        validThrough: 2,
      },
      { ...nothing, keyId: bob.keyId, trusted: false, purposes: all, admittedAt: 2, revokedFrom: 9 },
    ]);
  });

  it('refuses trusted keys that are none', () => {
    expectCode('KEY_ID_MISMATCH', () => new KeyRing('acme', [{ ...root, keyId: alice.keyId }]));
    expectCode('KEY_INVALID', () => new KeyRing('acme', [{ ...root, publicKey: new Uint8Array(31) }]));
  });

  it.each<[string, () => Promise<KeyContent>, string]>([
    ['of another tenant', () => admission(carol, { tenantId: 'globex' }), 'other-tenant'],
    ['that replaces nobody', () => admission(carol, { replaces: 'ed25519:none' }), 'unknown-key'],
    ['that revokes nobody', () => revocation(carol, 1), 'unknown-key'],
    ['that was there', () => admission(alice), 'admitted-before'],
    ['of a replaced key, again', () => admission(bob), 'admitted-before'],
    ['on the word of nobody', () => admission(carol, { authorities: [] }), 'not-authorized'],
    ['on the word of a stranger', () => admission(carol, { authorities: [carol] }), 'not-authorized'],
    ['on the word of a replaced key', () => admission(carol, { authorities: [bob] }), 'not-authorized'],
    [
      'on the word of a key for nodes',
      () => revocation(alice, 1, { authorities: [alice] }),
      'not-authorized',
    ],
  ])('does not believe a statement %s, and changes nothing', async (_, statement, reason) => {
    const ring = await ringAfter(
      admission(bob),
      admission(alice, { purposes: ['nodes'], replaces: bob.keyId }),
    );
    const before = ring.list();
    expect(await say(ring, 3, statement())).toEqual({ ok: false, reason });
    expect(ring.list()).toEqual(before);
  });

  it('does not believe signatures that are not of the statement, whoever else has signed it', async () => {
    const ring = await ringAfter();
    const [content, other] = [await admission(alice), await admission(alice, { purposes: ['nodes'] })];
    const [own, byRoot] = content['signatures'] as readonly { keyid: string; sig: string }[];
    const [otherOwn] = other['signatures'] as readonly { keyid: string; sig: string }[];
    const signed = (...signatures: readonly unknown[]): KeyContent => ({ ...content, signatures }) as never;
    expect(await say(ring, 1, signed(otherOwn, byRoot))).toEqual({ ok: false, reason: 'bad-signature' });
    expect(await say(ring, 1, signed(byRoot))).toEqual({ ok: false, reason: 'possession-not-proven' });
    expect(await say(ring, 1, signed(own, { ...byRoot, keyid: carol.keyId }))).toEqual({
      ok: false,
      reason: 'not-authorized',
    });
    // A key that nobody knows here may have signed as well; what it made of it is not looked at.
    expect(await say(ring, 1, signed(own, byRoot, { keyid: carol.keyId, sig: own?.sig }))).toMatchObject({
      ok: true,
    });
  });

  it('does not believe an admission of a key that must not be trusted', async () => {
    const ring = await ringAfter();
    const content = await admission(alice);
    const weak = new Uint8Array(32);
    const change = (key: object): KeyContent =>
      ({ ...content, payload: { ...(content['payload'] as object), key } }) as never;
    for (const publicKey of [weak, weak.subarray(1), bob.publicKey]) {
      const key = { id: alice.keyId, public_key: Buffer.from(publicKey).toString('base64') };
      expect(await say(ring, 1, change(key))).toEqual({ ok: false, reason: 'malformed-statement' });
    }
  });

  it('keeps what a revoked key took away: nobody gets a key back by it', async () => {
    const ring = await ringAfter(
      admission(alice),
      admission(bob),
      revocation(bob, 3, { authorities: [alice] }),
      revocation(alice, 2),
    );
    expect(ring.faultOf(bob.keyId, { purpose: 'nodes', seq: 4 })).toBe('revoked-key');
  });

  it('revokes from the earliest number that was said, and names once what it had believed', async () => {
    const ring = await ringAfter(admission(alice));
    for (const seq of [2, 5, 9]) ring.noteSigned(alice.keyId, seq);
    const disbelieved = async (from: number): Promise<unknown> => {
      const verdict = await say(ring, 10, revocation(alice, from));
      return verdict.ok && verdict.disbelieved.map(({ first, last }) => [first, last]);
    };
    expect(await disbelieved(10)).toEqual([]);
    expect(await disbelieved(6)).toEqual([[6, 9]]);
    expect(await disbelieved(8)).toEqual([]);
    expect(await disbelieved(1)).toEqual([[2, 5]]);
    expect(ring.faultOf(alice.keyId, { purpose: 'nodes', seq: 1 })).toBe('revoked-key');
  });
});
