import { sql, type RawBuilder } from 'kysely';
import type { RelationshipKey } from '../relationship-key.ts';
import type { RevisedVersion } from './add-versions.ts';

export interface Sighting extends RelationshipKey {
  readonly isDirectional: boolean;
  readonly count: number;
  readonly observedAt: Date;
  readonly supportingTasks: readonly string[];
}

// From the row as it is when it is locked, whoever wrote it last.
const COUNT = sql`least(edge.cooccurrence_count + given.more::bigint, 2147483647)`;

/** See `strengthenRelationships`. The caller holds the locks. */
export const STRENGTHEN_RELATIONSHIPS = (
  tenantId: string,
  sightings: readonly Sighting[],
): RawBuilder<RevisedVersion> => sql`
  with given as materialized (
    select row.*, row.type::relationship_type as relationship, version.id as found_id, gen_random_uuid() as made_id
    from unnest(
      ${sightings.map((row) => row.sourceAgentId)}::text[],
      ${sightings.map((row) => row.targetAgentId)}::text[],
      ${sightings.map((row) => row.type)}::text[],
      ${sightings.map((row) => row.isDirectional)}::boolean[],
      ${sightings.map((row) => row.count)}::integer[],
      ${sightings.map((row) => row.observedAt)}::timestamptz[],
      ${sightings.map((row) => `{${row.supportingTasks.join()}}`)}::text[]
    ) with ordinality as row (
      source_agent_id, target_agent_id, type, is_directional, more, observed_at, tasks, ordinal
    )
    -- The version that holds then, or the next one: none overlap.
    left join lateral (
      select edge.id
      from agent_relationships as edge
      where edge.tenant_id = ${tenantId}
        and edge.source_agent_id = row.source_agent_id
        and edge.target_agent_id = row.target_agent_id
        and edge.type = row.type::relationship_type
        and edge.valid_to > row.observed_at
      order by edge.valid_from
      limit 1
    ) as version on true
  ),
  strengthened as (
    update agent_relationships as edge
    set
      cooccurrence_count = ${COUNT}::integer,
      confidence = greatest(edge.confidence, ${confidenceOf(COUNT)}),
      strength = greatest(edge.strength, ${strengthOf(COUNT)}),
      last_observed = greatest(edge.last_observed, given.observed_at),
      valid_from = least(edge.valid_from, given.observed_at),
      supporting_tasks = edge.supporting_tasks || array(
        select task from unnest(given.tasks::uuid[]) as task where task <> all(edge.supporting_tasks)
      )
    from given
    where edge.tenant_id = ${tenantId} and edge.id = given.found_id
  ),
  made as (
    insert into agent_relationships (
      tenant_id, id, source_agent_id, target_agent_id, type, is_directional, cooccurrence_count, confidence, strength,
      supporting_tasks, last_observed, valid_from
    )
    select
      ${tenantId}, made_id, source_agent_id, target_agent_id, relationship, is_directional, more,
      ${confidenceOf(sql`more`)}, ${strengthOf(sql`more`)}, tasks::uuid[], observed_at, observed_at
    from given
    where found_id is null
    order by source_agent_id, target_agent_id, relationship
  )
  select ordinal::integer - 1 as place, coalesce(found_id, made_id) as id, found_id is null as is_new from given
`;

function confidenceOf(count: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`round(0.50 + 0.50 * ${count} / (${count} + 3.0), 2)`;
}

function strengthOf(count: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`round(${count} / (${count} + 3.0), 2)`;
}
