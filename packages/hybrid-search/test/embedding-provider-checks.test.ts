import { describe, expect, it } from 'vitest';
import { embeddingProviderChecks } from '../src/embedding-provider-checks.ts';
import type { EmbeddingProvider } from '../src/embedding-provider.ts';
import { createLexicalHashEmbeddings } from '../src/lexical-hash-embeddings.ts';

const good = createLexicalHashEmbeddings({ dimensions: 64 });

/** A provider that does to the right answer what it is told. */
function spoil(
  change: (vectors: Float32Array[], texts: readonly string[]) => Float32Array[],
): EmbeddingProvider {
  return { ...good, embed: async (texts, options) => change(await good.embed(texts, options), texts) };
}

const remembered = new Map<string, Float32Array>();
let latest: Float32Array[] = [];

const broken: Record<string, EmbeddingProvider> = {
  'names its model, its dimensions and whether it is semantic': { ...good, model: ' ' },
  'answers no texts with no vectors': spoil((vectors) =>
    vectors.length > 0 ? vectors : [new Float32Array(64)],
  ),
  'answers one finite vector of length 1 a text': spoil((vectors) =>
    vectors.map((vector) => vector.map((x) => 2 * x)),
  ),
  'keeps the order of the texts, whatever their neighbours': spoil((vectors, texts) =>
    [...vectors.entries()]
      .toSorted(([a], [b]) => ((texts[a] ?? '') < (texts[b] ?? '') ? -1 : 1))
      .map(([, vector]) => vector),
  ),
  'gives equal texts the same direction in arrays of their own': spoil((vectors, texts) =>
    vectors.map((vector, index) => {
      const known = remembered.get(texts[index] ?? '') ?? vector;
      remembered.set(texts[index] ?? '', known);
      return known;
    }),
  ),
  'gives different texts different vectors, a near copy the nearest': spoil((vectors) =>
    vectors.map((_, index) => Float32Array.from({ length: 64 }, (__, at) => (at === index % 2 ? 1 : 0))),
  ),
  'keeps overlapping calls apart': {
    ...good,
    embed: async (texts, options) => {
      latest = await good.embed(texts, options);
      await Promise.resolve();
      return latest;
    },
  },
  'refuses texts without content, naming all their positions': {
    ...good,
    embed: (texts, options) =>
      good.embed(
        texts.map((text) => text.trim() || 'empty'),
        options,
      ),
  },
  'rejects with the reason of an aborted signal': { ...good, embed: (texts) => good.embed(texts) },
};

describe('embeddingProviderChecks', () => {
  it('has a broken provider for every clause', () => {
    expect(Object.keys(broken)).toEqual(embeddingProviderChecks.map(({ name }) => name));
  });

  it.each(embeddingProviderChecks)('lets a good provider pass: $name', async ({ run }) => {
    await expect(run(good)).resolves.toBeUndefined();
  });

  it.each(embeddingProviderChecks)('catches a provider that breaks: $name', async ({ name, run }) => {
    await expect(run(broken[name] ?? good)).rejects.toThrow();
  });
});
