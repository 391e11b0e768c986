import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decrypt, deriveMessageKey, encrypt } from '../../src/encryption/xaes-256-gcm.ts';

const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX');
const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString('hex');

/** Published at https://c2sp.org/XAES-256-GCM; of the first bits that decide about the CMAC subkey one is 0, one is 1. */
const VECTORS = [
  {
    key: Buffer.alloc(32, 1),
    aad: '',
    messageKey: 'c8612c9ed53fe43e8e005b828a1631a0bbcb6ab2f46514ec4f439fcfd0fa969b',
    ciphertext: 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271',
  },
  {
    key: Buffer.alloc(32, 3),
    aad: 'c2sp.org/XAES-256-GCM',
    messageKey: 'e9c621d4cdd9b11b00a6427ad7e559aeedd66b3857646677748f8ca796cb3fd8',
    ciphertext: '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d',
  },
];

describe('encrypt', () => {
  it.each(VECTORS)('gives the published ciphertext $ciphertext', ({ key, aad, messageKey, ciphertext }) => {
    const surroundings = { nonce, associatedData: Buffer.from(aad) };
    expect(hex(deriveMessageKey(key, nonce))).toBe(messageKey);
    expect(hex(encrypt(key, Buffer.from('XAES-256-GCM'), surroundings))).toBe(ciphertext);
    expect(decrypt(key, Buffer.from(ciphertext, 'hex'), surroundings)?.toString()).toBe('XAES-256-GCM');
  });

  it('gives the published hash over 10,000 random messages', () => {
    const random = createHash('shake128', { outputLength: 6_000_000 }).digest();
    const hash = createHash('shake128', { outputLength: 32 });
    let at = 0;
    const take = (length: number): Buffer => random.subarray(at, (at += length));
    const takeVariable = (): Buffer => take(take(1)[0] ?? 0);
    for (let round = 0; round < 10_000; round += 1) {
      const [key, itsNonce, plaintext, associatedData] = [take(32), take(24), takeVariable(), takeVariable()];
      hash.update(encrypt(key, plaintext, { nonce: itsNonce, associatedData }));
    }
    expect(at).toBeLessThan(random.length);
    expect(hash.digest('hex')).toBe('e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939');
  });
});

describe('decrypt', () => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: length, maxLength: length });

  it('gives back every plaintext, and nothing for a bit that is another', () => {
    fc.assert(
      fc.property(
        fc.record({
          key: bytes(32),
          itsNonce: bytes(24),
          associatedData: fc.uint8Array(),
          plaintext: fc.uint8Array(),
        }),
        fc.nat(),
        ({ key, itsNonce, associatedData, plaintext }, bit) => {
          const surroundings = { nonce: itsNonce, associatedData };
          const ciphertext = encrypt(key, plaintext, surroundings);
          expect(hex(decrypt(key, ciphertext, surroundings))).toBe(hex(plaintext));
          for (const part of [
            key,
            itsNonce,
            ciphertext,
            ...(associatedData.length > 0 ? [associatedData] : []),
          ]) {
            const place = bit % (part.length * 8);
            flip(part, place);
            expect(decrypt(key, ciphertext, surroundings)).toBeUndefined();
            flip(part, place);
          }
        },
      ),
    );
  });

  it('takes no shortened tag', () => {
    const surroundings = { nonce, associatedData: Buffer.alloc(0) };
    const key = Buffer.alloc(32, 1);
    const ciphertext = encrypt(key, Buffer.from('text'), surroundings);
    for (let length = 0; length < ciphertext.length; length += 1) {
      expect(decrypt(key, ciphertext.subarray(0, length), surroundings)).toBeUndefined();
    }
  });
});

function flip(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
}
