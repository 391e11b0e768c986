import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { isolation } from '../../isolation/isolation.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('isolation', () => {
  it('asks every kind of statement with and without policies, and says how much more it takes', async () => {
    const cases = await runTiniest(isolation, database);
    expect(cases.map((done) => done.case)).toEqual([
      'point lookup',
      'range of 10 rows',
      'aggregate over 1000 rows',
      'insert',
      'update',
      'lookup in a shared table',
      'lookup of two tenants’ rows, shared access open',
      'withTenant, point lookup',
      'app.current_tenant_id()',
      'opening shared access, entered in the log',
    ]);
    for (const { ours } of cases) {
      expect(ours.figures).toEqual({
        moreMs: expect.any(Number) as number,
        moreP95Ms: expect.any(Number) as number,
      });
    }
  });
});
