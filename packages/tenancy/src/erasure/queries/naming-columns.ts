import { sql, type RawBuilder } from 'kysely';

/** A column in which rows of others name a tenant, and who may delete these rows while that tenant is erased. */
export interface NamingColumn {
  readonly table: string;
  readonly sql_name: string;
  readonly tenant_column: string;
  readonly column: string;
  readonly role: 'agent_agency_maintenance' | 'agent_agency_service';
}

/** How the catalogue shows `<column> = (select app.maintained_tenant())`. */
const OF_MAINTAINED_TENANT =
  '^\\(\\("?\\w+"?\\)::text = \\( SELECT app\\.maintained_tenant\\(\\) AS maintained_tenant\\)\\)$';

/**
 * Columns that a policy for deletions compares with `app.maintained_tenant()`, but for those that say whose a row is.
 * The comparison is all of the policy, so nothing else can be deleted by it.
 */
export const namingColumns: RawBuilder<NamingColumn> = sql`
  select distinct
    case schema.nspname when 'public' then '' else schema.nspname || '.' end || class.relname as table,
    format('%I.%I', schema.nspname, class.relname) as sql_name,
    own.attname::text as tenant_column,
    named.attname::text as column,
    role.rolname::text as role
  from pg_policy as policy
  join pg_class as class on class.oid = policy.polrelid
  join pg_namespace as schema on schema.oid = class.relnamespace
  join pg_depend as use on use.classid = 'pg_policy'::regclass and use.objid = policy.oid
    and use.refclassid = 'pg_class'::regclass and use.refobjid = class.oid and use.refobjsubid > 0
  join pg_attribute as named on named.attrelid = class.oid and named.attnum = use.refobjsubid
  join pg_policy as maintenance on maintenance.polrelid = class.oid
    and maintenance.polname = (class.relname || '_maintenance')::name
  join pg_depend as own_use on own_use.classid = 'pg_policy'::regclass and own_use.objid = maintenance.oid
    and own_use.refclassid = 'pg_class'::regclass and own_use.refobjid = class.oid and own_use.refobjsubid > 0
  join pg_attribute as own on own.attrelid = class.oid and own.attnum = own_use.refobjsubid
  join pg_roles as role on role.oid = any(policy.polroles)
  where policy.polcmd in ('d', '*')
    and policy.polpermissive
    and role.rolname in ('agent_agency_maintenance', 'agent_agency_service')
    and named.attnum <> own.attnum
    and pg_get_expr(policy.polqual, class.oid) ~ ${sql.lit(OF_MAINTAINED_TENANT)}
  order by 1, 4`;
