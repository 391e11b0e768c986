import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLexicalHashEmbeddings } from '../src/lexical-hash-embeddings.ts';

const embeddings = createLexicalHashEmbeddings();
/** Any text with at least one word in it. */
const text = fc
  .tuple(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z]{1,9}$/), fc.string())
  .map((parts) => parts.join(' '));
const texts = fc.array(text, { maxLength: 6 });

describe('createLexicalHashEmbeddings', () => {
  it('gives vectors of length 1', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (some) => {
        for (const vector of await embeddings.embed(some)) {
          expect(vector).toHaveLength(768);
          expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        }
      }),
    );
  });

  it('gives a text the same vector in any company and from any instance', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (some) => {
        const together = await embeddings.embed(some);
        const backwards = await embeddings.embed(some.toReversed());
        expect(backwards.toReversed()).toEqual(together);
        const fresh = createLexicalHashEmbeddings();
        for (const [index, one] of some.entries())
          expect(await fresh.embed([one])).toEqual([together[index]]);
      }),
      { numRuns: 30 },
    );
  });

  it('does not see letter case, white space or compatibility forms of plain words', async () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 6 });
    const toFullWidth = (word: string) =>
      word.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    await fc.assert(
      fc.asyncProperty(words, async (some) => {
        const [plain, shouted, spaced, wide] = await embeddings.embed([
          some.join(' '),
          some.join(' ').toUpperCase(),
          `  ${some.join('\n\t ')}. `,
          some.map(toFullWidth).join(' '),
        ]);
        expect(shouted).toEqual(plain);
        expect(spaced).toEqual(plain);
        expect(wide).toEqual(plain);
      }),
    );
  });

  it('is nearest to the text itself with a letter left out, among unrelated texts', async () => {
    const word = fc.stringMatching(/^[a-z]{7,10}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(word, { minLength: 6, maxLength: 6 }), async (words) => {
        const [a = '', b = ''] = words;
        const mistyped = `${a.slice(0, 3)}${a.slice(4)} ${b}`;
        const [query, itself, ...others] = await embeddings.embed([
          mistyped,
          `${a} ${b}`,
          ...words.slice(2).map((other) => `${other} ${other}x`),
        ]);
        const cosine = (vector: Float32Array | undefined) =>
          vector?.reduce((sum, value, index) => sum + value * (query?.[index] ?? 0), 0) ?? 0;
        for (const other of others) expect(cosine(itself)).toBeGreaterThan(cosine(other));
      }),
    );
  });
});
