import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { expect, it, describe } from 'vitest';
import { useApplication } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { errorOf } from '../support/errors.ts';

const app = useApplication(testDatabase());

describe('write', () => {
  it('throws COMMIT_UNKNOWN, and not that nothing was written, when only its token cannot be had', async () => {
    const tenantId = await app.newTenant();
    await withSession(app.database.url, (admin) =>
      admin.query('revoke execute on function pg_current_wal_insert_lsn() from public'),
    );
    const error = await errorOf(app.manager.write({ tenantId }, (tx) => insertAgent(tx, 'written')));
    expect(error).toMatchObject({ code: 'COMMIT_UNKNOWN', retryable: false });
    expect(await app.inTenant(tenantId, agentNames)).toEqual(['written']);
  });
});
