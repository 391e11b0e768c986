import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { runStorm } from '../support/storm.ts';

const app = useApplication(testDatabase());

describe.skipIf(app.database.kind === 'pglite')('fifty workers that are killed at random', () => {
  it('lose no task, and never have one twice', async () => {
    const storm = { processes: 3, workers: 50, tasks: 100, kills: 2 };
    const result = await runStorm(app.database, app.manager, { tenantId: await app.newTenant(), storm });
    expect(result).toMatchObject({
      ...{ tasks: 100, completed: 100, notOnce: 0, effectsNotOnce: 0, overlaps: 0, unended: 0 },
      ...{ kills: 2, errors: [] },
    });
    // Otherwise it was no storm.
    expect(result.terminatedBackends).toBeGreaterThan(0);
    expect(result.expired).toBeGreaterThan(0);
    expect(result.leases).toBeGreaterThan(result.tasks);
  }, 120_000);
});
