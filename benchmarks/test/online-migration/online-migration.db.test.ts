import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { onlineMigration } from '../../online-migration/online-migration.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('online-migration', { timeout: 120_000 }, () => {
  it('measures a migration with its companion, without it, and killed on the way', async () => {
    const [up, killed, ...rest] = await runTiniest(onlineMigration, database);
    expect(rest).toEqual([]);
    expect(up?.case).toBe('up to the head');
    expect(Object.keys(up?.baselines ?? {})).toEqual(['withoutCompanion']);
    expect(Object.keys(up?.ours.figures ?? {})).toEqual(
      expect.arrayContaining(['longestMs', 'longestInPrepare007Ms', 'longestIn007Ms', 'longestIn008Ms']),
    );
    expect(killed?.case).toBe('killed on the way');
    expect(killed?.ours.figures['kills']).toBeGreaterThan(0);
  });
});
