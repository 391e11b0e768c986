import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EmbeddingProvider } from '../src/embedding-provider.ts';
import { createLexicalHashEmbeddings } from '../src/lexical-hash-embeddings.ts';
import { describeEmbeddingProvider } from '../src/testing.ts';

const embeddings = createLexicalHashEmbeddings();

async function similarity(a: string, b: string, provider: EmbeddingProvider = embeddings): Promise<number> {
  const [left, right] = await provider.embed([a, b]);
  return left?.reduce((sum, value, index) => sum + value * (right?.[index] ?? Number.NaN), 0) ?? Number.NaN;
}

/** SHA-256 of the coordinates, rounded so that only a real difference shows. */
async function fingerprint(text: string): Promise<string> {
  const [vector] = await embeddings.embed([text]);
  const rounded = Int32Array.from(vector ?? [], (value) => Math.round(value * 1e6));
  return createHash('sha256').update(new Uint8Array(rounded.buffer)).digest('hex').slice(0, 16);
}

describeEmbeddingProvider('createLexicalHashEmbeddings keeps the contract', () =>
  createLexicalHashEmbeddings(),
);
describeEmbeddingProvider('createLexicalHashEmbeddings of 64 dimensions keeps the contract', () =>
  createLexicalHashEmbeddings({ dimensions: 64 }),
);

describe('createLexicalHashEmbeddings', () => {
  it('says what it is', () => {
    expect(embeddings).toMatchObject({ model: 'lexical-hash-768-v1', dimensions: 768, isSemantic: false });
    expect(createLexicalHashEmbeddings({ dimensions: 1536 }).model).toBe('lexical-hash-1536-v1');
  });

  // Stored vectors are compared with new ones: when these change, the model needs a new version in its name.
  it('gives the vectors of version 1', async () => {
    const [vector] = await embeddings.embed(['parseHttpHeader']);
    expect([...(vector ?? [])].slice(0, 6).map((value) => Number(value.toFixed(6)))).toEqual([
      -0.03348, -0.040632, 0.000218, -0.063014, -0.02929, -0.030616,
    ]);
    expect(await fingerprint('parseHttpHeader')).toBe('21cca8e3f7416aca');
    expect(await fingerprint('The council approved C++ for 東京 and İstanbul; naïve agents naïve.')).toBe(
      'fcdf79221b680f55',
    );
  });

  it.each([
    ['parseHttpHeader', 'http header parser', 0.6],
    ['parseHttpHeader', 'PARSE_HTTP_HEADER', 0.999],
    ['parseHttpHeader', 'parsehttpheader', 0.35],
    ['databse conection pool', 'database connection pool', 0.4],
    ['kubernets operator', 'kubernetes operators', 0.25],
    ['GitHub', 'github', 0.35],
    ['src/embedding-provider.ts', 'EmbeddingProvider', 0.6],
    ['what is the agent', 'agent', 0.9],
    ['ﬁle ＮＡＭＥ', 'file name', 0.999],
    ['東京都庁', '東京タワー', 0.25],
  ])('puts %j near %j', async (a, b, least) => {
    expect(await similarity(a, b)).toBeGreaterThan(least);
  });

  it.each([
    ['parseHttpHeader', 'tomato soup recipe'],
    ['database connection pool', 'the council approved a waiver'],
    ['car', 'automobile'],
    ['東京都庁', '大阪城'],
  ])('puts %j far from %j: it knows spelling, not meaning', async (a, b) => {
    expect(Math.abs(await similarity(a, b))).toBeLessThan(0.15);
  });

  it('tells C, C++ and C# apart', async () => {
    const same = await similarity('C++ developer', 'developer C++');
    expect(same).toBeGreaterThan((await similarity('C++ developer', 'C# developer')) + 0.2);
    expect(same).toBeGreaterThan((await similarity('C++ developer', 'C developer')) + 0.2);
  });

  it('lets stop words count for little and order for something', async () => {
    expect(await similarity('the vote of the council', 'council vote')).toBeGreaterThan(0.8);
    expect(await similarity('agent calls tool', 'agent calls tool')).toBeGreaterThan(
      (await similarity('agent calls tool', 'tool calls agent')) + 0.02,
    );
  });

  it('lets a repeated word count sub-linearly', async () => {
    const once = 'alpha beta gamma';
    const often = `${'alpha '.repeat(50)}beta gamma`;
    expect(await similarity(once, often)).toBeGreaterThan(0.6);
    expect(await similarity('alpha', often)).toBeGreaterThan(await similarity('alpha', once));
  });

  it('keeps the order of closeness in the signs alone, which is what the bit index compares', async () => {
    const query = 'http header parser';
    const texts = ['parseHttpHeader', 'header of the page', 'tomato soup recipe'];
    const [first, ...others] = await embeddings.embed([query, ...texts]);
    const distances = others.map(
      (vector) => vector.filter((value, index) => value > 0 !== (first?.[index] ?? 0) > 0).length,
    );
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    expect(distances[0]).toBeLessThan(0.35 * 768);
    expect(distances[2]).toBeGreaterThan(0.42 * 768);
  });

  it('refuses texts of symbols alone with EMPTY_TEXT, and takes an emoji for a word', async () => {
    await expect(embeddings.embed(['=> ?!', 'word', '---'])).rejects.toMatchObject({
      code: 'EMPTY_TEXT',
      details: { positions: [0, 2] },
    });
    expect(await similarity('🚀', 'ship it 🚀')).toBeGreaterThan(0.3);
  });

  it('leaves nothing of a refused batch behind', async () => {
    const provider = createLexicalHashEmbeddings();
    await expect(provider.embed(['left over words', ''])).rejects.toMatchObject({ code: 'EMPTY_TEXT' });
    expect(await provider.embed(['word'])).toEqual(await embeddings.embed(['word']));
  });

  it('stops between texts when the signal is aborted half-way', async () => {
    const controller = new AbortController();
    const embedding = embeddings.embed(
      Array.from({ length: 2000 }, (_, index) => `text number ${index}`),
      { signal: controller.signal },
    );
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(embedding).rejects.toBe(reason);
  });

  it('embeds a text of a megabyte, and a short one after it as ever', async () => {
    const provider = createLexicalHashEmbeddings();
    const long = Array.from({ length: 100_000 }, (_, index) => `word${index}`).join(' ');
    await expect(provider.embed([long])).resolves.toHaveLength(1);
    expect(await provider.embed(['short'])).toEqual(await embeddings.embed(['short']));
  });

  it.each([63, 16_001, 100.5, Number.NaN])('refuses %d dimensions', (dimensions) => {
    expect(() => createLexicalHashEmbeddings({ dimensions })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
