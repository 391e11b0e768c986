-- What services write after the migration, for two tenants: into tables that a rollback takes away.
begin;

create temp table tenant on commit drop as
select * from (values ('default-tenant', 'globex'), ('acme', 'acme')) as tenant (id, customer);

insert into agent_capabilities_graph (tenant_id, agent_id, capability_name, confidence, extraction_confidence)
select id, customer || ' agent 1', 'Cooking', 0.9, 0.8 from tenant;
insert into agent_relationships (tenant_id, source_agent_id, target_agent_id, type, confidence)
select id, customer || ' agent 1', customer || ' agent 2', 'COLLABORATES_WITH', 0.9 from tenant;
insert into agent_relationship_history (
  tenant_id, id, source_agent_id, target_agent_id, type, is_directional, confidence, strength, cooccurrence_count,
  supporting_tasks, metadata, created_at, updated_at, last_observed, valid_from, valid_to, recorded_at, superseded_at
)
select
  tenant_id, id, source_agent_id, target_agent_id, type, is_directional, 0.8, strength, cooccurrence_count,
  supporting_tasks, metadata, created_at, updated_at, last_observed, valid_from, valid_to, recorded_at - interval '1 hour', recorded_at
from agent_relationships;

-- The log, without the triggers that recompute what is signed
set local session_replication_role = replica;
insert into provenance_signing_keys (tenant_id, key_id, public_key)
select id, 'ed25519:' || left(encode(sha256(decode(repeat('01', 32), 'hex')), 'hex'), 32), decode(repeat('01', 32), 'hex')
from tenant;
insert into provenance_heads (tenant_id, seq, hash_chain) select id, 256, encode(sha256('x'), 'hex') from tenant;
insert into caws_provenance_graph (
  tenant_id, seq, entity_type, entity_id, previous_hash, hash_chain, signing_key_id, signature, content, metadata
)
select
  key.tenant_id, n, 'verdict', format('verdict of %s, %s', key.tenant_id, n),
  case when n > 1 then encode(sha256('x'), 'hex') end, encode(sha256('x'), 'hex'), key.key_id, repeat('A', 86) || '==', '{}',
  '{
    "task_id": "00000000-0000-4000-8000-000000000001", "decision_type": "accept", "decision_data": {},
    "consensus_score": 0.75, "judge_verdicts": {}, "caws_compliance": {}, "metadata": {}
  }'
from provenance_signing_keys as key cross join generate_series(1, 256) as n;
insert into provenance_parents (tenant_id, node_id, ordinal, parent_id)
select child.tenant_id, child.id, 1, parent.id
from caws_provenance_graph as child
join caws_provenance_graph as parent on parent.tenant_id = child.tenant_id and parent.seq = 1
where child.seq = 2;
insert into provenance_refs (tenant_id, ref, seq, node_id)
select tenant_id, 'CAWS:1', seq, id from caws_provenance_graph where seq = 1;
reset session_replication_role;

insert into provenance_embeddings (tenant_id, node_id, embedding)
select tenant_id, id, array_fill(1, array[768])::vector from caws_provenance_graph where seq = 1;
select app.complete_provenance_trees();
insert into provenance_checkpoints (tenant_id, size, origin, root, note)
select id, 256, 'example.com/' || id, sha256('x'), 'signed' from tenant;
insert into provenance_cosignatures (tenant_id, size, witness, key_hash, line)
select id, 256, 'witness.example.com', '0123abcd', 'signature' from tenant;
insert into provenance_records (
  tenant_id, verdict_id, task_id, decision_type, decision_data, consensus_score, caws_compliance, git_trailer, signature,
  "timestamp"
)
select
  tenant_id, id, '00000000-0000-4000-8000-000000000001', 'accept', '{}', 0.75, '{}',
  format(E'Provenance-Node: %s\nProvenance-Hash: %s\n', id, hash_chain), signature, created_at
from caws_provenance_graph
where seq = 1;
insert into git_commits (tenant_id, hash, provenance_record_id)
select tenant_id, repeat('ab', 20), verdict_id from provenance_records;

insert into tenant_access_log (tenant_id, accessor_tenant_id, access_type, table_name)
select id, 'somebody', 'read', 'agent_profiles' from tenant;
insert into graph_search_sessions (tenant_id, query_hash, search_type, result_count, execution_time_ms)
select id, encode(sha256('cook'), 'hex'), 'text', 1, 5 from tenant;
insert into tenant_access_policies (tenant_id, resource_type) select id, 'agent_profiles' from tenant;
insert into data_retention_policies (tenant_id, compliance_requirements) select id, array['GDPR'] from tenant;
insert into audit_log (tenant_id, table_name, operation, new_values) select id, 'agent_profiles', 'INSERT', '{}' from tenant;
insert into federated_participants (tenant_id, contribution_weight) select id, 1.5 from tenant;
insert into federated_sessions (tenant_id, session_id, topic) select id, md5(id)::uuid, 'Routing' from tenant;
insert into session_participants (tenant_id, session_id, participant_tenant_id, reputation_at_join)
select id, md5(id)::uuid, id, 0.5 from tenant;
insert into aggregated_insights (
  tenant_id, session_id, topic_key, aggregated_content, confidence_score, source_participants, privacy_preserved
)
select id, md5(id)::uuid, 'routing', '{"mean": 1}', 0.5, 5, true from tenant;
insert into offloaded_contexts (
  tenant_id, summary, compression, original_size_bytes, compressed_size_bytes, storage_location, storage_checksum
)
select id, 'open:A long conversation', 'zstd', 1000, 10, 'contexts-1', repeat('ab', 32) from tenant;
insert into tenant_privacy_ledger (tenant_id, entry, epsilon, delta, purpose)
select id, 1, 0.1, 0, 'count of agent_profiles' from tenant;
insert into tenant_encryption_keys (tenant_id, version, wrapped_key, kek_id) select id, 1, '\x00', 'file:1' from tenant;
insert into subject_keys (tenant_id, subject_sha256, wrapped_key, kek_id)
select id, repeat('ab', 32), '\x00', 'file:1' from tenant;
insert into federated_contributions (tenant_id, initiator_tenant_id, session_id, round, topic_key, steps, weight)
select id, id, md5(id)::uuid, 1, 'routing', '{5}', 1 from tenant;
insert into federated_shares (tenant_id, initiator_tenant_id, session_id, round, topic_key, party, sealed)
select id, id, md5(id)::uuid, 1, 'routing', 1, '\x00' from tenant;
insert into federated_partial_sums (
  tenant_id, initiator_tenant_id, session_id, round, topic_key, party, partial, attestations
)
select id, id, md5(id)::uuid, 1, 'routing', 1, '{7}', array['\x00'::bytea] from tenant;

commit;
