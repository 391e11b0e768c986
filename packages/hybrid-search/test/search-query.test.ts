import { describe, expect, it } from 'vitest';
import {
  createLexicalHashEmbeddings,
  type EmbeddingProvider,
  prepareQuery,
  SearchError,
  type SearchQuery,
} from '../src/index.ts';

const embeddings = createLexicalHashEmbeddings();
const provider = (embed: EmbeddingProvider['embed']): EmbeddingProvider => ({ ...embeddings, embed });
/** What a JavaScript caller may pass, whatever the types say. */
const prepare = (input: unknown) => prepareQuery(input as SearchQuery, embeddings);

describe('prepareQuery', () => {
  it('fills in what is not said, and embeds the trimmed text', async () => {
    const [embedding] = await embeddings.embed(['job queue']);
    expect(await prepare({ text: ' job queue\n' })).toEqual({
      text: 'job queue',
      hops: 1,
      limit: 10,
      minSimilarity: 0.15,
      embedding,
    });
  });
  it.each([
    { hops: 0, limit: 1, minSimilarity: 0 },
    { hops: 5, limit: 1000, minSimilarity: 1 },
  ])('takes the limits %j', async (limits) => {
    expect(await prepare({ text: 'x'.repeat(10_000), ...limits })).toMatchObject(limits);
  });
  it.each<[string, object, string[]]>([
    ['no text', {}, ['text']],
    ['blank text', { text: ' \n\u00a0' }, ['text must not be empty']],
    ['long text', { text: 'x'.repeat(10_001) }, ['text']],
    ['NUL', { text: 'secret\0' }, ['text must not contain NUL']],
    ['half a surrogate pair', { text: 'secret \ud83d' }, ['text must not contain NUL or unpaired']],
    ['an unknown field', { text: 'x', k: 5 }, ['Unrecognized key']],
    [
      'everything beyond its bounds',
      { text: '', hops: 6, limit: 0, minSimilarity: 1.1 },
      ['text', 'hops', 'limit', 'minSimilarity'],
    ],
    [
      'everything below its bounds',
      { text: 'secret', hops: -1, limit: 1001, minSimilarity: NaN },
      ['hops', 'limit', 'minSimilarity'],
    ],
    ['fractions', { text: 'secret', hops: 0.5, limit: 1.5 }, ['hops', 'limit']],
  ])('refuses %s', async (_what, input, problems) => {
    const error = await prepare(input).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SearchError);
    const { code, message } = error as SearchError;
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message.split('; ')).toHaveLength(problems.length);
    for (const problem of problems) expect(message).toContain(problem);
    expect(message).not.toContain('secret');
  });
  it.each(['-_- => ?!', '\u200b\u200d', '٪'])(
    'has no embedding for %j, which holds no word',
    async (text) => {
      expect(await prepare({ text })).toMatchObject({ text, embedding: undefined });
    },
  );
  it('refuses a provider of another size, and one that answers nothing', async () => {
    await expect(
      prepareQuery({ text: 'x' }, createLexicalHashEmbeddings({ dimensions: 384 })),
    ).rejects.toMatchObject({ code: 'INVALID_EMBEDDING', details: { actual: 384, expected: 768 } });
    await expect(
      prepareQuery(
        { text: 'x' },
        provider(() => Promise.resolve([])),
      ),
    ).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
    });
    await expect(
      prepareQuery(
        { text: 'x' },
        provider(() => Promise.resolve([new Float32Array(768)])),
      ),
    ).rejects.toMatchObject({ code: 'INVALID_EMBEDDING' });
  });
  it('passes on why a provider failed', async () => {
    const failure = new SearchError('EMBEDDING_FAILED', 'the model is down');
    await expect(
      prepareQuery(
        { text: 'x' },
        provider(() => Promise.reject(failure)),
      ),
    ).rejects.toBe(failure);
  });
});
