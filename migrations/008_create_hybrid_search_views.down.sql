drop function refresh_hybrid_search_index();
drop materialized view hybrid_search_materialized;
drop policy agent_capabilities_graph_service on agent_capabilities_graph;
drop policy provenance_embeddings_service on provenance_embeddings;
drop policy agent_profiles_service on agent_profiles;
revoke select on agent_capabilities_graph, provenance_embeddings, agent_profiles from agent_agency_service;
revoke execute on function normalize_entity_name(text) from agent_agency_service;

drop view slow_search_queries, popular_search_queries, search_performance_by_type;
drop function log_search_session(text, varchar, integer, integer, varchar, jsonb);
drop table graph_search_sessions;

drop function hybrid_search(vector, text, integer, integer, varchar[], varchar, numeric);
drop function find_similar_caws_verdicts(vector, varchar, integer);
drop function app.any_word_of(text);
drop function app.require_direction(vector);
drop function app.require_between(text, integer, integer, integer);
drop function find_agent_path(varchar, varchar, integer, timestamptz, timestamptz);
drop function app.shortest_agent_path(
  varchar, varchar, integer, numeric, relationship_type[], text, integer, integer, integer, timestamptz, timestamptz
);
drop function traverse_agent_relationships(varchar, integer, numeric, relationship_type[], timestamptz, timestamptz);
drop function app.warn_if_truncated(text);
drop function app.paths_of_walk(text[], integer[], relationship_type[], double precision[], integer[]);
drop function app.walk_agent_relationships(
  varchar, integer, numeric, relationship_type[], text, integer, integer, integer, integer, timestamptz, timestamptz
);
drop function app.require_walk(integer, numeric, text, integer, integer, integer, integer);
drop function app.next_hop(
  text, text[], double precision[], integer[], text[], text, numeric, relationship_type[], integer, integer,
  timestamptz, timestamptz, timestamptz
);
drop function app.steps_from(text, text[], text, numeric, relationship_type[], integer, timestamptz, timestamptz, timestamptz);
drop function app.ways_from(text, text, text, numeric, relationship_type[], timestamptz, timestamptz);
drop view hybrid_search_index;
