import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../src/statements/instant.ts';

describe('formatInstant', () => {
  it.each([
    [0n, '1970-01-01T00:00:00.000000Z'],
    [1_760_000_000_000_001n, '2025-10-09T08:53:20.000001Z'],
    [-1n, '1969-12-31T23:59:59.999999Z'],
    [951_782_400_000_000n, '2000-02-29T00:00:00.000000Z'],
    [-62_167_219_200_000_000n, '0000-01-01T00:00:00.000000Z'],
    [-62_167_219_200_000_001n, '-0001-12-31T23:59:59.999999Z'],
    [2n ** 63n - 1n, '294247-01-10T04:00:54.775807Z'],
    [-(2n ** 63n), '-290308-12-21T19:59:05.224192Z'],
  ])('writes %s as %s', (micros, text) => {
    expect(formatInstant(micros)).toBe(text);
  });

  it('agrees with Date, but for the digits that it does not have', () => {
    const year10000 = 253_402_300_800_000;
    fc.assert(
      fc.property(
        fc.integer({ min: -62_167_219_200_000, max: year10000 - 1 }),
        fc.nat(999),
        (millis, micros) => {
          const expected = new Date(millis).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
          expect(formatInstant(BigInt(millis) * 1000n + BigInt(micros))).toBe(expected);
        },
      ),
    );
  });
});
