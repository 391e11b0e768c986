import type { Application } from '@agent-agency/db-core/testing';
import { sql } from 'kysely';
import { withSession, type SqlSession } from '@agent-agency/testing';

/** What a tenant's settings differ in from a generous participant's. */
export interface Settings {
  readonly epsilon?: number;
  readonly delta?: number;
  readonly k?: number;
  readonly composition?: 'basic' | 'zcdp';
  readonly level?: 'basic' | 'differential' | 'secure';
  readonly isolation?: 'strict' | 'shared' | 'federated';
  readonly learns?: boolean;
  readonly groups?: readonly string[];
}

/**
 * Creates tenants that take part in learning across tenants, a project's own: others consent with none of them, so that a
 * test is alone with its tenants.
 */
export async function newFederatedTenants(
  app: Application,
  project: string,
  ...all: readonly Settings[]
): Promise<string[]> {
  const tenants = await app.newTenants(all.length);
  await withSession(app.database.url, async (administrator) => {
    await administrator.query('update tenants set project_id = $2 where id = any($1)', [tenants, project]);
    for (const [place, tenant] of tenants.entries())
      await configure(administrator, tenant, { groups: [project], ...all[place] });
  });
  return tenants;
}

/** Sets what makes a tenant a participant, but for what is said otherwise. */
export async function configure(
  administrator: SqlSession,
  tenant: string,
  settings: Settings = {},
): Promise<void> {
  const { epsilon = 9, delta = 0.00001, k = 2, composition = 'basic', level = 'differential' } = settings;
  const { isolation = 'federated', learns = true, groups = [] } = settings;
  await administrator.query('update tenants set isolation_level = $2::isolation_level where id = $1', [
    tenant,
    isolation,
  ]);
  await administrator.query(
    `update tenant_privacy_config
     set epsilon = $2, delta = $3, k_anonymity = $4, composition = $5, privacy_level = $6::privacy_level,
       allow_cross_tenant_learning = $7, allowed_tenant_groups = $8
     where tenant_id = $1`,
    [tenant, epsilon, delta, k, composition, level, learns, groups],
  );
}

/** An event that an agent completed a task in so many ms. */
export interface TestEvent {
  readonly agent?: string | null;
  readonly type?: string;
  readonly latency?: unknown;
  readonly success?: unknown;
}

/** Inserts events, whose ids are in their order. */
export async function insertEvents(
  app: Application,
  tenant: string,
  events: readonly TestEvent[],
): Promise<void> {
  const rows = events.map(({ agent = 'agent', type = 'task_execution_complete', ...metrics }, place) => ({
    id: `${place.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    event_type: type,
    agent_id: agent,
    integrity_hash: `${tenant} ${place}`,
    latency_metrics: { averageMs: metrics.latency ?? null },
    accuracy_metrics: { successRate: metrics.success ?? null },
  }));
  await app.inTenant(tenant, (tx) =>
    sql`
      insert into performance_events (id, event_type, agent_id, integrity_hash, latency_metrics, accuracy_metrics)
      select id, event_type, agent_id, integrity_hash, latency_metrics, accuracy_metrics
      from jsonb_populate_recordset(null::performance_events, ${JSON.stringify(rows)}::jsonb)`.execute(tx),
  );
}
