/** What can be done to rows. */
export type Right = 'select' | 'insert' | 'update' | 'delete';

/**
 * SQL that says which rows of a table. `{tenant}` stands for the column with their owner, `{maintained}` for the tenant whose
 * rows an operator has opened, or null.
 */
export type Condition = string;

/** What a table is, and from it who may do what: written from the architecture, not from the catalogue. */
export type TableModel = TenantTable | InternalTable;

/** A table whose rows belong to tenants. */
export interface TenantTable {
  readonly kind: 'tenant';
  /** What the application may do to the rows of its own tenant. The reading login reads them. */
  readonly app: readonly Right[];
  /** The columns that it may do it to, where not all. The reading login reads the same. */
  readonly appColumns: Readonly<Partial<Record<Right, readonly string[]>>>;
  /** Whether its owner's rules can let others read it. */
  readonly isShared: boolean;
  /** What functions with the service role's rights may do, to which rows. */
  readonly service: Readonly<Partial<Record<Right, Condition>>>;
  /** Columns that the service role may change, when not all. */
  readonly serviceUpdates?: readonly string[];
  /** The service role's policy is for every command, also those that it has no right to; the owner has it. */
  readonly serviceForAll?: true;
  /** Triggers let it grow, and be erased with its tenant, and nothing else. */
  readonly isAppendOnly: boolean;
  /** Rows of other tables refer to every row, and keep it. */
  readonly isReferred: boolean;
  /** What maintenance cannot do, although the role may: SQLSTATEs. */
  readonly maintenanceRefusals: Readonly<Partial<Record<Right, readonly string[]>>>;
  /** What triggers say to a change of a row's owner before policies do. */
  readonly keepsOwner?: string;
  /** Which other rows maintenance reaches besides the tenant's own. */
  readonly maintenanceAlso?: Readonly<Partial<Record<Right, Condition>>>;
}

/** A table that no tenant and no application role has anything to do with. */
export interface InternalTable {
  readonly kind: 'internal';
  readonly why: string;
}

/** Resources that rules can share. */
export const SHARED_RESOURCES = ['agent_profiles', 'agent_capabilities', 'benchmark_datasets'] as const;

const ALL: readonly Right[] = ['select', 'insert', 'update', 'delete'];
/** Rows of the service role's that functions take for every tenant alike. */
const ANY: Condition = 'true';
const TEMPLATE: Condition = `{tenant} = 'default-tenant'`;
const NOTHING_ELSE = {
  appColumns: {},
  service: {},
  maintenanceRefusals: {},
  isShared: false,
  isAppendOnly: false,
  isReferred: false,
} as const;

/** The application's to read and write. */
const owned = (more: Partial<TenantTable> = {}): TenantTable => ({
  ...{ kind: 'tenant', app: ALL, ...NOTHING_ELSE, ...more },
});
/** The application's to read; functions or operators write it. */
const read = (more: Partial<TenantTable> = {}): TenantTable => owned({ app: ['select'], ...more });
/** The application's to read and add to. */
const appended = (more: Partial<TenantTable> = {}): TenantTable =>
  owned({ app: ['select', 'insert'], ...more });
const shared = (more: Partial<TenantTable> = {}): TenantTable => owned({ isShared: true, ...more });
const internal = (why: string): InternalTable => ({ kind: 'internal', why });

/** What came of learning together, without the figures: a function shows them, once they are paid for. */
const ALL_BUT_FIGURES = [
  ...[
    'tenant_id',
    'id',
    'session_id',
    'topic_key',
    'source_participants',
    'aggregation_method',
    'privacy_preserved',
  ],
  ...['access_count', 'created_at', 'expires_at', 'round', 'transaction_id'],
];

/** Every table. One that is missing here is not proven, and the proof fails. */
export const TABLES: Readonly<Record<string, TableModel>> = {
  __migrations__: internal('the journal of the runner'),
  'app.context_keys': internal('keys that contexts are signed with'),
  'app.system_access': internal('log of operators'),
  'app.tenant_maintenance': internal('log of operators'),
  'app.vector_indexes': internal('what functions look vectors up by'),
  'app.capability_vectors': internal('directions of vectors, for functions that search by them'),
  'app.pending_vectors': internal('signs of vectors that are not in their graph yet'),

  agent_profiles: shared({ service: { select: ANY } }),
  agent_capabilities: shared(),
  benchmark_datasets: shared(),

  agent_capabilities_graph: owned({ service: { select: ANY } }),
  agent_cooccurrences: owned(),
  agent_degrees: read({
    service: { select: ANY, insert: ANY, update: ANY, delete: ANY },
    serviceForAll: true,
  }),
  agent_performance_events: owned(),
  agent_performance_history: owned(),
  agent_performance_profiles: owned(),
  // Operators recount degrees.
  agent_relationships: owned({ service: { select: ANY } }),
  agent_relationship_history: read({ service: { select: ANY, insert: ANY } }),
  benchmark_evaluations: owned(),
  current_load: owned(),
  data_quality_metrics: owned(),
  data_retention_policies: owned(),
  entity_chunk_mappings: owned(),
  entity_similarity_cache: owned(),
  graph_config: owned({ service: { select: TEMPLATE, insert: ANY }, serviceForAll: true }),
  knowledge_cache: owned(),
  knowledge_queries: owned(),
  knowledge_responses: owned(),
  offloaded_contexts: owned(),
  performance_anomalies: owned(),
  // Figures across tenants are made of these two.
  performance_events: owned({ service: { select: ANY } }),
  provenance_embeddings: owned({ service: { select: ANY } }),
  queue_configuration: owned({ service: { select: TEMPLATE, insert: ANY }, serviceForAll: true }),
  queue_statistics: owned(),
  rl_training_batches: owned(),
  search_provider_health: owned(),
  search_results: owned(),
  system_health_metrics: owned(),
  task_assignments: owned(),
  task_execution_history: owned(),
  task_queue: owned(),
  task_research_provenance: owned(),
  tenant_access_policies: owned({ service: { select: ANY } }),
  tenant_sharing_rules: owned({
    service: { select: ANY },
    // A rule that names a tenant goes with the tenant; nothing else is done to it.
    maintenanceAlso: {
      select: 'target_tenant_id = {maintained}',
      delete: 'target_tenant_id = {maintained}',
    },
    maintenanceRefusals: { update: ['42501'] },
  }),
  verification_cache: owned(),
  verification_evidence: owned(),
  verification_methods: owned({ service: { select: TEMPLATE, insert: ANY }, serviceForAll: true }),
  verification_requests: owned(),
  verification_results: owned(),
  web_cache: owned(),
  web_content: owned(),
  web_extraction_metrics: owned(),
  web_rate_limits: owned(),
  web_traversal_nodes: owned(),
  web_traversals: owned(),

  audit_log: appended({
    appColumns: { insert: ['tenant_id', 'id', 'table_name', 'operation', 'old_values', 'new_values'] },
    service: { insert: ANY },
    isAppendOnly: true,
  }),
  caws_provenance_graph: appended({
    service: { select: ANY },
    isAppendOnly: true,
    isReferred: true,
  }),
  git_commits: appended({ isAppendOnly: true }),
  provenance_checkpoints: appended({ isAppendOnly: true, isReferred: true }),
  provenance_cosignatures: appended({ isAppendOnly: true }),
  provenance_records: appended({ isAppendOnly: true, isReferred: true }),
  graph_search_sessions: appended(),
  provenance_signing_keys: appended({
    service: { select: ANY, insert: ANY },
    isAppendOnly: true,
    isReferred: true,
  }),

  aggregated_insights: read({
    service: { select: ANY, insert: ANY, update: ANY },
    serviceUpdates: ['access_count'],
    serviceForAll: true,
    appColumns: { select: ALL_BUT_FIGURES },
  }),
  federated_contributions: owned({
    service: { select: ANY, insert: ANY, update: ANY, delete: ANY },
    serviceUpdates: ['created_at'],
    app: ['select', 'delete'],
  }),
  federated_partial_sums: read({ service: { select: ANY, insert: ANY, delete: ANY }, serviceForAll: true }),
  federated_participants: owned({
    service: { select: ANY, update: ANY },
    serviceUpdates: ['last_contribution', 'total_contributions', 'updated_at'],
    serviceForAll: true,
    app: ['select', 'insert', 'update'],
    appColumns: {
      insert: ['tenant_id', 'privacy_level', 'public_key', 'active'],
      update: ['privacy_level', 'public_key', 'active'],
    },
  }),
  federated_sessions: owned({
    service: { select: ANY, update: ANY },
    keepsOwner: 'AAFST',
    serviceUpdates: ['status', 'round', 'privacy_metrics', 'convergence_score', 'completed_at'],
    serviceForAll: true,
    app: ['select', 'insert', 'delete'],
    appColumns: { insert: ['tenant_id', 'topic', 'settings'] },
  }),
  federated_shares: owned({
    service: { select: ANY, insert: ANY, delete: ANY },
    serviceForAll: true,
    app: ['select', 'delete'],
  }),
  session_participants: read({
    service: { select: ANY, insert: ANY, update: ANY },
    serviceForAll: true,
    maintenanceAlso: {
      select: 'participant_tenant_id = {maintained}',
      delete: 'participant_tenant_id = {maintained}',
    },
    maintenanceRefusals: { update: ['42501'] },
  }),
  'app.privacy_releases': read({
    appColumns: {
      select: ['tenant_id', 'id', 'request', 'epsilon', 'delta', 'transaction_id', 'released_at'],
    },
    service: { select: ANY, insert: ANY },
  }),
  tenant_encryption_keys: owned({
    app: ['select', 'insert', 'update'],
    appColumns: {
      insert: ['tenant_id', 'id', 'version', 'wrapped_key', 'kek_id'],
      update: ['kek_id', 'state', 'wrapped_key', 'retired_at', 'destroyed_at'],
    },
  }),
  subject_keys: owned({
    app: ['select', 'insert', 'update'],
    appColumns: {
      insert: ['tenant_id', 'id', 'subject_sha256', 'wrapped_key', 'kek_id'],
      update: ['kek_id', 'subject_sha256', 'wrapped_key', 'destroyed_at'],
    },
  }),
  tenant_privacy_ledger: read({ service: { select: ANY, insert: ANY } }),
  provenance_parents: read({
    service: { select: ANY, insert: ANY },
    serviceForAll: true,
    isAppendOnly: true,
  }),
  provenance_refs: read({ service: { select: ANY, insert: ANY }, serviceForAll: true, isAppendOnly: true }),
  provenance_tiles: read({ service: { select: ANY, insert: ANY }, serviceForAll: true, isAppendOnly: true }),
  provenance_heads: read({ service: { select: ANY, insert: ANY, update: ANY }, serviceForAll: true }),
  tenant_access_log: read({
    service: { select: ANY, insert: ANY, delete: `accessed_at < now() - interval '1 day'` },
  }),
  tenant_privacy_config: read({ service: { select: ANY, insert: ANY, update: ANY } }),
  tenants: read({
    service: { select: ANY, insert: ANY, update: ANY },
    serviceUpdates: [
      'project_id',
      'name',
      'isolation_level',
      'sharing_rules',
      'data_retention',
      'suspended_at',
      'encryption_enabled',
    ],
    isReferred: true,
  }),
};

/** Views and materialized views that only operators read. */
export const OPERATORS_VIEWS: readonly string[] = ['schema_migrations', 'schema_versions'];
/** Views that show application roles what their tables would. */
export const TENANT_VIEWS: readonly string[] = [
  'agent_capability_summary',
  'agent_connectivity',
  'agent_performance_summary',
  'agent_profiles_with_capabilities',
  'agent_relationship_summary',
  'agent_relationship_versions',
  'available_agents',
  'caws_provenance_chains',
  'cross_tenant_access_summary',
  'evidence_quality_analysis',
  'hybrid_search_index',
  'method_performance',
  'popular_search_queries',
  'query_performance',
  'recent_performance_events',
  'result_quality_analysis',
  'search_performance_by_type',
  'slow_search_queries',
  'system_performance_dashboard',
  'tenant_statistics',
  'verification_performance',
  'web_cache_performance',
  'web_extraction_performance',
  'web_rate_limit_status',
  'web_traversal_analysis',
];

/** The column that says whose a row is. */
export function tenantColumn(table: string): string {
  return table === 'tenants' ? 'id' : 'tenant_id';
}
