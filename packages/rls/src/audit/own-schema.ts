import type { Catalogue } from './catalogue/catalogue.ts';

/** Whether a database is one of the data layer. */
export function isOwnSchema(catalogue: Catalogue): boolean {
  return catalogue.relation('public.__migrations__') !== undefined;
}

/** What is known of the data layer's own schema, and why it is so. */
export const OWN_SCHEMA_ALLOWANCES = `
extension-in-public extension vector: the schema document writes its types without a schema; only the owner creates in public
unique-without-tenant public.unique_tenant_name: names of tenants are unique in their project, and only operators name them
unique-without-tenant public.relationship_periods_do_not_overlap: the tenant is in the digest that the key is
policy-trusts-setting app.visible_tenants(p_resource text): it says which shared rows are asked for; who may see them the owner's rules and log decide

# They do not lead with the tenant, so no condition of the application's may use them: the service role's functions do.
non-leakproof-access-path public.idx_federated_*_session: whoever takes part is looked up by session
non-leakproof-access-path public.idx_session_participants_participant: sessions are looked up by who takes part
non-leakproof-access-path public.idx_tenant_sharing_rules_target: rules are looked up by whom they let in
non-leakproof-access-path public.idx_tenants_project: operators find tenants by project

# The schema document names these indexes; operators read by them.
non-leakproof-access-path public.idx_agent_performance_history_success_rate: the schema document names it; operators read by it
non-leakproof-access-path public.idx_agent_performance_profiles_confidence: the schema document names it; operators read by it
non-leakproof-access-path public.idx_agent_profiles_utilization: the schema document names it; operators read by it
non-leakproof-access-path public.idx_benchmark_evaluations_score: the schema document names it; operators read by it
non-leakproof-access-path public.idx_capabilities_confidence: the schema document names it; operators read by it
non-leakproof-access-path public.idx_capabilities_search: the schema document names it; operators read by it
non-leakproof-access-path public.idx_capabilities_type: the schema document names it; operators read by it
non-leakproof-access-path public.idx_current_load_utilization: the schema document names it; operators read by it
non-leakproof-access-path public.idx_knowledge_queries_tags: the schema document names it; operators read by it
non-leakproof-access-path public.idx_knowledge_responses_confidence: the schema document names it; operators read by it
non-leakproof-access-path public.idx_relationships_confidence: the schema document names it; operators read by it
non-leakproof-access-path public.idx_relationships_strength: the schema document names it; operators read by it
non-leakproof-access-path public.idx_relationships_type: the schema document names it; operators read by it
non-leakproof-access-path public.idx_rl_training_batches_quality: the schema document names it; operators read by it
non-leakproof-access-path public.idx_search_results_fts: the schema document names it; operators read by it
non-leakproof-access-path public.idx_task_research_provenance_queries: the schema document names it; operators read by it
non-leakproof-access-path public.idx_tenants_isolation: the schema document names it; operators read by it
non-leakproof-access-path public.idx_verification_evidence_credibility: the schema document names it; operators read by it
non-leakproof-access-path public.idx_verification_evidence_fts: the schema document names it; operators read by it
non-leakproof-access-path public.idx_verification_evidence_relevance: the schema document names it; operators read by it
non-leakproof-access-path public.idx_verification_requests_fts: the schema document names it; operators read by it
non-leakproof-access-path public.idx_verification_results_confidence: the schema document names it; operators read by it

# What stands before finds few rows already.
non-leakproof-index-column public.idx_agent_performance_profiles_trend: the document names it; an agent has few trends
non-leakproof-index-column public.idx_relationships_*: the schema document names them; the agents before the type find few rows
non-leakproof-index-column public.idx_search_results_query_id: the document names it; it orders the results of one query
`;
