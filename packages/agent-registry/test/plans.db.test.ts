import type { TenantTransaction } from '@agent-agency/db-core';
import { explainStatements, useApplication, type PlanNode } from '@agent-agency/db-core/testing';
import { settlePlans, withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adjustLoad,
  archiveStaleAgents,
  getAgent,
  listAgents,
  listPerformanceEvents,
  listPerformanceStatistics,
  putLoad,
  queryAgents,
  recordActivity,
  recordPerformance,
} from '../src/index.ts';

const app = useApplication(testDatabase());
const agentCount = 600;
let tenant = '';

/** Three tenants with 600 agents, each with two capabilities, a load, a history and two events. */
beforeAll(async () => {
  const tenants = await app.newTenants(3);
  for (const id of tenants) await app.inTenant(id, fill);
  tenant = tenants[1] ?? '';
  await withSession(app.database.url, (session) => settlePlans(session));
});

async function fill(tx: TenantTransaction): Promise<void> {
  await sql`
    with agent as (
      insert into agent_profiles (tenant_id, id, name, model_family, last_active_at)
      select ${tx.tenantId}, 'agent-' || place, 'Agent ' || place, 'claude', now() - place * interval '1 hour'
      from generate_series(1, ${agentCount}::integer) as place
      returning id
    ),
    capability as (
      insert into agent_capabilities (tenant_id, agent_id, capability_type, capability_value)
      select ${tx.tenantId}, id, 'language', value
      from agent
      cross join lateral (values ('common'), ('rare ' || left(md5(id), 2))) as declared (value)
    ),
    load as (insert into current_load (tenant_id, agent_id) select ${tx.tenantId}, id from agent),
    history as (insert into agent_performance_history (tenant_id, agent_id) select ${tx.tenantId}, id from agent)
    insert into agent_performance_events (tenant_id, agent_id, success, quality_score, latency_ms, recorded_at)
    select ${tx.tenantId}, id, true, 1, 1, now() - hour * interval '1 hour'
    from agent
    cross join generate_series(1, 2) as hour
  `.execute(tx);
}

/** How each table of the registry is reached by what `work` runs, as the application role gets it. */
async function accessOf(work: (tx: TenantTransaction) => Promise<unknown>): Promise<string[]> {
  const plans = await app.inTenant(tenant, (tx) => explainStatements(tx, work));
  // Under a bitmap heap scan, the index's conditions are in a node of its own.
  const scans = plans
    .flat()
    .filter((node) => node['Node Type'].endsWith('Scan') && !node['Node Type'].startsWith('Bitmap Heap'))
    .filter((node) => node['Index Name'] !== undefined || isOfRegistry(node));
  for (const scan of scans) expect(scan['Index Cond'], JSON.stringify(scan)).toMatch(/tenant_id.* AND /);
  return [...new Set(scans.map((scan) => scan['Index Name'] ?? ''))].toSorted();
}

function isOfRegistry(node: PlanNode): boolean {
  return /^(agent_|current_load)/.test(node['Relation Name'] ?? '');
}

const LOOKUPS = [
  'agent_performance_history_pkey',
  'agent_profiles_pkey',
  'current_load_pkey',
  'unique_agent_capability_value',
];

describe('every table is reached by tenant and key, with three tenants and as the application role', () => {
  const event = { agentId: 'agent-7', success: true, quality: 1, latencyMs: 1 };
  const asked = { languages: ['rare 00', 'rare 11'] };

  it.each<[string, (tx: TenantTransaction) => Promise<unknown>, string[]]>([
    ['getAgent', (tx) => getAgent(tx, 'agent-7'), [...LOOKUPS, 'unique_agent_name']],
    ['listAgents', (tx) => listAgents(tx, { limit: 20, after: 'agent-5', available: true }), LOOKUPS],
    [
      'queryAgents',
      (tx) => queryAgents(tx, { anyOf: asked, allOf: { languages: ['common'] }, minSuccessRate: 0.5 }),
      [...LOOKUPS, 'idx_agent_capabilities_type_value'],
    ],
    [
      'adjustLoad',
      (tx) => adjustLoad(tx, 'agent-7', { active: 1 }),
      ['agent_profiles_pkey', 'current_load_pkey'],
    ],
    ['putLoad', (tx) => putLoad(tx, 'agent-7', { activeTasks: 1 }), ['agent_profiles_pkey']],
    ['recordActivity', (tx) => recordActivity(tx, ['agent-7', 'agent-8']), ['agent_profiles_pkey']],
    ['recordPerformance', (tx) => recordPerformance(tx, [event]), ['agent_profiles_pkey']],
    [
      'archiveStaleAgents',
      (tx) => archiveStaleAgents(tx, { inactiveForMs: 3_600_000, limit: 10 }),
      ['agent_profiles_pkey', 'idx_agent_profiles_stale'],
    ],
    [
      'listPerformanceEvents of an agent',
      (tx) => listPerformanceEvents(tx, { agentId: 'agent-7', limit: 10 }),
      ['idx_agent_performance_events_agent'],
    ],
    [
      'listPerformanceEvents of all',
      (tx) => listPerformanceEvents(tx, { limit: 10, until: new Date() }),
      ['idx_agent_performance_events_recorded_at'],
    ],
    [
      'listPerformanceStatistics of an agent',
      (tx) => listPerformanceStatistics(tx, { agentId: 'agent-7', since: new Date(0), by: ['task-type'] }),
      ['idx_agent_performance_events_agent'],
    ],
    [
      'listPerformanceStatistics of all',
      (tx) => listPerformanceStatistics(tx, { since: new Date(Date.now() - 1000), by: ['agent'] }),
      ['idx_agent_performance_events_recorded_at'],
    ],
  ])('%s', async (_name, work, indexes) => {
    await expect(accessOf(work)).resolves.toEqual(indexes.toSorted());
  });
});
