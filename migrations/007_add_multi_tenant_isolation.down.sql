-- Access ends first: rows of several tenants must not lie open while the policies go.
revoke all on
  tenants, tenant_privacy_config, agent_profiles, agent_capabilities_graph, agent_relationships, agent_cooccurrences,
  entity_chunk_mappings, provenance_signing_keys, provenance_heads, caws_provenance_graph
  from agent_agency_app, agent_agency_readonly;

do $$
declare
  v_table regclass;
  v_policy name;
begin
  foreach v_table in array array[
    'agent_profiles', 'agent_capabilities_graph', 'agent_relationships', 'agent_cooccurrences',
    'entity_chunk_mappings', 'provenance_signing_keys', 'provenance_heads', 'caws_provenance_graph', 'tenants'
  ]::regclass[]
  loop
    for v_policy in select polname from pg_policy where polrelid = v_table loop
      execute format('drop policy %I on %s', v_policy, v_table);
    end loop;
    execute format('alter table %s no force row level security, disable row level security', v_table);
  end loop;

  if exists (select from tenants where id <> 'default-tenant') then
    raise exception using
      errcode = 'AADWN',
      message = 'rows of several tenants would fall together: 007 can only be undone for the default tenant',
      hint = 'Export and delete the other tenants first.';
  end if;
end
$$;

drop function app.list_tenants();
drop function create_tenant(varchar, varchar, varchar, isolation_level);
drop function app.lock_provenance_head();
drop function app.isolate_tenant_table(regclass, name, name);

alter table agent_capabilities_graph
  drop constraint agent_capabilities_graph_tenant_id_fkey,
  drop constraint agent_capabilities_graph_agent_id_fkey,
  alter column tenant_id drop default;
alter table agent_relationships
  drop constraint agent_relationships_tenant_id_fkey,
  drop constraint agent_relationships_source_agent_id_fkey,
  drop constraint agent_relationships_target_agent_id_fkey,
  alter column tenant_id drop default;
alter table agent_cooccurrences
  drop constraint agent_cooccurrences_tenant_id_fkey,
  drop constraint agent_cooccurrences_agent_id_fkey,
  alter column tenant_id drop default;
alter table entity_chunk_mappings
  drop constraint entity_chunk_mappings_tenant_id_fkey,
  alter column tenant_id drop default;
alter table provenance_signing_keys
  drop constraint provenance_signing_keys_tenant_id_fkey,
  alter column tenant_id drop default;
alter table provenance_heads drop constraint provenance_heads_tenant_id_fkey;
alter table caws_provenance_graph
  drop constraint caws_provenance_graph_tenant_id_fkey,
  alter column tenant_id drop default;

drop index idx_agent_profiles_last_active;
alter table agent_profiles
  drop constraint agent_profiles_tenant_id_fkey,
  drop constraint agent_profiles_pkey,
  drop constraint unique_agent_name,
  drop column tenant_id,
  add constraint agent_profiles_pkey primary key (id),
  add constraint unique_agent_name unique (name);
create index idx_agent_profiles_last_active on agent_profiles (last_active_at desc);

alter table agent_capabilities_graph add constraint agent_capabilities_graph_agent_id_fkey
  foreign key (agent_id) references agent_profiles (id) on delete cascade;
alter table agent_relationships add constraint agent_relationships_source_agent_id_fkey
  foreign key (source_agent_id) references agent_profiles (id) on delete cascade;
alter table agent_relationships add constraint agent_relationships_target_agent_id_fkey
  foreign key (target_agent_id) references agent_profiles (id) on delete cascade;
alter table agent_cooccurrences add constraint agent_cooccurrences_agent_id_fkey
  foreign key (agent_id) references agent_profiles (id) on delete cascade;

drop table tenant_privacy_config, tenants;
drop function app.require_tenant_id();
drop function app.current_tenant_id();
drop function app.context_key_blocks();
drop function app.put_context_key(text, bytea);
drop table app.context_keys, app.system_access;
drop type retention_policy;
drop type privacy_level;
drop type isolation_level;

revoke usage on schema app from agent_agency_app, agent_agency_readonly;
revoke execute on function normalize_entity_name(text) from agent_agency_app, agent_agency_readonly;
revoke execute on function app.text_array_to_text(text[]) from agent_agency_app;
revoke execute on function app.provenance_field(bytea) from agent_agency_app, agent_agency_readonly;
revoke execute on function app.provenance_node_hash(caws_provenance_graph)
  from agent_agency_app, agent_agency_readonly;
