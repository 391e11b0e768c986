import { applicationManager, createTestTenants, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';
import { sql } from 'kysely';

/** Keys of the agents: every tenant has one of each, so that only the tenant tells rows apart. */
export function agentIds(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `agent-${at}`);
}

/** Ground truth: the name of a tenant's agent follows from both. */
export function agentName(tenantId: string, id: string): string {
  return `${id} of ${tenantId}`;
}

/** Creates tenants, and for each the same agents under its own names. */
export async function createTenantAgents(
  database: DatabaseUnderTest,
  tenantIds: readonly string[],
  ids: readonly string[],
): Promise<void> {
  await createTestTenants(database, ...tenantIds);
  const manager = applicationManager(database);
  try {
    for (const tenantId of tenantIds) {
      const names = ids.map((id) => agentName(tenantId, id));
      await manager.withTenant({ tenantId }, (tx) =>
        sql`
          insert into agent_profiles (id, name, model_family)
          select agent.id, agent.name, 'bench'
          from unnest(${ids}::text[], ${names}::text[]) as agent (id, name)
        `.execute(tx),
      );
    }
  } finally {
    await manager.shutdown();
  }
  await withSession(database.url, (session) => session.query('analyze agent_profiles'));
}
