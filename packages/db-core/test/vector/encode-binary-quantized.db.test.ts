import { testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBinaryQuantized, encodeVector } from '../../src/index.ts';
import { useApplication } from '../../src/testing.ts';
import { vectors } from '../support/vectors.ts';

const app = useApplication(testDatabase());
let tenant = '';

beforeAll(async () => {
  tenant = await app.newTenant();
});

describe('encodeBinaryQuantized', () => {
  it('is what binary_quantize makes of the vector, of any length', async () => {
    await app.inTenant(tenant, (tx) =>
      fc.assert(
        fc.asyncProperty(vectors(40), async (vector) => {
          const bits = encodeBinaryQuantized(vector);
          const length = sql.raw(String(vector.length));
          const { rows } = await sql`
            select
              ${bits}::bit(${length}) = binary_quantize(${encodeVector(vector)}::vector) as same,
              ${bits} <~> binary_quantize(${encodeVector(vector)}::vector) as distance
          `.execute(tx);
          expect(rows).toEqual([{ same: true, distance: 0 }]);
        }),
        { numRuns: 200 },
      ),
    );
  });

  it('takes what a float32 cannot tell from zero for zero', () => {
    expect(encodeBinaryQuantized([1, 1e-50, 1]).toString('hex')).toBe('00000003' + 'a0');
  });
});
