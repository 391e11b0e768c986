import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { vectors } from '../../vectors/vectors.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('vectors', { timeout: 120_000 }, () => {
  it('compares with true answers, of tenants that are searched by every plan', async () => {
    const cases = await runTiniest(vectors, database);
    expect(cases.map((done) => done.case)).toEqual(['clustered, 900 vectors']);
    for (const { ours, baselines } of cases) {
      expect(Object.keys(baselines)).toEqual(['plain', 'iterative', 'exact']);
      expect(ours.figures).toMatchObject({ exactTenants: 3, scanTenants: 2, graphTenants: 1 });
      expect(baselines['exact']?.figures).toMatchObject({ recallAt10: 1, worstDecile: 1 });
    }
  });
});
