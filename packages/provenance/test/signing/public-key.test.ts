import { describe, expect, it } from 'vitest';
import { importPublicKeys } from '../../src/signing/public-key.ts';
import { importPublicKey, publicKeyId } from '../../src/verify.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';

describe('publicKeyId', () => {
  it('is 32 hex digits of the SHA-256 of the raw key', () => {
    // printf of the TEST 1 public key of RFC 8032 section 7.1, through sha256sum
    const key = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
    expect(Buffer.from(testSigner.publicKey).equals(key)).toBe(true);
    expect(publicKeyId(key)).toBe('ed25519:21fe31dfa154a261626bf854046fd227');
  });

  it.each([0, 31, 33, 44])('refuses %i bytes', (length) => {
    expectCode('KEY_INVALID', () => publicKeyId(new Uint8Array(length)));
  });
});

describe('importPublicKey', () => {
  const smallOrder = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ];

  it.each(
    smallOrder.flatMap((hex) => [hex, `${hex.slice(0, 62)}${hex.endsWith('7f') ? 'ff' : signed(hex)}`]),
  )('refuses the key of small order %s', (hex) => {
    expectCode('KEY_INVALID', () => importPublicKey(Buffer.from(hex, 'hex')));
  });

  it('takes an ordinary key', () => {
    const key = importPublicKey(testSigner.publicKey);
    expect(Reflect.ownKeys(key)).toEqual([]); // opaque: what Node holds for it is not to be seen
    expect(Object.isFrozen(key)).toBe(true);
  });
});

describe('importPublicKeys', () => {
  it('refuses an id that is another key’s', () => {
    const records = [testSigner, { keyId: testSigner.keyId, publicKey: otherSigner.publicKey }];
    expectCode('KEY_ID_MISMATCH', () => importPublicKeys(records));
  });

  it('answers each key under its id', () => {
    expect([...importPublicKeys([testSigner, otherSigner]).keys()]).toEqual([
      testSigner.keyId,
      otherSigner.keyId,
    ]);
  });
});

/** The last byte with the sign bit set. */
function signed(hex: string): string {
  return (Number.parseInt(hex.slice(62), 16) | 0x80).toString(16);
}
