import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRotation } from '../src/rotation.ts';

const dimensions = fc.constantFrom(64, 65, 100, 256, 768, 1000);

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

describe('createRotation', () => {
  it('keeps inner products', () => {
    const pair = dimensions.chain((length) => {
      const vector = fc
        .array(fc.integer({ min: -9, max: 9 }), { minLength: length, maxLength: length })
        .map((numbers) => Float64Array.from(numbers));
      return fc.record({ length: fc.constant(length), a: vector, b: vector });
    });
    fc.assert(
      fc.property(pair, ({ length, a, b }) => {
        const before = [dot(a, b), dot(a, a)] as const;
        const rotate = createRotation(length);
        rotate(a);
        rotate(b);
        expect(dot(a, b)).toBeCloseTo(before[0], 6);
        expect(dot(a, a)).toBeCloseTo(before[1], 6);
      }),
      { numRuns: 50 },
    );
  });

  it('spreads a single bucket of 768 over all positions, about half of them positive', () => {
    const rotate = createRotation(768);
    for (const bucket of [0, 255, 256, 511, 512, 767]) {
      const vector = new Float64Array(768);
      vector[bucket] = 1;
      rotate(vector);
      const carrying = vector.filter((value) => Math.abs(value) > 1e-9);
      expect(carrying.length).toBeGreaterThan(700);
      const positive = vector.filter((value) => value > 1e-9).length / carrying.length;
      expect(positive).toBeGreaterThan(0.4);
      expect(positive).toBeLessThan(0.6);
    }
  });
});
