import { connect, withSession, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants } from './support/rows.ts';
import { undone } from './support/undone.ts';

const database = testDatabase();
let application: SqlSession;

/** What each index is for. */
const LOOKUPS: Readonly<Record<string, string>> = {
  idx_tenants_project: `tenants where app.opaque(project_id) = 'p'`,
  idx_tenants_isolation: `tenants where app.opaque(isolation_level) = 'shared'`,
  idx_tenant_sharing_rules_target: `tenant_sharing_rules where app.opaque(target_tenant_id) = 'x'`,
  idx_session_participants_participant: `session_participants where app.opaque(participant_tenant_id) = 'x'`,
  ...Object.fromEntries(
    ['sessions', 'contributions', 'shares', 'partial_sums'].map((of) => [
      `idx_federated_${of}_session`,
      `federated_${of} where app.opaque(session_id) = '00000000-0000-4000-8000-000000000000'`,
    ]),
  ),
};

async function indexesOf(session: SqlSession, rows: string): Promise<string[]> {
  await session.query('set local enable_seqscan = off');
  const { rows: plan } = await session.query(`explain (format json) select from ${rows}`);
  return [...JSON.stringify(plan).matchAll(/"Index Name": ?"(\w+)"/g)].map(([, name = '']) => name);
}

describe.skipIf(database.kind === 'pglite')('app.opaque', () => {
  beforeAll(async () => {
    application = await connect(database.urlFor('agent_agency_app'));
    await withSession(database.url, (session) => createTenants(session, 'acme'));
  });
  afterAll(() => application.close());

  it.each(Object.entries(LOOKUPS))(
    'lets %s serve the service role, and never the application',
    async (index, rows) => {
      await withSession(database.url, async (session) => {
        await session.query('begin; set local role agent_agency_service');
        expect(await indexesOf(session, rows)).toEqual([index]);
      });
      await undone(application, 'acme', async () => {
        expect(await indexesOf(application, rows)).not.toContain(index);
      });
    },
  );

  it('is used by those who look for whom a tenant shares with', async () => {
    await withSession(database.url, async (session) => {
      await session.query('begin; set local role agent_agency_service');
      const used = await indexesOf(session, `app.sharing_tenants('acme', 'agent_profiles')`);
      expect(used).toContain('idx_tenant_sharing_rules_target');
    });
  });
});
