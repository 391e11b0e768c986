import { describe, expect, it } from 'vitest';
import { admitKey, revokeKey } from '../../src/keys/sign-key-statement.ts';
import type { Signer } from '../../src/signing/signature.ts';
import { canonicalize, KeyRing, readSignedKeyStatement } from '../../src/verify.ts';
import { testTenant } from '../fixtures/chain.ts';
import { admission, alice, bob, revocation, root } from '../fixtures/key-log.ts';

/** As a key service is: every answer comes from elsewhere, and later ones may come first. */
function remote(signer: Signer, answered: string[]): Signer {
  const sign = async (message: Uint8Array): Promise<Uint8Array> => {
    const turns = signer === root ? 5 : 1;
    for (let turn = 0; turn < turns; turn += 1)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    answered.push(signer.keyId);
    return signer.sign(message);
  };
  return { keyId: signer.keyId, publicKey: signer.publicKey, sign };
}

describe('admitKey', () => {
  it('takes signers that are far away and answer when they like, a root in a key service among them', async () => {
    const answered: string[] = [];
    const content = await admission(remote(alice, answered), { authorities: [remote(root, answered)] });
    expect(answered).toEqual([alice.keyId, root.keyId]);
    expect(content).toEqual(await admission(alice));
    const ring = new KeyRing(testTenant, [root]);
    expect(ring.apply({ seq: 1, createdAtMicros: 0n, content: canonicalize(content) }).ok).toBe(true);
  });

  it('signs once with a key that is named twice', async () => {
    const content = await admission(alice, { authorities: [root, alice, root] });
    expect([...(readSignedKeyStatement(canonicalize(content))?.signatures.keys() ?? [])]).toEqual([
      alice.keyId,
      root.keyId,
    ]);
  });

  it.each([
    ['without purposes', { purposes: [] }],
    ['until no moment', { validUntil: new Date(Number.NaN) }],
    [
      'on the word of more than can sign',
      { authorities: Array.from({ length: 17 }, (_, at) => ({ ...root, keyId: String(at) })) },
    ],
  ])('refuses an admission %s', async (_, overrides) => {
    await expect(admission(alice, overrides)).rejects.toHaveProperty('code', expect.stringMatching(/^KEY_/));
  });

  it('refuses signers that are not what they say', async () => {
    const liar: Signer = { ...root, sign: (message) => bob.sign(message) };
    await expect(admission(alice, { authorities: [liar] })).rejects.toHaveProperty('code', 'SIGNER_FAULTY');
    const other: Signer = { ...root, keyId: bob.keyId };
    await expect(admitKey({ tenantId: 'acme', key: other, authorities: [] })).rejects.toHaveProperty(
      'code',
      'KEY_ID_MISMATCH',
    );
  });
});

describe('revokeKey', () => {
  it.each([0, -1, 1.5, 2 ** 53, Number.NaN])('refuses to revoke from number %d', async (fromSeq) => {
    await expect(revocation(alice, fromSeq)).rejects.toHaveProperty('code', expect.stringMatching(/INVALID/));
  });

  it('refuses what has no JSON', async () => {
    await expect(
      revokeKey({ tenantId: 'acme', keyId: alice.keyId, fromSeq: 1, reason: '\ud800', authorities: [root] }),
    ).rejects.toHaveProperty('code', 'JSON_INVALID_VALUE');
  });
});
