-- Access ends first: rows of several tenants must not lie open while the policies go.
do $$
declare
  v_table regclass;
  v_policy name;
  v_statement text;
begin
  for v_table in select polrelid from pg_policy where polname ~ '_tenant_guard$' order by polrelid loop
    execute format('revoke all on %s from agent_agency_app, agent_agency_readonly, agent_agency_maintenance', v_table);
    for v_policy in select polname from pg_policy where polrelid = v_table loop
      execute format('drop policy %I on %s', v_policy, v_table);
    end loop;
    execute format('alter table %s no force row level security, disable row level security', v_table);
    for v_statement in
      select format('alter table %s alter column %I set statistics -1', v_table, attname)
      from pg_attribute
      where attrelid = v_table and attstattarget >= 0
      union all
      select format('alter index %s alter column %s set statistics -1', attrelid::regclass, attnum)
      from pg_attribute join pg_index on indexrelid = attrelid
      where indrelid = v_table and attstattarget >= 0
    loop
      execute v_statement;
    end loop;
  end loop;

  if exists (select from tenants where id <> 'default-tenant') then
    raise exception using
      errcode = 'AADWN',
      message = 'rows of several tenants would fall together: 007 can only be undone for the default tenant',
      hint = 'Export and delete the other tenants first.';
  end if;
end
$$;

do $$
declare
  v_log text;
  v_trigger name;
begin
  for v_log, v_trigger in
    select * from (
      values
        ('caws_provenance_graph', 'refuse_provenance_change'),
        ('provenance_parents', 'refuse_provenance_parents_change'),
        ('provenance_refs', 'refuse_provenance_refs_change'),
        ('provenance_signing_keys', 'refuse_signing_key_change')
    ) as log (name, trigger)
  loop
    execute format('drop trigger %I on %I', v_trigger, v_log);
    execute format('drop trigger %I on %I', replace(v_trigger, '_change', '_deletion'), v_log);
    execute format(
      'create trigger %I before update or delete or truncate on %I'
      ' for each statement execute function app.refuse_provenance_change()',
      v_trigger, v_log
    );
  end loop;
end
$$;

drop view cross_tenant_access_summary, tenant_statistics;
drop function add_dp_noise(numeric, varchar);
drop function app.discrete_laplace(bigint, bigint);
drop function app.happens_with_exp(bigint, bigint);
drop function app.random_below(bigint);
drop function check_k_anonymity(bigint, varchar);
drop function app.record_tenant_access(varchar, varchar, varchar, varchar, integer);
drop function app.open_shared_access(text, text);
drop function app.purge_access_log(integer);
drop function app.resume_tenant(text);
drop function app.suspend_tenant(text);
drop function app.update_data_retention(text, jsonb);
drop function app.update_tenant(text, text, text);
drop function update_tenant_isolation(varchar, isolation_level);
drop function app.list_tenants();
drop function create_tenant(varchar, varchar, varchar, isolation_level);
drop function app.copy_default_settings(varchar);
drop function app.append_provenance_nodes(text, text, json);
drop function app.lock_provenance_head(uuid[], text, bytea);
drop function app.share_tenant_table(regclass, name);
drop function app.isolate_tenant_table(regclass, name, name);
drop function app.limit_statistics(regclass);

revoke select, insert on queue_configuration, verification_methods, graph_config from agent_agency_service;
revoke select, insert on provenance_signing_keys from agent_agency_service;

do $$
declare
  v_view regclass;
begin
  foreach v_view in array array['agent_profiles_with_capabilities', 'available_agents']::regclass[] loop
    execute format(
      'create or replace view %s with (security_invoker = true) as %s',
      v_view,
      regexp_replace(
        pg_get_viewdef(v_view), '\(\(\w+\.tenant_id\)::text = \(profile\.tenant_id\)::text\) AND ', '', 'g'
      )
    );
  end loop;
  execute regexp_replace(
    pg_get_functiondef('update_traversal_statistics'::regproc),
    'node\.tenant_id, |traversal\.tenant_id = \w+\.tenant_id and ', '', 'g'
  );
end
$$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'agent_capabilities_graph', 'agent_relationships', 'agent_relationship_history', 'agent_cooccurrences',
    'entity_chunk_mappings', 'entity_similarity_cache', 'graph_config', 'provenance_signing_keys', 'provenance_heads', 'caws_provenance_graph',
    'provenance_parents', 'provenance_refs', 'provenance_embeddings'
  ] loop
    execute format(
      'alter table %I alter column tenant_id drop default, drop constraint %I', v_table, v_table || '_tenant_id_fkey'
    );
  end loop;
end
$$;

-- Everything that leads with the tenant has it taken off again. Keys and indexes go with the column.
do $$
declare
  v_tables constant regclass[] := array[
    -- 001
    'agent_profiles',
    'agent_capabilities',
    'agent_performance_history',
    'agent_performance_events',
    'current_load',
    -- 002
    'task_queue',
    'task_assignments',
    'task_execution_history',
    'queue_statistics',
    'queue_configuration',
    -- 003
    'knowledge_queries',
    'search_results',
    'knowledge_responses',
    'search_provider_health',
    'knowledge_cache',
    'verification_requests',
    'verification_results',
    'verification_methods',
    'verification_evidence',
    'verification_cache',
    'web_content',
    'web_traversals',
    'web_traversal_nodes',
    'web_cache',
    'web_rate_limits',
    'web_extraction_metrics',
    -- 004
    'performance_events',
    'agent_performance_profiles',
    'benchmark_datasets',
    'benchmark_evaluations',
    'rl_training_batches',
    'performance_anomalies',
    'data_quality_metrics',
    'system_health_metrics',
    -- 005
    'task_research_provenance'
  ]::regclass[];
  v_table regclass;
  v_drops text[];
  v_additions text[];
  v_statement text;
begin
  select
    array_agg(key.dropped) filter (where key.dropped is not null),
    array_agg(key.added order by key.is_foreign, key.added)
  into v_drops, v_additions
  from (
    select
      false as is_foreign,
      null as dropped,
      format(
        'alter table %s add constraint %I %s',
        conrelid::regclass, conname, regexp_replace(pg_get_constraintdef(oid), '\(tenant_id, ', '(')
      ) as added
    from pg_constraint
    where conrelid = any(v_tables) and contype in ('p', 'u')
    union all
    select
      true,
      format('alter table %s drop constraint %I', conrelid::regclass, conname),
      format(
        'alter table %s add constraint %I %s',
        conrelid::regclass,
        conname,
        regexp_replace(
          regexp_replace(
            pg_get_constraintdef(oid),
            'FOREIGN KEY \(tenant_id, ([^)]+)\) REFERENCES ([^(]+)\(tenant_id, ', 'FOREIGN KEY (\1) REFERENCES \2('
          ),
          '(FOREIGN KEY \(([^)]+)\).* ON DELETE SET (NULL|DEFAULT)) \(\2\)', '\1'
        )
      )
    from pg_constraint
    where confrelid = any(v_tables) and contype = 'f'
    union all
    select
      false,
      null,
      regexp_replace(pg_get_indexdef(indexrelid), ' USING btree \(tenant_id, ', ' USING btree (')
    from pg_index
    where indrelid = any(v_tables)
      and pg_get_indexdef(indexrelid) ~ ' USING btree \(tenant_id, '
      and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
  ) as key;

  foreach v_statement in array v_drops loop
    execute v_statement;
  end loop;
  foreach v_table in array v_tables loop
    execute format('alter table %s drop column tenant_id', v_table);
  end loop;
  foreach v_statement in array v_additions loop
    execute v_statement;
  end loop;
end
$$;

drop function app.visible_tenant_keys(text);
drop function app.visible_tenants(text);
drop function app.sharing_tenants(text, text);
drop table tenant_access_log, tenant_access_policies, tenant_sharing_rules, tenant_privacy_config, tenants;
drop function app.repeat_sharing_rules();
drop function app.opaque(anyelement);
drop function app.access_log_days(jsonb);
drop function app.begin_tenant_maintenance(text, text, text);
drop function app.is_maintaining(text[]);
drop function app.maintained_tenant();
drop function app.tenant_maintenance_of_transaction();
drop function app.current_context_user();
drop function app.current_tenant_key();
drop function app.require_tenant_id();
drop function app.current_tenant_id();
drop function app.context_key_blocks();
drop function app.put_context_key(text, bytea);
drop table app.context_keys, app.system_access, app.tenant_maintenance;
drop type retention_policy;
drop type privacy_level;
drop type isolation_level;

revoke usage on schema app from agent_agency_maintenance, agent_agency_app, agent_agency_readonly;
revoke all on
  agent_profiles_with_capabilities, available_agents,
  query_performance, result_quality_analysis,
  verification_performance, method_performance, evidence_quality_analysis,
  web_cache_performance, web_extraction_performance, web_traversal_analysis, web_rate_limit_status,
  recent_performance_events, agent_performance_summary, system_performance_dashboard,
  agent_capability_summary, agent_relationship_summary, agent_relationship_versions, caws_provenance_chains
  from agent_agency_app, agent_agency_readonly;
revoke execute on function cleanup_expired_web_cache() from agent_agency_app;
revoke execute on function cleanup_similarity_cache(integer) from agent_agency_app;
revoke execute on function get_cached_similarity(uuid, uuid, integer) from agent_agency_app, agent_agency_readonly;
revoke execute on function compute_provenance_hash(varchar, varchar, varchar, jsonb)
  from agent_agency_app, agent_agency_readonly;
revoke execute on function validate_performance_metrics(jsonb)
  from agent_agency_app, agent_agency_maintenance, agent_agency_readonly;
revoke execute on function normalize_entity_name(text)
  from agent_agency_app, agent_agency_maintenance, agent_agency_readonly;
revoke execute on function app.text_array_to_text(text[]) from agent_agency_app, agent_agency_maintenance;
revoke execute on function app.relationship_key(varchar, varchar, varchar, relationship_type)
  from agent_agency_app, agent_agency_maintenance;
revoke execute on function app.provenance_field(bytea) from agent_agency_app, agent_agency_maintenance, agent_agency_readonly;
revoke execute on function app.provenance_node_hash(caws_provenance_graph)
  from agent_agency_app, agent_agency_maintenance, agent_agency_readonly;
