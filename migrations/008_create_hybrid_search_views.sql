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
where capability.validation_status <> 'rejected'
union all
select
  node.tenant_id,
  'caws_provenance'::text,
  node.id::text,
  node.parent_entity_id::text,
  coalesce(node.description, node.entity_id)::text,
  -- A tenant that is newer than its statistics seems to have one row, for which any index that leads with the tenant would
  -- do: as a range, and in the order of the nodes, it is the primary key's alone. The same in find_similar_caws_verdicts().
  (
    select item.embedding
    from provenance_embeddings as item
    where item.tenant_id = node.tenant_id and item.node_id >= node.id and item.node_id <= node.id
    order by item.node_id
  ),
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
  agent.embedding,
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

-- Ways on from an agent at one time. `collate "C"` is what only the two covering indexes have, behind the tenant, so that no other is taken, and
-- the most confident way comes first; the history costs nothing unless it is asked for.
create function app.ways_from(
  p_tenant_id text,
  p_agent_id text,
  p_direction text, -- along relationships: outgoing, against them: incoming, or both; undirected ones always
  p_min_confidence numeric,
  p_types relationship_type[], -- null: every type
  p_as_of timestamptz,
  p_known_at timestamptz -- null: as it is believed now
) returns table (
  neighbor varchar(255),
  type relationship_type,
  orientation text, -- > along the relationship, < against it, - undirected
  confidence numeric
)
language sql
stable
parallel safe
begin atomic
  select
    edge.target_agent_id, edge.type, case when edge.is_directional then '>' else '-' end, edge.confidence
  from agent_relationships as edge
  where edge.tenant_id = p_tenant_id
    and edge.source_agent_id = p_agent_id collate "C"
    and (p_direction <> 'incoming' or not edge.is_directional)
    and edge.confidence >= p_min_confidence
    and (p_types is null or edge.type = any(p_types))
    and edge.valid_from <= p_as_of
    and p_as_of < edge.valid_to
    and (p_known_at is null or edge.recorded_at <= p_known_at)
  union all
  select
    edge.source_agent_id, edge.type, case when edge.is_directional then '<' else '-' end, edge.confidence
  from agent_relationships as edge
  where edge.tenant_id = p_tenant_id
    and edge.target_agent_id = p_agent_id collate "C"
    and (p_direction <> 'outgoing' or not edge.is_directional)
    and edge.confidence >= p_min_confidence
    and (p_types is null or edge.type = any(p_types))
    and edge.valid_from <= p_as_of
    and p_as_of < edge.valid_to
    and (p_known_at is null or edge.recorded_at <= p_known_at)
  union all
  select
    edge.target_agent_id, edge.type, case when edge.is_directional then '>' else '-' end, edge.confidence
  from agent_relationship_history as edge
  where p_known_at is not null
    and edge.tenant_id = p_tenant_id
    and edge.source_agent_id = p_agent_id
    and (p_direction <> 'incoming' or not edge.is_directional)
    and edge.confidence >= p_min_confidence
    and (p_types is null or edge.type = any(p_types))
    and edge.valid_from <= p_as_of
    and p_as_of < edge.valid_to
    and edge.recorded_at <= p_known_at
    and p_known_at < edge.superseded_at
  union all
  select
    edge.source_agent_id, edge.type, case when edge.is_directional then '<' else '-' end, edge.confidence
  from agent_relationship_history as edge
  where p_known_at is not null
    and edge.tenant_id = p_tenant_id
    and edge.target_agent_id = p_agent_id
    and (p_direction <> 'outgoing' or not edge.is_directional)
    and edge.confidence >= p_min_confidence
    and (p_types is null or edge.type = any(p_types))
    and edge.valid_from <= p_as_of
    and p_as_of < edge.valid_to
    and edge.recorded_at <= p_known_at
    and p_known_at < edge.superseded_at;
end;

comment on function app.ways_from(text, text, text, numeric, relationship_type[], timestamptz, timestamptz) is
  'Relationships of an agent at a time, seen from it. To be written into a statement for many agents: app.steps_from().';

create function app.steps_from(
  p_tenant_id text,
  p_agent_ids text[],
  p_direction text,
  p_min_confidence numeric,
  p_types relationship_type[],
  p_fan_out integer, -- null: all ways of an agent
  p_until timestamptz, -- null: however long it takes
  p_as_of timestamptz,
  p_known_at timestamptz
) returns table (
  place integer, -- of the agent in p_agent_ids
  neighbor varchar(255),
  type relationship_type,
  orientation text,
  confidence numeric,
  missing text -- null: this is a way; fan-out: the first beyond p_fan_out; time: it was too late for this agent's
)
language sql
stable
parallel safe
begin atomic
  select frontier.place::integer, step.neighbor, step.type, step.orientation, step.confidence, step.missing
  from (
    select agent.id, agent.place, coalesce(clock_timestamp() >= p_until, false) as is_late
    from unnest(p_agent_ids) with ordinality as agent (id, place)
  ) as frontier
  cross join lateral (
    select way.neighbor, way.type, way.orientation, way.confidence, null as missing
    from app.ways_from(p_tenant_id, frontier.id, p_direction, p_min_confidence, p_types, p_as_of, p_known_at) as way
    where p_fan_out is null and not frontier.is_late
    union all
    (
      select
        way.neighbor, way.type, way.orientation, way.confidence,
        case when row_number() over (
          order by way.confidence desc, way.neighbor collate "C", way.type::text collate "C", way.orientation collate "C"
        ) > p_fan_out then 'fan-out' end as missing
      from app.ways_from(p_tenant_id, frontier.id, p_direction, p_min_confidence, p_types, p_as_of, p_known_at) as way
      where p_fan_out is not null and not frontier.is_late
      order by way.confidence desc, way.neighbor collate "C", way.type::text collate "C", way.orientation collate "C"
      limit p_fan_out + 1
    )
    union all
    select
      null::varchar(255) as neighbor, null::relationship_type as type, null as orientation, null::numeric as confidence,
      'time' as missing
    where frontier.is_late
    -- One agent after the other, in their order.
    offset 0
  ) as step (neighbor, type, orientation, confidence, missing);
end;

comment on function
  app.steps_from(text, text[], text, numeric, relationship_type[], integer, timestamptz, timestamptz, timestamptz) is
  'Ways on from each of many agents, agent by agent; of more than p_fan_out the most confident.';

-- What a walk and a search for a path have in common. One plan for all calls: the statement is large, and the planner would
-- find the same one again. Sequential scans would lose the order that budgets cut by; a cache of an agent's ways is never asked
-- twice; and what a hop sorts fits into memory.
create function app.next_hop(
  p_tenant_id text,
  p_frontier text[],
  p_products double precision[], -- of the frontier's agents: of their ways' confidences, in hundredths
  p_places integer[], -- of the frontier's agents, as they are to be named as parents
  p_seen text[], -- agents that are not reached again
  p_direction text,
  p_min_confidence numeric,
  p_types relationship_type[],
  p_max_edges integer,
  p_fan_out integer,
  p_until timestamptz,
  p_as_of timestamptz,
  p_known_at timestamptz,
  out agent_ids text[], -- in the order of the identifiers, as all of the following; null: nobody
  out parents integer[],
  out types relationship_type[],
  out orientations text[],
  out products double precision[],
  out edges integer, -- p_max_edges + 1: there are more
  out missing text -- time, or else fan-out: why ways are missing; null: none is
)
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
-- The plan stays for later transactions of the connection: what this one has set is not to be in it.
set enable_indexscan = on
set enable_indexonlyscan = on
set enable_nestloop = on
set enable_seqscan = off
set enable_bitmapscan = off
set enable_memoize = off
set work_mem = '32MB'
as $$
begin
  with step as materialized (
    select found.*
    from app.steps_from(
      p_tenant_id, p_frontier, p_direction, p_min_confidence, p_types, p_fan_out, p_until, p_as_of, p_known_at
    ) as found
    limit p_max_edges::bigint + 1
  ),
  best as (
    select distinct on (step.neighbor collate "C")
      step.neighbor::text as neighbor,
      step.place,
      step.type,
      step.orientation,
      p_products[step.place] * (step.confidence * 100)::integer as product
    from (select * from step limit p_max_edges) as step
    where step.missing is null
      -- Hashed, and never the other way round: a join would hash the steps.
      and step.neighbor::text not in (select unnest(p_seen))
    order by
      step.neighbor collate "C",
      product desc,
      p_frontier[step.place] collate "C",
      step.type::text collate "C",
      step.orientation collate "C"
  )
  select reached.*, counted.*
  into agent_ids, parents, types, orientations, products, edges, missing
  from (
    select
      array_agg(best.neighbor),
      array_agg(p_places[best.place]),
      array_agg(best.type),
      array_agg(best.orientation),
      array_agg(best.product)
    from best
  ) as reached
  cross join (select count(*), max(step.missing) from step) as counted;
end
$$;

comment on function app.next_hop(
  text, text[], double precision[], integer[], text[], text, numeric, relationship_type[], integer, integer,
  timestamptz, timestamptz, timestamptz
) is 'Agents that are one hop further on, each by its best way: highest confidence, then smallest agent, then first type.';

create function app.require_walk(
  p_max_hops integer,
  p_min_confidence numeric,
  p_direction text,
  p_max_nodes integer,
  p_max_edges integer,
  p_max_ms integer,
  p_fan_out integer
) returns void
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
    app.require_between('max_hops', p_max_hops, 0, 10),
    app.require_between('max_nodes', p_max_nodes, 1, 1000000),
    app.require_between('max_edges', p_max_edges, 0, 10000000),
    app.require_between('max_ms', coalesce(p_max_ms, 0), 0, 3600000),
    app.require_between('fan_out', coalesce(p_fan_out, 1), 1, 1000000);
  if p_min_confidence is null then
    raise exception using errcode = '22023', message = 'min_confidence is null; it has to be 0 to 1';
  end if;
  if p_direction is null or p_direction not in ('outgoing', 'incoming', 'both') then
    raise exception using errcode = '22023', message = 'direction has to be outgoing, incoming, or both';
  end if;
end
$$;

comment on function app.require_walk(integer, numeric, text, integer, integer, integer, integer) is
  'Error 22023 unless what bounds a walk is in range.';

-- Breadth first, every agent once: enumerating paths, as a recursive query would, grows with the number of paths.
-- Products are of hundredths, whole numbers: ways that are equally confident are equal, up to seven hops exactly.
create function app.walk_agent_relationships(
  p_start varchar(255),
  p_max_hops integer,
  p_min_confidence numeric,
  p_types relationship_type[] default null,
  p_direction text default 'outgoing',
  p_max_nodes integer default 100000, -- the start counts; of the last hop the most confident are kept
  p_max_edges integer default 1000000, -- that are looked at, from the most confident agents of a hop on
  p_max_ms integer default null, -- null: however long it takes; a hub's relationships are read in one go
  p_fan_out integer default null, -- null: all ways of an agent; of more the most confident are taken
  p_as_of timestamptz default null, -- null: now
  p_known_at timestamptz default null, -- null: as it is believed now
  out agent_ids text[], -- the start comes first; by hops, and of one hop by identifier; empty: there is no such agent
  out parents integer[], -- places of the agents before them; 0 for the start
  out types relationship_type[], -- of the relationships that lead to them
  out orientations text[],
  out products double precision[], -- of the confidences, in hundredths: / 100 ^ hops
  out hops integer[],
  out edges integer, -- looked at
  out truncated text, -- nodes, edges, time, or fan-out: why agents or better ways may be missing; null: none is
  out truncated_at integer -- hop at which that began
)
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_as_of constant timestamptz := coalesce(p_as_of, now());
  v_until constant timestamptz := clock_timestamp() + p_max_ms * interval '1 ms';
  v_before integer := 0; -- places before the frontier
  v_left integer; -- places that the budget has
  v_frontier record;
  v_hop record;
begin
  perform app.require_walk(p_max_hops, p_min_confidence, p_direction, p_max_nodes, p_max_edges, p_max_ms, p_fan_out);

  select array_agg(agent.id::text) into agent_ids
  from agent_profiles as agent
  where agent.tenant_id = v_tenant and agent.id = p_start;
  if agent_ids is null then
    agent_ids := '{}';
    return;
  end if;
  parents := '{0}';
  types := '{null}';
  orientations := '{null}';
  products := '{1}';
  hops := '{0}';
  edges := 0;

  for v_distance in 1 .. p_max_hops loop
    select
      array_agg(node.id order by node.product desc, node.place) as ids,
      array_agg(node.product order by node.product desc, node.place) as products,
      array_agg(v_before + node.place::integer order by node.product desc, node.place) as places
    into v_frontier
    from unnest(agent_ids[v_before + 1 :], products[v_before + 1 :]) with ordinality as node (id, product, place);

    select * into v_hop
    from app.next_hop(
      v_tenant, v_frontier.ids, v_frontier.products, v_frontier.places, agent_ids, p_direction, p_min_confidence, p_types,
      p_max_edges - edges, p_fan_out, v_until, v_as_of, p_known_at
    );

    v_left := p_max_nodes - cardinality(agent_ids);
    if v_hop.missing = 'time' then
      truncated := 'time';
    elsif v_hop.edges > p_max_edges - edges then
      truncated := 'edges';
    elsif cardinality(v_hop.agent_ids) > v_left then
      truncated := 'nodes';
    else
      truncated := coalesce(truncated, v_hop.missing);
    end if;
    truncated_at := coalesce(truncated_at, case when truncated is not null then v_distance end);
    edges := least(edges + v_hop.edges, p_max_edges);

    if cardinality(v_hop.agent_ids) > v_left then
      select
        array_agg(node.agent_id order by node.place) as agent_ids,
        array_agg(node.parent order by node.place) as parents,
        array_agg(node.type order by node.place) as types,
        array_agg(node.orientation order by node.place) as orientations,
        array_agg(node.product order by node.place) as products
      into v_hop
      from (
        select found.*
        from unnest(v_hop.agent_ids, v_hop.parents, v_hop.types, v_hop.orientations, v_hop.products)
          with ordinality as found (agent_id, parent, type, orientation, product, place)
        order by found.product desc, found.place
        limit v_left
      ) as node;
    end if;

    v_before := cardinality(agent_ids);
    agent_ids := agent_ids || v_hop.agent_ids;
    parents := parents || v_hop.parents;
    types := types || v_hop.types;
    orientations := orientations || v_hop.orientations;
    products := products || v_hop.products;
    hops := hops || array_fill(v_distance, array[coalesce(cardinality(v_hop.agent_ids), 0)]);

    exit when v_hop.agent_ids is null or truncated <> 'fan-out';
  end loop;
end
$$;

comment on function app.walk_agent_relationships(
  varchar, integer, numeric, relationship_type[], text, integer, integer, integer, integer, timestamptz, timestamptz
) is 'Breadth-first walk from an agent within budgets: one row of arrays, from which paths can be read.';

create function app.paths_of_walk(
  p_agent_ids text[],
  p_parents integer[],
  p_types relationship_type[],
  p_products double precision[],
  p_hops integer[]
) returns table (
  reached_agent_id text,
  hop_distance integer,
  types_on_path text[],
  agents_on_path text[],
  path_confidence double precision
)
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
set enable_mergejoin = off
set work_mem = '32MB'
as $$
begin
  return query
    with recursive found as materialized (
      select node.id, node.parent, node.type::text as type, node.product, node.hops, node.place::integer as place
      from unnest(p_agent_ids, p_parents, p_types, p_products, p_hops)
        with ordinality as node (id, parent, type, product, hops, place)
    ),
    path as (
      select found.place, found.product, found.hops, array[]::text[] as types, array[found.id] as agents
      from found
      where found.parent = 0
      union all
      select found.place, found.product, found.hops, path.types || found.type, path.agents || found.id
      from path
      join found on found.parent = path.place
    )
    select
      path.agents[cardinality(path.agents)], path.hops, path.types, path.agents,
      path.product / power(100::double precision, path.hops)
    from path;
end
$$;

comment on function app.paths_of_walk(text[], integer[], relationship_type[], double precision[], integer[]) is
  'The way to each agent that a walk reached, the start included.';

create function app.warn_if_truncated(p_truncated text) returns boolean
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_truncated is not null then
    raise warning using
      message = format('something is missing: the budget of %s is used up', p_truncated),
      hint = 'Ask for fewer hops, a higher confidence, or fewer types.';
  end if;
  return true;
end
$$;

comment on function app.warn_if_truncated(text) is 'True, and a warning for whoever has no column to be told in.';

create function traverse_agent_relationships(
  start_agent_id varchar(255),
  max_hops integer default 2,
  min_confidence numeric default 0.5,
  relationship_types relationship_type[] default null,
  p_as_of timestamptz default null, -- null: now
  p_known_at timestamptz default null -- null: as it is believed now
) returns table (
  agent_id varchar(255),
  agent_name varchar(255), -- null: the agent has been removed since p_known_at
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
    way.reached_agent_id::varchar(255),
    agent.name,
    way.hop_distance,
    way.types_on_path,
    way.path_confidence::numeric,
    way.agents_on_path
  from app.walk_agent_relationships(
    start_agent_id, max_hops, min_confidence, relationship_types, p_as_of => p_as_of, p_known_at => p_known_at
  ) as walk
  cross join lateral app.paths_of_walk(walk.agent_ids, walk.parents, walk.types, walk.products, walk.hops) as way
  left join agent_profiles as agent
    on agent.tenant_id = (select app.current_tenant_id()) and agent.id = way.reached_agent_id
  where way.hop_distance > 0 and app.warn_if_truncated(walk.truncated)
  order by way.hop_distance, way.path_confidence desc, way.reached_agent_id collate "C";
end;

comment on function
  traverse_agent_relationships(varchar, integer, numeric, relationship_type[], timestamptz, timestamptz) is
  'Agents within max_hops of one, each once by its best shortest path; confidences multiply along the path.';

-- From both ends, the smaller frontier first: two walks of half the length reach far fewer agents than one. They meet when
-- they have the length of the shortest path together, and every path of that length leads through an agent where they meet.
create function app.shortest_agent_path(
  p_source varchar(255),
  p_target varchar(255),
  p_max_hops integer,
  p_min_confidence numeric,
  p_types relationship_type[] default null,
  p_direction text default 'outgoing',
  p_max_nodes integer default 100000,
  p_max_edges integer default 1000000,
  p_max_ms integer default null,
  p_as_of timestamptz default null,
  p_known_at timestamptz default null,
  out agent_ids text[], -- from the source to the target; empty: no path was found; null: there is no such agent
  out types relationship_type[],
  out orientations text[],
  out products double precision[], -- of the confidences up to each agent, in hundredths
  out edges integer, -- looked at
  out truncated text -- nodes, edges, or time: why a path, or a better one, may be missing; null: none is
)
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_as_of constant timestamptz := coalesce(p_as_of, now());
  v_until constant timestamptz := clock_timestamp() + p_max_ms * interval '1 ms';
  v_back constant text := case p_direction when 'outgoing' then 'incoming' when 'incoming' then 'outgoing' else 'both' end;
  -- Agents of both walks. Side 1 goes on from the source, side 2 back from the target.
  v_ids text[] := array[p_source, p_target];
  v_sides integer[] := '{1, 2}';
  v_parents integer[] := '{0, 0}';
  v_types relationship_type[] := '{null, null}';
  v_orientations text[] := '{null, null}';
  v_products double precision[] := '{1, 1}';
  -- Places of both frontiers.
  v_from integer[] := '{1, 2}';
  v_to integer[] := '{1, 2}';
  v_side integer;
  v_other integer;
  v_hop record;
  v_meeting integer[]; -- places of one agent on sides 1 and 2
begin
  perform app.require_walk(p_max_hops, p_min_confidence, p_direction, p_max_nodes, p_max_edges, p_max_ms, null);
  edges := 0;
  if exists (
    select from unnest(v_ids) as given (id)
    where not exists (select from agent_profiles as agent where agent.tenant_id = v_tenant and agent.id = given.id)
  ) then
    return;
  end if;
  agent_ids := '{}';
  if p_source = p_target then
    v_meeting := '{1, 2}';
  end if;

  for v_distance in 1 .. p_max_hops loop
    exit when v_meeting is not null;
    v_side := case when v_to[1] - v_from[1] <= v_to[2] - v_from[2] then 1 else 2 end;
    v_other := 3 - v_side;

    select * into v_hop
    from app.next_hop(
      v_tenant,
      v_ids[v_from[v_side] : v_to[v_side]],
      v_products[v_from[v_side] : v_to[v_side]],
      array(select generate_series(v_from[v_side], v_to[v_side])),
      array(select node.id from unnest(v_ids, v_sides) as node (id, side) where node.side = v_side),
      case when v_side = 1 then p_direction else v_back end,
      p_min_confidence, p_types, p_max_edges - edges, null, v_until, v_as_of, p_known_at
    );
    if v_hop.missing = 'time' then
      truncated := 'time';
    elsif v_hop.edges > p_max_edges - edges then
      truncated := 'edges';
    end if;
    edges := least(edges + v_hop.edges, p_max_edges);
    exit when v_hop.agent_ids is null;

    v_from[v_side] := cardinality(v_ids) + 1;
    v_to[v_side] := cardinality(v_ids) + cardinality(v_hop.agent_ids);
    v_ids := v_ids || v_hop.agent_ids;
    v_sides := v_sides || array_fill(v_side, array[cardinality(v_hop.agent_ids)]);
    v_parents := v_parents || v_hop.parents;
    v_types := v_types || v_hop.types;
    v_orientations := v_orientations || v_hop.orientations;
    v_products := v_products || v_hop.products;

    select case v_side when 1 then array[mine.place, theirs.place] else array[theirs.place, mine.place] end
    into v_meeting
    from (
      select node.id, node.product, v_from[v_side] - 1 + node.place::integer as place
      from unnest(v_hop.agent_ids, v_hop.products) with ordinality as node (id, product, place)
    ) as mine
    join (
      select node.id, node.product, v_from[v_other] - 1 + node.place::integer as place
      from unnest(v_ids[v_from[v_other] : v_to[v_other]], v_products[v_from[v_other] : v_to[v_other]])
        with ordinality as node (id, product, place)
    ) as theirs on theirs.id = mine.id
    order by mine.product * theirs.product desc, mine.id collate "C"
    limit 1;

    exit when truncated is not null;
    if v_meeting is null and cardinality(v_ids) > p_max_nodes then
      truncated := 'nodes';
      exit;
    end if;
  end loop;

  if v_meeting is null then
    return;
  end if;
  agent_ids := array[v_ids[v_meeting[1]]];
  types := '{}';
  orientations := '{}';
  products := array[v_products[v_meeting[1]]];
  while v_parents[v_meeting[1]] > 0 loop
    types := v_types[v_meeting[1]] || types;
    orientations := v_orientations[v_meeting[1]] || orientations;
    v_meeting[1] := v_parents[v_meeting[1]];
    agent_ids := v_ids[v_meeting[1]] || agent_ids;
    products := v_products[v_meeting[1]] || products;
  end loop;
  while v_parents[v_meeting[2]] > 0 loop
    types := types || v_types[v_meeting[2]];
    orientations := orientations || translate(v_orientations[v_meeting[2]], '<>', '><');
    products := products
      || products[cardinality(products)] * v_products[v_meeting[2]] / v_products[v_parents[v_meeting[2]]];
    v_meeting[2] := v_parents[v_meeting[2]];
    agent_ids := agent_ids || v_ids[v_meeting[2]];
  end loop;
end
$$;

comment on function app.shortest_agent_path(
  varchar, varchar, integer, numeric, relationship_type[], text, integer, integer, integer, timestamptz, timestamptz
) is 'Shortest path between two agents within budgets, of the shortest the most confident: one row of arrays.';

create function find_agent_path(
  source_agent_id varchar(255),
  target_agent_id varchar(255),
  max_hops integer default 5,
  p_as_of timestamptz default null, -- null: now
  p_known_at timestamptz default null -- null: as it is believed now
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
  select
    cardinality(path.types),
    path.types::text[],
    path.agent_ids::varchar(255)[],
    (
      path.products[cardinality(path.products)] / power(100::double precision, cardinality(path.types))
    )::numeric
  from app.shortest_agent_path(
    source_agent_id, target_agent_id, max_hops, 0.5, p_as_of => p_as_of, p_known_at => p_known_at
  ) as path
  where app.warn_if_truncated(path.truncated) and path.agent_ids <> '{}';
end;

comment on function find_agent_path(varchar, varchar, integer, timestamptz, timestamptz) is
  'Shortest path between two agents, the most confident of the shortest; no row when there is none.';

grant execute on function app.ways_from(text, text, text, numeric, relationship_type[], timestamptz, timestamptz)
  to agent_agency_app, agent_agency_readonly;
grant execute on function
  app.steps_from(text, text[], text, numeric, relationship_type[], integer, timestamptz, timestamptz, timestamptz)
  to agent_agency_app, agent_agency_readonly;
grant execute on function app.next_hop(
  text, text[], double precision[], integer[], text[], text, numeric, relationship_type[], integer, integer,
  timestamptz, timestamptz, timestamptz
) to agent_agency_app, agent_agency_readonly;
grant execute on function app.require_walk(integer, numeric, text, integer, integer, integer, integer)
  to agent_agency_app, agent_agency_readonly;
grant execute on function app.walk_agent_relationships(
  varchar, integer, numeric, relationship_type[], text, integer, integer, integer, integer, timestamptz, timestamptz
) to agent_agency_app, agent_agency_readonly;
grant execute on function app.paths_of_walk(text[], integer[], relationship_type[], double precision[], integer[])
  to agent_agency_app, agent_agency_readonly;
grant execute on function app.warn_if_truncated(text) to agent_agency_app, agent_agency_readonly;
grant execute on function
  traverse_agent_relationships(varchar, integer, numeric, relationship_type[], timestamptz, timestamptz)
  to agent_agency_app, agent_agency_readonly;
grant execute on function app.shortest_agent_path(
  varchar, varchar, integer, numeric, relationship_type[], text, integer, integer, integer, timestamptz, timestamptz
) to agent_agency_app, agent_agency_readonly;
grant execute on function find_agent_path(varchar, varchar, integer, timestamptz, timestamptz)
  to agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- Search. What the application calls works on live rows, under row level security.

create function app.require_between(p_what text, p_value integer, p_least integer, p_most integer) returns integer
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_value is null or p_value not between p_least and p_most then
    raise exception using
      errcode = '22023',
      message = format('%s is %s; it has to be %s to %s', p_what, coalesce(p_value::text, 'null'), p_least, p_most);
  end if;
  return p_value;
end
$$;

comment on function app.require_between(text, integer, integer, integer) is 'A whole number, or error 22023 when it is out of range.';

-- A vector of length 0 has no direction: its cosine with anything is NaN, which sorts as if it were the best or the worst.
create function app.require_direction(p_embedding vector) returns vector
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
begin
  if vector_dims(p_embedding) <> 768 then
    raise exception using
      errcode = '22023',
      message = format('the embedding has %s dimensions; it has to have 768', vector_dims(p_embedding));
  end if;
  if cosine_distance(p_embedding, p_embedding) = 'NaN' then
    raise exception using
      errcode = '22023',
      message = 'the embedding is zero everywhere, or its numbers are too small or too large to compare it';
  end if;
  return p_embedding;
end
$$;

comment on function app.require_direction(vector) is 'An embedding that can be compared, or error 22023; null stays null.';

-- `plainto_tsquery` asks for all words, and a question rarely finds all of its in one place; it also keeps repetitions,
-- each of which is looked for again in every row. So: each word once, any of them, quoted as `tsquery` reads it.
create function app.any_word_of(p_text text) returns tsquery
language sql
immutable
parallel safe
begin atomic
  select string_agg(distinct quoted.word, ' | ')::tsquery
  from (
    values (to_tsvector('english'::regconfig, p_text)), (to_tsvector('simple'::regconfig, p_text))
  ) as parsed (words)
  cross join unnest(tsvector_to_array(parsed.words)) as lexeme (word)
  cross join lateral (
    select '''' || replace(replace(lexeme.word, '\', '\\'), '''', '''''') || '''' as word
  ) as quoted;
end;

comment on function app.any_word_of(text) is
  'Query for any word of a text, in English and as it stands; null when there are no words.';

create function find_similar_caws_verdicts(
  target_embedding vector(768),
  verdict_type varchar(50) default null,
  max_results integer default 10
) returns table (
  verdict_id uuid,
  entity_id varchar(255),
  entity_type varchar(50),
  similarity_score numeric,
  constitutional_refs text[],
  created_at timestamptz
)
language sql
stable
parallel safe
begin atomic
  with query as materialized (
    select
      given.embedding,
      binary_quantize(given.embedding)::bit(768) as bits,
      app.require_between('max_results', max_results, 0, 10000) as wanted
    from (select app.require_direction(target_embedding) as embedding offset 0) as given
  ),
  -- By their signs, out of idx_provenance_embedding alone. 015 says how far one looks.
  scanned as materialized (
    select near.id, near.distance, row_number() over (order by near.distance) as place
    from (
      select item.node_id as id, (item.embedding_bits <~> (select query.bits from query)) + 0 as distance
      from provenance_embeddings as item
      where item.tenant_id = (select app.current_tenant_id())
        and item.entity_type = coalesce(verdict_type, 'verdict')
        and (select query.bits from query) is not null
      order by distance
      limit (select greatest(1000, 2 * query.wanted) from query)
    ) as near
  ),
  nearest as materialized (
    select compared.id, compared.distance
    from (
      select candidate.id, item.embedding <=> (select query.embedding from query) as distance
      from (
        select scanned.id
        from scanned
        where scanned.place <= 100 or scanned.distance <= 28 + (
          select max(wanted.distance) from scanned as wanted
          where wanted.place <= (select greatest(query.wanted, 10) from query)
        )
      ) as candidate
      cross join lateral (
        select vector.embedding
        from provenance_embeddings as vector
        where vector.tenant_id = (select app.current_tenant_id())
          and vector.node_id >= candidate.id
          and vector.node_id <= candidate.id
        order by vector.node_id
        offset 0
      ) as item
      offset 0
    ) as compared
    order by compared.distance, compared.id
    limit (select query.wanted from query)
  )
  select
    nearest.id,
    node.entity_id,
    node.entity_type,
    (1 - nearest.distance)::numeric,
    node.constitutional_refs,
    node.created_at
  from nearest
  cross join lateral (
    select verdict.entity_id, verdict.entity_type, verdict.constitutional_refs, verdict.created_at
    from caws_provenance_graph as verdict
    where verdict.tenant_id = (select app.current_tenant_id())
      and verdict.id >= nearest.id
      and verdict.id <= nearest.id
    order by verdict.id
    offset 0
  ) as node
  order by nearest.distance, nearest.id;
end;

comment on function find_similar_caws_verdicts(vector, varchar, integer) is
  'Recorded decisions nearest to an embedding by cosine, first by their signs: verdicts, unless another type is named.';

-- Places are fused, not scores: a cosine and a rank of words have no common scale (Cormack, Clarke, Buettcher 2009).
create function hybrid_search(
  query_embedding vector(768), -- null: not by meaning
  query_text text default null, -- null: not by words
  max_results integer default 10,
  include_graph_hops integer default 2,
  entity_types varchar(50)[] default null, -- null: all
  p_tenant_id varchar(255) default null, -- null: the current one
  min_confidence numeric default 0.5
) returns table (
  entity_id text,
  entity_type text,
  name text,
  relevance_score numeric,
  source varchar(20),
  hop_distance integer,
  parent_id text
)
language sql
stable
parallel safe
begin atomic
  with query as materialized (
    select
      coalesce(hybrid_search.p_tenant_id, app.current_tenant_id()) as tenant_id,
      app.require_direction(query_embedding) as embedding,
      app.any_word_of(query_text) as words,
      app.require_between('max_results', max_results, 0, 1000) as max_results,
      -- Relationships are known of the current tenant only.
      app.require_between('include_graph_hops', include_graph_hops, 0, 10)
      * coalesce(hybrid_search.p_tenant_id = app.current_tenant_id(), true)::integer as hops
  ),
  entry as not materialized (
    select item.*
    from hybrid_search_index as item
    where item.tenant_id = (select query.tenant_id from query)
      -- What was never scored is not worth less.
      and (item.confidence is null or item.confidence >= hybrid_search.min_confidence)
      and (hybrid_search.entity_types is null or item.entity_type = any(hybrid_search.entity_types))
  ),
  compared as materialized (
    select item.entity_type, item.id, item.embedding <=> query.embedding as distance
    from entry as item
    cross join query
    where item.embedding is not null and query.embedding is not null
  ),
  by_meaning as (
    select
      compared.entity_type, compared.id, 0 as hops,
      row_number() over (order by compared.distance, compared.entity_type, compared.id) as place
    from compared
    order by place
    limit 100
  ),
  by_words as (
    select
      item.entity_type, item.id, 0 as hops,
      row_number() over (order by ts_rank(item.search_vector, query.words, 1) desc, item.entity_type, item.id) as place
    from entry as item
    cross join query
    where item.search_vector @@ query.words
    order by place
    limit 100
  ),
  seed as materialized (
    select owned.agent_id, min(hit.place) as place
    from (select * from by_meaning union all select * from by_words) as hit
    join hybrid_search_index as item on item.entity_type = hit.entity_type and item.id = hit.id
    cross join lateral (
      select case item.entity_type when 'agent_profile' then item.id when 'agent_capability' then item.parent_id end as agent_id
    ) as owned
    where item.tenant_id = (select query.tenant_id from query) and owned.agent_id is not null
    group by owned.agent_id
    order by min(hit.place), owned.agent_id
    limit 5
  ),
  reached as materialized (
    select
      near.agent_id, min(near.hop_distance) as hops, max(near.cumulative_confidence * power(0.5, seed.place - 1)) as weight
    from query
    cross join seed
    cross join lateral traverse_agent_relationships(seed.agent_id, query.hops) as near
    where query.hops > 0
    group by near.agent_id
  ),
  by_relation as (
    select
      item.entity_type, item.id, reached.hops,
      row_number() over (
        order by reached.hops, reached.weight desc, item.entity_type desc, item.confidence desc nulls last, item.id
      ) as place
    from reached
    join entry as item
      on item.entity_type = 'agent_profile' and item.id = reached.agent_id
      or item.entity_type = 'agent_capability' and item.parent_id = reached.agent_id
    order by place
    limit 100
  ),
  fused as (
    select
      hit.entity_type,
      hit.id,
      sum(1.0 / (60 + hit.place)) as score,
      case when count(*) > 1 then 'hybrid' else min(hit.arm) end as source,
      min(hit.hops) as hops
    from (
      select 'vector' as arm, by_meaning.* from by_meaning
      union all
      select 'text', by_words.* from by_words
      union all
      select 'graph', by_relation.* from by_relation
    ) as hit
    group by hit.entity_type, hit.id
    order by score desc, hit.entity_type, hit.id
    limit (select query.max_results from query)
  )
  select item.id, item.entity_type, item.name, fused.score, fused.source::varchar(20), fused.hops, item.parent_id
  from fused
  join entry as item on item.entity_type = fused.entity_type and item.id = fused.id
  order by fused.score desc, fused.entity_type, fused.id;
end;

comment on function hybrid_search(vector, text, integer, integer, varchar[], varchar, numeric) is
  'What is near by meaning, by words, and by relation to the agents of the best hits, fused by reciprocal ranks. source says which found it: vector, text, graph, or hybrid.';

grant execute on function app.require_between(text, integer, integer, integer) to agent_agency_app, agent_agency_readonly;
grant execute on function app.require_direction(vector) to agent_agency_app, agent_agency_readonly;
grant execute on function app.any_word_of(text) to agent_agency_app, agent_agency_readonly;
grant execute on function find_similar_caws_verdicts(vector, varchar, integer) to agent_agency_app, agent_agency_readonly;
grant execute on function hybrid_search(vector, text, integer, integer, varchar[], varchar, numeric)
  to agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- What was searched for, and how long it took.

create table graph_search_sessions (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  query_text text, -- null: not kept
  query_hash varchar(64) not null,
  search_type varchar(20) not null,
  max_results integer not null default 10,
  max_hops integer not null default 2,
  min_confidence numeric(3, 2) not null default 0.5,
  entity_type_filters varchar(50)[], -- null: every type
  result_count integer not null default 0,
  execution_time_ms integer not null,
  vector_search_time_ms integer, -- null, as the next: not measured on its own
  graph_traversal_time_ms integer,
  nodes_visited integer not null default 0,
  edges_traversed integer not null default 0,
  max_hops_reached integer not null default 0,
  user_id varchar(100) default left(nullif(current_setting('app.current_user', true), ''), 100), -- null: nobody named
  session_id varchar(100) default left(nullif(current_setting('app.current_session', true), ''), 100), -- null: none
  created_at timestamptz not null default now(),
  metadata jsonb not null default '{}',
  constraint graph_search_sessions_pkey primary key (tenant_id, id),
  constraint graph_search_sessions_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint graph_search_sessions_query_hash_check check (query_hash ~ '^[0-9a-f]{64}$'),
  constraint graph_search_sessions_search_type_check check (search_type in ('vector', 'text', 'graph', 'hybrid')),
  constraint graph_search_sessions_max_results_check check (max_results >= 0),
  constraint graph_search_sessions_max_hops_check check (max_hops >= 0),
  constraint graph_search_sessions_min_confidence_check check (min_confidence between 0 and 1),
  constraint graph_search_sessions_result_count_check check (result_count >= 0),
  constraint graph_search_sessions_execution_time_ms_check check (execution_time_ms >= 0),
  constraint graph_search_sessions_vector_search_time_ms_check check (vector_search_time_ms >= 0),
  constraint graph_search_sessions_graph_traversal_time_ms_check check (graph_traversal_time_ms >= 0),
  constraint graph_search_sessions_work_check check (
    nodes_visited >= 0 and edges_traversed >= 0 and max_hops_reached >= 0
  ),
  constraint graph_search_sessions_metadata_check check (jsonb_typeof(metadata) = 'object')
);

create index idx_search_sessions_query_hash on graph_search_sessions (tenant_id, query_hash, created_at desc);
create index idx_search_sessions_tenant on graph_search_sessions (tenant_id, user_id, created_at desc);
create index idx_search_sessions_created on graph_search_sessions (tenant_id, created_at desc);
create index idx_search_sessions_type on graph_search_sessions (tenant_id, search_type, created_at desc);
create index idx_search_sessions_execution_time on graph_search_sessions (tenant_id, execution_time_ms);

comment on table graph_search_sessions is 'Searches that were made: what for, what they cost, what they found.';
comment on column graph_search_sessions.tenant_id is 'Tenant that owns the row.';
comment on column graph_search_sessions.id is 'Identifier of the search.';
comment on column graph_search_sessions.query_text is 'What was asked; null if it is not kept.';
comment on column graph_search_sessions.query_hash is 'SHA-256 of what was asked, hex: the same question has the same; a random one if it is not kept.';
comment on column graph_search_sessions.search_type is 'vector, text, graph, or hybrid.';
comment on column graph_search_sessions.max_results is 'Results that were asked for at most.';
comment on column graph_search_sessions.max_hops is 'Hops that were allowed.';
comment on column graph_search_sessions.min_confidence is 'Least confidence that was asked for.';
comment on column graph_search_sessions.entity_type_filters is 'Kinds that were asked for; null for all.';
comment on column graph_search_sessions.result_count is 'Results that came.';
comment on column graph_search_sessions.execution_time_ms is 'How long it took, in ms.';
comment on column graph_search_sessions.vector_search_time_ms is 'How long the search by vector took, in ms; null if not measured.';
comment on column graph_search_sessions.graph_traversal_time_ms is 'How long the walk took, in ms; null if not measured.';
comment on column graph_search_sessions.nodes_visited is 'Agents that the walk reached.';
comment on column graph_search_sessions.edges_traversed is 'Relationships that it went along.';
comment on column graph_search_sessions.max_hops_reached is 'Hops to the farthest.';
comment on column graph_search_sessions.user_id is 'User of the context, its first 100 characters; null if it named none.';
comment on column graph_search_sessions.session_id is 'Session of the context, its first 100 characters; null if it named none.';
comment on column graph_search_sessions.created_at is 'When it was made.';
comment on column graph_search_sessions.metadata is 'Further facts, a JSON object.';

select app.isolate_tenant_table('graph_search_sessions', 'tenant_id', 'tenant_search_session_isolation');

create function log_search_session(
  p_query_text text, -- null: there was none, or it is not to be kept
  p_search_type varchar(20),
  p_result_count integer,
  p_execution_time_ms integer,
  p_tenant_id varchar(255) default null, -- null: the current one
  p_metadata jsonb default '{}'
) returns uuid
language sql
volatile
parallel unsafe
begin atomic
  insert into graph_search_sessions (
    tenant_id, query_text, query_hash, search_type, result_count, execution_time_ms, metadata
  )
  values (
    coalesce(p_tenant_id, app.require_tenant_id()),
    p_query_text,
    -- Questions that are not kept are not known to be the same one.
    encode(sha256(convert_to(coalesce(p_query_text, gen_random_uuid()::text), 'UTF8')), 'hex'),
    p_search_type,
    p_result_count,
    p_execution_time_ms,
    p_metadata
  )
  returning id;
end;

comment on function log_search_session(text, varchar, integer, integer, varchar, jsonb) is
  'Notes a search and returns its identifier; the other columns can be written into the table.';

create view slow_search_queries with (security_invoker = true) as
select
  search.tenant_id,
  search.query_hash,
  max(search.query_text) as query_text,
  search.search_type,
  count(*) as execution_count,
  avg(search.execution_time_ms) as avg_execution_time_ms,
  max(search.execution_time_ms) as max_execution_time_ms,
  avg(search.result_count) as avg_result_count,
  max(search.created_at) as last_executed_at
from graph_search_sessions as search
where search.created_at > now() - interval '7 days'
group by search.tenant_id, search.query_hash, search.search_type
having avg(search.execution_time_ms) > 200;

comment on view slow_search_queries is 'Questions of the last 7 days that took more than 200 ms on average.';
comment on column slow_search_queries.tenant_id is 'Tenant that asked.';
comment on column slow_search_queries.query_hash is 'SHA-256 of the question, hex.';
comment on column slow_search_queries.query_text is 'The question; null if it is not kept.';
comment on column slow_search_queries.search_type is 'vector, text, graph, or hybrid.';
comment on column slow_search_queries.execution_count is 'How often it was asked.';
comment on column slow_search_queries.avg_execution_time_ms is 'Mean time, ms.';
comment on column slow_search_queries.max_execution_time_ms is 'Longest time, ms.';
comment on column slow_search_queries.avg_result_count is 'Mean number of results.';
comment on column slow_search_queries.last_executed_at is 'When it was asked last.';

create view popular_search_queries with (security_invoker = true) as
select
  counted.tenant_id,
  counted.query_hash,
  counted.query_text,
  counted.execution_count,
  counted.avg_execution_time_ms,
  counted.avg_result_count,
  counted.last_executed_at
from (
  select
    search.tenant_id,
    search.query_hash,
    max(search.query_text) as query_text,
    count(*) as execution_count,
    avg(search.execution_time_ms) as avg_execution_time_ms,
    avg(search.result_count) as avg_result_count,
    max(search.created_at) as last_executed_at,
    row_number() over (partition by search.tenant_id order by count(*) desc, search.query_hash) as place
  from graph_search_sessions as search
  where search.created_at > now() - interval '30 days'
  group by search.tenant_id, search.query_hash
  having count(*) > 5
) as counted
where counted.place <= 100;

comment on view popular_search_queries is 'The 100 questions that a tenant asked most often, and more than 5 times, in the last 30 days.';
comment on column popular_search_queries.tenant_id is 'Tenant that asked.';
comment on column popular_search_queries.query_hash is 'SHA-256 of the question, hex.';
comment on column popular_search_queries.query_text is 'The question; null if it is not kept.';
comment on column popular_search_queries.execution_count is 'How often it was asked.';
comment on column popular_search_queries.avg_execution_time_ms is 'Mean time, ms.';
comment on column popular_search_queries.avg_result_count is 'Mean number of results.';
comment on column popular_search_queries.last_executed_at is 'When it was asked last.';

create view search_performance_by_type with (security_invoker = true) as
select
  search.tenant_id,
  search.search_type,
  count(*) as execution_count,
  avg(search.execution_time_ms) as avg_execution_time_ms,
  percentile_cont(0.5) within group (order by search.execution_time_ms) as p50_execution_time_ms,
  percentile_cont(0.95) within group (order by search.execution_time_ms) as p95_execution_time_ms,
  percentile_cont(0.99) within group (order by search.execution_time_ms) as p99_execution_time_ms,
  avg(search.result_count) as avg_result_count
from graph_search_sessions as search
where search.created_at > now() - interval '7 days'
group by search.tenant_id, search.search_type;

comment on view search_performance_by_type is 'How long searches of the last 7 days took, by type.';
comment on column search_performance_by_type.tenant_id is 'Tenant that asked.';
comment on column search_performance_by_type.search_type is 'vector, text, graph, or hybrid.';
comment on column search_performance_by_type.execution_count is 'Searches.';
comment on column search_performance_by_type.avg_execution_time_ms is 'Mean time, ms.';
comment on column search_performance_by_type.p50_execution_time_ms is 'Median time, ms.';
comment on column search_performance_by_type.p95_execution_time_ms is 'Time that 95 % stayed below, ms.';
comment on column search_performance_by_type.p99_execution_time_ms is 'Time that 99 % stayed below, ms.';
comment on column search_performance_by_type.avg_result_count is 'Mean number of results.';

grant select, insert on graph_search_sessions to agent_agency_app;
grant select on graph_search_sessions to agent_agency_readonly;
grant select on slow_search_queries, popular_search_queries, search_performance_by_type
  to agent_agency_app, agent_agency_readonly;
grant execute on function log_search_session(text, varchar, integer, integer, varchar, jsonb) to agent_agency_app;

-- ---------------------------------------------------------------------------------------------------------------
-- The same rows as hybrid_search_index, as they were at the last refresh, for operators: row level security does not
-- reach a materialized view, so no application may read it. Empty until it is asked for.

create materialized view hybrid_search_materialized as
select
  capability.tenant_id,
  'agent_capability'::text as entity_type,
  capability.id::text as id,
  capability.agent_id::text as parent_id,
  capability.capability_name::text as name,
  capability.canonical_name::text as canonical_name,
  capability.embedding,
  capability.confidence,
  capability.metadata,
  capability.last_updated as updated_at
from agent_capabilities_graph as capability
where capability.embedding is not null and capability.validation_status <> 'rejected'
union all
select
  node.tenant_id,
  'caws_provenance'::text,
  node.id::text,
  node.parent_entity_id::text,
  node.entity_id::text,
  node.entity_id::text,
  item.embedding,
  greatest(node.evidence_completeness, node.budget_adherence, node.gate_integrity, node.provenance_clarity),
  node.metadata,
  node.created_at
from provenance_embeddings as item
join caws_provenance_graph as node on node.tenant_id = item.tenant_id and node.id = item.node_id
union all
select
  agent.tenant_id,
  'agent_profile'::text,
  agent.id::text,
  null,
  agent.name::text,
  normalize_entity_name(agent.name),
  agent.embedding,
  null,
  agent.config,
  agent.updated_at
from agent_profiles as agent
where agent.embedding is not null
with no data;

create unique index unique_hybrid_search_entity on hybrid_search_materialized (tenant_id, entity_type, id);
create index idx_hybrid_search_type on hybrid_search_materialized (entity_type);
create index idx_hybrid_search_tenant on hybrid_search_materialized (tenant_id);
create index idx_hybrid_search_embedding on hybrid_search_materialized
  using hnsw ((binary_quantize(embedding)::bit(768)) bit_hamming_ops) with (m = 16, ef_construction = 64)
  where embedding is not null;

comment on materialized view hybrid_search_materialized is
  'Every tenant''s entities with an embedding, as of the last refresh. For operators only.';
comment on column hybrid_search_materialized.tenant_id is 'Tenant that owns the row.';
comment on column hybrid_search_materialized.entity_type is 'agent_capability, caws_provenance or agent_profile.';
comment on column hybrid_search_materialized.id is 'Identifier within its kind.';
comment on column hybrid_search_materialized.parent_id is 'Agent of a capability; parent node of a provenance node; null for an agent.';
comment on column hybrid_search_materialized.name is 'What to show.';
comment on column hybrid_search_materialized.canonical_name is 'Canonical form of it.';
comment on column hybrid_search_materialized.embedding is 'Embedding with 768 dimensions.';
comment on column hybrid_search_materialized.confidence is 'Confidence of a capability, best score of a node; null if not scored.';
comment on column hybrid_search_materialized.metadata is 'Further facts.';
comment on column hybrid_search_materialized.updated_at is 'When the entity last changed.';
comment on index idx_hybrid_search_type is 'Not led by the tenant: operators ask for a kind across tenants.';
comment on index idx_hybrid_search_embedding is 'Over signs, for operators, who may see how near everybody''s vectors are.';

create policy agent_capabilities_graph_service on agent_capabilities_graph for select to agent_agency_service using (true);
create policy provenance_embeddings_service on provenance_embeddings for select to agent_agency_service using (true);
create policy agent_profiles_service on agent_profiles for select to agent_agency_service using (true);
grant select on agent_capabilities_graph, provenance_embeddings, agent_profiles to agent_agency_service;
grant execute on function normalize_entity_name(text) to agent_agency_service;
alter materialized view hybrid_search_materialized owner to agent_agency_service;

create function refresh_hybrid_search_index() returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- Whoever comes second would read and write the same again.
  if not pg_try_advisory_xact_lock(hashtextextended('refresh_hybrid_search_index', 0)) then
    return;
  end if;
  if (select relispopulated from pg_class where oid = 'hybrid_search_materialized'::regclass) then
    refresh materialized view concurrently hybrid_search_materialized;
  else
    refresh materialized view hybrid_search_materialized;
  end if;
end
$$;

comment on function refresh_hybrid_search_index() is
  'Fills hybrid_search_materialized anew, while it can be read; returns at once if somebody is doing so. For operators.';

alter function refresh_hybrid_search_index() owner to agent_agency_service;
grant execute on function refresh_hybrid_search_index() to agent_agency_owner;
