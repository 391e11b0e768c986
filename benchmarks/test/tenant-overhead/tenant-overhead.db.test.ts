import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { tenantOverhead } from '../../tenant-overhead/tenant-overhead.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('tenant-overhead', { timeout: 120_000 }, () => {
  it('measures both calls with and without latency, and counts round trips where there is some', async () => {
    const cases = await runTiniest(tenantOverhead, database);
    const named = ['lookup, 0 ms', 'lookup, 2 ms', 'tenant row, 0 ms', 'tenant row, 2 ms'].flatMap(
      (setting) => [`withTenant, ${setting} added`, `queryWithTenantContext, ${setting} added`],
    );
    expect(cases.map((done) => done.case)).toEqual(named);
    const delayed = cases.filter((done) => done.case.includes('2 ms'));
    for (const { ours, baselines } of delayed) {
      const counted = Object.entries(baselines).map(([who, { figures }]) => [who, figures['roundTrips']]);
      const expected = { bare: 1, byHand: 4, pipelined: 2, pipelinedWithCommit: 1 };
      expect(Object.fromEntries(counted)).toEqual(expected);
      expect(ours.figures['roundTrips']).toEqual(expect.any(Number));
    }
  });
});
