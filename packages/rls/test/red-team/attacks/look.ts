/**
 * Reads all that there is to be read, and says it in notices; where it may not, why. Without partitions: that there is one
 * is known to tell, see the channels.
 */
export const LOOK = `do $$
declare
  v_relation regclass;
  v_rows text;
begin
  for v_relation in
    select pg_class.oid from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'S') and nspname in ('public', 'app') and not relispartition
    order by pg_class.oid::regclass::text
  loop
    begin
      execute format('select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) from %s as t', v_relation) into v_rows;
      raise notice '%: %', v_relation, v_rows;
    exception when others then
      raise notice '%: % %', v_relation, sqlstate, sqlerrm;
    end;
  end loop;
end
$$`;

/** One table is enough where what matters is how it is asked. */
export const GLANCE = 'select tenant_id, description from task_queue';
