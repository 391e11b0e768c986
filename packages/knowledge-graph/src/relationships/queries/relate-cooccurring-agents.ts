import { sql, type RawBuilder } from 'kysely';

export interface ChangedRelationships {
  readonly changed: number;
}

/**
 * See `relateCooccurringAgents`. A row that would not change is not written, so that running again costs nothing. The caller
 * holds the lock of all relationships.
 */
export const RELATE_COOCCURRING_AGENTS = (
  tenantId: string,
  agentIds: readonly string[] | undefined,
): RawBuilder<ChangedRelationships> => sql`
  with seen as materialized (
    select context_id, agent_id, observed_at, count(*) over (partition by agent_id) as contexts
    from agent_cooccurrences
    where tenant_id = ${tenantId}
  ),
  total as materialized (
    select count(distinct context_id)::double precision as n from seen
  ),
  -- Pairs without a join: the planner does not know how much was seen, and would compare all with all.
  context as (
    select
      array_agg(agent_id order by agent_id collate "C") as agents,
      array_agg(observed_at order by agent_id collate "C") as instants,
      array_agg(contexts order by agent_id collate "C") as contexts
    from seen
    group by context_id
    having ${concerns(agentIds)}
  ),
  met as (
    select
      a.agent_id as source,
      b.agent_id as target,
      a.contexts as with_source,
      b.contexts as with_target,
      greatest(a.observed_at, b.observed_at) as at
    from context
    cross join lateral unnest(context.agents, context.instants, context.contexts)
      with ordinality as a (agent_id, observed_at, contexts, place)
    cross join lateral unnest(context.agents[a.place + 1:], context.instants[a.place + 1:], context.contexts[a.place + 1:])
      as b (agent_id, observed_at, contexts)
    where ${isOneOf(agentIds)}
  ),
  counted as materialized (
    select
      source,
      target,
      count(at)::double precision as n,
      min(with_source)::double precision as with_source,
      min(with_target)::double precision as with_target,
      min(at) as met_at,
      max(at) as last_observed,
      max(ended_at) as ended_at,
      max(open_from) as open_from
    from (
      select source, target, with_source, with_target, at, null as ended_at, null as open_from from met
      union all
      select
        source_agent_id,
        target_agent_id,
        null,
        null,
        null,
        case when valid_to < 'infinity' then valid_to end,
        case when valid_to = 'infinity' then valid_from end
      from agent_relationships
      where tenant_id = ${tenantId} and type = 'COLLABORATES_WITH'
    ) as known
    group by source, target
    having count(at) > 0
  ),
  pair as (
    select
      counted.*,
      total.n as all_contexts,
      with_source / total.n as p_source,
      with_target / total.n as p_target
    from counted
    cross join total
  ),
  measured as (
    select
      pair.*,
      -- A cell that never happens adds nothing: p log p goes to 0 with p.
      (
        select sum(case when cell.p > 0 then cell.p * ln(cell.p / cell.expected) / ln(2.0) else 0 end)
        from (
          values
            (n / all_contexts, p_source * p_target),
            ((with_source - n) / all_contexts, p_source * (1 - p_target)),
            ((with_target - n) / all_contexts, (1 - p_source) * p_target),
            ((all_contexts - with_source - with_target + n) / all_contexts, (1 - p_source) * (1 - p_target))
        ) as cell (p, expected)
      ) as mutual_information
    from pair
  ),
  written as (
    insert into agent_relationships as relationship (
      tenant_id, source_agent_id, target_agent_id, type, is_directional, cooccurrence_count, confidence, strength,
      mutual_information, pointwise_mutual_information, last_observed, extraction_context, valid_from
    )
    select
      ${tenantId},
      source,
      target,
      'COLLABORATES_WITH',
      false,
      n::integer,
      round((0.5 + 0.5 * n / (n + 3))::numeric, 2),
      round((n / (with_source + with_target - n))::numeric, 2),
      round(greatest(mutual_information, 0)::numeric, 6),
      round((ln(n * all_contexts / (with_source * with_target)) / ln(2.0))::numeric, 6),
      last_observed,
      'shared contexts',
      greatest(ended_at, least(coalesce(began.at, open_from), now()))
    from measured
    -- What has ended stays so until they meet again.
    cross join lateral (
      select case when measured.ended_at is null then measured.met_at else min(greatest(a.observed_at, b.observed_at)) end as at
      from agent_cooccurrences as a
      join agent_cooccurrences as b on b.tenant_id = a.tenant_id and b.context_id = a.context_id
      where measured.ended_at is not null
        and a.tenant_id = ${tenantId}
        and a.agent_id = measured.source
        and b.agent_id = measured.target
        and greatest(a.observed_at, b.observed_at) >= measured.ended_at
    ) as began
    where began.at is not null or open_from is not null
    order by source, target
    on conflict (tenant_id, source_agent_id, target_agent_id, type) where valid_to = 'infinity' do update
    set
      cooccurrence_count = excluded.cooccurrence_count,
      confidence = excluded.confidence,
      strength = excluded.strength,
      mutual_information = excluded.mutual_information,
      pointwise_mutual_information = excluded.pointwise_mutual_information,
      last_observed = excluded.last_observed,
      valid_from = least(relationship.valid_from, excluded.valid_from)
    where (
      relationship.cooccurrence_count,
      relationship.confidence,
      relationship.mutual_information,
      relationship.pointwise_mutual_information,
      relationship.strength,
      relationship.last_observed,
      relationship.valid_from
    ) is distinct from (
      excluded.cooccurrence_count,
      excluded.confidence,
      excluded.mutual_information,
      excluded.pointwise_mutual_information,
      excluded.strength,
      excluded.last_observed,
      least(relationship.valid_from, excluded.valid_from)
    )
    returning relationship.id
  )
  select count(*)::integer as changed from written
`;

/** Of a context. */
function concerns(agentIds: readonly string[] | undefined): RawBuilder<unknown> {
  return agentIds === undefined ? sql`true` : sql`bool_or(agent_id = any(${agentIds}::text[]))`;
}

/** Of a pair. */
function isOneOf(agentIds: readonly string[] | undefined): RawBuilder<unknown> {
  if (agentIds === undefined) return sql`true`;
  return sql`(a.agent_id = any(${agentIds}::text[]) or b.agent_id = any(${agentIds}::text[]))`;
}
