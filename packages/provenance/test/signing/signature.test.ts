import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signHash } from '../../src/signing/sign-hash.ts';
import type { Signer } from '../../src/signing/signature.ts';
import { createSigner, generateSigningKey } from '../../src/signing/signer.ts';
import {
  importPublicKey,
  publicKeyId,
  signedMessage,
  verifySignature,
  type VerifyingKey,
} from '../../src/verify.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const hash = 'ab'.repeat(32);
const signature = await signHash(hash, testSigner);
const raw = Buffer.from(signature, 'base64');
const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The signature with S + L for S: the same equation holds, so a careless verifier takes both. */
function malleated(): string {
  const s = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + groupOrder;
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([raw.subarray(0, 32), bytes]).toString('base64');
}

describe('signedMessage', () => {
  it('is the DSSE pre-authentication encoding of the raw hash', () => {
    expect(Buffer.from(signedMessage(hash)).toString('latin1')).toBe(
      `DSSEv1 47 application/vnd.agent-agency.provenance-node.v1 32 ${'\u00ab'.repeat(32)}`,
    );
  });

  it.each(['', 'ab', 'AB'.repeat(32), 'zz'.repeat(32), `${hash}00`])('refuses the hash %o', (wrong) => {
    expectCode('HASH_INVALID', () => signedMessage(wrong));
  });
});

describe('verifySignature', () => {
  it('accepts the signature, with a raw and with an imported key', () => {
    expect(signature).toHaveLength(88);
    expect(verifySignature(hash, signature, testSigner.publicKey)).toBe(true);
    expect(verifySignature(hash, signature, importPublicKey(testSigner.publicKey))).toBe(true);
  });

  it('refuses another hash, another key, and the bare hash without its encoding', async () => {
    expect(verifySignature('cd'.repeat(32), signature, testSigner.publicKey)).toBe(false);
    expect(verifySignature(hash, signature, otherSigner.publicKey)).toBe(false);
    const bare = Buffer.from(await testSigner.sign(Buffer.from(hash, 'hex'))).toString('base64');
    expect(verifySignature(hash, bare, testSigner.publicKey)).toBe(false);
  });

  it('refuses every single flipped bit', () => {
    for (let bit = 0; bit < 512; bit += 1) {
      const flipped = Buffer.from(raw);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(verifySignature(hash, flipped.toString('base64'), testSigner.publicKey)).toBe(false);
    }
  });

  // The test key's signature ends in a character that carries two bits only; the next one decodes alike.
  const last = signature.charAt(85);
  const alike = String.fromCharCode(last.charCodeAt(0) + 1);

  it.each([
    ['nothing', ''],
    ['S + L (RFC 8032 section 5.1.7)', malleated()],
    ['non-zero unused bits', `${signature.slice(0, 85)}${alike}==`],
    ['missing padding', signature.slice(0, 86)],
    ['half the padding', signature.slice(0, 87)],
    ['more padding', `${signature}=`],
    ['a line feed after', `${signature}\n`],
    ['white space within', `${signature.slice(0, 40)}\n${signature.slice(40)}`],
    ['a foreign character within', `${signature.slice(0, 40)}*${signature.slice(40)}`],
    ['the URL-safe alphabet', raw.toString('base64url')],
    ['hex', raw.toString('hex')],
    ['a truncated signature', raw.subarray(0, 63).toString('base64')],
    ['a byte more', Buffer.concat([raw, Buffer.of(0)]).toString('base64')],
    ['R alone', raw.subarray(0, 32).toString('base64')],
    ['zeros', Buffer.alloc(64).toString('base64')],
  ])('refuses %s', (_, spelling) => {
    expect(verifySignature(hash, spelling, testSigner.publicKey)).toBe(false);
  });

  it('would decode the alike spelling to the same bytes', () => {
    expect(Buffer.from(`${signature.slice(0, 85)}${alike}==`, 'base64').equals(raw)).toBe(true);
  });

  it('answers false for a hash that is none', () => {
    expect(verifySignature(hash.toUpperCase(), signature, testSigner.publicKey)).toBe(false);
    expect(verifySignature('', signature, testSigner.publicKey)).toBe(false);
  });

  it('refuses keys that were not imported, and bytes that are none', () => {
    for (const { publicKey } of [generateKeyPairSync('ed25519'), generateKeyPairSync('ed448')]) {
      const foreign = publicKey as unknown as VerifyingKey;
      expectCode('KEY_INVALID', () => verifySignature(hash, signature, foreign));
    }
    expectCode('KEY_INVALID', () => verifySignature(hash, signature, new Uint8Array(31)));
  });
});

describe('signHash', () => {
  const rejected = async (signer: Signer, code: string): Promise<void> => {
    await expect(signHash(hash, signer)).rejects.toHaveProperty('code', code);
  };

  it('refuses a signer whose id is not that of its key', async () => {
    await rejected({ ...testSigner, keyId: otherSigner.keyId }, 'KEY_ID_MISMATCH');
  });

  it('refuses a signer that signs with another key, signs something else, or returns no signature', async () => {
    await rejected({ ...testSigner, sign: (payload) => otherSigner.sign(payload) }, 'SIGNER_FAULTY');
    await rejected({ ...testSigner, sign: () => testSigner.sign(Buffer.from('x')) }, 'SIGNER_FAULTY');
    await rejected({ ...testSigner, sign: () => Promise.resolve(new Uint8Array(10)) }, 'SIGNER_FAULTY');
  });

  it('lets the signer’s own error through', async () => {
    const failure = new Error('The key service is away.');
    await expect(signHash(hash, { ...testSigner, sign: () => Promise.reject(failure) })).rejects.toBe(
      failure,
    );
  });

  it('refuses a hash that is none', async () => {
    await expect(signHash('x', testSigner)).rejects.toHaveProperty('code', 'HASH_INVALID');
  });
});

describe('generateSigningKey and createSigner', () => {
  it('make a pair that signs and verifies', async () => {
    const { privateKeyPem, publicKey, keyId } = generateSigningKey();
    const signer = createSigner(privateKeyPem);
    expect(signer.keyId).toBe(keyId);
    expect(publicKeyId(publicKey)).toBe(keyId);
    expect(verifySignature(hash, await signHash(hash, signer), publicKey)).toBe(true);
  });

  it('never make the same key twice', () => {
    expect(generateSigningKey().keyId).not.toBe(generateSigningKey().keyId);
  });

  it('refuse what is no private ed25519 key', () => {
    expectCode('KEY_INVALID', () => createSigner(generateKeyPairSync('ed448').privateKey));
    expectCode('KEY_INVALID', () => createSigner(generateKeyPairSync('x25519').privateKey));
    expectCode('KEY_INVALID', () => createSigner(generateKeyPairSync('ed25519').publicKey));
    expectCode('KEY_INVALID', () => createSigner('no PEM'));
  });
});
