// Client
export { KnowledgeGraphClient } from './knowledge-graph-client.ts';
export type { KnowledgeGraphOperations } from './knowledge-graph-client.ts';

// Capabilities
export { addCapabilityAliases, AliasChange, removeCapabilityAliases } from './capabilities/aliases.ts';
export { canonicalName } from './capabilities/canonical-name.ts';
export { countCapabilities } from './capabilities/count-capabilities.ts';
export { demonstrateCapabilities } from './capabilities/demonstrate-capabilities.ts';
export type { StoredCapability } from './capabilities/demonstrate-capabilities.ts';
export { Demonstration } from './capabilities/demonstration.ts';
export { CapabilityQuery, findCapability, getCapability } from './capabilities/find-capabilities.ts';
export { CapabilityPage, listCapabilities } from './capabilities/list-capabilities.ts';
export { CapabilityMerge, mergeCapabilities } from './capabilities/merge-capabilities.ts';
export type { MergedCapability } from './capabilities/merge-capabilities.ts';
export { DuplicateQuery, suggestDuplicates } from './capabilities/suggest-duplicates.ts';
export type {
  DuplicateCandidate,
  DuplicateMeasure,
  DuplicateSuggestion,
  DuplicateSuggestions,
} from './capabilities/suggest-duplicates.ts';
export { listTopics } from './capabilities/topics.ts';
export {
  rejectCapability,
  reopenCapability,
  validateCapability,
  ValidationDecision,
} from './capabilities/validate-capability.ts';
export type {
  Capability,
  CapabilityKey,
  CapabilityType,
  Validation,
  ValidationStatus,
} from './capabilities/capability.ts';

// Evidence: where a capability was seen, down to the characters
export { countEvidence, Evidence, putEvidence } from './capabilities/evidence.ts';
export {
  EvidencePage,
  EvidenceSelection,
  listEvidence,
  removeEvidence,
} from './capabilities/find-evidence.ts';
export type { StoredEvidence } from './capabilities/find-evidence.ts';

// Search by meaning
export { findSimilarCapabilities } from './similarity/find-similar-capabilities.ts';
export type { SimilarCapabilities, SimilarCapability } from './similarity/find-similar-capabilities.ts';
export { SimilarityQuery } from './similarity/similarity-query.ts';
export type { PlanReason, SearchExplanation, SearchPlan } from './similarity/search-plan.ts';
export { RecallProbe } from './similarity/recall-probe.ts';
export type { PlanRecall, ProbeOptions, RecallReport } from './similarity/recall-probe.ts';
export type { RecallMeter } from './similarity/recall-metrics.ts';
export { maintainVectorIndexes } from './similarity/maintain-vector-indexes.ts';
export { VectorIndexOptions } from './similarity/vector-index-options.ts';
export type {
  TenantVectorIndex,
  VectorIndexOutcome,
  VectorIndexReport,
} from './similarity/vector-index-report.ts';

// Cached similarities
export {
  CachedSimilarityQuery,
  cleanUpSimilarities,
  getCachedSimilarity,
  putSimilarities,
  SimilarityInput,
} from './similarity/similarity-cache.ts';
export type { Similarity } from './similarity/similarity-cache.ts';

// Settings
export { getGraphSettings } from './graph-settings.ts';
export type { GraphSettings } from './graph-settings.ts';

// Relationships
export { putRelationships } from './relationships/put-relationships.ts';
export type { StoredRelationship } from './relationships/put-relationships.ts';
export { RelationshipAssertion, RelationshipProperties } from './relationships/relationship-input.ts';
export { RelationshipType } from './relationships/relationship.ts';
export type { Relationship } from './relationships/relationship.ts';
export { RelationshipKey } from './relationships/relationship-key.ts';
export { RelationshipSighting, strengthenRelationships } from './relationships/strengthen-relationships.ts';
export {
  supersedeRelationship,
  supersedeRelationships,
  Supersession,
} from './relationships/supersede-relationship.ts';
export { deleteRelationship, deleteRelationships } from './relationships/delete-relationship.ts';
export {
  countRelationships,
  findRelationship,
  getRelationship,
  listRelationships,
  RelationshipLookup,
  RelationshipQuery,
} from './relationships/read-relationships.ts';
export type { RelationshipPage } from './relationships/read-relationships.ts';
export { listRelationshipHistory, RelationshipHistoryQuery } from './relationships/relationship-history.ts';

// Co-occurrence
export {
  Cooccurrence,
  CooccurrenceQuery,
  listCooccurrences,
  listCooccurringAgents,
  observeCooccurrences,
} from './relationships/cooccurrence.ts';
export type { CooccurringAgent } from './relationships/cooccurrence.ts';
export { relateCooccurringAgents } from './relationships/relate-cooccurring-agents.ts';

// Walks
export { findPath, PathQuery } from './walks/find-path.ts';
export type { AgentPath } from './walks/find-path.ts';
export { listNeighbors, NeighborQuery } from './walks/list-neighbors.ts';
export type { Neighbor } from './walks/list-neighbors.ts';
export { getNeighborhood } from './walks/neighborhood.ts';
export type { Neighborhood } from './walks/neighborhood.ts';
export { findShortestPath } from './walks/shortest-path.ts';
export { listShortestPaths } from './walks/shortest-paths.ts';
export type { PathsSearch } from './walks/shortest-paths.ts';
export { findStrongestPath } from './walks/strongest-path.ts';
export { pathTo, traverse } from './walks/traverse.ts';
export type { Traversal, WalkNode } from './walks/traverse.ts';
export {
  Direction,
  PathSearchQuery,
  ShortestPathsQuery,
  TraverseQuery,
  WalkBudget,
} from './walks/walk-query.ts';
export type { PathSearch } from './walks/path-search.ts';
export type { Truncation } from './walks/truncation.ts';
export type { WalkEdge } from './walks/walk-edge.ts';
export type { WalkPath } from './walks/walk-path.ts';

// Centrality
export { AgentGraphQuery, readAgentGraph } from './centrality/agent-graph.ts';
export type { AgentGraph } from './centrality/agent-graph.ts';
export { listDegrees } from './centrality/degrees.ts';
export type { AgentDegree } from './centrality/degrees.ts';
export { CommunityOptions, findCommunities } from './centrality/find-communities.ts';
export type { FoundCommunities } from './centrality/find-communities.ts';
export { GraphSelection } from './centrality/graph-selection.ts';
export { BetweennessOptions, measureBetweenness } from './centrality/measure-betweenness.ts';
export type { MeasuredBetweenness } from './centrality/measure-betweenness.ts';
export { rankAgents, RankOptions } from './centrality/rank-agents.ts';
export type { RankedAgents } from './centrality/rank-agents.ts';

// Export
export type {
  ExportedAgent,
  ExportedGraph,
  ExportedRelationship,
  GraphStream,
} from './export/exported-graph.ts';
export { parseGraphJson, writeGraphJson } from './export/graph-json.ts';
export { writeGraphMl } from './export/graphml.ts';
export { MermaidOptions, writeMermaid } from './export/mermaid.ts';
export { streamAgentGraph } from './export/stream-agent-graph.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { KnowledgeGraphTables } from './tables.ts';

// Errors
export { GraphError } from './errors.ts';
export type { GraphErrorCode } from './errors.ts';
