/** What the facts select from: everything in the database that neither PostgreSQL nor an extension brought. */
export const ours = `
  of_extension as (select classid, objid from pg_depend where deptype = 'e'),
  namespace as (
    select * from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema'
      and not exists (select from of_extension where classid = 'pg_namespace'::regclass and objid = pg_namespace.oid)
  ),
  relation as (
    select class.*, format('%I.%I', nspname, relname) as full_name
    from pg_class as class
    join namespace on namespace.oid = relnamespace
    where not exists (select from of_extension where classid = 'pg_class'::regclass and objid = class.oid)
  ),
  attribute as (
    select
      pg_attribute.*,
      format('%s.%I', full_name, attname) as full_name,
      -- Dropped columns leave gaps in attnum, which nobody sees.
      row_number() over (partition by attrelid order by attnum) as place
    from relation
    join pg_attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
  ),
  routine as (
    select procedure.*, format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(procedure.oid)) as full_name
    from pg_proc as procedure
    join namespace on namespace.oid = pronamespace
    where not exists (select from of_extension where classid = 'pg_proc'::regclass and objid = procedure.oid)
  ),
  type as (
    select pg_type.*, format('%I.%I', nspname, typname) as full_name
    from pg_type
    join namespace on namespace.oid = typnamespace
    where typtype in ('e', 'd', 'r', 'm', 'b') and typcategory <> 'A'
      and not exists (select from of_extension where classid = 'pg_type'::regclass and objid = pg_type.oid)
  )`;
