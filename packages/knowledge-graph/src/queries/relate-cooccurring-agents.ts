import { sql, type RawBuilder } from 'kysely';

export interface ChangedRelationships {
  readonly changed: number;
}

/** See `relateCooccurringAgents`. A row that would not change is not written, so that running again costs nothing. */
export const RELATE_COOCCURRING_AGENTS = (tenantId: string): RawBuilder<ChangedRelationships> => sql`
  with seen as materialized (
    select context_id, agent_id, observed_at
    from agent_cooccurrences
    where tenant_id = ${tenantId}
  ),
  total as (
    select count(distinct context_id)::double precision as n from seen
  ),
  agent as materialized (
    select agent_id, count(*)::double precision as n from seen group by agent_id
  ),
  pair as (
    select
      a.agent_id as source,
      b.agent_id as target,
      count(*)::double precision as n,
      max(greatest(a.observed_at, b.observed_at)) as last_observed
    from seen as a
    join seen as b on b.context_id = a.context_id and a.agent_id collate "C" < b.agent_id collate "C"
    group by a.agent_id, b.agent_id
  ),
  counted as (
    select
      pair.*,
      total.n as all_contexts,
      source.n as with_source,
      target.n as with_target,
      source.n / total.n as p_source,
      target.n / total.n as p_target
    from pair
    cross join total
    join agent as source on source.agent_id = pair.source
    join agent as target on target.agent_id = pair.target
  ),
  measured as (
    select
      counted.*,
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
    from counted
  ),
  written as (
    insert into agent_relationships as relationship (
      tenant_id, source_agent_id, target_agent_id, type, is_directional, cooccurrence_count, confidence, strength,
      mutual_information, pointwise_mutual_information, last_observed, extraction_context
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
      'shared contexts'
    from measured
    on conflict (tenant_id, source_agent_id, target_agent_id, type) where valid_to = 'infinity' do update
    set
      cooccurrence_count = excluded.cooccurrence_count,
      confidence = excluded.confidence,
      strength = excluded.strength,
      mutual_information = excluded.mutual_information,
      pointwise_mutual_information = excluded.pointwise_mutual_information,
      last_observed = excluded.last_observed
    where (
      relationship.cooccurrence_count,
      relationship.confidence,
      relationship.mutual_information,
      relationship.pointwise_mutual_information,
      relationship.strength,
      relationship.last_observed
    ) is distinct from (
      excluded.cooccurrence_count,
      excluded.confidence,
      excluded.mutual_information,
      excluded.pointwise_mutual_information,
      excluded.strength,
      excluded.last_observed
    )
    returning relationship.id
  )
  select count(*)::integer as changed from written
`;
