import type { SqlSession } from '@agent-agency/testing';
import { insertFederationRows } from './federation-rows.ts';
import { insertRows } from './rows.ts';

/** A row or more in every table that 007, 009 to 011, 014 and 018 make, as the application in the tenant's own context. */
export async function insertSharingRows(session: SqlSession, tenant: string): Promise<void> {
  const checksum = 'ab'.repeat(32);
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
  await insertFederationRows(session);
  await insertRows(session, 'offloaded_contexts', [
    {
      summary: 'A long conversation',
      compression: 'zstd',
      original_size_bytes: 1000,
      compressed_size_bytes: 10,
      storage_location: 'file:///contexts/1',
      storage_checksum: checksum,
    },
  ]);
  await insertRows(session, 'tenant_encryption_keys', [
    { version: 1, wrapped_key: '\\x00', kek_id: 'file:1' },
  ]);
  await insertRows(session, 'subject_keys', [
    { subject_sha256: checksum, wrapped_key: '\\x00', kek_id: 'file:1' },
  ]);
}
