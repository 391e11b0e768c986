import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { capabilities } from '../../capabilities/capabilities.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('capabilities', () => {
  it('stores new ones and the same again, and every contender stores what was given', async () => {
    const cases = await runTiniest(capabilities, database);
    expect(cases.map((done) => done.case)).toEqual(['new', 'again']);
    for (const { ours, baselines } of cases)
      for (const { figures } of [ours, ...Object.values(baselines)])
        expect(figures).toEqual({ rowsPerSecond: expect.any(Number) as number });
  });
});
