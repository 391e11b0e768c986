import type { Rule } from './rule.ts';

const roles = `('agent_agency_owner', 'agent_agency_service', 'agent_agency_maintenance', 'agent_agency_app', 'agent_agency_readonly')`;

export const privilegeRules: readonly Rule[] = [
  {
    name: 'nothing is granted to public, but the use of schema public',
    violations: `
      select format('%s on %s %s', privilege_type, kind, object) as violation from our_grant
      where grantee = 0 and not (kind = 'schema' and object = 'public' and privilege_type = 'USAGE')`,
    breaches: [
      'grant select on agent_profiles to public',
      'grant select (name) on agent_profiles to public',
      'grant create on schema public to public',
      'grant execute on function app.context_key_blocks() to public',
      'create function public.open() returns integer language sql return 1',
    ],
  },
  {
    name: 'the owner’s new functions are nobody else’s to execute',
    violations: `
      select 'execute for public' as violation
      where not exists (
        select from pg_default_acl
        where defaclrole = 'agent_agency_owner'::regrole and defaclnamespace = 0 and defaclobjtype = 'f'
          and not exists (select from aclexplode(defaclacl) where grantee = 0)
      )`,
    breaches: ['alter default privileges for role agent_agency_owner grant execute on functions to public'],
  },
  {
    name: 'the application reads and writes rows and can do nothing else to a table, nor pass that on',
    violations: `
      select format('%s on %s', privilege_type, object) as violation from our_grant
      where grantee = 'agent_agency_app'::regrole and kind in ('relation', 'column')
        and (privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') or is_grantable)`,
    breaches: [
      'grant truncate on agent_profiles to agent_agency_app',
      'grant references on agent_profiles to agent_agency_app',
      'grant references (id) on agent_profiles to agent_agency_app',
      'grant trigger on agent_profiles to agent_agency_app',
      'grant select on agent_profiles to agent_agency_app with grant option',
    ],
  },
  {
    name: 'the reader only reads',
    violations: `
      select format('%s on %s', privilege_type, object) as violation from our_grant
      where grantee = 'agent_agency_readonly'::regrole and kind in ('relation', 'column') and privilege_type <> 'SELECT'`,
    breaches: [
      'grant insert on agent_profiles to agent_agency_readonly',
      'grant update (name) on agent_profiles to agent_agency_readonly',
    ],
  },
  {
    name: 'nobody but its owner changes or deletes rows of an append-only table',
    violations: `
      select format('%s on %s to %s', privilege_type, object, grantee::regrole) as violation from our_grant
      where kind in ('relation', 'column') and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE') and grantee <> owner
        -- Maintenance only, and the trigger lets it erase alone.
        and not (grantee = 'agent_agency_maintenance'::regrole and privilege_type in ('UPDATE', 'DELETE') and kind = 'relation')
        and exists (select from pg_trigger where tgrelid = our_grant.oid and tgfoid::regproc::text ~ '^app\\.refuse_')`,
    breaches: [
      'grant update (description) on caws_provenance_graph to agent_agency_app',
      'grant delete on caws_provenance_graph to agent_agency_app',
      'grant delete on caws_provenance_graph to agent_agency_service',
      'grant truncate on caws_provenance_graph to agent_agency_maintenance',
      'grant update on provenance_signing_keys to agent_agency_app',
    ],
  },
  {
    name: 'the application and the reader make nothing in our schemas',
    violations: `
      select nspname || ' ' || rolname as violation from pg_namespace, pg_roles
      where nspname in ('public', 'app') and rolname in ('agent_agency_app', 'agent_agency_readonly')
        and has_schema_privilege(pg_roles.oid, pg_namespace.oid, 'create')`,
    breaches: ['grant create on schema app to agent_agency_app', 'grant create on schema public to public'],
  },
  {
    name: 'everything belongs to the owner or to the service role',
    violations: `
      select full_name as violation from our_relation where relowner::regrole::text !~ '^agent_agency_(owner|service)$'
      union all
      select full_name from our_routine where proowner::regrole::text !~ '^agent_agency_(owner|service)$'
      union all
      select typname from our_type where typowner <> 'agent_agency_owner'::regrole`,
    breaches: [
      'create view public.mine with (security_invoker = true) as select 1 as one',
      'create function public.mine() returns integer language sql return 1',
      `create type mine as enum ('one')`,
    ],
  },
  {
    name: 'none of our roles is above row level security or may make itself so',
    violations: `
      select rolname as violation from pg_roles
      where rolname in ${roles}
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
          or rolcanlogin <> (rolname in ('agent_agency_app', 'agent_agency_readonly')))
      union all
      select member::regrole || ' is ' || roleid::regrole from pg_auth_members
      where member::regrole::text in ${roles}
        and (member::regrole::text, roleid::regrole::text) not in (
          ('agent_agency_owner', 'agent_agency_service'), ('agent_agency_owner', 'agent_agency_maintenance')
        )`,
    breaches: [
      'alter role agent_agency_app bypassrls',
      'alter role agent_agency_owner superuser',
      'alter role agent_agency_service login',
      'grant agent_agency_owner to agent_agency_app',
      'grant pg_read_all_data to agent_agency_readonly',
    ],
  },
];
