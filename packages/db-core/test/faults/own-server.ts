import { migrateUp } from '@agent-agency/migrations';
import { allowLogin, startReplicaSet, withSession, type CrashableServer } from '@agent-agency/testing';
import { inject } from 'vitest';
import { createTestTenants, TEST_CONTEXT_KEY } from '../../src/testing.ts';
import { TENANTS, type Route } from './subject.ts';

/**
 * A server of one's own cannot be had where there is only PGlite; and what happens to it is the same in the second run of
 * these tests, whose pooler stands in front of another.
 */
export const hasNoServerOfItsOwn =
  inject('postgresTemplate').kind === 'pglite' || inject('pgBouncerUrl') !== undefined;

/** A server that a test may kill, and the way to its database. */
export interface OwnServer extends Route {
  readonly server: CrashableServer;
}

/** A migrated server with {@link TENANTS}, which keeps every commit when it is killed. */
export async function startOwnServer(): Promise<OwnServer> {
  const { primary: server } = await startReplicaSet({ replicas: 0 });
  try {
    await withSession(server.url, async (session) => {
      await migrateUp(session);
      const secret = Buffer.from(TEST_CONTEXT_KEY.secret).toString('hex');
      const { keyId } = TEST_CONTEXT_KEY;
      await session.query(`select app.put_context_key($1, decode($2, 'hex'))`, [keyId, secret]);
      await allowLogin(session, server.url, ['agent_agency_app']);
    });
    await createTestTenants(server, ...TENANTS);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const applicationUrl = new URL(server.url);
  applicationUrl.username = 'agent_agency_app';
  return { server, adminUrl: server.url, applicationUrl: applicationUrl.href, isPooled: false };
}
