import { testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeVector, getOne, parseVector } from '../../src/index.ts';
import { useApplication } from '../../src/testing.ts';
import { bitsOf, vectors } from '../support/vectors.ts';

const app = useApplication(testDatabase());
let tenant = '';

beforeAll(async () => {
  tenant = await app.newTenant();
});

/** The shortest text of it, 7.038531e-26, is nearer to its neighbour once it has become a float64. */
const ROUNDED_TWICE = new Float32Array(Uint32Array.of(0x15ae43fd).buffer);

describe('parseVector', () => {
  it('brings back every vector bit for bit', async () => {
    await app.inTenant(tenant, (tx) =>
      fc.assert(
        fc.asyncProperty(vectors(200), async (vector) => {
          const { stored } = await getOne(
            sql<{ stored: string }>`select ${encodeVector(vector)}::vector as stored`.execute(tx),
            'vector',
          );
          expect(bitsOf(parseVector(stored))).toEqual(bitsOf(vector));
        }),
        { numRuns: 200, examples: [[ROUNDED_TWICE]] },
      ),
    );
  });
});
