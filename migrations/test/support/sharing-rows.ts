import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

/** A row or more in every table that 007 and 009 to 011 make, as the application in the tenant's own context. */
export async function insertSharingRows(session: SqlSession, tenant: string): Promise<void> {
  const [federated, checksum] = [crypto.randomUUID(), 'ab'.repeat(32)];
  await insertRows(session, 'tenant_sharing_rules', [
    { target_tenant_id: 'nobody', resource_types: ['agent_profiles'] },
  ]);
  await session.query(`select app.record_tenant_access($1, 'read', 'agent_profiles', $2, 1)`, [
    tenant,
    checksum,
  ]);
  await insertRows(session, 'tenant_access_policies', [{ resource_type: 'web_content' }]);
  await insertRows(session, 'data_retention_policies', [{ compliance_requirements: ['GDPR'] }]);
  await insertRows(session, 'audit_log', [
    { table_name: 'agent_profiles', operation: 'INSERT', new_values: { id: 'one' } },
  ]);
  await insertRows(session, 'federated_participants', [{ privacy_level: 'secure' }]);
  await insertRows(session, 'federated_sessions', [{ session_id: federated, topic: 'Routing' }]);
  await insertRows(session, 'session_participants', [
    { session_id: federated, participant_tenant_id: tenant, reputation_at_join: 0.5 },
  ]);
  await insertRows(session, 'aggregated_insights', [
    {
      session_id: federated,
      topic_key: 'routing',
      aggregated_content: { mean: 1 },
      confidence_score: 0.5,
      source_participants: 5,
      privacy_preserved: true,
    },
  ]);
  await insertRows(session, 'offloaded_contexts', [
    {
      summary: 'A long conversation',
      original_size_bytes: 1000,
      compressed_size_bytes: 10,
      storage_location: 'file:///contexts/1',
      storage_checksum: checksum,
    },
  ]);
}
