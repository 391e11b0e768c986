import type { Rule } from './rule.ts';

export const functionRules: readonly Rule[] = [
  {
    name: 'every function has its names bound when it is made, or a pinned search path with pg_temp at its end',
    violations: `
      select full_name as violation from our_routine
      where prosqlbody is null and not exists (
        select from unnest(proconfig) as setting where setting ~ '^search_path=pg_catalog(, (public|app))*, pg_temp$'
      )`,
    breaches: [
      'create function public.loose() returns integer language plpgsql as $$ begin return 1; end $$',
      'create function public.loose() returns integer language sql as $$ select 1 $$',
      'alter function create_tenant set search_path = public',
      'alter function create_tenant set search_path = pg_temp, pg_catalog',
    ],
  },
  {
    name: 'functions with the rights of their owner are the service role’s, and have a pinned search path',
    violations: `
      select full_name as violation from our_routine
      where prosecdef and (proowner <> 'agent_agency_service'::regrole or proconfig is null)`,
    breaches: [
      'alter function app.current_tenant_id() owner to agent_agency_owner',
      'alter function app.require_tenant_id() security definer',
      `create function public.mine() returns integer language sql security definer return 1;
       alter function mine() owner to agent_agency_service`,
    ],
  },
  {
    name: 'the application executes nothing that is for operators',
    violations: `
      select full_name || ' ' || role as violation
      from our_routine, unnest(array['agent_agency_app', 'agent_agency_readonly']) as role
      where has_function_privilege(role, our_routine.oid, 'execute')
        and proname in (
          'create_tenant', 'update_tenant_isolation', 'copy_default_settings', 'list_tenants', 'put_context_key',
          'context_key_blocks', 'isolate_tenant_table', 'share_tenant_table', 'refresh_hybrid_search_index',
          'update_tenant', 'update_data_retention', 'suspend_tenant', 'resume_tenant', 'set_tenant_encryption',
          'begin_tenant_maintenance', 'maintained_tenant', 'is_maintaining', 'purge_access_log', 'sharing_tenants',
          'put_privacy_config', 'change_privacy_config', 'charge_privacy_budget', 'spend_privacy_budget',
          'consenting_tenants', 'tenants_consent', 'tenants_to_ask', 'bounded_contributions',
          'list_vector_indexes', 'begin_vector_index', 'fill_vector_index', 'finish_vector_index', 'drain_vector_index',
          'compare_vector_index', 'drop_vector_index', 'drop_orphaned_vectors', 'tune_vector_index', 'measure_vector_recall',
          'fold_agent_degrees', 'fold_degree_parts', 'miscounted_degrees', 'repair_agent_degrees'
        )`,
    breaches: ['grant execute on function app.list_tenants() to agent_agency_readonly'],
  },
  {
    name: 'what a restore may pass by, nobody else may: row_security is anybody’s to set, also within a statement',
    violations: `
      select full_name as violation
      from our_routine
      where prosrc ~ 'row_security' and proname <> 'is_restoring' and prosrc !~ 'app\\.is_restoring\\(\\)'`,
    breaches: [
      `create function app.passes_by() returns boolean language sql stable
       as 'select current_setting(''row_security'') = ''off'''`,
    ],
  },
];
