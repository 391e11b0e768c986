import assert from 'node:assert/strict';
import { assertEmbedding, type EmbeddingProvider } from './embedding-provider.ts';
import { SearchError } from './errors.ts';

/** One clause of the contract of {@link EmbeddingProvider}; `run` rejects when the provider breaks it. */
export interface EmbeddingProviderCheck {
  readonly name: string;
  readonly run: (provider: EmbeddingProvider) => Promise<void>;
}

const TEXTS = [
  'The council approved the migration of the payments database.',
  'parseHttpHeader(line: string): Header',
  'Tomato soup: onions, tomatoes, basil, a little cream.',
] as const;

/** Two embeddings of one text may differ in the last digits where a remote model computes them, not in direction. */
const SAME_TEXT_COSINE = 0.999;
const UNIT_LENGTH_TOLERANCE = 1e-3;

/** The contract of {@link EmbeddingProvider}, clause by clause. */
export const embeddingProviderChecks: readonly EmbeddingProviderCheck[] = [
  { name: 'names its model, its dimensions and whether it is semantic', run: checkDescription },
  { name: 'answers no texts with no vectors', run: checkNoTexts },
  { name: 'answers one finite vector of length 1 a text', run: checkShape },
  { name: 'keeps the order of the texts, whatever their neighbours', run: checkOrder },
  { name: 'gives equal texts the same direction in arrays of their own', run: checkEqualTexts },
  { name: 'gives different texts different vectors, a near copy the nearest', run: checkCloseness },
  { name: 'keeps overlapping calls apart', run: checkOverlap },
  { name: 'refuses texts without content, naming all their positions', run: checkEmptyTexts },
  { name: 'rejects with the reason of an aborted signal', run: checkAbort },
];

async function checkDescription(provider: EmbeddingProvider): Promise<void> {
  const [vector] = await provider.embed([TEXTS[0]]);
  assert.equal(vector?.length, provider.dimensions, 'dimensions is the length of the vectors');
  assert.notEqual(provider.model.trim(), '', 'model has a name');
  assert.equal(typeof provider.isSemantic, 'boolean');
}

async function checkNoTexts(provider: EmbeddingProvider): Promise<void> {
  assert.deepEqual(await provider.embed([]), []);
}

async function checkShape(provider: EmbeddingProvider): Promise<void> {
  const vectors = await provider.embed(TEXTS);
  assert.equal(vectors.length, TEXTS.length);
  for (const vector of vectors) {
    assert.ok(vector instanceof Float32Array, 'a vector is a Float32Array');
    assertEmbedding(vector, provider.dimensions);
    const length = Math.hypot(...vector);
    assert.ok(Math.abs(length - 1) <= UNIT_LENGTH_TOLERANCE, `a vector has length ${length}`);
  }
}

async function checkOrder(provider: EmbeddingProvider): Promise<void> {
  const forwards = await provider.embed(TEXTS);
  const backwards = await provider.embed(TEXTS.toReversed());
  assertSameDirections(forwards, backwards.toReversed());
}

async function checkEqualTexts(provider: EmbeddingProvider): Promise<void> {
  const [first, second] = await provider.embed([TEXTS[0], TEXTS[0]]);
  assert.ok(first !== undefined && second !== undefined, 'one vector a text');
  assertSameDirections([first], [second]);
  const before = Float32Array.from(second);
  first.fill(0);
  assert.deepEqual(second, before, 'changing one vector leaves the other as it was');
  const [again] = await provider.embed([TEXTS[0]]);
  assert.ok(again !== undefined, 'one vector a text');
  assertSameDirections([again], [before]);
}

async function checkCloseness(provider: EmbeddingProvider): Promise<void> {
  const [text, nearCopy, other] = await provider.embed([TEXTS[0], `${TEXTS[0]} Unanimously.`, TEXTS[2]]);
  assert.ok(text !== undefined && nearCopy !== undefined && other !== undefined, 'one vector a text');
  const [near, far] = [cosine(text, nearCopy), cosine(text, other)];
  assert.ok(near > far, `a near copy (${near}) is not closer than an unrelated text (${far})`);
}

async function checkOverlap(provider: EmbeddingProvider): Promise<void> {
  const alone = [];
  for (const text of TEXTS) alone.push(...(await provider.embed([text])));
  const overlapping = await Promise.all(TEXTS.map((text) => provider.embed([text])));
  assertSameDirections(overlapping.flat(), alone);
}

async function checkEmptyTexts(provider: EmbeddingProvider): Promise<void> {
  await assert.rejects(provider.embed(['', TEXTS[0], ' \n\t']), (error) => {
    assert.ok(error instanceof SearchError, 'the error is a SearchError');
    assert.equal(error.code, 'EMPTY_TEXT');
    assert.deepEqual(error.details['positions'], [0, 2]);
    return true;
  });
}

async function checkAbort(provider: EmbeddingProvider): Promise<void> {
  const reason = new Error('given up');
  await assert.rejects(provider.embed(TEXTS, { signal: AbortSignal.abort(reason) }), (error) => {
    assert.equal(error, reason);
    return true;
  });
}

function assertSameDirections(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  assert.equal(actual.length, expected.length);
  for (const [index, vector] of actual.entries()) {
    const similarity = cosine(vector, expected[index] ?? new Float32Array());
    assert.ok(
      similarity >= SAME_TEXT_COSINE,
      `vector ${index} has cosine ${similarity} to the one of the same text`,
    );
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  return (
    a.reduce((sum, value, index) => sum + value * (b[index] ?? Number.NaN), 0) /
    Math.hypot(...a) /
    Math.hypot(...b)
  );
}
