import { DatabaseError } from '../errors/database-error.ts';

/** The largest `vector` and `halfvec` that pgvector stores. */
const MAX_DIMENSIONS = 16_000;

/** @throws {DatabaseError} `INVALID_INPUT` unless pgvector stores that many, and they are as many as expected. */
export function checkDimensions(actual: number, expected: number | undefined, name = 'the vector'): void {
  if (actual < 1 || actual > MAX_DIMENSIONS) {
    throw new DatabaseError(
      'INVALID_INPUT',
      `${name} has ${actual} dimensions: pgvector stores 1 to ${MAX_DIMENSIONS}`,
      { details: { actual, maximum: MAX_DIMENSIONS } },
    );
  }
  if (expected !== undefined && actual !== expected) {
    throw new DatabaseError(
      'INVALID_INPUT',
      `${name} has ${actual} dimensions instead of ${expected}: embed with the model that the column was made for`,
      { details: { actual, expected } },
    );
  }
}

/** That an element is not a number the type can hold. The message says where it is, never what it is. */
export function notFinite(type: 'float32' | 'float16', position: number, name = 'the vector'): DatabaseError {
  return new DatabaseError(
    'INVALID_INPUT',
    `${name} is not a finite ${type} at position ${position}: look at what computed it`,
    { details: { position } },
  );
}
