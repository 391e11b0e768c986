import { describe, expect, it } from 'vitest';
import { SearchError, searchErrorCodes } from '../src/errors.ts';

describe('SearchError', () => {
  it('carries code, details and cause', () => {
    const cause = new Error('refused');
    const error = new SearchError('EMBEDDING_FAILED', 'model did not answer', {
      details: { attempt: 2 },
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'SearchError',
      code: 'EMBEDDING_FAILED',
      details: { attempt: 2 },
      cause,
    });
    expect(error.message).toBe('model did not answer');
  });

  it('has no cause of its own and empty details unless told', () => {
    const error = new SearchError('EMPTY_TEXT', 'nothing to embed');
    expect('cause' in error).toBe(false);
    expect(error.details).toEqual({});
  });

  it('gives every code a meaning', () => {
    for (const meaning of Object.values(searchErrorCodes)) expect(meaning).toMatch(/^[A-Z].{20,}\.$/);
  });
});
