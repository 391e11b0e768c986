import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { provenance } from '../../provenance/provenance.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('provenance', () => {
  it('appends what the baselines insert, verifies all of it, and proves it as the definition says', async () => {
    const cases = await runTiniest(provenance, database);
    expect(cases.map((done) => done.case)).toEqual([
      'append, one caller',
      'append, one caller, batches of 100',
      'append, 32 writers of one tenant',
      'append, 32 writers of one tenant, one appender',
      'append, 32 writers of one tenant, batches of 8',
      'append, 3 tenants',
      'verify, every signature',
      'verify, hashes and checkpoint',
      'inclusion proof',
      'consistency proof',
    ]);
    expect(cases.at(-2)?.ours.figures).toMatchObject({ largestProofBytes: 9 * 32 });
  });
});
