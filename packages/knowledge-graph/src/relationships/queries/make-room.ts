import { sql, type RawBuilder } from 'kysely';
import { BELIEVED_VERSIONS, type Revision } from './believed-versions.ts';

/** What is left of a version behind what is cut out of it; ahead of it, the version itself is left. */
export interface LaterRest {
  /** Of the version, which says the same. */
  readonly id: string;
  /** Exactly as the database has them. */
  readonly begins: string;
  readonly ends: string;
}

/**
 * Cuts the periods of revisions out of the versions that say something else. A version keeps its row for what is left of it,
 * for the earlier rest of two: an update asks for no foreign key.
 *
 * A statement of its own: what is added afterwards is recorded later than what this superseded, which the triggers have to
 * find in the history.
 */
export const MAKE_ROOM = (tenantId: string, revisions: readonly Revision[]): RawBuilder<LaterRest> => sql`
  ${BELIEVED_VERSIONS(tenantId, revisions)},
  other as materialized (
    select version.id, version.ends, given.valid_from as begins_at, given.valid_to as ends_at
    from given
    cross join lateral unnest(given.others, given.others_end) as version (id, ends)
  ),
  removed as (
    delete from agent_relationships as edge
    using other
    where edge.tenant_id = ${tenantId}
      and edge.id = other.id
      and edge.valid_from >= other.begins_at
      and edge.valid_to <= other.ends_at
  ),
  cut as (
    update agent_relationships as edge
    set
      valid_from = case when edge.valid_from < other.begins_at then edge.valid_from else other.ends_at end,
      valid_to = case when edge.valid_from < other.begins_at then other.begins_at else edge.valid_to end
    from other
    where edge.tenant_id = ${tenantId}
      and edge.id = other.id
      and (edge.valid_from < other.begins_at or edge.valid_to > other.ends_at)
  )
  select other.id, other.ends_at::text as begins, other.ends::text as ends
  from other
  join agent_relationships as edge on edge.tenant_id = ${tenantId} and edge.id = other.id
  where edge.valid_from < other.begins_at and other.ends > other.ends_at
`;
