import { describe, expect, it } from 'vitest';
import { createLexicalHashEmbeddings, fuseRanks } from '../src/index.ts';

async function similarity(a: string, b: string): Promise<number> {
  const [left, right] = await createLexicalHashEmbeddings().embed([a, b]);
  return left?.reduce((sum, value, index) => sum + value * (right?.[index] ?? Number.NaN), 0) ?? Number.NaN;
}

describe('README', () => {
  it('embeds a text', async () => {
    const [vector = new Float32Array()] = await createLexicalHashEmbeddings().embed([
      'parseHttpHeader(line: string)',
    ]);
    expect(vector).toHaveLength(768);
  });

  it.each([
    ['parseHttpHeader', 'http header parser', 0.74],
    ['databse conection pool', 'database connection pool', 0.49],
    ['vector search', 'tomato soup recipe', -0.03],
    ['car', 'automobile', 0],
  ])('tells the cosine of %j and %j', async (a, b, cosine) => {
    expect(await similarity(a, b)).toBeCloseTo(cosine, 2);
  });

  it('fuses two lists', () => {
    const results = fuseRanks(
      [
        { name: 'vector', ids: ['a', 'b', 'c'] },
        { name: 'lexical', ids: ['b', 'd'], weight: 0.5 },
      ],
      { limit: 2 },
    );
    expect(results).toMatchObject([
      {
        id: 'b',
        reasons: [
          { list: 'vector', rank: 2 },
          { list: 'lexical', rank: 1 },
        ],
      },
      { id: 'a', reasons: [{ list: 'vector', rank: 1 }] },
    ]);
    expect(results.map(({ score }) => score.toFixed(4))).toEqual(['0.0243', '0.0164']);
  });
});
