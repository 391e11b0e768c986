import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compress, decompress } from '../../src/contexts/compression.ts';

describe('compress', () => {
  it('makes a text smaller', async () => {
    const text = Buffer.from('The agent asked for the invoice. '.repeat(100));
    const compressed = await compress(text);
    expect(compressed.compression).toBe('zstd');
    expect(compressed.bytes.length).toBeLessThan(text.length / 10);
  });

  it.each([1, 10, 1000, 100_000])('leaves %s random bytes as they are', async (length) => {
    const content = randomBytes(length);
    const compressed = await compress(content);
    expect(compressed.compression).toBe('none');
    expect(content.equals(compressed.bytes)).toBe(true);
  });

  it('never makes anything larger, and gives everything back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.nat(20), async (part, times) => {
        const content = Buffer.concat(Array.from({ length: times + 1 }, () => part));
        const compressed = await compress(content);
        expect(compressed.bytes.length).toBeLessThanOrEqual(content.length);
        expect((await decompress(compressed, content.length))?.equals(content)).toBe(true);
      }),
    );
  });
});

describe('decompress', () => {
  const text = Buffer.from('some text, some text, some text, some text');
  const bytes = zstdCompressSync(text);

  it.each([0, 1, text.length - 1, text.length + 1])('refuses what is not of %s bytes', async (size) => {
    expect(await decompress({ compression: 'zstd', bytes }, size)).toBeUndefined();
    expect(await decompress({ compression: 'none', bytes: text }, size)).toBeUndefined();
  });

  it('refuses what is no zstd, cut off, or empty', async () => {
    for (const broken of [text, bytes.subarray(0, -1), Buffer.alloc(0)]) {
      expect(await decompress({ compression: 'zstd', bytes: broken }, text.length)).toBeUndefined();
    }
  });

  it('takes no more memory than the size says, whatever the bytes would become', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(512 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(await decompress({ compression: 'zstd', bytes: bomb }, 1000)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});
