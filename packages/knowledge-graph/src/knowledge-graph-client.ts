import {
  bindOperations,
  type BoundOperations,
  type ConnectionPoolManager,
  type TenantContextInput,
  type TenantTransaction,
  type TransactionOptions,
} from '@agent-agency/db-core';
import { addCapabilityAliases, removeCapabilityAliases } from './capabilities/aliases.ts';
import { countCapabilities } from './capabilities/count-capabilities.ts';
import { demonstrateCapabilities } from './capabilities/demonstrate-capabilities.ts';
import { countEvidence, putEvidence } from './capabilities/evidence.ts';
import { findCapability, getCapability } from './capabilities/find-capabilities.ts';
import { listEvidence, removeEvidence } from './capabilities/find-evidence.ts';
import { listCapabilities } from './capabilities/list-capabilities.ts';
import { mergeCapabilities } from './capabilities/merge-capabilities.ts';
import { suggestDuplicates } from './capabilities/suggest-duplicates.ts';
import { listTopics } from './capabilities/topics.ts';
import {
  rejectCapability,
  reopenCapability,
  validateCapability,
} from './capabilities/validate-capability.ts';
import { readAgentGraph } from './centrality/agent-graph.ts';
import { listDegrees } from './centrality/degrees.ts';
import { getGraphSettings } from './graph-settings.ts';
import {
  listCooccurrences,
  listCooccurringAgents,
  observeCooccurrences,
} from './relationships/cooccurrence.ts';
import { deleteRelationship, deleteRelationships } from './relationships/delete-relationship.ts';
import { putRelationships } from './relationships/put-relationships.ts';
import {
  countRelationships,
  findRelationship,
  getRelationship,
  listRelationships,
} from './relationships/read-relationships.ts';
import { relateCooccurringAgents } from './relationships/relate-cooccurring-agents.ts';
import { listRelationshipHistory } from './relationships/relationship-history.ts';
import { strengthenRelationships } from './relationships/strengthen-relationships.ts';
import { supersedeRelationship, supersedeRelationships } from './relationships/supersede-relationship.ts';
import { findSimilarCapabilities, type SimilarCapabilities } from './similarity/find-similar-capabilities.ts';
import { maintainVectorIndexes } from './similarity/maintain-vector-indexes.ts';
import { RecallProbe, type ProbeOptions, type RecallReport } from './similarity/recall-probe.ts';
import { cleanUpSimilarities, getCachedSimilarity, putSimilarities } from './similarity/similarity-cache.ts';
import type { SimilarityQuery } from './similarity/similarity-query.ts';
import type { VectorIndexOptions } from './similarity/vector-index-options.ts';
import type { VectorIndexReport } from './similarity/vector-index-report.ts';
import { findPath } from './walks/find-path.ts';
import { listNeighbors } from './walks/list-neighbors.ts';
import { getNeighborhood } from './walks/neighborhood.ts';
import { findShortestPath } from './walks/shortest-path.ts';
import { listShortestPaths } from './walks/shortest-paths.ts';
import { findStrongestPath } from './walks/strongest-path.ts';
import { traverse } from './walks/traverse.ts';

const TENANT_OPERATIONS = {
  // Capabilities
  ...{
    demonstrateCapabilities,
    getCapability,
    findCapability,
    listCapabilities,
    countCapabilities,
    listTopics,
  },
  ...{ validateCapability, rejectCapability, reopenCapability },
  ...{ addCapabilityAliases, removeCapabilityAliases, mergeCapabilities, suggestDuplicates },
  ...{ putEvidence, listEvidence, removeEvidence, countEvidence },
  // Search by meaning
  ...{ findSimilarCapabilities, putSimilarities, getCachedSimilarity, cleanUpSimilarities },
  // Relationships
  ...{ putRelationships, strengthenRelationships, deleteRelationship, deleteRelationships },
  ...{ supersedeRelationship, supersedeRelationships },
  ...{ getRelationship, findRelationship, listRelationships, listRelationshipHistory, countRelationships },
  ...{ observeCooccurrences, listCooccurrences, listCooccurringAgents, relateCooccurringAgents },
  // Walks
  ...{ traverse, getNeighborhood, listNeighbors },
  ...{ findPath, findShortestPath, findStrongestPath, listShortestPaths },
  // The whole graph
  ...{ listDegrees, readAgentGraph, getGraphSettings },
} as const;

export type KnowledgeGraphOperations = BoundOperations<typeof TENANT_OPERATIONS, TenantTransaction>;

/**
 * Everything of this package, one call a transaction.
 *
 * @example
 * const graph = new KnowledgeGraphClient(manager, { recall: { rate: 0.01 } });
 * const acme = graph.tenant({ tenantId: 'acme' });
 * const { capabilities } = await acme.findSimilarCapabilities({ embedding, limit: 5 });
 * const { nodes, truncated } = await acme.traverse({ from: 'agent-123', maxHops: 3 });
 * const { plans } = await graph.recallProbe();
 */
export class KnowledgeGraphClient {
  readonly #manager: ConnectionPoolManager;
  readonly #probe: RecallProbe;

  /**
   * @param options.recall which searches are sampled for `recallProbe`. Default: none.
   * @throws {GraphError} `INVALID_INPUT`.
   */
  constructor(manager: ConnectionPoolManager, { recall = {} }: { readonly recall?: ProbeOptions } = {}) {
    this.#manager = manager;
    this.#probe = new RecallProbe(recall);
  }

  /** What a tenant does. */
  tenant(context: TenantContextInput, options: TransactionOptions = {}): KnowledgeGraphOperations {
    const operations = bindOperations(
      TENANT_OPERATIONS,
      (work: (tx: TenantTransaction) => Promise<unknown>) => this.#manager.withTenant(context, work, options),
    );
    return {
      ...operations,
      findSimilarCapabilities: (query: SimilarityQuery): Promise<SimilarCapabilities> => {
        this.#probe.note(context, query);
        return operations.findSimilarCapabilities(query);
      },
    };
  }

  /** Asks the searches that were sampled again, exactly, and says how much of the truth had been found. */
  recallProbe(): Promise<RecallReport> {
    return this.#probe.measure(this.#manager);
  }

  /** What operators do: see {@link maintainVectorIndexes}. */
  maintainVectorIndexes(options: VectorIndexOptions): Promise<VectorIndexReport> {
    return maintainVectorIndexes(this.#manager, options);
  }
}
