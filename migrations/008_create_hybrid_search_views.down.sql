drop function find_agent_path(varchar, varchar, integer);
drop function traverse_agent_relationships(varchar, integer, numeric, relationship_type[]);
drop function app.walk_agent_relationships(varchar, varchar, integer, numeric, relationship_type[]);
drop view hybrid_search_index;
