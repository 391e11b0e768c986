import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { GraphTime } from '../graph-time.ts';
import { RelationshipType } from '../relationships/relationship.ts';

/** Which relationships of the tenant are meant, of which moment. */
export const GraphSelection = GraphTime.extend({
  /** Default: every type. */
  types: z.array(RelationshipType).min(1).optional(),
  /** Without relationships below it, 0–1. */
  minConfidence: z.number().min(0).max(1).default(0),
});
export type GraphSelection = z.input<typeof GraphSelection>;

/** Selected relationships, as a relation with the columns of `agent_relationships`. */
export function selectedRelationships(
  tenantId: string,
  { types, minConfidence, asOf, knownAt }: z.output<typeof GraphSelection>,
): RawBuilder<unknown> {
  const at = asOf === undefined ? sql`now()` : sql`${asOf}::timestamptz`;
  const versions =
    knownAt === undefined
      ? sql`agent_relationships as version where true`
      : sql`agent_relationship_versions as version
        where version.recorded_at <= ${knownAt}::timestamptz
          and (version.superseded_at is null or version.superseded_at > ${knownAt}::timestamptz)`;
  return sql`(
    select version.*
    from ${versions}
      and version.tenant_id = ${tenantId}
      and version.valid_from <= ${at}
      and version.valid_to > ${at}
      and version.confidence >= ${minConfidence}::numeric
      and (${types ?? null}::text[] is null or version.type::text = any(${types ?? null}::text[]))
  )`;
}

/**
 * Identifiers of the selected graph's agents, and their names: those that there are, and those that relationships name from
 * when there were others. By bytes, so that the order is the same on every server.
 */
export function selectedAgents(
  tenantId: string,
  selection: z.output<typeof GraphSelection>,
): RawBuilder<{ id: string; name: string | null }> {
  const gone = sql`
    union all
    select distinct agent.id, null
    from ${selectedRelationships(tenantId, selection)} as edge
    cross join lateral (values (edge.source_agent_id), (edge.target_agent_id)) as agent (id)
    where not exists (
      select from agent_profiles as profile where profile.tenant_id = ${tenantId} and profile.id = agent.id
    )`;
  return sql`
    select agent.id, agent.name
    from (
      select profile.id, profile.name from agent_profiles as profile where profile.tenant_id = ${tenantId}
      ${selection.knownAt === undefined ? sql`` : gone}
    ) as agent
    order by agent.id collate "C"`;
}
