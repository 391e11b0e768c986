import { agent, hash, LATER, PAIRED, PAST, uuid, type RowMaker } from './row-maker.ts';

export const GRAPH_ROWS: readonly RowMaker[] = [
  // 006
  {
    table: 'agent_capabilities_graph',
    more: [3, PAIRED],
    row: (n, tenant) => ({
      id: uuid(n),
      agent_id: agent(1),
      capability_name: `${tenant} ${String(n)}`,
      confidence: 0.9,
      extraction_confidence: 0.8,
    }),
  },
  {
    table: 'agent_relationships',
    row: (n) => ({
      id: uuid(n),
      source_agent_id: agent(1),
      target_agent_id: agent(PAIRED),
      type: n === 1 ? 'COLLABORATES_WITH' : 'VALIDATES',
      confidence: 0.9,
    }),
  },
  {
    table: 'agent_relationship_history',
    row: (n) => ({
      id: uuid(n),
      source_agent_id: agent(1),
      target_agent_id: agent(PAIRED),
      type: 'COLLABORATES_WITH',
      is_directional: false,
      confidence: 0.9,
      strength: 1,
      cooccurrence_count: 1,
      supporting_tasks: [],
      metadata: {},
      created_at: PAST,
      updated_at: PAST,
      last_observed: PAST,
      valid_from: PAST,
      valid_to: 'infinity',
      recorded_at: PAST,
      superseded_at: LATER,
    }),
  },
  {
    table: 'agent_degrees',
    row: (n) => ({ id: uuid(n), agent_id: agent(1), outgoing: 0, incoming: 0, undirected: 1 }),
  },
  {
    table: 'agent_cooccurrences',
    row: (n) => ({ context_id: uuid(n), agent_id: agent(1), observed_at: PAST }),
  },
  {
    table: 'entity_chunk_mappings',
    row: (n, tenant) => ({
      id: uuid(n),
      entity_id: uuid(1),
      chunk_id: uuid(n),
      chunk_type: 'commit',
      mention_text: tenant,
      extraction_method: 'pattern',
      extraction_confidence: 0.5,
    }),
  },
  // Of a pair there is one.
  {
    table: 'entity_similarity_cache',
    row: (n) => ({
      id: uuid(n),
      entity1_id: uuid(1),
      entity2_id: uuid(n === 2 ? PAIRED : 3),
      cosine_similarity: 0.8,
    }),
  },
  { table: 'graph_config', row: (n) => ({ key: `proof_${String(n)}`, value: 1, description: 'A setting.' }) },
  // 008
  {
    table: 'graph_search_sessions',
    row: (n, tenant) => ({
      id: uuid(n),
      query_text: tenant,
      query_hash: hash(),
      search_type: 'text',
      execution_time_ms: 5000,
      result_count: n,
    }),
  },
];
