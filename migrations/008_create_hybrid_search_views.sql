-- Reading across the graph: one view over everything that can be searched, and walks along relationships.

create view hybrid_search_index with (security_invoker = true) as
select
  capability.tenant_id,
  'agent_capability'::text as entity_type,
  capability.id::text as id,
  capability.agent_id::text as parent_id,
  capability.capability_name::text as name,
  capability.embedding,
  capability.search_vector,
  capability.confidence,
  capability.metadata
from agent_capabilities_graph as capability
union all
select
  node.tenant_id,
  'caws_provenance'::text,
  node.id::text,
  node.parent_entity_id::text,
  coalesce(node.description, node.entity_id)::text,
  node.embedding,
  node.search_vector,
  -- Null when no score was given: unscored is not the same as worthless.
  greatest(node.evidence_completeness, node.budget_adherence, node.gate_integrity, node.provenance_clarity),
  node.metadata
from caws_provenance_graph as node
union all
select
  agent.tenant_id,
  'agent_profile'::text,
  agent.id::text,
  null,
  agent.name::text,
  null::vector(768),
  -- Names are not English: no stemming, no stop words.
  setweight(to_tsvector('simple'::regconfig, agent.name), 'A'),
  null,
  agent.config
from agent_profiles as agent;

comment on view hybrid_search_index is 'Everything that search covers, with the caller''s own rights and rows.';
comment on column hybrid_search_index.tenant_id is 'Tenant that owns the row.';
comment on column hybrid_search_index.entity_type is 'agent_capability, caws_provenance or agent_profile.';
comment on column hybrid_search_index.id is 'Identifier within its kind.';
comment on column hybrid_search_index.parent_id is 'Agent of a capability; parent node of a provenance node; null for an agent.';
comment on column hybrid_search_index.name is 'What to show.';
comment on column hybrid_search_index.embedding is 'Embedding with 768 dimensions, if it has one.';
comment on column hybrid_search_index.search_vector is 'Its words.';
comment on column hybrid_search_index.confidence is 'Confidence of a capability, best score of a node; null if not scored.';
comment on column hybrid_search_index.metadata is 'Further facts.';

grant select on hybrid_search_index to agent_agency_app, agent_agency_readonly;

-- Breadth first, every agent once: enumerating paths, as a recursive query would, grows with the number of paths.
-- Per hop, the best way into each new agent wins: highest confidence, then smallest identifier, so that results repeat.
create function app.walk_agent_relationships(
  p_start varchar(255),
  p_stop_at varchar(255), -- null: walk on to the last hop
  p_max_hops integer,
  p_min_confidence numeric,
  p_types relationship_type[] -- null: every type
) returns table (
  reached_agent_id varchar(255),
  hops integer,
  types_on_path text[],
  agents_on_path text[],
  path_confidence double precision
)
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_max_nodes constant integer := 100000;
  v_ids text[] := array[p_start::text];
  v_parents integer[] := array[0];
  v_types text[] := array[null::text];
  v_confidences double precision[] := array[1.0::double precision];
  v_hops integer[] := array[0];
  v_frontier_from integer := 1;
  v_frontier_to integer := 1;
  v_new record;
begin
  if p_max_hops is null or p_max_hops not between 0 and 10 then
    raise exception using
      errcode = '22023',
      message = format('max_hops is %s; it has to be 0 to 10', coalesce(p_max_hops::text, 'null'));
  end if;
  if p_min_confidence is null then
    raise exception using errcode = '22023', message = 'min_confidence is null; it has to be 0 to 1';
  end if;

  for v_hop in 1 .. case when p_stop_at = p_start then 0 else p_max_hops end loop
    select
      array_agg(best.neighbor order by best.neighbor) as ids,
      array_agg(best.parent order by best.neighbor) as parents,
      array_agg(best.type order by best.neighbor) as types,
      array_agg(best.confidence order by best.neighbor) as confidences
    into v_new
    from (
      select distinct on (step.neighbor) step.neighbor, step.parent, step.type, step.confidence
      from (
        select
          edge.target_agent_id::text as neighbor,
          frontier.place as parent,
          edge.type::text as type,
          frontier.confidence * edge.confidence::double precision as confidence
        from unnest(
          v_ids[v_frontier_from : v_frontier_to], v_confidences[v_frontier_from : v_frontier_to]
        ) with ordinality as frontier (id, confidence, place)
        join agent_relationships as edge
          on edge.tenant_id = v_tenant and edge.source_agent_id = frontier.id
        where edge.confidence >= p_min_confidence and (p_types is null or edge.type = any(p_types))
        union all
        select
          edge.source_agent_id::text,
          frontier.place,
          edge.type::text,
          frontier.confidence * edge.confidence::double precision
        from unnest(
          v_ids[v_frontier_from : v_frontier_to], v_confidences[v_frontier_from : v_frontier_to]
        ) with ordinality as frontier (id, confidence, place)
        join agent_relationships as edge
          on edge.tenant_id = v_tenant and edge.target_agent_id = frontier.id and not edge.is_directional
        where edge.confidence >= p_min_confidence and (p_types is null or edge.type = any(p_types))
      ) as step
      -- Not `<> all(v_ids)`: that compares every step with every agent reached so far, one by one.
      where not exists (select from unnest(v_ids) as seen (id) where seen.id = step.neighbor)
      order by step.neighbor, step.confidence desc, step.parent, step.type
    ) as best;

    exit when v_new.ids is null;

    v_ids := v_ids || v_new.ids;
    v_parents := v_parents || (
      select array_agg(v_frontier_from - 1 + parent.place order by parent.ordinal)
      from unnest(v_new.parents) with ordinality as parent (place, ordinal)
    )::integer[];
    v_types := v_types || v_new.types;
    v_confidences := v_confidences || v_new.confidences;
    v_hops := v_hops || array_fill(v_hop, array[cardinality(v_new.ids)]);
    v_frontier_from := v_frontier_to + 1;
    v_frontier_to := cardinality(v_ids);

    exit when p_stop_at = any(v_new.ids);
    if v_frontier_to > v_max_nodes then
      raise exception using
        errcode = '54000',
        message = format('the walk from %s reached more than %s agents', p_start, v_max_nodes),
        hint = 'Ask for fewer hops, a higher confidence, or fewer types.';
    end if;
  end loop;

  return query
    with recursive found as (
      select node.id, node.parent, node.type, node.confidence, node.hop, node.place
      from unnest(v_ids, v_parents, v_types, v_confidences, v_hops)
        with ordinality as node (id, parent, type, confidence, hop, place)
    ),
    path as (
      select found.id, found.place, found.hop, found.confidence, array[]::text[] as types, array[found.id] as agents
      from found
      where found.parent = 0
      union all
      select found.id, found.place, found.hop, found.confidence, path.types || found.type, path.agents || found.id
      from path
      join found on found.parent = path.place
    )
    select path.id::varchar(255), path.hop, path.types, path.agents, path.confidence
    from path
    where p_stop_at is null or path.id = p_stop_at;
end
$$;

comment on function app.walk_agent_relationships(varchar, varchar, integer, numeric, relationship_type[]) is
  'Breadth-first walk from an agent, both ways along undirected relationships; the start comes first, with 0 hops.';

grant execute on function app.walk_agent_relationships(varchar, varchar, integer, numeric, relationship_type[])
  to agent_agency_app, agent_agency_readonly;

create function traverse_agent_relationships(
  start_agent_id varchar(255),
  max_hops integer default 2,
  min_confidence numeric default 0.5,
  relationship_types relationship_type[] default null
) returns table (
  agent_id varchar(255),
  agent_name varchar(255),
  hop_distance integer,
  relationship_path text[],
  cumulative_confidence numeric,
  path text[]
)
language sql
stable
parallel safe
begin atomic
  select
    walk.reached_agent_id, agent.name, walk.hops, walk.types_on_path, walk.path_confidence::numeric, walk.agents_on_path
  from app.walk_agent_relationships(start_agent_id, null, max_hops, min_confidence, relationship_types) as walk
  join agent_profiles as agent on agent.tenant_id = (select app.current_tenant_id()) and agent.id = walk.reached_agent_id
  where walk.hops > 0
  order by walk.hops, walk.path_confidence desc, walk.reached_agent_id;
end;

comment on function traverse_agent_relationships(varchar, integer, numeric, relationship_type[]) is
  'Agents within max_hops of one, each once by its best shortest path; confidences multiply along the path.';

grant execute on function traverse_agent_relationships(varchar, integer, numeric, relationship_type[])
  to agent_agency_app, agent_agency_readonly;

create function find_agent_path(
  source_agent_id varchar(255),
  target_agent_id varchar(255),
  max_hops integer default 5
) returns table (
  path_length integer,
  relationship_path text[],
  agent_path varchar(255)[],
  total_confidence numeric
)
language sql
stable
parallel safe
begin atomic
  select walk.hops, walk.types_on_path, walk.agents_on_path::varchar(255)[], walk.path_confidence::numeric
  from app.walk_agent_relationships(source_agent_id, target_agent_id, max_hops, 0.5, null) as walk
  join agent_profiles as agent on agent.tenant_id = (select app.current_tenant_id()) and agent.id = walk.reached_agent_id;
end;

comment on function find_agent_path(varchar, varchar, integer) is
  'Shortest path between two agents, the most confident of the shortest; no row when there is none.';

grant execute on function find_agent_path(varchar, varchar, integer) to agent_agency_app, agent_agency_readonly;
