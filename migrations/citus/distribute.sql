-- Distributes a migrated database over a Citus cluster. Not exercised on one: read README.md first.
-- `pnpm run generate-schema` in migrations writes this file: do not edit it.
-- Once, on the coordinator, as a superuser: psql -1 -v ON_ERROR_STOP=1 -f distribute.sql

set local search_path = public;
-- Triggers on distributed tables have to be asked for: those here stay within the rows of a tenant.
set local citus.enable_unsafe_triggers = on;
-- Reference tables, and what refers to them, in one transaction.
set local citus.multi_shard_modify_mode = 'sequential';

-- Citus takes no sub-select in a policy. One that only calls a function, so that it is called once a statement, becomes
-- the call.
do $$
declare
  v_policy record;
begin
  for v_policy in
    select polname, polrelid::regclass as relation, polqual, polwithcheck, called.qual, called.withcheck
    from pg_policy
    cross join lateral (
      select
        regexp_replace(pg_get_expr(polqual, polrelid), '\( SELECT ([\w.]+\([^()]*\)) AS \w+\)', '\1', 'g') as qual,
        regexp_replace(pg_get_expr(polwithcheck, polrelid), '\( SELECT ([\w.]+\([^()]*\)) AS \w+\)', '\1', 'g') as withcheck
    ) as called
    where polqual::text ~ '{SUBLINK' or polwithcheck::text ~ '{SUBLINK'
    order by polrelid::regclass::text, polname
  loop
    execute format('alter policy %I on %s', v_policy.polname, v_policy.relation)
      || coalesce(' using (' || v_policy.qual || ')', '')
      || coalesce(' with check (' || v_policy.withcheck || ')', '');
  end loop;

  for v_policy in
    select polname, polrelid::regclass as relation from pg_policy
    where polqual::text ~ '{SUBLINK' or polwithcheck::text ~ '{SUBLINK'
  loop
    raise exception 'policy % on % has a sub-select that is more than a call', v_policy.polname, v_policy.relation;
  end loop;
end
$$;

-- Nor does it let a deletion set columns of a foreign key that has the tenant in it: there the deletion is refused instead.
do $$
declare
  v_key record;
begin
  for v_key in
    select conname, conrelid::regclass as relation, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype = 'f' and confdeltype in ('n', 'd')
    order by conrelid::regclass::text, conname
  loop
    execute format(
      'alter table %s drop constraint %I, add constraint %I %s',
      v_key.relation,
      v_key.conname,
      v_key.conname,
      regexp_replace(v_key.definition, ' ON DELETE SET (NULL|DEFAULT)( \([^)]*\))?', '')
    );
  end loop;
end
$$;

-- An exclusion has to compare the tenant by itself. Ours has it inside a hash, because GiST compares texts only by an
-- extension.
create extension if not exists btree_gist;
alter table agent_relationships
  drop constraint relationship_periods_do_not_overlap,
  add constraint relationship_periods_do_not_overlap exclude using gist (
    tenant_id with =,
    app.relationship_key(tenant_id, source_agent_id, target_agent_id, type) with =,
    tstzrange(valid_from, valid_to) with &&
  );

-- On every node: distributed tables refer to them, or functions that judge or fill rows ask them.
select create_reference_table('app.context_keys');
select create_reference_table('tenants');

-- By tenant, and a tenant’s rows of all tables on the same node; each after those that it refers to.
select create_distributed_table('app.vector_indexes', 'tenant_id', colocate_with => 'none');
select create_distributed_table('data_retention_policies', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('federated_participants', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_heads', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('tenant_privacy_config', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_degrees', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_performance_profiles', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_profiles', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_capabilities', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_capabilities_graph', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_cooccurrences', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_performance_events', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_performance_history', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_relationship_history', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('agent_relationships', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('app.capability_vectors', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('app.pending_vectors', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('app.privacy_releases', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('audit_log', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('benchmark_datasets', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('benchmark_evaluations', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('current_load', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('data_quality_metrics', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('entity_chunk_mappings', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('entity_similarity_cache', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('federated_contributions', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('federated_partial_sums', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('federated_sessions', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('aggregated_insights', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('federated_shares', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('graph_config', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('graph_search_sessions', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('knowledge_cache', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('knowledge_queries', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('knowledge_responses', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('offloaded_contexts', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('performance_anomalies', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('performance_events', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_checkpoints', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_cosignatures', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_parents', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_refs', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_signing_keys', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('caws_provenance_graph', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_embeddings', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_records', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('git_commits', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('provenance_tiles', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('queue_configuration', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('queue_statistics', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('rl_training_batches', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('search_provider_health', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('search_results', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('session_participants', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('subject_keys', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('system_health_metrics', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('task_queue', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('task_assignments', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('task_execution_history', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('task_research_provenance', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('tenant_access_log', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('tenant_access_policies', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('tenant_encryption_keys', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('tenant_privacy_ledger', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('tenant_sharing_rules', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('verification_cache', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('verification_methods', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('verification_requests', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('verification_results', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('verification_evidence', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('web_content', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('web_cache', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('web_extraction_metrics', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('web_rate_limits', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('web_traversals', 'tenant_id', colocate_with => 'app.vector_indexes');
select create_distributed_table('web_traversal_nodes', 'tenant_id', colocate_with => 'app.vector_indexes');

-- On the coordinator only, as they are:
--   __migrations__
--   app.system_access
--   app.tenant_maintenance
