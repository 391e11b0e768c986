import { createTestTenants, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';

/** Whose rows are asked for. */
export const TENANT = 'acme';
/** Has rows under the same keys, and shares nothing. */
const OTHER = 'globex';
/** Lets {@link TENANT} read its agents. */
export const SHARING = 'initech';

export const TASKS = 1000;
const AGENTS = 100;

/** Keys that sort as their numbers do. */
export const taskId = (at: number): string => `task ${String(at).padStart(6, '0')}`;
export const agentId = (at: number): string => `agent ${String(at).padStart(6, '0')}`;
/** Ground truth: what a row says follows from its tenant and its key. */
export const described = (tenant: string, id: string): string => `${id} of ${tenant}`;

/** The same tasks and agents for everybody, as the administrator. */
export async function createRows(database: DatabaseUnderTest): Promise<void> {
  const tenants = [TENANT, OTHER, SHARING];
  await createTestTenants(database, ...tenants);
  const numbered = (count: number, id: (at: number) => string): string[] =>
    Array.from({ length: count }, (_, at) => id(at));
  await withSession(database.url, async (session) => {
    await session.query(
      `insert into task_queue (tenant_id, task_id, task_type, description, priority)
       select tenant, task, 'research', task || ' of ' || tenant, 5
       from unnest($1::text[]) as tenant, unnest($2::text[]) as task`,
      [tenants, numbered(TASKS, taskId)],
    );
    await session.query(
      `insert into agent_profiles (tenant_id, id, name, model_family)
       select tenant, agent, agent || ' of ' || tenant, 'bench'
       from unnest($1::text[]) as tenant, unnest($2::text[]) as agent`,
      [tenants, numbered(AGENTS, agentId)],
    );
    await session.query(`update tenants set isolation_level = 'shared' where id = $1`, [SHARING]);
    await session.query(
      `insert into tenant_sharing_rules (tenant_id, target_tenant_id, resource_types) values ($1, $2, '{agent_profiles}')`,
      [SHARING, TENANT],
    );
    await session.query('vacuum analyze task_queue, agent_profiles');
  });
}
