import { hash, hex, PAST, publicKey, uuid, type RowMaker } from './row-maker.ts';

const ROUND = { session_id: uuid(1), topic_key: 'mean' };

export const TENANT_ROWS: readonly RowMaker[] = [
  // 007
  {
    table: 'tenants',
    isSingle: true,
    row: (_, tenant) => ({ project_id: 'proof', name: `${tenant} again` }),
  },
  { table: 'tenant_privacy_config', isSingle: true, row: () => ({}) },
  {
    table: 'tenant_sharing_rules',
    row: (n) => ({ target_tenant_id: `nobody ${String(n)}`, resource_types: ['agent_profiles'] }),
  },
  { table: 'tenant_access_policies', row: (n) => ({ resource_type: `resource ${String(n)}` }) },
  {
    table: 'tenant_access_log',
    row: (n, tenant) => ({
      id: uuid(n),
      accessor_tenant_id: tenant,
      access_type: 'aggregate',
      table_name: 'agent_profiles',
      row_count: 1,
      accessed_at: PAST,
    }),
  },
  // 009
  { table: 'data_retention_policies', isSingle: true, row: () => ({ compliance_requirements: ['GDPR'] }) },
  {
    table: 'audit_log',
    row: (n, tenant) => ({
      id: uuid(n),
      table_name: 'agent_profiles',
      operation: 'INSERT',
      new_values: { tenant },
    }),
  },
  // 010
  {
    table: 'federated_participants',
    isSingle: true,
    row: () => ({ privacy_level: 'differential', active: true }),
  },
  { table: 'federated_sessions', row: (n, tenant) => ({ session_id: uuid(n), topic: tenant }) },
  {
    table: 'session_participants',
    row: (n) => ({
      session_id: uuid(1),
      participant_tenant_id: `participant ${String(n)}`,
      reputation_at_join: 0.5,
      public_key: hex(publicKey(n)),
      party: n,
    }),
  },
  {
    table: 'aggregated_insights',
    row: (n, tenant) => ({
      id: uuid(n),
      session_id: uuid(1),
      topic_key: `${tenant} ${String(n)}`,
      aggregated_content: { mean: 1 },
      confidence_score: 0.5,
      source_participants: 5,
      privacy_preserved: true,
    }),
  },
  {
    table: 'federated_contributions',
    row: (n, tenant) => ({ ...ROUND, round: n, initiator_tenant_id: tenant, steps: [1], weight: 1 }),
  },
  {
    table: 'federated_shares',
    row: (n, tenant) => ({ ...ROUND, round: n, party: 1, initiator_tenant_id: tenant, sealed: '\\x00' }),
  },
  {
    table: 'federated_partial_sums',
    row: (n, tenant) => ({
      ...ROUND,
      round: n,
      party: 1,
      initiator_tenant_id: tenant,
      partial: [1],
      attestations: ['\\x00'],
    }),
  },
  // 011
  {
    table: 'offloaded_contexts',
    row: (n, tenant) => ({
      id: uuid(n),
      summary: tenant,
      original_size_bytes: 1000,
      compressed_size_bytes: 1000,
      storage_location: 'file:///contexts/1',
      storage_checksum: hash(),
    }),
  },
  // 012
  {
    table: 'tenant_privacy_ledger',
    row: (n, tenant) => ({ entry: n, epsilon: 0.1, delta: 0, purpose: tenant }),
  },
  {
    table: 'app.privacy_releases',
    row: (n, tenant) => ({ id: uuid(n), request: { tenant }, epsilon: 0.1, delta: 0 }),
  },
  // 014
  {
    table: 'tenant_encryption_keys',
    row: (n, tenant) => ({
      ...{ id: uuid(n), version: n, wrapped_key: '\\x00', kek_id: tenant },
      // One of them may be active.
      ...(n === 1 ? { state: 'retired', retired_at: PAST } : {}),
    }),
  },
  // 018
  {
    table: 'subject_keys',
    row: (n, tenant) => ({ id: uuid(n), subject_sha256: hash(n), wrapped_key: '\\x00', kek_id: tenant }),
  },
];
