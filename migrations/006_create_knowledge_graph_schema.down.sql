drop table caws_provenance_graph, provenance_heads, provenance_signing_keys cascade;

drop table entity_chunk_mappings, agent_cooccurrences, agent_relationships, agent_capabilities_graph;

drop function app.extend_provenance_log();
drop function app.check_provenance_node();
drop function app.refuse_provenance_change();
drop function app.provenance_field(bytea);
drop function prevent_duplicate_relationships();
drop function app.text_array_to_text(text[]);
drop function update_last_updated_column();
drop function set_canonical_name();
drop function normalize_entity_name(text);

revoke usage, create on schema app from agent_agency_service;

drop type relationship_type;
drop type entity_type;
