import { sql, type RawBuilder } from 'kysely';
import { BELIEVED_VERSIONS, type Revision } from './believed-versions.ts';
import type { LaterRest } from './make-room.ts';

export interface RevisedVersion {
  /** Of the revision. */
  readonly place: number;
  readonly id: string;
  readonly is_new: boolean;
}

/** Adds what revisions say where it is not believed yet, and what is left of versions behind them. */
export const ADD_VERSIONS = (
  tenantId: string,
  revisions: readonly Revision[],
  rests: readonly LaterRest[],
): RawBuilder<RevisedVersion> => sql`
  ${BELIEVED_VERSIONS(tenantId, revisions)},
  added as materialized (
    select gen_random_uuid() as id, given.*, piece
    from given
    cross join lateral unnest(tstzmultirange(given.period) - given.covered) as piece
    where given.holds
  ),
  written as (
    insert into agent_relationships (
      tenant_id, id, source_agent_id, target_agent_id, type, is_directional, confidence, strength, cooccurrence_count,
      supporting_tasks, extraction_context, mutual_information, pointwise_mutual_information, metadata,
      created_at, last_observed, valid_from, valid_to
    )
    select
      ${tenantId}, id, source_agent_id, target_agent_id, relationship, is_directional, confidence, strength,
      cooccurrence_count, supporting_tasks::uuid[], extraction_context, mutual_information,
      pointwise_mutual_information, metadata::jsonb, now(), coalesce(last_observed, now()), lower(piece), upper(piece)
    from added
    union all
    select
      ${tenantId}, gen_random_uuid(), edge.source_agent_id, edge.target_agent_id, edge.type, edge.is_directional,
      edge.confidence, edge.strength, edge.cooccurrence_count, edge.supporting_tasks, edge.extraction_context,
      edge.mutual_information, edge.pointwise_mutual_information, edge.metadata, edge.created_at, edge.last_observed,
      rest.begins, rest.ends
    from unnest(
      ${rests.map(({ id }) => id)}::uuid[],
      ${rests.map(({ begins }) => begins)}::timestamptz[],
      ${rests.map(({ ends }) => ends)}::timestamptz[]
    ) as rest (id, begins, ends)
    join agent_relationships as edge on edge.tenant_id = ${tenantId} and edge.id = rest.id
    order by 3, 4, 5, 17
  )
  select ordinal::integer - 1 as place, id, true as is_new from added
  union all
  select given.ordinal::integer - 1, version.id, false
  from given
  cross join lateral unnest(given.same) as version (id)
`;
