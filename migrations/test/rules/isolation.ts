import type { Rule } from './rule.ts';

const forgotten = 'create table public.forgotten (tenant_id varchar(255) not null);';

/** What is checked of a row that is written, as the catalogue writes it: it is the tenant's own. */
const ownRow = `format('((%I)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))', attname)`;

/** The same for rows that are looked at, at no cost that the planner knows: nothing else is asked of them before. */
const ownRows = `format(
  '((( SELECT app.current_tenant_key() AS current_tenant_key))[%I] IS NOT NULL)', attname
)`;

/** Tables whose rows their owner may let other tenants read. */
const SHARED = ['public.agent_profiles', 'public.agent_capabilities', 'public.benchmark_datasets'];

const shared = SHARED.map((name) => `'${name}'`).join(', ');

/** Indexes that begin with something else than the tenant and have an order, and why. */
const WITHOUT_TENANT = [
  'unique_tenant_name', // only operators write names, so that where a tenant stands among them stays the same
];

/** The same of tables that no application role has any right to. */
const OUT_OF_REACH = [
  'idx_capabilities_embedding', // has a graph for each partition, and so for each tenant
];

const outOfReach = OUT_OF_REACH.map((name) => `'${name}'`).join(', ');

const withoutTenant = WITHOUT_TENANT.map((name) => `'${name}'`).join(', ');

/** The same for the rows that may be read of such a table. */
const visibleRows = `format(
  '((( SELECT app.visible_tenant_keys(%L::text) AS visible_tenant_keys))[tenant_id] IS NOT NULL)',
  split_part(full_name, '.', 2)
)`;

export const isolationRules: readonly Rule[] = [
  {
    name: 'every table belongs to tenants, but for those listed with their reason',
    violations: `
      select full_name as violation from our_table
      where not is_without_tenant and oid not in (select relid from tenant_column)`,
    breaches: ['create table public.forgotten (id integer)', 'create table app.forgotten (id integer)'],
  },
  {
    name: 'row level security is enabled and forced on every table of tenants',
    violations: `
      select full_name as violation from our_table
      where oid in (select relid from tenant_column) and not (relrowsecurity and relforcerowsecurity)`,
    breaches: [
      forgotten,
      'alter table agent_profiles no force row level security',
      'alter table tenants disable row level security',
      `create table parted (tenant_id varchar(255)) partition by list (tenant_id);
       select app.isolate_tenant_table('parted', 'tenant_id', 'parted_isolation');
       create table part partition of parted default`,
    ],
  },
  {
    name: 'a restrictive guard keeps the owner, the application and the reader to the tenant’s own rows',
    violations: `
      select format('%s, %s', full_name, verb) as violation
      from tenant_column cross join unnest(array['r', 'a', 'w', 'd']::"char"[]) as verb
      where not exists (
        select from pg_policy
        where polrelid = relid and not polpermissive and polcmd in ('*', verb)
          and polroles @> array['agent_agency_owner', 'agent_agency_app', 'agent_agency_readonly']::regrole[]::oid[]
          and case
            when verb = 'a' then true
            when verb = 'r' and full_name in (${shared}) then pg_get_expr(polqual, polrelid) = ${visibleRows}
            else pg_get_expr(polqual, polrelid) = ${ownRows}
          end
          and case when verb in ('a', 'w') then pg_get_expr(polwithcheck, polrelid) = ${ownRow} else true end
      )`,
    breaches: [
      forgotten,
      ...['agent_profiles', 'current_load'].flatMap((table) => [
        `drop policy ${table}_tenant_guard on ${table}`,
        `alter policy ${table}_tenant_guard on ${table} using (true)`,
        `alter policy ${table}_tenant_guard on ${table} to agent_agency_app`,
      ]),
      'alter policy current_load_tenant_guard on current_load with check (true)',
      'alter policy agent_profiles_tenant_guard_insert on agent_profiles with check (true)',
      'alter policy agent_profiles_tenant_guard_update on agent_profiles with check (true)',
      `alter policy agent_profiles_tenant_guard_update on agent_profiles
         using ((select app.visible_tenant_keys('agent_profiles'))[tenant_id] is not null)`,
      // It would let a condition of the query's stand before it.
      `alter policy current_load_tenant_guard on current_load using (tenant_id = (select app.current_tenant_id()))`,
      'drop policy agent_profiles_tenant_guard_delete on agent_profiles',
      `select app.share_tenant_table('current_load', 'tenant_shared_load')`,
      `drop policy tenants_tenant_guard on tenants;
       create policy tenants_tenant_guard on tenants using (id = (select app.current_tenant_id()))`,
    ],
  },
  {
    name: 'no index lets a condition or an order of the application’s reach rows of others before the guard',
    violations: `
      select indexrelid::regclass::text as violation
      from pg_index
      join tenant_column on relid = indrelid
      join pg_class as index on index.oid = indexrelid
      join pg_am on pg_am.oid = index.relam
      -- In another order than its column's, the policy's condition does not find the tenant in it, and others do.
      where (indkey[0] <> attnum or indcollation[0] <> attcollation)
        and index.relname not in (${withoutTenant})
        and not (
          index.relname in (${outOfReach})
          and not has_any_column_privilege('agent_agency_app', relid, 'select, insert, update, references')
          and not has_any_column_privilege('agent_agency_readonly', relid, 'select, insert, update, references')
        )
        and case amname
        when 'hash' then pg_get_indexdef(indexrelid, 1, false) !~ '^app\\.opaque\\('
        -- Whether ranges overlap is no leakproof question, and GiST has no order of them.
        when 'gist' then exists (
          select from unnest(indclass) as class (id) join pg_opclass on pg_opclass.oid = class.id where opcname <> 'range_ops'
        )
        else amname <> 'gin'
      end`,
    breaches: [
      'create index leak on task_queue (description)',
      'create index leak on task_queue (app.opaque(description))',
      'create index leak on task_queue using hash (description)',
      'create index leak on task_queue using hash (md5(description))',
      'create index leak on task_queue using brin (created_at)',
      'create index leak on task_queue (tenant_id collate "C", description)',
      'create index leak on task_queue using gist (point(priority, 0))',
      'drop index idx_tenants_project; create index idx_tenants_project on tenants (project_id)',
      'create index leak on agent_capabilities_graph using hnsw (embedding_bits bit_hamming_ops)',
      'grant select on app.capability_vectors to agent_agency_app',
      'grant select (embedding) on app.capability_vectors to agent_agency_readonly',
    ],
  },
  {
    name: 'the planner knows no values of a table of tenants, but of the tenant, of random identifiers, and the ends of time',
    violations: `
      select format('%s.%s', full_name, attribute.attname) as violation
      from tenant_column
      join pg_attribute as attribute on attribute.attrelid = relid
      where attribute.attnum > 0 and not attisdropped
        and attribute.attname <> 'tenant_id' and attribute.atttypid <> 'uuid'::regtype
        and coalesce(nullif(attstattarget, -1), 100) > case attribute.atttypid when 'timestamptz'::regtype then 1 else 0 end
      union all
      select format('%s, expression %s', indexrelid::regclass, place)
      from tenant_column
      join pg_index on indrelid = relid
      cross join unnest(indkey) with ordinality as part (attnum, place)
      join pg_attribute as attribute on attribute.attrelid = indexrelid and attribute.attnum = place
      where part.attnum = 0 and attstattarget is distinct from 0
      union all
      select stxname from tenant_column join pg_statistic_ext on stxrelid = relid`,
    breaches: [
      'alter table task_queue add column later text',
      'alter table task_queue alter column priority set statistics -1',
      'alter table task_queue alter column created_at set statistics 2',
      'alter table tenants alter column id set statistics 100',
      `create index leak on task_queue (tenant_id, lower(description))`,
      'create statistics leak on task_type, description from task_queue',
      `create table parted (tenant_id varchar(255), said text) partition by list (tenant_id);
       select app.isolate_tenant_table('parted', 'tenant_id', 'parted_isolation');
       create table part partition of parted default`,
    ],
  },
  {
    name: 'only policies of the service role let everything through',
    violations: `
      select format('%s on %s', polname, polrelid::regclass) as violation from pg_policy
      where 'true' in (pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
        and polroles <> array['agent_agency_service'::regrole::oid]`,
    breaches: [
      'create policy leak on agent_profiles using (true)',
      'create policy leak on agent_profiles for select to agent_agency_readonly using (true)',
      'create policy leak on agent_profiles for insert to agent_agency_app with check (true)',
      'alter policy tenants_service on tenants to agent_agency_service, agent_agency_app',
    ],
  },
  {
    name: 'every policy says for whom it is',
    violations: `select format('%s on %s', polname, polrelid::regclass) as violation from pg_policy where polroles = '{0}'`,
    breaches: ['create policy vague on agent_profiles as restrictive using (id is not null)'],
  },
  {
    name: 'every view asks with the rights of its caller',
    violations: `
      select full_name as violation from our_relation
      where relkind = 'v' and not coalesce(reloptions @> array['security_invoker=true'], false)`,
    breaches: [
      'create view public.leak as select * from agent_profiles',
      'alter view hybrid_search_index reset (security_invoker)',
    ],
  },
  {
    name: 'nobody but their owner has rights on materialized views and partitions',
    violations: `
      select object as violation from our_grant join pg_class on pg_class.oid = our_grant.oid
      where our_grant.kind in ('relation', 'column') and (relkind = 'm' or relispartition) and grantee <> owner`,
    breaches: [
      `create materialized view public.leak as select * from agent_profiles; grant select on leak to agent_agency_app`,
      `create table parted (tenant_id varchar(255)) partition by list (tenant_id);
       create table part partition of parted default; grant select (tenant_id) on part to agent_agency_readonly`,
    ],
  },
];
