/**
 * What the schema document promises to whoever writes queries: names, types, and what may be null.
 *
 * It differs in one thing, on purpose: `tenant_id` may be null nowhere.
 */

/** Columns of tables, as `name type`, and whether they may be null where the document says so. */
export const TABLES: Readonly<Record<string, readonly string[]>> = {
  tenants: [
    'id varchar(255) not null',
    'project_id varchar(255) not null',
    'name varchar(255) not null',
    'isolation_level isolation_level not null',
    'access_policies jsonb',
    'sharing_rules jsonb',
    'data_retention jsonb not null',
    'encryption_enabled boolean',
    'audit_logging boolean',
    'config jsonb',
    'created_at timestamptz not null',
    'updated_at timestamptz not null',
  ],
  tenant_privacy_config: [
    'tenant_id varchar(255) not null',
    'privacy_level privacy_level not null',
    'noise_magnitude numeric(5,4)',
    'k_anonymity integer',
    'epsilon numeric(5,4)',
    'delta numeric(10,8)',
    'allow_cross_tenant_learning boolean',
    'allowed_tenant_groups text[]',
    'updated_at timestamptz not null',
  ],
  tenant_access_log: [
    'id uuid not null',
    'tenant_id varchar(255) not null',
    'accessor_tenant_id varchar(255) null',
    'access_type varchar(50) not null',
    'table_name varchar(100) not null',
    'query_hash varchar(64) null',
    'row_count integer null',
    'user_id varchar(255) null',
    'ip_address inet null',
    'accessed_at timestamptz not null',
  ],
  agent_capabilities_graph: [
    'id uuid not null',
    'agent_id varchar(255) not null',
    'capability_type entity_type not null',
    'capability_name varchar(500) not null',
    'canonical_name varchar(500) not null',
    'aliases text[]',
    'confidence numeric(3,2) not null',
    'extraction_confidence numeric(3,2) not null',
    'validation_status varchar(20)',
    'embedding vector(768) null',
    'source_tasks uuid[]',
    'demonstration_count integer',
    'success_rate numeric(4,3)',
    'search_vector tsvector',
    'first_observed timestamptz not null',
    'last_updated timestamptz not null',
    'last_demonstrated timestamptz not null',
    'tenant_id varchar(255) not null',
    'metadata jsonb',
  ],
  agent_relationships: [
    'id uuid not null',
    'source_agent_id varchar(255) not null',
    'target_agent_id varchar(255) not null',
    'type relationship_type not null',
    'is_directional boolean',
    'confidence numeric(3,2) not null',
    'strength numeric(3,2) not null',
    'cooccurrence_count integer',
    'supporting_tasks uuid[]',
    'extraction_context text null',
    'mutual_information numeric(10,6) null',
    'pointwise_mutual_information numeric(10,6) null',
    'created_at timestamptz not null',
    'updated_at timestamptz not null',
    'last_observed timestamptz not null',
    'metadata jsonb',
  ],
  caws_provenance_graph: [
    'id uuid not null',
    'entity_type varchar(50) not null',
    'entity_id varchar(255) not null',
    'parent_entity_id uuid',
    'hash_chain varchar(128) not null',
    'signature varchar(255) not null',
    'constitutional_refs text[]',
    'spec_hash varchar(128) null',
    // 'embedding vector(768) null' is a column of provenance_embeddings: nodes do not change, embeddings do.
    'description text null',
    'evidence_completeness numeric(3,2)',
    'budget_adherence numeric(3,2)',
    'gate_integrity numeric(3,2)',
    'provenance_clarity numeric(3,2)',
    'created_at timestamptz not null',
    'metadata jsonb',
  ],
  entity_chunk_mappings: [
    'id uuid not null',
    'entity_id uuid not null',
    'chunk_id uuid not null',
    'chunk_type varchar(50) not null',
    'mention_text text not null',
    'mention_context text null',
    'start_position integer null',
    'end_position integer null',
    'extraction_method varchar(50) not null',
    'extraction_confidence numeric(3,2) not null',
    'created_at timestamptz not null',
  ],
  hybrid_search_materialized: [
    'entity_type text',
    'id text',
    'parent_id text',
    'name text',
    'canonical_name text',
    'embedding vector(768)',
    'confidence numeric',
    'tenant_id varchar(255)',
    'metadata jsonb',
    'updated_at timestamptz',
  ],
  graph_search_sessions: [
    'id uuid not null',
    'query_text text null',
    'query_hash varchar(64) not null',
    'search_type varchar(20) not null',
    'max_results integer',
    'max_hops integer',
    'min_confidence numeric(3,2)',
    'entity_type_filters varchar(50)[] null',
    'result_count integer not null',
    'execution_time_ms integer not null',
    'vector_search_time_ms integer null',
    'graph_traversal_time_ms integer null',
    'nodes_visited integer',
    'edges_traversed integer',
    'max_hops_reached integer',
    'tenant_id varchar(255) not null',
    'user_id varchar(100) null',
    'session_id varchar(100) null',
    'created_at timestamptz not null',
    'metadata jsonb',
  ],
};

/** Indexes of tables. */
export const INDEXES: Readonly<Record<string, readonly string[]>> = {
  tenants: ['idx_tenants_project', 'idx_tenants_isolation'],
  tenant_access_log: ['idx_tenant_access_log_tenant', 'idx_tenant_access_log_accessed'],
  agent_capabilities_graph: [
    'idx_capabilities_agent',
    'idx_capabilities_type',
    'idx_capabilities_canonical',
    'idx_capabilities_confidence',
    'idx_capabilities_search',
    'idx_capabilities_last_updated',
    'idx_capabilities_tenant',
  ],
  // One over the vectors of all tenants would tell each of them about the others'.
  'app.capability_vectors': ['app.idx_capabilities_embedding'],
  agent_relationships: [
    'idx_relationships_source',
    'idx_relationships_target',
    'idx_relationships_type',
    'idx_relationships_confidence',
    'idx_relationships_strength',
    'idx_relationships_created',
    'idx_relationships_source_type',
    'idx_relationships_target_type',
    'idx_relationships_bidirectional',
  ],
  caws_provenance_graph: [
    'idx_provenance_entity_type',
    'idx_provenance_entity_id',
    'idx_provenance_parent',
    'idx_provenance_created',
  ],
  // Beside the log: an array is not leakproof to look into, and embeddings change.
  provenance_refs: ['idx_provenance_constitutional'],
  provenance_embeddings: ['idx_provenance_embedding'],
  entity_chunk_mappings: [
    'idx_entity_chunks_entity',
    'idx_entity_chunks_chunk',
    'idx_entity_chunks_type',
    'idx_entity_chunks_method',
  ],
  hybrid_search_materialized: [
    'idx_hybrid_search_type',
    'idx_hybrid_search_tenant',
    'idx_hybrid_search_embedding',
  ],
  graph_search_sessions: [
    'idx_search_sessions_query_hash',
    'idx_search_sessions_tenant',
    'idx_search_sessions_created',
    'idx_search_sessions_type',
    'idx_search_sessions_execution_time',
  ],
};

/** Constraints of tables, with what they say of the columns that the document names. */
export const CONSTRAINTS: Readonly<Record<string, readonly string[]>> = {
  tenants: ['unique_tenant_name'],
  agent_capabilities_graph: ['unique_agent_capability'],
  agent_relationships: ['unique_relationship', 'no_self_relationships', 'valid_confidence'],
  caws_provenance_graph: ['unique_entity', 'non_empty_hash', 'non_empty_signature'],
  // The first is an index: it goes over a digest of the text.
  entity_chunk_mappings: ['unique_entity_chunk_mention', 'valid_position_range'],
};

export const ENUMS: Readonly<Record<string, readonly string[]>> = {
  entity_type: ['CAPABILITY', 'AGENT', 'TASK', 'VERDICT', 'TECHNOLOGY', 'CONCEPT', 'WAIVER', 'GATE'],
  relationship_type: [
    'COLLABORATES_WITH',
    'SIMILAR_TO',
    'DERIVED_FROM',
    'VALIDATES',
    'DEPENDS_ON',
    'COMPETES_WITH',
    'INFLUENCES',
    'REPLACES',
    'ENHANCES',
  ],
  isolation_level: ['strict', 'shared', 'federated'],
  privacy_level: ['basic', 'differential', 'secure'],
  retention_policy: ['delete', 'archive', 'retain'],
};

/** Columns of views; of some the document gives the names of the views alone. */
export const VIEWS: Readonly<Record<string, readonly string[]>> = {
  agent_capability_summary: [
    'agent_id',
    'capability_count',
    'avg_confidence',
    'avg_success_rate',
    'last_activity',
  ],
  agent_relationship_summary: [
    'source_agent_id',
    'type',
    'relationship_count',
    'avg_confidence',
    'avg_strength',
  ],
  agent_connectivity: ['agent_id', 'outbound_relationships', 'inbound_relationships', 'total_relationships'],
  caws_provenance_chains: [
    'id',
    'entity_type',
    'entity_id',
    'parent_entity_id',
    'hash_chain',
    'constitutional_refs',
    'created_at',
    'depth',
    'path',
  ],
  slow_search_queries: [],
  popular_search_queries: [],
  search_performance_by_type: [],
  tenant_statistics: [],
  cross_tenant_access_summary: [],
};

/** Functions with their arguments and their results, in order. A tenant's argument has the prefix of arguments. */
export const FUNCTIONS: readonly string[] = [
  'find_similar_capabilities(target_embedding, p_tenant_id, max_results, min_confidence)' +
    ' → capability_id, capability_name, agent_id, similarity_score, confidence',
  'find_similar_caws_verdicts(target_embedding, verdict_type, max_results)' +
    ' → verdict_id, entity_id, entity_type, similarity_score, constitutional_refs, created_at',
  'traverse_agent_relationships(start_agent_id, max_hops, min_confidence, relationship_types, p_as_of, p_known_at)' +
    ' → agent_id, agent_name, hop_distance, relationship_path, cumulative_confidence, path',
  'find_agent_path(source_agent_id, target_agent_id, max_hops, p_as_of, p_known_at)' +
    ' → path_length, relationship_path, agent_path, total_confidence',
  'hybrid_search(query_embedding, query_text, max_results, include_graph_hops, entity_types, p_tenant_id, min_confidence)' +
    ' → entity_id, entity_type, name, relevance_score, source, hop_distance, parent_id',
  'compute_agent_centrality() → agent_id, degree_centrality, betweenness_estimate, connection_count',
  'normalize_entity_name(input_name) → text',
  'compute_provenance_hash(parent_hash, entity_type, entity_id, metadata) → character varying',
  'add_dp_noise(value, p_tenant_id) → numeric',
  'check_k_anonymity(group_size, p_tenant_id) → boolean',
  'refresh_hybrid_search_index() → void',
];

/** Triggers: their table, and the function that they call. */
export const TRIGGERS: Readonly<Record<string, readonly [table: string, calls: string]>> = {
  set_capability_canonical_name: ['agent_capabilities_graph', 'set_canonical_name'],
  update_capabilities_last_updated: ['agent_capabilities_graph', 'update_last_updated_column'],
  prevent_duplicate_relationships_trigger: ['agent_relationships', 'prevent_duplicate_relationships'],
  // Its table has updated_at, not last_updated.
  update_relationships_last_updated: ['agent_relationships', 'update_updated_at_column'],
};

/** Policies and their tables. */
export const POLICIES: Readonly<Record<string, string>> = {
  tenant_strict_isolation: 'agent_profiles',
  tenant_shared_access: 'agent_profiles',
  tenant_federated_access: 'performance_events',
  tenant_benchmark_isolation: 'benchmark_datasets',
  tenant_capability_isolation: 'agent_capabilities_graph',
  tenant_anomaly_isolation: 'performance_anomalies',
  tenant_rl_batch_isolation: 'rl_training_batches',
};
