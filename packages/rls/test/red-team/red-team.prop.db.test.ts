import { testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attack, observeBoth } from './attack.ts';
import { statements } from './attacks/generated.ts';
import { MARKER, twoWorlds } from './worlds.ts';

const database = testDatabase();

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('any SQL in one tenant’s transaction', () => {
  const worlds = twoWorlds(database);

  it('says the same with and without another tenant, and nothing of what only that one knows', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(statements, async (sent) => {
        const tried = attack('generated', ...sent);
        const [alone, beside] = await observeBoth(worlds, tried);
        expect(beside).toEqual(alone);
        expect(beside.filter((line) => !line.startsWith('> ')).join('\n')).not.toContain(MARKER);
        answered += beside.filter((line) => line.startsWith('D ')).length;
      }),
      { numRuns: 100 },
    );
    // A grammar that the server only refuses would find nothing.
    expect(answered).toBeGreaterThan(100);
  });
});
