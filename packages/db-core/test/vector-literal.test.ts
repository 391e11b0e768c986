import { describe, expect, it } from 'vitest';
import { toVectorLiteral } from '../src/vector-literal.ts';

describe('toVectorLiteral', () => {
  it('writes the form that pgvector reads', () => {
    expect(toVectorLiteral([1, -0.5, 0, 0.25])).toBe('[1,-0.500000000,0,0.250000000]');
    expect(toVectorLiteral(Float32Array.of(0.1))).toBe('[0.100000001]');
    expect(toVectorLiteral([1e-30])).toBe('[1.00000000e-30]');
  });

  it('keeps the sign of minus zero', () => {
    expect(toVectorLiteral([-0, 0])).toBe('[-0,0]');
  });

  it.each([
    ['is NaN', [0, Number.NaN], { position: 1 }],
    ['is infinite', [Infinity], { position: 0 }],
    ['is larger than a float32', [1, 2, 3.5e38], { position: 2 }],
  ])('refuses a number that %s', (_, vector, details) => {
    expect(() => toVectorLiteral(vector)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', details }),
    );
  });

  it('refuses no numbers, and more than the type stores', () => {
    const refused: unknown = expect.objectContaining({ code: 'INVALID_INPUT' });
    expect(() => toVectorLiteral([])).toThrow(refused);
    expect(() => toVectorLiteral(new Float32Array(16_001))).toThrow(refused);
    expect(toVectorLiteral(new Float32Array(16_000)).split(',')).toHaveLength(16_000);
  });
});
