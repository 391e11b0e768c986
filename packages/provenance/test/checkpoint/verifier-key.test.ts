import { describe, expect, it } from 'vitest';
import {
  formatVerifierKey,
  keyHash,
  parseVerifierKey,
  type VerifierKey,
} from '../../src/checkpoint/verifier-key.ts';
import { ProvenanceError } from '../../src/errors.ts';
import { testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { certificateLog, goChecksums, goNote, specificationNote } from './published.ts';

const peter = goNote.peter.key;
const ours: VerifierKey = { name: 'example.com/acme', type: 'ed25519', publicKey: testSigner.publicKey };

function isRefused(text: string): boolean {
  try {
    parseVerifierKey(text);
    return false;
  } catch (error) {
    if (error instanceof ProvenanceError) return true;
    throw error;
  }
}

describe('parseVerifierKey', () => {
  it.each([
    specificationNote.key,
    peter,
    goNote.enoch.key,
    goChecksums.key,
    certificateLog.key,
    ...certificateLog.witnesses,
    // transparency-dev/formats, note/note_cosigv1_test.go: base64 with a plus sign.
    'TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6',
  ])('reads %s, and writes it again', (published) => {
    expect(formatVerifierKey(parseVerifierKey(published))).toBe(published);
  });

  it('reads name, type and key', () => {
    expect(parseVerifierKey(specificationNote.key)).toEqual({
      name: 'example.com/foo',
      type: 'ed25519',
      publicKey: new Uint8Array(
        Buffer.from('e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4', 'hex'),
      ),
    });
    expect(certificateLog.witnesses.map((key) => parseVerifierKey(key).type)).toEqual([
      'cosignature/v1',
      'cosignature/v1',
    ]);
  });

  // As Go's tests do (golang.org/x/mod, sumdb/note/note_test.go).
  it('refuses every part of one', () => {
    for (let from = 0; from < peter.length; from += 1)
      for (let to = from; to <= peter.length; to += 1)
        if (to - from < peter.length) expect(isRefused(peter.slice(from, to))).toBe(true);
  });

  it('refuses one with any character changed', () => {
    for (let index = 0; index < peter.length; index += 1) {
      const changed = String.fromCharCode(peter.charCodeAt(index) + 1);
      expect(isRefused(peter.slice(0, index) + changed + peter.slice(index + 1))).toBe(true);
    }
  });

  it.each([
    [
      'a key too long, with its hash',
      'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
      'KEY_INVALID',
    ],
    [
      'an unknown type, with its hash',
      'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
      'KEY_INVALID',
    ],
    ['a hash in capitals', peter.replace('c74f20a3', 'C74F20A3'), 'KEY_ID_MISMATCH'],
    ['the hash of another name', peter.replace('Peter', 'Piter'), 'KEY_ID_MISMATCH'],
    ['white space around', ` ${peter}`, 'KEY_ID_MISMATCH'],
    ['a newline at its end', `${peter}\n`, 'KEY_INVALID'],
    ['no key', 'PeterNeumann+c74f20a3+', 'KEY_INVALID'],
  ] as const)('refuses %s', (_, wrong, code) => {
    expectCode(code, () => parseVerifierKey(wrong));
  });

  it('refuses a name with a space and a key of small order under their right hashes', () => {
    const spaced = { ...ours, name: 'a b' };
    const weak = { ...ours, publicKey: new Uint8Array(32) };
    const text = ({ name, publicKey }: VerifierKey, hash: string): string =>
      `${name}+${hash}+${Buffer.of(1, ...publicKey).toString('base64')}`;
    expectCode('KEY_NAME_INVALID', () => parseVerifierKey(text(spaced, keyHash(spaced))));
    expectCode('KEY_INVALID', () => parseVerifierKey(text(weak, keyHash(weak))));
  });
});

describe('formatVerifierKey', () => {
  it('refuses what it could not read', () => {
    expectCode('KEY_NAME_INVALID', () => formatVerifierKey({ ...ours, name: '' }));
    expectCode('KEY_NAME_INVALID', () => formatVerifierKey({ ...ours, name: 'a+b' }));
    expectCode('KEY_INVALID', () => formatVerifierKey({ ...ours, publicKey: new Uint8Array(31) }));
  });
});

describe('keyHash', () => {
  it('tells types and names of one key apart', () => {
    const hashes = [ours, { ...ours, type: 'cosignature/v1' as const }, { ...ours, name: 'x' }].map(keyHash);
    expect(new Set(hashes).size).toBe(3);
  });
});
