import { sql } from 'kysely';
import { z } from 'zod';
import { Text } from '../column-values.ts';
import type { JsonObject } from '../generated/tables.ts';

export const CapabilityType = z.enum([
  'CAPABILITY',
  'AGENT',
  'TASK',
  'VERDICT',
  'TECHNOLOGY',
  'CONCEPT',
  'WAIVER',
  'GATE',
]);
export type CapabilityType = z.infer<typeof CapabilityType>;

export const ValidationStatus = z.enum(['unvalidated', 'validated', 'rejected']);
export type ValidationStatus = z.infer<typeof ValidationStatus>;

export const Topics = z.array(Text.max(100)).max(100);

/** A capability's key within its tenant. */
export interface CapabilityKey {
  readonly agentId: string;
  /** As `canonicalName()` computes it. */
  readonly canonicalName: string;
}

/** What an agent has shown that it can do. The embedding stays in the database. */
export interface Capability extends CapabilityKey {
  readonly id: string;
  readonly type: CapabilityType;
  /** As it was first given. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly topics: readonly string[];
  readonly demonstrationCount: number;
  readonly successCount: number;
  /** `successCount / demonstrationCount`, to three decimals. */
  readonly successRate: number;
  /** 0.70–1.00; see `demonstrateCapabilities`. */
  readonly confidence: number;
  readonly extractionConfidence: number;
  readonly sourceTasks: readonly string[];
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly updatedAt: Date;
  readonly hasEmbedding: boolean;
  readonly validation: Validation;
  readonly metadata: JsonObject;
}

/** What people said of a capability. */
export interface Validation {
  readonly status: ValidationStatus;
  /** Undefined if nobody has decided, or who did was forgotten. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
  readonly at: Date | undefined;
}

export interface CapabilityRow {
  readonly id: string;
  readonly agent_id: string;
  readonly capability_type: CapabilityType;
  readonly capability_name: string;
  readonly canonical_name: string;
  readonly aliases: string[];
  readonly demonstration_count: number;
  readonly failure_count: number;
  readonly success_rate: string;
  readonly confidence: string;
  readonly extraction_confidence: string;
  readonly source_tasks: string[];
  readonly first_observed: Date;
  readonly last_demonstrated: Date;
  readonly last_updated: Date;
  readonly has_embedding: boolean;
  readonly validation_status: ValidationStatus;
  readonly validated_by: string | null;
  readonly validation_reason: string | null;
  readonly validated_at: Date | null;
  readonly metadata: JsonObject;
}

/** Of a table that is called `capability`: everything but what only the database reads. */
export const CAPABILITY_COLUMNS = sql.join(
  [
    ...['id', 'agent_id', 'capability_type', 'capability_name', 'canonical_name', 'aliases'],
    ...['demonstration_count', 'failure_count', 'success_rate', 'confidence', 'extraction_confidence'],
    ...['source_tasks', 'first_observed', 'last_demonstrated', 'last_updated', 'metadata'],
    ...['validation_status', 'validated_by', 'validation_reason', 'validated_at'],
  ]
    .map((column) => sql.ref(`capability.${column}`))
    .concat(sql`capability.embedding is not null as has_embedding`),
);

export function toCapability(row: CapabilityRow): Capability {
  const { topics, ...metadata } = row.metadata;
  return {
    id: row.id,
    agentId: row.agent_id,
    canonicalName: row.canonical_name,
    type: row.capability_type,
    name: row.capability_name,
    aliases: row.aliases,
    topics: Array.isArray(topics) ? topics.map(String) : [],
    demonstrationCount: row.demonstration_count,
    successCount: row.demonstration_count - row.failure_count,
    successRate: Number(row.success_rate),
    confidence: Number(row.confidence),
    extractionConfidence: Number(row.extraction_confidence),
    sourceTasks: row.source_tasks,
    firstAt: row.first_observed,
    lastAt: row.last_demonstrated,
    updatedAt: row.last_updated,
    hasEmbedding: row.has_embedding,
    validation: {
      status: row.validation_status,
      by: row.validated_by ?? undefined,
      reason: row.validation_reason ?? undefined,
      at: row.validated_at ?? undefined,
    },
    metadata,
  };
}
