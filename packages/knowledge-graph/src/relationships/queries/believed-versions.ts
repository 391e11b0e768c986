import { sql, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import type { RelationshipProperties } from '../relationship-input.ts';
import type { RelationshipKey } from '../relationship-key.ts';

/** What is believed of a relationship over a period of the world from now on. */
export interface Revision extends RelationshipKey {
  readonly isDirectional: boolean;
  /** An instant of PostgreSQL, also `-infinity` and `infinity`. */
  readonly from: Date | string;
  readonly until: Date | string;
  /** Absent: it does not hold. */
  readonly properties?: z.output<typeof RelationshipProperties>;
}

/**
 * The start of a statement: `given`, one row for each revision, with the versions that are believed of its period: `same`
 * and where these cover the period, `covered`; and `others`, with their ends.
 *
 * **Runs** one lookup by tenant and both agents for each. A lateral one: the planner knows nothing of how many there are.
 */
export const BELIEVED_VERSIONS = (
  tenantId: string,
  revisions: readonly Revision[],
): RawBuilder<unknown> => sql`
  with given as materialized (
    select
      row.*,
      row.type::relationship_type as relationship,
      tstzrange(row.valid_from, row.valid_to) as period,
      believed.*
    from unnest(
      ${revisions.map((row) => row.sourceAgentId)}::text[],
      ${revisions.map((row) => row.targetAgentId)}::text[],
      ${revisions.map((row) => row.type)}::text[],
      ${revisions.map((row) => row.isDirectional)}::boolean[],
      ${revisions.map((row) => row.from)}::timestamptz[],
      ${revisions.map((row) => row.until)}::timestamptz[],
      ${revisions.map((row) => row.properties !== undefined)}::boolean[],
      ${revisions.map((row) => row.properties?.confidence ?? null)}::numeric[],
      ${revisions.map((row) => row.properties?.strength ?? null)}::numeric[],
      ${revisions.map((row) => row.properties?.cooccurrenceCount ?? null)}::integer[],
      ${revisions.map((row) => row.properties && `{${row.properties.supportingTasks.join()}}`)}::text[],
      ${revisions.map((row) => row.properties?.extractionContext ?? null)}::text[],
      ${revisions.map((row) => row.properties?.mutualInformation ?? null)}::numeric[],
      ${revisions.map((row) => row.properties?.pointwiseMutualInformation ?? null)}::numeric[],
      ${revisions.map((row) => row.properties && JSON.stringify(row.properties.metadata))}::text[],
      ${revisions.map((row) => row.properties?.lastObserved ?? null)}::timestamptz[]
    ) with ordinality as row (
      source_agent_id, target_agent_id, type, is_directional, valid_from, valid_to, holds, confidence, strength,
      cooccurrence_count, supporting_tasks, extraction_context, mutual_information, pointwise_mutual_information,
      metadata, last_observed, ordinal
    )
    cross join lateral (
      select
        array_agg(version.id) filter (where version.says_so) as same,
        array_agg(version.id) filter (where not version.says_so) as others,
        array_agg(version.valid_to) filter (where not version.says_so) as others_end,
        coalesce(range_agg(version.period) filter (where version.says_so), '{}') as covered
      from (
        select
          edge.id,
          edge.valid_to,
          tstzrange(edge.valid_from, edge.valid_to) as period,
          row.holds and (
            edge.is_directional, edge.confidence, edge.strength, edge.cooccurrence_count, edge.supporting_tasks,
            edge.extraction_context, edge.mutual_information, edge.pointwise_mutual_information, edge.metadata,
            edge.last_observed
          ) is not distinct from (
            row.is_directional, row.confidence, row.strength, row.cooccurrence_count, row.supporting_tasks::uuid[],
            row.extraction_context, row.mutual_information, row.pointwise_mutual_information, row.metadata::jsonb,
            coalesce(row.last_observed, edge.last_observed)
          ) as says_so
        from agent_relationships as edge
        where edge.tenant_id = ${tenantId}
          and edge.source_agent_id = row.source_agent_id
          and edge.target_agent_id = row.target_agent_id
          and edge.type = row.type::relationship_type
          and edge.valid_from < row.valid_to
          and edge.valid_to > row.valid_from
      ) as version
    ) as believed
  )
`;
