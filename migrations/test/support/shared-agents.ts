import type { SqlSession } from '@agent-agency/testing';
import { insertRows, type Row } from './rows.ts';
import { asTenant } from './tenant-context.ts';
import { insertTenantRows } from './tenant-rows.ts';
import { become, undone } from './undone.ts';
import { axis, vectorText } from './vectors.ts';

/** acme keeps to itself; the others share with whom they name. All have an agent `a` and one `b`. */
const TENANTS = { acme: 'strict', globex: 'shared', initech: 'shared' };

/** Makes the tenants with rows in every table. */
export async function insertSharingTenants(
  administrator: SqlSession,
  application: SqlSession,
): Promise<void> {
  for (const [tenant, level] of Object.entries(TENANTS)) {
    await administrator.query(`select create_tenant($1, 'tests', $1, $2)`, [tenant, level]);
    await asTenant(application, tenant, async () => {
      await insertTenantRows(application, tenant);
      await insertAgents(application, tenant);
    });
  }
  await openAccess(administrator);
}

/** Enters into every owner's log, for good, that everybody is going to read what it shares. */
async function openAccess(administrator: SqlSession): Promise<void> {
  await administrator.query(`
    insert into tenant_access_log (tenant_id, accessor_tenant_id, access_type, table_name, accessed_at)
    select owner.id, reader.id, 'read', resource, 'infinity'
    from tenants as owner
    join tenants as reader on reader.id <> owner.id
    cross join unnest(array['agent_profiles', 'agent_capabilities', 'benchmark_datasets']) as resource`);
}

async function insertAgents(application: SqlSession, tenant: string): Promise<void> {
  const embedding = vectorText(axis(0));
  const agent = (id: string): Row => ({ id, name: `${tenant} ${id}`, model_family: 'human', embedding });
  await insertRows(application, 'agent_profiles', [agent('a'), agent('b')]);
  await insertRows(application, 'agent_performance_history', [{ agent_id: 'a', task_count: 1 }]);
  await insertRows(application, 'current_load', [
    { agent_id: 'a', active_tasks: 1, utilization_percent: 10 },
  ]);
  await insertRows(application, 'agent_capabilities', [
    { agent_id: 'a', capability_type: 'language', capability_value: tenant },
  ]);
  await insertRows(application, 'agent_capabilities_graph', [
    { agent_id: 'a', capability_name: tenant, confidence: 0.9, extraction_confidence: 0.8, embedding },
  ]);
  await insertRows(application, 'agent_relationships', [
    { source_agent_id: 'a', target_agent_id: 'b', type: 'VALIDATES', confidence: 0.9 },
  ]);
}

/** A rule that lets acme read its owner's agents. */
export const TO_ACME = { target_tenant_id: 'acme', resource_types: ['agent_profiles'] };

/** Runs `work` as acme after globex has shared its agents with it; nothing of it stays. */
export function whileShared<T>(
  application: SqlSession,
  work: () => Promise<T>,
  fields: Row = {},
): Promise<T> {
  return undone(application, 'globex', async () => {
    await insertRows(application, 'tenant_sharing_rules', [{ ...TO_ACME, ...fields }]);
    await become(application, 'acme');
    await askForShared(application);
    return work();
  });
}

/** Without it, a transaction sees its own tenant's rows only. */
export async function askForShared(session: SqlSession, resource = 'agent_profiles'): Promise<void> {
  await session.query(`select set_config('app.shared_access', $1, true)`, [resource]);
}

/** Whose rows of a relation can be seen. */
export async function ownersSeen(session: SqlSession, relation = 'agent_profiles'): Promise<unknown[]> {
  await askForShared(session);
  const { rows } = await session.query(`select distinct tenant_id from ${relation} order by tenant_id`);
  return rows.map((row) => row['tenant_id']);
}
