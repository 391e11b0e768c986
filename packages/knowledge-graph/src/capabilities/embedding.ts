import { z } from 'zod';

export const EMBEDDING_DIMENSIONS = 768;

// PostgreSQL adds the squares up in single precision: beyond these bounds the sum is 0 or infinite, and no cosine exists.
const MIN_SQUARED_LENGTH = 1e-36;
const MAX_SQUARED_LENGTH = 1e38;

/** What a text means. **Shape** [768], finite, not all zero, of a length from 1e-18 to 1e19. */
export const Embedding = z
  .custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array')
  .superRefine((vector, context) => {
    const message = problemOf(vector);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** One pass over the numbers: a bulk of vectors is checked in the time that the server needs for its signs. */
function problemOf(vector: Float32Array): string | undefined {
  if (vector.length !== EMBEDDING_DIMENSIONS) return `must have ${EMBEDDING_DIMENSIONS} dimensions`;
  let squared = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- an iterator takes six times as long
  for (let place = 0; place < vector.length; place += 1) squared += (vector[place] ?? Number.NaN) ** 2;
  if (!Number.isFinite(squared)) return 'must be finite';
  if (squared === 0) return 'must not be all zero';
  if (squared < MIN_SQUARED_LENGTH || squared > MAX_SQUARED_LENGTH)
    return 'must have a length from 1e-18 to 1e19';
  return undefined;
}
