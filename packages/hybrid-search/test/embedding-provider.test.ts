import { describe, expect, it } from 'vitest';
import { assertEmbedding } from '../src/embedding-provider.ts';

describe('assertEmbedding', () => {
  it('accepts finite numbers of the right length with a direction', () => {
    expect(() => {
      assertEmbedding(Float32Array.of(0, 0, -2), 3);
      assertEmbedding([0.5, 0.5], 2);
    }).not.toThrow();
  });

  it.each([
    ['too short', [1, 2], 3, { actual: 2, expected: 3 }],
    ['too long', [1, 2, 3, 4], 3, { actual: 4, expected: 3 }],
    ['NaN', [1, Number.NaN, 3], 3, { position: 1 }],
    ['infinite', [1, 2, -Infinity], 3, { position: 2 }],
    ['all zeros', [0, -0, 0], 3, {}],
  ])('refuses a vector that is %s', (_, vector, dimensions, details) => {
    expect(() => {
      assertEmbedding(vector, dimensions);
    }).toThrow(expect.objectContaining({ code: 'INVALID_EMBEDDING', details }));
  });

  it('keeps the numbers out of the message', () => {
    expect(() => {
      assertEmbedding([0.123456, Infinity], 2);
    }).toThrow(/^embedding is not finite at position 1$/);
  });
});
