import { describe, expect, it } from 'vitest';
import { createLexicalHashEmbeddings } from '../src/lexical-hash-embeddings.ts';

// So many buckets that features hardly ever meet: cosines are those of the features themselves.
const embeddings = createLexicalHashEmbeddings({ dimensions: 16_000 });

async function similarity(a: string, b: string): Promise<number> {
  const [left, right] = await embeddings.embed([a, b]);
  return left?.reduce((sum, value, index) => sum + value * (right?.[index] ?? Number.NaN), 0) ?? Number.NaN;
}

// Worked by hand from the weights: word 1, its n-grams together 1 (squared), compound 0.7, bigram 0.5, stop word 0.15.
describe('features of a text', () => {
  it('are n-grams of 3 to 5 between the edges of a word', async () => {
    // 9 n-grams each; shared are ‹ab, abc and ‹abc: (3/9) / (1 + 1).
    expect(await similarity('abcd', 'abce')).toBeCloseTo(1 / 6, 1.7);
    // One-letter words have no n-grams, two-letter words have 3: nothing is shared but by chance.
    expect(await similarity('x', 'xy')).toBeCloseTo(0, 1.7);
  });

  it('are the parts of a name and the whole of it', async () => {
    // git, hub, github, git·hub: 1 + 1 + 0.49 + 0.25 + n-grams 1 + 1. github: 1 + n-grams 1. Shared: the whole, and
    // 6 n-grams of weights 1/√6 and 1/√15.
    const expected = (0.7 + 6 / Math.sqrt(6 * 15)) / Math.sqrt(4.74 * 2);
    expect(await similarity('GitHub', 'github')).toBeCloseTo(expected, 1.7);
  });

  it('weigh little in a stop word, which has no n-grams', async () => {
    const withStopWord = 2 + 0.15 ** 2 + (0.5 * 0.15) ** 2;
    expect(await similarity('the cat', 'cat')).toBeCloseTo(2 / Math.sqrt(2 * withStopWord), 2.5);
  });

  it('are adjacent pairs of words, in their order', async () => {
    // Four units of words and n-grams, and 0.25 of a bigram that the other order does not have.
    expect(await similarity('cat dog', 'dog cat')).toBeCloseTo(4 / 4.25, 1.7);
  });

  it('count 1 + ln n when they come n times', async () => {
    const thrice = 1 + Math.log(3);
    const pair = 0.5 * (1 + Math.log(2));
    const expected = (2 * thrice) / Math.sqrt(2 * (2 * thrice ** 2 + pair ** 2));
    expect(await similarity('cat', 'cat cat cat')).toBeCloseTo(expected, 2.5);
  });

  it('of one kind do not pass for another', async () => {
    // The n-gram "abc" inside a word is not the word "abc": shared are the n-grams alone, ‹ab, abc and ‹abc of 6 and 9.
    const expected = 3 / Math.sqrt(6 * 9) / 2;
    expect(await similarity('abc', 'abcd')).toBeCloseTo(expected, 1.7);
  });
});
