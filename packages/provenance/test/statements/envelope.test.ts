import { describe, expect, it } from 'vitest';
import { preAuthenticationEncoding } from '../../src/signing/dsse.ts';
import type { DsseEnvelope } from '../../src/statements/dsse.ts';
import { signEnvelope } from '../../src/statements/sign-envelope.ts';
import { type EnvelopeTrust, verifyEnvelope } from '../../src/statements/verify-envelope.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { type DsseVector, dsseVectors, secondSigner } from './vectors.ts';

const payloadType = 'application/vnd.in-toto+json';
const payload = new TextEncoder().encode('{"_type":"https://in-toto.io/Statement/v1"}');
const trust: EnvelopeTrust = { keys: [testSigner] };
const honest = await signEnvelope({ payloadType, payload }, testSigner);

const reasonOf = (envelope: unknown, { keys, threshold }: EnvelopeTrust = trust): string | undefined => {
  const verdict = verifyEnvelope(envelope, payloadType, { keys, threshold });
  return verdict.ok ? undefined : verdict.reason;
};

describe('preAuthenticationEncoding', () => {
  it('writes the example of the protocol', () => {
    const message = preAuthenticationEncoding({
      payloadType: 'http://example.com/HelloWorld',
      payload: new TextEncoder().encode('hello world'),
    });
    expect(new TextDecoder().decode(message)).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });
});

describe('signEnvelope', () => {
  it('signs as the published vectors do', async () => {
    const vector = dsseVectors.find(({ threshold }) => threshold === 2);
    const envelope = await signEnvelope({ payloadType, payload }, testSigner, secondSigner);
    expect(envelope.payload).toBe(vector?.envelope.payload);
    expect(envelope.signatures.map(({ sig }) => sig)).toEqual(
      vector?.envelope.signatures.map(({ sig }) => sig),
    );
    expect(envelope.signatures.map(({ keyid }) => keyid)).toEqual([testSigner.keyId, secondSigner.keyId]);
  });

  it('refuses a signer that is not what it says', async () => {
    const signAs = (signer: typeof testSigner): Promise<DsseEnvelope> =>
      signEnvelope({ payloadType, payload }, signer);
    await expect(signAs({ ...testSigner, keyId: otherSigner.keyId })).rejects.toHaveProperty(
      'code',
      'KEY_ID_MISMATCH',
    );
    await expect(
      signAs({ ...testSigner, sign: (message) => otherSigner.sign(message) }),
    ).rejects.toHaveProperty('code', 'SIGNER_FAULTY');
  });
});

describe('verifyEnvelope', () => {
  it.each(dsseVectors.map((vector) => [vector.name, vector] as const))(
    'judges %s as published',
    (_, vector) => {
      const { envelope, keys, threshold, accepted }: DsseVector = vector;
      const asked = vector.name.includes('nobody asks') ? payloadType : vector.payloadType;
      expect(verifyEnvelope(envelope, asked, { keys, threshold }).ok).toBe(accepted);
    },
  );

  it('answers the payload and who signed it', async () => {
    const envelope = await signEnvelope({ payloadType, payload }, testSigner, otherSigner, secondSigner);
    expect(verifyEnvelope(envelope, payloadType, { keys: [testSigner, secondSigner] })).toEqual({
      ok: true,
      payload,
      signers: [testSigner.keyId, secondSigner.keyId],
    });
  });

  it('tries every trusted key when the hint names none of them, and believes no hint', () => {
    const [signature] = honest.signatures;
    const hinted = (keyid: string): unknown => ({ ...honest, signatures: [{ ...signature, keyid }] });
    expect(reasonOf(hinted(''))).toBeUndefined();
    expect(reasonOf(hinted('somebody'))).toBeUndefined();
    expect(reasonOf(hinted(testSigner.keyId), { keys: [otherSigner] })).toBe('too-few-signatures');
  });

  it('refuses every changed byte of payload and signature', () => {
    const flip = (text: string): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes[5] = (bytes[5] ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    expect(reasonOf({ ...honest, payload: flip(honest.payload) })).toBe('too-few-signatures');
    const signatures = honest.signatures.map(({ sig }) => ({ sig: flip(sig) }));
    expect(reasonOf({ ...honest, signatures })).toBe('too-few-signatures');
    expect(reasonOf({ ...honest, signatures: [] })).toBe('too-few-signatures');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['text', JSON.stringify(honest)],
    ['no payload', { ...honest, payload: undefined }],
    ['a payload with a line break', { ...honest, payload: `${honest.payload}\n` }],
    ['a payload without padding', { ...honest, payload: honest.payload.replaceAll('=', '') }],
    ['a payload of both alphabets', { ...honest, payload: '-+//' }],
    ['unused bits that are set', { ...honest, payload: 'AB==' }],
    ['no payload type', { ...honest, payloadType: 1 }],
    ['no list of signatures', { ...honest, signatures: honest.signatures[0] }],
    ['a signature that is none', { ...honest, signatures: [...honest.signatures, null] }],
    ['a signature in hex', { ...honest, signatures: [{ sig: 'z' }] }],
    ['a hint that is no text', { ...honest, signatures: [{ ...honest.signatures[0], keyid: 1 }] }],
    ['65 signatures', { ...honest, signatures: Array.from({ length: 65 }, () => honest.signatures[0]) }],
  ])('calls %s malformed', (_, envelope) => {
    expect(reasonOf(envelope)).toBe('malformed-envelope');
  });

  it('ignores fields that it does not know', () => {
    expect(reasonOf({ ...honest, extension: {} })).toBeUndefined();
  });

  it('counts a key once, even if it is trusted twice', async () => {
    const envelope = await signEnvelope({ payloadType, payload }, testSigner, testSigner);
    expect(reasonOf(envelope, { keys: [testSigner, testSigner], threshold: 2 })).toBe('too-few-signatures');
  });

  it('takes no threshold that anything would pass, and no key under another name', () => {
    for (const threshold of [0, -1, 1.5, Number.NaN])
      expectCode('STATEMENT_INVALID', () => reasonOf(honest, { ...trust, threshold }));
    const renamed = { ...testSigner, keyId: otherSigner.keyId };
    expectCode('KEY_ID_MISMATCH', () => reasonOf(honest, { keys: [renamed] }));
  });
});
