import { sql, type RawBuilder } from 'kysely';
import { confidenceOf } from './upsert-demonstrations.ts';

/** See `mergeCapabilities`: what the target takes over from the sources. Of two that say different, the first given wins. */
export const ABSORB_SOURCES = (
  tenantId: string,
  targetId: string,
  sourceIds: readonly string[],
): RawBuilder<unknown> => sql`
  with source as materialized (
    select capability.*, given.place
    from unnest(${sourceIds}::uuid[]) with ordinality as given (id, place)
    join agent_capabilities_graph as capability on capability.tenant_id = ${tenantId} and capability.id = given.id
  ),
  -- The target is place 0.
  merged as materialized (
    select capability.*, 0 as place
    from agent_capabilities_graph as capability
    where capability.tenant_id = ${tenantId} and capability.id = ${targetId}
    union all
    select * from source
  ),
  total as (
    select
      sum(demonstration_count)::integer as demonstrations,
      sum(failure_count)::integer as failures,
      min(first_observed) as first_observed,
      max(last_demonstrated) as last_demonstrated
    from merged
  ),
  alias as (
    select distinct on (normalize_entity_name(known.name)) known.name, merged.place, known.ordinal
    from merged
    cross join unnest(
      case when merged.place > 0 then array[merged.capability_name::text] end || merged.aliases
    ) with ordinality as known (name, ordinal)
    where normalize_entity_name(known.name) <> (select canonical_name from merged where place = 0)
    order by normalize_entity_name(known.name), merged.place, known.ordinal
  ),
  task as (
    select distinct on (shown.id) shown.id, merged.place, shown.ordinal
    from merged
    cross join unnest(merged.source_tasks) with ordinality as shown (id, ordinal)
    order by shown.id, merged.place, shown.ordinal
  ),
  topic as (
    select distinct on (word.value) word.value, merged.place, word.ordinal
    from merged
    cross join jsonb_array_elements(
      case when jsonb_typeof(merged.metadata -> 'topics') = 'array' then merged.metadata -> 'topics' else '[]' end
    ) with ordinality as word (value, ordinal)
    order by word.value, merged.place, word.ordinal
  ),
  origin as (
    select jsonb_build_object(
      'id', id, 'name', capability_name, 'demonstrations', demonstration_count, 'failures', failure_count,
      'firstAt', first_observed, 'lastAt', last_demonstrated, 'mergedAt', now()
    ) as fields, place
    from source
  )
  update agent_capabilities_graph as target
  set
    demonstration_count = total.demonstrations,
    failure_count = total.failures,
    confidence = ${confidenceOf('total.demonstrations', 'total.failures')},
    first_observed = total.first_observed,
    last_demonstrated = total.last_demonstrated,
    aliases = array(select name from alias order by place, ordinal),
    source_tasks = array(select id from task order by place, ordinal),
    metadata = (
      select jsonb_object_agg(entry.key, entry.value order by merged.place desc)
      from merged
      cross join jsonb_each(merged.metadata || '{"topics": null}') as entry (key, value)
    ) || jsonb_build_object(
      'topics', coalesce((select jsonb_agg(value order by place, ordinal) from topic), '[]'),
      'mergedFrom', (
        select jsonb_agg(known.fields order by known.rank, known.place, known.ordinal)
        from (
          select 0 as rank, merged.place, element.ordinal, element.value as fields
          from merged
          cross join jsonb_array_elements(
            case when jsonb_typeof(merged.metadata -> 'mergedFrom') = 'array' then merged.metadata -> 'mergedFrom' else '[]' end
          ) with ordinality as element (value, ordinal)
          union all
          select 1, origin.place, 0, origin.fields from origin
        ) as known
      )
    ),
    embedding = coalesce(target.embedding, (
      select source.embedding from source
      where source.embedding is not null
      order by source.demonstration_count desc, source.place
      limit 1
    ))
  from total
  where target.tenant_id = ${tenantId} and target.id = ${targetId}
`;

/** See `mergeCapabilities`: what is evidence of several of them stays once, the target's or else the oldest. */
export const MOVE_EVIDENCE = (
  tenantId: string,
  targetId: string,
  sourceIds: readonly string[],
): RawBuilder<{ readonly id: string }> => sql`
  with known as (
    select
      id,
      row_number() over (
        partition by chunk_id, start_position, end_position, mention_text
        order by entity_id <> ${targetId}, created_at, id
      ) as copy
    from entity_chunk_mappings
    where tenant_id = ${tenantId} and entity_id = any(${[targetId, ...sourceIds]}::uuid[])
  )
  update entity_chunk_mappings as mapping
  set entity_id = ${targetId}
  from known
  where mapping.tenant_id = ${tenantId}
    and mapping.id = known.id
    and known.copy = 1
    and mapping.entity_id <> ${targetId}
  returning mapping.id
`;
