import { describe, expect, it } from 'vitest';
import { cosignCheckpoint } from '../../src/checkpoint/cosign-checkpoint.ts';
import { formatCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { formatSignatures, parseNote } from '../../src/checkpoint/note.ts';
import { signBytes } from '../../src/signing/sign-bytes.ts';
import { signCheckpoint } from '../../src/checkpoint/sign-checkpoint.ts';
import { keyHash } from '../../src/checkpoint/verifier-key.ts';
import type { Signer } from '../../src/signing/signature.ts';
import { otherSigner, seededSigner, testSigner } from '../fixtures/chain.ts';
import { logKey, origin, seconds, witnessKey, witnessName, witnessSigner } from './log.ts';
import { goNote } from './published.ts';

const checkpoint = { origin, size: 3, root: new Uint8Array(32).fill(1) };
const text = formatCheckpoint(checkpoint);
const cosigner = { name: witnessName, signer: witnessSigner, seconds };

const faulty: [string, Signer, string][] = [
  ['has another id', { ...testSigner, keyId: otherSigner.keyId }, 'KEY_ID_MISMATCH'],
  [
    'signs with another key',
    { ...testSigner, sign: (message) => otherSigner.sign(message) },
    'SIGNER_FAULTY',
  ],
  ['signs something else', { ...testSigner, sign: () => testSigner.sign(Buffer.of(1)) }, 'SIGNER_FAULTY'],
  ['signs nothing', { ...testSigner, sign: () => Promise.resolve(new Uint8Array()) }, 'SIGNER_FAULTY'],
  ['has no key', { ...testSigner, publicKey: new Uint8Array(31) }, 'KEY_INVALID'],
];

describe('signBytes', () => {
  it('signs as Go’s note signer does', async () => {
    const peter = seededSigner(Buffer.from(goNote.peter.seed, 'hex'));
    const signature = await signBytes(Buffer.from(goNote.text), peter);
    expect(formatSignatures([{ name: 'PeterNeumann', keyHash: 'c74f20a3', signature }])).toBe(
      goNote.peter.line,
    );
  });
});

describe('signCheckpoint', () => {
  it('makes a note of the checkpoint, signed under its origin', async () => {
    expect(parseNote(await signCheckpoint(checkpoint, testSigner))).toEqual({
      text,
      signatures: [
        {
          name: origin,
          keyHash: keyHash(logKey),
          signature: new Uint8Array(await testSigner.sign(Buffer.from(text))),
        },
      ],
    });
  });

  it.each(faulty)('refuses a signer that %s', async (_, signer, code) => {
    await expect(signCheckpoint(checkpoint, signer)).rejects.toHaveProperty('code', code);
  });

  it('lets the signer’s own error through', async () => {
    const failure = new Error('The key service is away.');
    const away = { ...testSigner, sign: () => Promise.reject(failure) };
    await expect(signCheckpoint(checkpoint, away)).rejects.toBe(failure);
  });

  it.each([
    [{ ...checkpoint, origin: 'go.sum database tree' }, 'KEY_NAME_INVALID'],
    [{ ...checkpoint, origin: 'a+b' }, 'KEY_NAME_INVALID'],
    [{ ...checkpoint, size: 0 }, 'CHECKPOINT_INVALID'],
  ])('refuses %o, and has nothing signed', async (wrong, code) => {
    const signer = { ...testSigner, sign: () => Promise.reject(new Error('It was signed.')) };
    await expect(signCheckpoint(wrong, signer)).rejects.toHaveProperty('code', code);
  });
});

describe('cosignCheckpoint', () => {
  it('signs two lines and the text, and writes the time before the signature', async () => {
    const line = await cosignCheckpoint(text, cosigner);
    expect(line).toMatchObject({ name: witnessName, keyHash: keyHash(witnessKey) });
    expect(Buffer.from(line.signature.subarray(0, 8)).toString('hex')).toBe('0000000068e77800');
    expect(Buffer.from(line.signature.subarray(8))).toEqual(
      Buffer.from(await witnessSigner.sign(Buffer.from(`cosignature/v1\ntime 1760000000\n${text}`))),
    );
  });

  it('writes times beyond 2^32', async () => {
    const { signature } = await cosignCheckpoint(text, { ...cosigner, seconds: 2 ** 53 - 1 });
    expect(Buffer.from(signature.subarray(0, 8)).toString('hex')).toBe('001fffffffffffff');
  });

  it.each(faulty)('refuses a signer that %s', async (_, signer, code) => {
    await expect(cosignCheckpoint(text, { ...cosigner, signer })).rejects.toHaveProperty('code', code);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses the time %d', async (wrong) => {
    await expect(cosignCheckpoint(text, { ...cosigner, seconds: wrong })).rejects.toHaveProperty(
      'code',
      'COSIGNING_TIME_INVALID',
    );
  });

  it('refuses what is no checkpoint, and a name that is none', async () => {
    await expect(cosignCheckpoint('a\n', cosigner)).rejects.toHaveProperty('code', 'CHECKPOINT_INVALID');
    await expect(cosignCheckpoint(text, { ...cosigner, name: 'a b' })).rejects.toHaveProperty(
      'code',
      'KEY_NAME_INVALID',
    );
  });
});
