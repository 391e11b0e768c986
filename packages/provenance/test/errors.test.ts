import { describe, expect, it } from 'vitest';
import { ProvenanceError } from '../src/verify.ts';

describe('ProvenanceError', () => {
  it('carries code, message, details and cause', () => {
    const cause = new Error('below');
    const error = new ProvenanceError('NODE_INVALID', 'seq is missing.', {
      details: { field: 'seq' },
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'ProvenanceError',
      code: 'NODE_INVALID',
      message: 'seq is missing.',
      details: { field: 'seq' },
      retryable: false,
      cause,
    });
  });

  it('has no cause and no details unless given', () => {
    const error = new ProvenanceError('HASH_INVALID', 'No hash.');
    expect('cause' in error).toBe(false);
    expect(error.details).toEqual({});
  });

  it('bears the mark by which the data layer recognises its errors', () => {
    expect(Symbol.for('@agent-agency/error') in new ProvenanceError('HASH_INVALID', 'No hash.')).toBe(true);
  });
});
