import { OTHER, OWN } from '../worlds.ts';
import { attack, type Attack } from '../attack.ts';

/** What a plan did, but for how many rows it threw away. By indexes, wherever one serves a condition. */
const watched = (sql: string): string => `explain (analyze, costs off, timing off, summary off) ${sql}`;
const BY_INDEX = 'set local enable_seqscan = off; set local enable_bitmapscan = off';

const KEY = `app.relationship_key(tenant_id, source_agent_id, target_agent_id, type)`;
const key = (tenant: string): string =>
  `app.relationship_key('${tenant}', 'agent 1', 'agent 2', 'COLLABORATES_WITH')`;
const VECTOR = 'array_fill(1::real, array[768])::vector';
const BITS = `repeat('1', 768)::bit(768)`;

/** Relationships, what was believed of them, walks and vectors. */
export const GRAPH_ATTACKS: readonly Attack[] = [
  // A policy's condition has the collation of the column. An index that begins with the tenant in another one cannot serve
  // it, but serves the attacker's condition, of everybody's rows.
  attack(
    'a guess in another collation, watched',
    BY_INDEX,
    ...[
      `agent_relationships where tenant_id = '${OTHER}' collate "C" and source_agent_id = 'agent 1' collate "C"`,
      `agent_relationships where tenant_id > '${OWN}' collate "C" and source_agent_id >= 'agent' collate "C"`,
      `agent_relationships where tenant_id = '${OTHER}' collate "C" and target_agent_id = 'agent 2' collate "C"`,
      `agent_relationship_history where tenant_id = '${OTHER}' collate "C" and source_agent_id = 'agent 1' collate "C"`,
      `agent_degrees where tenant_id = '${OTHER}' collate "C" and agent_id = 'agent 1' collate "C"`,
      `agent_capabilities_graph where tenant_id = '${OTHER}' collate "C" and canonical_name > 'a' collate "C"`,
    ].map((rows) => watched(`select from ${rows}`)),
  ),
  attack(
    'the constraint that keeps periods from overlapping, watched',
    BY_INDEX,
    ...[
      `${KEY} = ${key(OTHER)}`,
      `${KEY} && ${key(OTHER)} and tstzrange(valid_from, valid_to) && '(,)'`,
      `tstzrange(valid_from, valid_to) @> 'infinity'::timestamptz`,
    ].map((condition) => watched(`select from agent_relationships where ${condition}`)),
    watched(`select from agent_relationships order by ${KEY} limit 1`),
  ),
  attack(
    'a period that somebody else has',
    `insert into agent_relationships (source_agent_id, target_agent_id, type, confidence, valid_from, valid_to)
     select 'agent 1', 'agent 2', type, 0.9, '-infinity', '1900-01-01' from unnest(enum_range(null::relationship_type)) as type
     returning source_agent_id, target_agent_id, type`,
    `insert into agent_relationships (source_agent_id, target_agent_id, type, confidence, valid_from)
     select 'agent 1', 'agent 2', type, 0.9, '1950-01-01' from unnest(enum_range(null::relationship_type)) as type
     on conflict do nothing returning source_agent_id, target_agent_id, type`,
    `insert into agent_relationships (tenant_id, source_agent_id, target_agent_id, type, confidence)
     values ('${OTHER}', 'agent 1', 'agent 2', 'REPLACES', 0.9)`,
    `update agent_relationships set tenant_id = '${OTHER}'`,
  ),
  attack(
    'walks of another tenant',
    `select * from app.ways_from('${OTHER}', 'agent 1', 'both', 0, null, now(), now())`,
    `select * from app.steps_from('${OTHER}', '{agent 1,many 1}', 'both', 0, null, null, null, now(), now())`,
    `select * from app.next_hop('${OTHER}', '{agent 1}', '{1}', '{1}', '{}', 'both', 0, null, 1000, null, null, now(), now())`,
    `select * from app.walk_agent_relationships('many 1', 3, 0, p_direction => 'both')`,
    `select * from app.walk_agent_relationships('agent 1', 3, 0, p_direction => 'both', p_known_at => now())`,
    `select * from traverse_agent_relationships('many 1')`,
  ),
  attack(
    'vectors of another tenant',
    `set local hnsw.ef_search = 1000; set local hnsw.iterative_scan = strict_order; set local enable_seqscan = off`,
    `select plan, reason, visited, cardinality(candidates) from app.capability_candidates(${VECTOR}, 10, 0)`,
    `select plan, reason, visited, compared, names from app.search_capabilities(${VECTOR}, 10000, 0)`,
    `select plan, reason, visited, compared, names from app.search_capabilities(${VECTOR}, 10, 0, p_agent_id => 'many 1')`,
    `select capability_name from find_similar_capabilities(${VECTOR}, '${OTHER}')`,
    ...['vector_indexes', 'capability_vectors', 'pending_vectors'].map((name) => `table app.${name}`),
    `select app.walk_capability_graph(row('${OTHER}', 2, 'ready', 1, 200, 28, null, now(), null)::app.vector_indexes, ${VECTOR}, 10, 0, null)`,
    `select app.scan_capability_signs('${OTHER}', ${BITS}, 10, 0, null)`,
    `select app.measure_vector_recall('${OTHER}', 0, '{200}', '{28}')`,
    `select app.list_vector_indexes(), app.drop_vector_index('${OTHER}')`,
    watched(`select from app.capability_candidates(${VECTOR}, 10, 0)`),
  ),
];
