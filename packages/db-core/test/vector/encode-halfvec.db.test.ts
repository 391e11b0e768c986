import { testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeHalfvec, encodeVector } from '../../src/index.ts';
import { useApplication } from '../../src/testing.ts';

const app = useApplication(testDatabase());
let tenant = '';

beforeAll(async () => {
  tenant = await app.newTenant();
});

/** Where float16 rounds and ends: ties to even, its subnormals, half of the smallest, the last that is not infinite. */
const EDGES = [
  0,
  -0,
  2049,
  2051,
  1 + 2 ** -11,
  1 + 3 * 2 ** -11,
  // A tie once it is a float32.
  1 + 2 ** -11 + 2 ** -40,
  2 ** -24,
  2 ** -25,
  3 * 2 ** -25,
  65_504,
  65_519,
];

describe('encodeHalfvec', () => {
  it('is bit for bit what the server makes of the vector', async () => {
    const number = fc.oneof(
      fc.double({ min: -65_519, max: 65_519, noNaN: true }),
      fc.double({ min: -(2 ** -13), max: 2 ** -13, noNaN: true }),
      fc.constantFrom(...EDGES),
    );
    await app.inTenant(tenant, (tx) =>
      fc.assert(
        fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 40 }), async (numbers) => {
          const { rows } = await sql<{ ours: Buffer; theirs: Buffer }>`
            select
              halfvec_send(${encodeHalfvec(numbers)}) as ours,
              halfvec_send(${encodeVector(numbers)}::vector::halfvec) as theirs
          `.execute(tx);
          expect(rows).toEqual([{ ours: encodeHalfvec(numbers), theirs: encodeHalfvec(numbers) }]);
        }),
        { numRuns: 200, examples: [[EDGES], [EDGES.map((edge) => -edge)]] },
      ),
    );
  });

  it('refuses what would round to infinity', () => {
    expect(() => encodeHalfvec([1, 65_520])).toThrow(/not a finite float16 at position 1/);
  });
});
