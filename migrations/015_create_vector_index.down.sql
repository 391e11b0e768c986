drop function find_similar_capabilities(vector, varchar, integer, numeric);
drop function app.search_capabilities(vector, integer, numeric, entity_type, text);
drop function app.capability_candidates(vector, integer, numeric, entity_type);

drop trigger note_written_vectors on agent_capabilities_graph;
drop trigger note_replaced_vectors on agent_capabilities_graph;
drop trigger note_deleted_vectors on agent_capabilities_graph;
drop function app.note_vectors();

drop function app.measure_vector_recall(text, double precision, integer[], integer[]);
drop function app.tune_vector_index(text, integer, integer, double precision);
drop function app.drop_orphaned_vectors();
drop function app.drop_vector_index(text);
drop function app.compare_vector_index(text);
drop function app.drain_vector_index(text, integer);
drop function app.finish_vector_index(text);
drop function app.fill_vector_index(text);
drop function app.begin_vector_index(text);
drop function app.list_vector_indexes();
drop function app.walk_capability_graph(app.vector_indexes, vector, integer, numeric, entity_type);
drop function app.scan_capability_signs(text, bit, integer, numeric, entity_type);

-- Those that are filled and not attached yet.
do $$
declare
  v_table name;
begin
  for v_table in
    select relname from pg_class
    where relnamespace = 'app'::regnamespace and relkind = 'r' and not relispartition
      and relname ~ '^capability_vectors_[0-9]+$'
  loop
    execute format('drop table app.%I', v_table);
  end loop;
end
$$;
-- Its partitions go with it.
drop table app.pending_vectors, app.capability_vectors, app.vector_indexes;
drop function app.hide_vector_table(regclass);
revoke execute on function app.limit_statistics(regclass), app.require_between(text, integer, integer, integer)
  from agent_agency_service;
