import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';

/** How two agents are related. */
export const RelationshipType = z.enum([
  'COLLABORATES_WITH',
  'SIMILAR_TO',
  'DERIVED_FROM',
  'VALIDATES',
  'DEPENDS_ON',
  'COMPETES_WITH',
  'INFLUENCES',
  'REPLACES',
  'ENHANCES',
]);
export type RelationshipType = z.infer<typeof RelationshipType>;

/** One version of a relationship: how it is in one period of the world, as it was believed in one of the database. */
export interface Relationship {
  /** Of this version; another period has another. */
  readonly id: string;
  /** The smaller id, in bytes, if it holds both ways. */
  readonly sourceAgentId: string;
  readonly targetAgentId: string;
  readonly type: RelationshipType;
  /** False: it holds both ways. */
  readonly isDirectional: boolean;
  /** 0.5–1. */
  readonly confidence: number;
  /** 0–1. */
  readonly strength: number;
  readonly cooccurrenceCount: number;
  readonly supportingTasks: readonly string[];
  readonly extractionContext?: string;
  /** Bits. */
  readonly mutualInformation?: number;
  /** Bits. */
  readonly pointwiseMutualInformation?: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastObserved: Date;
  /** Since when it holds; absent: ever since. */
  readonly validFrom?: Date;
  /** When it ends; absent: it is open. */
  readonly validTo?: Date;
  /** Since when it is believed. */
  readonly recordedAt: Date;
  /** When it was no longer believed; absent: it still is. */
  readonly supersededAt?: Date;
  readonly supersededReason?: string;
}

/** What {@link toRelationship} takes: the columns of {@link RELATIONSHIP_COLUMNS}. */
export interface RelationshipRow {
  readonly id: string;
  readonly source_agent_id: string;
  readonly target_agent_id: string;
  readonly type: RelationshipType;
  readonly is_directional: boolean;
  readonly confidence: string;
  readonly strength: string;
  readonly cooccurrence_count: number;
  readonly supporting_tasks: string[];
  readonly extraction_context: string | null;
  readonly mutual_information: string | null;
  readonly pointwise_mutual_information: string | null;
  readonly metadata: Record<string, unknown>;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_observed: Date;
  readonly valid_from: Date | null;
  readonly valid_to: Date | null;
  readonly recorded_at: Date;
  readonly superseded_at: Date | null;
  readonly superseded_reason: string | null;
}

/** The next whole millisecond: a `Date` has no microseconds, and a read as of what is returned must see the row. */
function wholeMillisecond(column: string): RawBuilder<unknown> {
  const instant = sql.ref(column);
  return sql`date_trunc('milliseconds', ${instant} + interval '999 microseconds') as ${instant}`;
}

/** Of `agent_relationship_versions`, or anything with its columns. */
export const RELATIONSHIP_COLUMNS = sql.join([
  sql`
    id, source_agent_id, target_agent_id, type, is_directional, confidence, strength, cooccurrence_count,
    supporting_tasks, extraction_context, mutual_information, pointwise_mutual_information, metadata,
    created_at, updated_at, last_observed, superseded_reason,
    case when isfinite(valid_from) then date_trunc('milliseconds', valid_from + interval '999 microseconds') end as valid_from,
    case when isfinite(valid_to) then date_trunc('milliseconds', valid_to + interval '999 microseconds') end as valid_to
  `,
  wholeMillisecond('recorded_at'),
  wholeMillisecond('superseded_at'),
]);

export function toRelationship(row: RelationshipRow): Relationship {
  return {
    id: row.id,
    sourceAgentId: row.source_agent_id,
    targetAgentId: row.target_agent_id,
    type: row.type,
    isDirectional: row.is_directional,
    confidence: Number(row.confidence),
    strength: Number(row.strength),
    cooccurrenceCount: row.cooccurrence_count,
    supportingTasks: row.supporting_tasks,
    ...(row.extraction_context === null ? {} : { extractionContext: row.extraction_context }),
    ...(row.mutual_information === null ? {} : { mutualInformation: Number(row.mutual_information) }),
    ...(row.pointwise_mutual_information === null
      ? {}
      : { pointwiseMutualInformation: Number(row.pointwise_mutual_information) }),
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastObserved: row.last_observed,
    ...(row.valid_from === null ? {} : { validFrom: row.valid_from }),
    ...(row.valid_to === null ? {} : { validTo: row.valid_to }),
    recordedAt: row.recorded_at,
    ...(row.superseded_at === null ? {} : { supersededAt: row.superseded_at }),
    ...(row.superseded_reason === null ? {} : { supersededReason: row.superseded_reason }),
  };
}
