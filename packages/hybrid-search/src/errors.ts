import { DataLayerError } from '@agent-agency/db-core';

/**
 * Every code a {@link SearchError} can carry, with its meaning.
 *
 * The list is closed: a new way to fail gets a new code here, never a new message under an old one.
 */
export const searchErrorCodes = {
  INVALID_ARGUMENT: 'An option or argument is outside its documented range.',
  DUPLICATE_ID: 'An id stands twice where it may stand once: in a ranked list, or as the name of a list.',
  INVALID_EMBEDDING: 'A vector has the wrong length, a number that is not finite, or no direction.',
  EMPTY_TEXT: 'A text holds nothing that can be embedded; the caller leaves it out.',
  EMBEDDING_FAILED: 'The embedding provider could not answer; `cause` says why.',
} as const;

/** One of {@link searchErrorCodes}. */
export type SearchErrorCode = keyof typeof searchErrorCodes;

/** The error class of this package; the message names the thing and the limit, never texts, vectors or row values. */
export class SearchError extends DataLayerError<SearchErrorCode> {
  override readonly name = 'SearchError';
}
