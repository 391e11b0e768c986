-- For an administrator, once a database and after every restore: `psql -1 -f harden.sql`. May run any number of times.
-- PostgreSQL lets every login do what this takes from it; it belongs to the administrator, so that no migration can.
-- docs/operations/hardening.md says what each part is for, and what stays open.

-- Sessions of other services log in as the same role, and a role may end its own.
revoke execute on function pg_cancel_backend(integer), pg_terminate_backend(integer, bigint) from public;
grant execute on function pg_cancel_backend(integer), pg_terminate_backend(integer, bigint) to pg_signal_backend;

do $$
declare
  v_function regprocedure;
begin
  -- Large objects have no policies: what one tenant puts there every other can read and remove.
  for v_function in
    select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^(lo_|loread$|lowrite$)'
  loop
    execute format('revoke execute on function %s from public', v_function);
  end loop;

  -- What others run, what they lock, and how much of each table everybody reads and writes.
  for v_function in
    select oid from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace
      and (proname ~ '^pg_stat_get_' or proname in ('pg_lock_status', 'pg_prepared_xact'))
  loop
    execute format('revoke execute on function %s from public', v_function);
    execute format('grant execute on function %s to pg_read_all_stats', v_function);
  end loop;

  -- bootstrap.sql does so where it runs as the owner of the database.
  execute format('revoke temporary on database %I from public', current_database());
end
$$;

-- Values that were sampled before app.limit_statistics() forbade it. How many different ones there are stays, for plans.
update pg_statistic
set
  stakind1 = 0, stakind2 = 0, stakind3 = 0, stakind4 = 0, stakind5 = 0,
  staop1 = 0, staop2 = 0, staop3 = 0, staop4 = 0, staop5 = 0,
  stacoll1 = 0, stacoll2 = 0, stacoll3 = 0, stacoll4 = 0, stacoll5 = 0,
  stanumbers1 = null, stanumbers2 = null, stanumbers3 = null, stanumbers4 = null, stanumbers5 = null,
  stavalues1 = null, stavalues2 = null, stavalues3 = null, stavalues4 = null, stavalues5 = null
from pg_attribute as attribute
join pg_class as relation on relation.oid = attribute.attrelid
left join pg_index as index on index.indexrelid = relation.oid
join pg_class as tenant_table on tenant_table.oid = coalesce(index.indrelid, relation.oid)
where starelid = attribute.attrelid
  and staattnum = attribute.attnum
  and attribute.attstattarget between 0 and 1
  and tenant_table.relforcerowsecurity
  and stakind1 <> 0;

-- The same of several columns together.
do $$
declare
  v_statistics text;
begin
  for v_statistics in
    select format('%I.%I', schema.nspname, stxname)
    from pg_statistic_ext as statistics
    join pg_namespace as schema on schema.oid = stxnamespace
    join pg_class as tenant_table on tenant_table.oid = stxrelid
    where tenant_table.relforcerowsecurity and stxstattarget is distinct from 0
  loop
    execute format('alter statistics %s set statistics 0', v_statistics);
  end loop;
end
$$;

delete from pg_statistic_ext_data
using pg_statistic_ext as statistics
join pg_class as tenant_table on tenant_table.oid = statistics.stxrelid
where stxoid = statistics.oid and tenant_table.relforcerowsecurity;
