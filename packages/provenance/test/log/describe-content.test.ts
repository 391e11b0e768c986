import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { describeContent, isDescribedContent } from '../../src/index.ts';

// NIST's example of two blocks (FIPS 180-2, B.2).
const ALPHABET = new TextEncoder().encode('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq');
const DIGEST = '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1';

describe('describeContent', () => {
  it('names bytes by digest and size, whole or in parts', async () => {
    const described = { digest: { sha256: DIGEST }, size: 56, mediaType: 'text/plain' };
    await expect(describeContent(ALPHABET, { mediaType: 'text/plain' })).resolves.toEqual(described);
    const parts = Readable.from([ALPHABET.subarray(0, 1), ALPHABET.subarray(1, 50), ALPHABET.subarray(50)]);
    await expect(describeContent(parts, { mediaType: 'text/plain' })).resolves.toEqual(described);
  });

  it('is held against the bytes', async () => {
    const described = await describeContent(ALPHABET);
    await expect(isDescribedContent(ALPHABET, described)).resolves.toBe(true);
    await expect(isDescribedContent(ALPHABET.subarray(1), described)).resolves.toBe(false);
    await expect(isDescribedContent(ALPHABET.toReversed(), described)).resolves.toBe(false);
  });
});
