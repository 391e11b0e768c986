import { applicationManager, createTestTenants, TEST_CONTEXT_KEY } from '@agent-agency/db-core/testing';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { migrateUp } from '@agent-agency/migrations';
import { allowLogin, startReplicaSet, withSession, type CrashableServer } from '@agent-agency/testing';

/** A migrated server that may be killed, and the way to the log of its tenant. */
export interface StormServer {
  readonly server: CrashableServer;
  readonly manager: ConnectionPoolManager;
  readonly tenantId: string;
  stop(): Promise<void>;
}

/**
 * A commit has been written when it is acknowledged, so that it outlives the server's processes; with `fsync` also the
 * machine. Without whole pages in the log, a process that is killed while it writes one could leave half of it.
 */
const lasting = { synchronous_commit: 'on', full_page_writes: 'on' };

export async function startStormServer(options: {
  readonly connections: number;
  readonly fsync: boolean;
}): Promise<StormServer> {
  const settings = { ...lasting, fsync: options.fsync ? 'on' : 'off' };
  const { primary: server } = await startReplicaSet({ replicas: 0, settings });
  try {
    await withSession(server.url, async (session) => {
      await migrateUp(session);
      const { keyId, secret } = TEST_CONTEXT_KEY;
      await session.query(`select app.put_context_key($1, decode($2, 'hex'))`, [
        keyId,
        Buffer.from(secret).toString('hex'),
      ]);
      await allowLogin(session, server.url, ['agent_agency_app']);
    });
    await createTestTenants(server, 'storm');
  } catch (error) {
    await server.stop();
    throw error;
  }
  const application = new URL(server.url);
  application.username = 'agent_agency_app';
  const database = { kind: server.kind, urlFor: () => application.href };
  const { connections } = options;
  const manager = applicationManager(database, { max: connections, maxPerTenant: connections });
  const stop = async (): Promise<void> => {
    await manager.shutdown();
    await server.stop();
  };
  return { server, manager, tenantId: 'storm', stop };
}
