import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toVectorLiteral } from '../src/vector-literal.ts';

const finiteFloat32 = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('toVectorLiteral', () => {
  it('brings every float32 back exactly', () => {
    fc.assert(
      fc.property(fc.array(finiteFloat32, { minLength: 1, maxLength: 50 }), (numbers) => {
        const text = toVectorLiteral(Float32Array.from(numbers));
        expect(text).toMatch(/^\[-?\d[^\s\][]*\]$/);
        const back = text
          .slice(1, -1)
          .split(',')
          .map((part) => Math.fround(Number(part)));
        expect(back).toEqual(numbers);
      }),
      { numRuns: 500 },
    );
  });
});
