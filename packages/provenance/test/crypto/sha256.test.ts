import { describe, expect, it } from 'vitest';
import * as node from '../../src/crypto/node.ts';
import * as portable from '../../src/crypto/portable.ts';

describe.each(Object.entries({ node, portable }))('sha256 of %s', (_, { sha256 }) => {
  // FIPS 180-2 appendix B, and the empty text
  it.each([
    [[''], 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [['abc'], 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [['a', '', 'bc'], 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'],
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j is %s', (parts, digest) => {
    expect(Buffer.from(sha256(...parts.map((part) => Buffer.from(part)))).toString('hex')).toBe(digest);
  });

  it('is a plain Uint8Array, which no other shares', () => {
    const digest = sha256(Uint8Array.of(1));
    expect(Object.getPrototypeOf(digest)).toBe(Uint8Array.prototype);
    digest.fill(0);
    expect(sha256(Uint8Array.of(1))).not.toEqual(digest);
  });
});
