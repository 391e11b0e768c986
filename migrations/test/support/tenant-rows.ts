import type { SqlSession } from '@agent-agency/testing';
import { insertKnowledgeRows } from './knowledge-rows.ts';
import { insertPerformanceRows } from './performance-rows.ts';
import { insertProvenanceRows } from './provenance-rows.ts';
import { insertQueueRows } from './queue-rows.ts';
import { insertRegistryRows } from './registry-rows.ts';
import { insertResearchRows } from './research-rows.ts';
import { insertRows } from './rows.ts';
import { insertSharingRows } from './sharing-rows.ts';

/**
 * Puts at least one row into every table that belongs to tenants, as the application in the tenant's own context.
 *
 * The isolation tests go through every such table of the catalogue, and fail for one that has no rows here.
 */
export async function insertTenantRows(session: SqlSession, tenant: string): Promise<void> {
  const [capability, similar] = ['0', 'f'].map((digit) => `${digit}${crypto.randomUUID().slice(1)}`);
  const agents = [`${tenant} agent 1`, `${tenant} agent 2`];
  const [first = '', second = ''] = agents;
  await insertRows(
    session,
    'agent_profiles',
    agents.map((id) => ({ id, name: id, model_family: 'human' })),
  );
  await insertRegistryRows(session, tenant);
  await insertQueueRows(session, tenant);
  await insertKnowledgeRows(session, tenant);
  await insertPerformanceRows(session, tenant);
  await insertResearchRows(session, tenant);
  await insertSharingRows(session, tenant);
  await insertRows(
    session,
    'agent_capabilities_graph',
    [
      { id: capability, agent_id: first, capability_name: 'Cooking' },
      { id: similar, agent_id: second, capability_name: 'Baking' },
    ].map((it) => ({ ...it, confidence: 0.9, extraction_confidence: 0.8 })),
  );
  await insertRows(session, 'entity_similarity_cache', [
    { entity1_id: capability, entity2_id: similar, cosine_similarity: 0.8 },
  ]);
  await insertRows(session, 'graph_config', [{ key: 'of_its_own', value: 1, description: 'A setting.' }]);
  await session.query(`select log_search_session('cook', 'text', 1, 5)`);
  await insertRows(session, 'agent_relationships', [
    { source_agent_id: first, target_agent_id: second, type: 'COLLABORATES_WITH', confidence: 0.9 },
  ]);
  await insertRows(session, 'agent_cooccurrences', [
    { context_id: crypto.randomUUID(), agent_id: first, observed_at: '2025-01-01' },
  ]);
  await insertRows(session, 'entity_chunk_mappings', [
    {
      entity_id: capability,
      chunk_id: crypto.randomUUID(),
      chunk_type: 'commit',
      mention_text: 'cook',
      extraction_method: 'pattern',
      extraction_confidence: 0.5,
    },
  ]);
  await insertProvenanceRows(session, tenant);
}

/** What only a later transaction leaves behind: a relationship that was believed otherwise. After `insertTenantRows`. */
export async function changeTenantRows(session: SqlSession): Promise<void> {
  await session.query('update agent_relationships set confidence = 0.95');
}
