import type { Rule } from './rule.ts';

/** Keys that do not lead with a tenant, and why. */
const WITHOUT_TENANT = [
  'tenants_pkey', // is the tenant
  'unique_tenant_name', // only operators name tenants
  '__migrations___pkey', // belongs to the database
  'app.context_keys_pkey', // belongs to the database
  'app.system_access_pkey', // operators' own, without a tenant
  'app.tenant_maintenance_pkey', // operators' own, and outlives the tenant
];

/** Tables whose tenant is a tenant because it was copied, and goes with what it was copied from. */
const DERIVED = [
  'app.capability_vectors', // by triggers of agent_capabilities_graph, which has the foreign key
  'app.pending_vectors', // the same
];

const derived = DERIVED.map((name) => `'${name}'`).join(', ');

const listed = WITHOUT_TENANT.map((name) => `'${name}'`).join(', ');

export const keyRules: readonly Rule[] = [
  {
    name: 'every table has a primary key',
    violations: `
      select full_name as violation from our_table
      where not exists (select from pg_index where indrelid = our_table.oid and indisprimary)`,
    breaches: ['create table public.forgotten (tenant_id varchar(255))'],
  },
  {
    name: 'primary and unique keys lead with the tenant, but for those listed with their reason',
    violations: `
      select indexrelid::regclass::text as violation
      from pg_index
      join our_table on our_table.oid = indrelid
      left join tenant_column on relid = indrelid
      where indisunique and attnum is distinct from indkey[0] and indexrelid::regclass::text not in (${listed})`,
    breaches: [
      'alter table agent_profiles add constraint one_name unique (name)',
      'create unique index one_chunk on entity_chunk_mappings (chunk_id, tenant_id)',
      'create table public.forgotten (id uuid primary key, tenant_id varchar(255))',
    ],
  },
  {
    name: 'foreign keys lead with the tenant, on both sides',
    violations: `
      select conname as violation
      from pg_constraint
      left join tenant_column as own on own.relid = conrelid
      left join tenant_column as other on other.relid = confrelid
      where contype = 'f' and (own.attnum is distinct from conkey[1] or other.attnum is distinct from confkey[1])`,
    breaches: [
      `create unique index one_id on agent_capabilities_graph (id);
       alter table entity_chunk_mappings add constraint across foreign key (entity_id)
         references agent_capabilities_graph (id) on delete cascade`,
    ],
  },
  {
    name: 'every foreign key has an index that leads with its columns',
    violations: `
      select conname as violation from pg_constraint
      where contype = 'f' and not exists (
        select from pg_index
        where indrelid = conrelid and indpred is null and indisvalid
          and (indkey::smallint[])[0:cardinality(conkey) - 1] @> conkey
      )`,
    breaches: [
      'drop index idx_cooccurrences_agent',
      `drop index idx_git_commits_provenance_record_id;
       create index partial on git_commits (tenant_id, provenance_record_id) where author is not null`,
    ],
  },
  {
    name: 'every foreign key says what a deletion does',
    violations: `select conname as violation from pg_constraint where contype = 'f' and confdeltype = 'a'`,
    breaches: [
      `alter table entity_chunk_mappings add constraint silent foreign key (tenant_id, chunk_id)
         references caws_provenance_graph (tenant_id, id)`,
    ],
  },
  {
    name: 'a deletion takes a reference away, never the tenant of the row that refers',
    violations: `
      select conname as violation
      from pg_constraint join tenant_column on relid = conrelid
      where contype = 'f' and (
        confdeltype in ('n', 'd') and (confdelsetcols is null or attnum = any(confdelsetcols))
        or confupdtype in ('n', 'd')
      )`,
    breaches: [
      `alter table entity_chunk_mappings add constraint loose foreign key (tenant_id, chunk_id)
         references caws_provenance_graph (tenant_id, id) on delete set null`,
      `alter table entity_chunk_mappings add constraint loose foreign key (tenant_id, chunk_id)
         references caws_provenance_graph (tenant_id, id) on delete set default (tenant_id)`,
    ],
  },
  {
    name: 'the tenant of a row is a tenant, always known',
    violations: `
      select full_name as violation from tenant_column
      where not attnotnull or format_type(atttypid, atttypmod) <> 'character varying(255)'
        or full_name not in ('public.tenants', ${derived}) and not exists (
          select from pg_constraint
          where contype = 'f' and conrelid = relid and confrelid = 'tenants'::regclass and conkey = array[attnum]
        )`,
    breaches: [
      'alter table provenance_heads drop constraint provenance_heads_tenant_id_fkey',
      'create table public.forgotten (tenant_id text not null references tenants (id) on delete restrict)',
      'create table public.forgotten (tenant_id varchar(255) references tenants (id) on delete restrict)',
    ],
  },
  {
    name: 'the tenant is filled in wherever the application inserts',
    violations: `
      select full_name as violation
      from tenant_column
      left join pg_attrdef on adrelid = relid and adnum = attnum
      where has_table_privilege('agent_agency_app', relid, 'insert')
        and pg_get_expr(adbin, adrelid) is distinct from 'app.current_tenant_id()'`,
    breaches: [
      'alter table agent_profiles alter column tenant_id drop default',
      `alter table agent_profiles alter column tenant_id set default 'default-tenant'`,
      'grant insert on tenants to agent_agency_app',
    ],
  },
];
