import { describe, expect, it } from 'vitest';
import { DatabaseError, DataLayerError, isDataLayerError } from '../../src/index.ts';

describe('DataLayerError', () => {
  it('is not retryable and has no details unless said', () => {
    const error = new DataLayerError('X', 'message');
    expect(error).toMatchObject({
      name: 'DataLayerError',
      code: 'X',
      message: 'message',
      retryable: false,
      details: {},
    });
    expect('cause' in error).toBe(false);
  });

  it('keeps the cause out of what serialisers copy', () => {
    const error = new DatabaseError('QUERY_FAILED', 'm', {
      cause: new Error('Key (id)=(secret)'),
      retryable: true,
    });
    expect(error).toMatchObject({
      name: 'DatabaseError',
      retryable: true,
      cause: expect.any(Error) as Error,
    });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(Object.keys(error)).not.toContain('cause');
  });
});

describe('isDataLayerError', () => {
  it('recognises subclasses, by code if asked', () => {
    const error = new DatabaseError('DEADLOCK', 'm');
    expect(isDataLayerError(error)).toBe(true);
    expect(isDataLayerError(error, 'DEADLOCK')).toBe(true);
    expect(isDataLayerError(error, 'LOCK_TIMEOUT')).toBe(false);
  });

  it('recognises an error of another copy of the package', () => {
    const foreign = Object.assign(new Error('m'), {
      [Symbol.for('@agent-agency/error')]: true,
      code: 'DEADLOCK',
    });
    expect(foreign).not.toBeInstanceOf(DataLayerError);
    expect(isDataLayerError(foreign, 'DEADLOCK')).toBe(true);
    expect(isDataLayerError(foreign, 'LOCK_TIMEOUT')).toBe(false);
  });

  it.each([
    undefined,
    null,
    'DEADLOCK',
    7,
    {},
    new Error('m'),
    Object.assign(new Error('m'), { code: 'DEADLOCK' }),
  ])('refuses %s', (value) => {
    expect(isDataLayerError(value)).toBe(false);
  });
});
