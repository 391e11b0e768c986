/** A table that holds rows of tenants, that an application role reaches, and that is not guarded in every way. */
export interface UnguardedTable {
  readonly name: string;
  readonly is_enabled: boolean;
  readonly is_forced: boolean;
  readonly has_policy: boolean;
}

/** `$1`: whether the login itself is an application's. Foreign tables have no row level security at all. */
export const UNGUARDED_TABLES = `
  with audience as (
    select role.oid
    from pg_roles as role
    where role.rolname in ('agent_agency_app', 'agent_agency_readonly')
      or ($1 and role.rolname = session_user)
  ),
  tenant_table as (
    select
      class.oid,
      format('%I.%I', schema.nspname, class.relname) as name,
      class.relrowsecurity as is_enabled,
      class.relforcerowsecurity as is_forced,
      exists (
        select from pg_policy as policy where policy.polrelid = class.oid and policy.polpermissive
      ) as has_policy
    from pg_class as class
    join pg_namespace as schema on schema.oid = class.relnamespace
    where class.relkind in ('r', 'p', 'f')
      and class.relpersistence <> 't'
      and schema.nspname not in ('pg_catalog', 'information_schema')
      and (
        (schema.nspname = 'public' and class.relname = 'tenants')
        or exists (
          select from pg_attribute as attribute
          where attribute.attrelid = class.oid and attribute.attname = 'tenant_id' and not attribute.attisdropped
        )
      )
  )
  select
    name,
    is_enabled,
    is_forced,
    has_policy
  from tenant_table
  where not (is_enabled and is_forced and has_policy)
    and exists (
      select from audience
      where has_any_column_privilege(audience.oid, tenant_table.oid, 'select, insert, update, references')
        or has_table_privilege(audience.oid, tenant_table.oid, 'delete, truncate')
    )
  order by name`;
