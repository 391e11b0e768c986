-- Distributes a migrated database over a Citus cluster. Not exercised on one: read README.md first.
-- `pnpm run generate-schema` in migrations writes this file: do not edit it.
-- Once, on the coordinator, as a superuser: psql -1 -v ON_ERROR_STOP=1 -f distribute.sql

set local search_path = public;
-- Triggers on distributed tables have to be asked for: those here stay within the rows of a tenant.
set local citus.enable_unsafe_triggers = on;
-- Reference tables, and what refers to them, in one transaction.
set local citus.multi_shard_modify_mode = 'sequential';

-- Citus takes no sub-select in a policy. One that only calls a function, so that it is called once a statement, becomes
-- the call.
do $$
declare
  v_policy record;
begin
  for v_policy in
    select polname, polrelid::regclass as relation, polqual, polwithcheck, called.qual, called.withcheck
    from pg_policy
    cross join lateral (
      select
        regexp_replace(pg_get_expr(polqual, polrelid), '\( SELECT ([\w.]+\([^()]*\)) AS \w+\)', '\1', 'g') as qual,
        regexp_replace(pg_get_expr(polwithcheck, polrelid), '\( SELECT ([\w.]+\([^()]*\)) AS \w+\)', '\1', 'g') as withcheck
    ) as called
    where polqual::text ~ '{SUBLINK' or polwithcheck::text ~ '{SUBLINK'
    order by polrelid::regclass::text, polname
  loop
    execute format('alter policy %I on %s', v_policy.polname, v_policy.relation)
      || coalesce(' using (' || v_policy.qual || ')', '')
      || coalesce(' with check (' || v_policy.withcheck || ')', '');
  end loop;

  for v_policy in
    select polname, polrelid::regclass as relation from pg_policy
    where polqual::text ~ '{SUBLINK' or polwithcheck::text ~ '{SUBLINK'
  loop
    raise exception 'policy % on % has a sub-select that is more than a call', v_policy.polname, v_policy.relation;
  end loop;
end
$$;

-- Nor does it let a deletion set columns of a foreign key that has the tenant in it: there the deletion is refused instead.
do $$
declare
  v_key record;
begin
  for v_key in
    select conname, conrelid::regclass as relation, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype = 'f' and confdeltype in ('n', 'd')
    order by conrelid::regclass::text, conname
  loop
    execute format(
      'alter table %s drop constraint %I, add constraint %I %s',
      v_key.relation,
      v_key.conname,
      v_key.conname,
      regexp_replace(v_key.definition, ' ON DELETE SET (NULL|DEFAULT)( \([^)]*\))?', '')
    );
  end loop;
end
$$;

-- An exclusion has to compare the tenant by itself. Ours has it inside a hash, because GiST compares texts only by an
-- extension.
create extension if not exists btree_gist;
alter table agent_relationships
  drop constraint relationship_periods_do_not_overlap,
  add constraint relationship_periods_do_not_overlap exclude using gist (
    tenant_id with =,
    app.relationship_key(tenant_id, source_agent_id, target_agent_id, type) with =,
    tstzrange(valid_from, valid_to) with &&
  );
