import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from './errors.ts';

const Share = z.number().min(0).max(1);

const Settings = z.object({
  min_entity_confidence: Share.default(0.7),
  min_relationship_confidence: Share.default(0.5),
  max_traversal_hops: z.int().min(1).default(3),
  similarity_threshold: z.number().min(-1).max(1).default(0.7),
  cache_similarity_ttl_hours: z.number().min(0).default(24),
  enable_auto_merge: z.boolean().default(false),
});

/** Settings of the tenant's knowledge graph. */
export interface GraphSettings {
  readonly minEntityConfidence: number;
  readonly minRelationshipConfidence: number;
  readonly maxTraversalHops: number;
  /** Cosine from which two capabilities count as similar. */
  readonly similarityThreshold: number;
  readonly cacheSimilarityTtlHours: number;
  /** Whether the tenant lets a job of its own merge near duplicates; this package merges none unasked. */
  readonly enableAutoMerge: boolean;
}

/**
 * Settings of the tenant's knowledge graph, from `graph_config`; defaults where it says nothing.
 *
 * @throws {GraphError} `INVALID_INPUT` when a stored value is none that the setting can have.
 */
export async function getGraphSettings(tx: TenantTransaction): Promise<GraphSettings> {
  const { rows } = await sql<{ settings: z.input<typeof Settings> | null }>`
    select jsonb_object_agg(key, value) as settings from graph_config where tenant_id = ${tx.tenantId}
  `.execute(tx);
  const settings = parseInput(Settings, rows[0]?.settings ?? {});
  return {
    minEntityConfidence: settings.min_entity_confidence,
    minRelationshipConfidence: settings.min_relationship_confidence,
    maxTraversalHops: settings.max_traversal_hops,
    similarityThreshold: settings.similarity_threshold,
    cacheSimilarityTtlHours: settings.cache_similarity_ttl_hours,
    enableAutoMerge: settings.enable_auto_merge,
  };
}
