drop view caws_provenance_chains, agent_relationship_versions, agent_relationship_summary, agent_capability_summary;

drop function app.provenance_node_hash(caws_provenance_graph);
drop table
  provenance_embeddings, provenance_refs, provenance_parents, caws_provenance_graph, provenance_heads, provenance_signing_keys;

drop function cleanup_similarity_cache(integer);
drop function get_cached_similarity(uuid, uuid, integer);

drop table
  graph_config, entity_similarity_cache, entity_chunk_mappings, agent_cooccurrences, agent_relationship_history,
  agent_relationships, agent_capabilities_graph;

drop function app.describe_provenance_embedding();
drop function app.extend_provenance_log();
drop function app.lock_provenance_head_of(text);
drop function app.check_provenance_node();
drop function app.refuse_provenance_change();
drop function compute_provenance_hash(varchar, varchar, varchar, jsonb);
drop function app.provenance_field(bytea);
drop function app.forget_cached_similarity();
drop function app.keep_superseded_relationships();
drop function app.record_relationship();
drop function app.is_restoring();
drop function app.relationship_key(varchar, varchar, varchar, relationship_type);
drop function prevent_duplicate_relationships();
drop function app.text_array_to_text(text[]);
drop function update_last_updated_column();
drop function set_canonical_name();
drop function normalize_entity_name(text);

revoke usage, create on schema app from agent_agency_service;

drop type relationship_type;
drop type entity_type;
