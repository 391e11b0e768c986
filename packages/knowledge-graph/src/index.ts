// Capabilities
export { countCapabilities, Demonstration, demonstrateCapabilities, listTopics } from './capabilities.ts';
export type { CapabilityKey, StoredCapability } from './capabilities.ts';
export { canonicalName } from './canonical-name.ts';
export { countEvidence, Evidence, putEvidence } from './evidence.ts';

// Relationships
export {
  Cooccurrence,
  countRelationships,
  observeCooccurrences,
  relateCooccurringAgents,
} from './cooccurrence.ts';

// Walks
export { findPath, listNeighbors, NeighborQuery, PathQuery } from './traversal.ts';
export type { AgentPath, Neighbor } from './traversal.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { KnowledgeGraphTables } from './tables.ts';

// Errors
export { GraphError } from './errors.ts';
export type { GraphErrorCode } from './errors.ts';
