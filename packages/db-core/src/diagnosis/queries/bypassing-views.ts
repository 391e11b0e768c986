/** A view, over tables with rows of tenants, that an application role reads with its owner's rights. */
export interface BypassingView {
  readonly name: string;
  readonly is_materialized: boolean;
}

/** `$1`: whether the login itself is an application's. Follows views of views. */
export const BYPASSING_VIEWS = `
  with recursive audience as (
    select role.oid
    from pg_roles as role
    where role.rolname in ('agent_agency_app', 'agent_agency_readonly')
      or ($1 and role.rolname = session_user)
  ),
  reading (oid) as (
    select attribute.attrelid
    from pg_attribute as attribute
    join pg_class as class on class.oid = attribute.attrelid
    where attribute.attname = 'tenant_id' and not attribute.attisdropped and class.relkind in ('r', 'p', 'f')
    union
    select rule.ev_class
    from reading
    join pg_depend as dependency
      on dependency.refclassid = 'pg_class'::regclass
      and dependency.refobjid = reading.oid
      and dependency.classid = 'pg_rewrite'::regclass
    join pg_rewrite as rule on rule.oid = dependency.objid
  )
  select
    format('%I.%I', schema.nspname, view.relname) as name,
    view.relkind = 'm' as is_materialized
  from reading
  join pg_class as view on view.oid = reading.oid
  join pg_namespace as schema on schema.oid = view.relnamespace
  where (
      view.relkind = 'm'
      or (
        view.relkind = 'v'
        and not exists (
          select from pg_options_to_table(view.reloptions) as option
          where option.option_name = 'security_invoker' and option.option_value::boolean
        )
      )
    )
    and exists (
      select from audience
      where has_any_column_privilege(audience.oid, view.oid, 'select, insert, update')
        or has_table_privilege(audience.oid, view.oid, 'delete')
    )
  order by name`;
