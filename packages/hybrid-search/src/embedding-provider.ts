import { SearchError } from './errors.ts';

/** How one call of {@link EmbeddingProvider.embed} may be steered. */
export interface EmbedOptions {
  /** Gives the call up: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Turns texts into vectors whose cosine says how close the texts are. Search and ingestion know embeddings only
 * through this port; `describeEmbeddingProvider` of `@agent-agency/hybrid-search/testing` is its executable form.
 *
 * What an implementation owes its callers:
 * - the answer has one vector a text, at the text's position; equal texts may be computed once, but every vector
 *   is a fresh array that the caller may keep and change;
 * - every vector has length 1 (within 1e-3), so that inner product and cosine order alike;
 * - the vector of a text does not depend on its neighbours in the batch. Whether it is the same bit for bit each
 *   time is the implementation's to say: a local computation should be, a remote model may differ in the last digits;
 * - all or nothing: a call answers for every text, or rejects;
 * - calls may overlap.
 */
export interface EmbeddingProvider {
  /**
   * Names the model and its version. Vectors are comparable only under the same name, so it is stored beside them
   * and must change whenever the vectors do.
   */
  readonly model: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** Whether closeness follows meaning (a trained model) or merely shared spelling. */
  readonly isSemantic: boolean;
  /**
   * Embeds the texts, in their order.
   *
   * **Shape** one `Float32Array` of `dimensions` numbers a text; no texts, no vectors.
   * @throws SearchError `EMPTY_TEXT` when texts hold nothing to embed (at least: empty, only white space);
   *   `details.positions` lists all of them and none is embedded.
   * @throws SearchError `EMBEDDING_FAILED` when the model cannot be reached or answers nonsense; `cause` says why.
   * @throws the signal's reason once `options.signal` is aborted.
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>;
}

/**
 * Refuses a vector that cannot be compared by cosine: wrong length, a number that is not finite, or all zeros.
 *
 * **Cost** linear in the length.
 * @throws SearchError `INVALID_EMBEDDING`; the message names the position and never the numbers.
 */
export function assertEmbedding(vector: ArrayLike<number>, dimensions: number): void {
  if (vector.length !== dimensions) {
    throw new SearchError(
      'INVALID_EMBEDDING',
      `embedding has ${vector.length} dimensions, not ${dimensions}`,
      {
        details: { actual: vector.length, expected: dimensions },
      },
    );
  }
  let hasDirection = false;
  for (let position = 0; position < vector.length; position += 1) {
    const value = vector[position];
    if (!Number.isFinite(value)) {
      throw new SearchError('INVALID_EMBEDDING', `embedding is not finite at position ${position}`, {
        details: { position },
      });
    }
    if (value !== 0) hasDirection = true;
  }
  if (!hasDirection)
    throw new SearchError('INVALID_EMBEDDING', 'embedding is all zeros and has no direction');
}
