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

create function find_similar_capabilities(
  target_embedding vector(768),
  p_tenant_id varchar(255) default null,
  max_results integer default 10,
  min_confidence numeric default 0.7
) returns table (
  capability_id uuid,
  capability_name varchar(500),
  agent_id varchar(255),
  similarity_score numeric,
  confidence numeric
)
language sql
stable
parallel safe
begin atomic
  select
    compared.id, compared.capability_name, compared.agent_id, (1 - compared.distance)::numeric, compared.confidence
  from (
    select
      capability.id,
      capability.capability_name,
      capability.agent_id,
      capability.confidence,
      capability.embedding <=> query.embedding as distance
    from agent_capabilities_graph as capability
    cross join (select app.require_direction(target_embedding) as embedding offset 0) as query
    where capability.tenant_id = coalesce(find_similar_capabilities.p_tenant_id, (select app.current_tenant_id()))
      and capability.embedding is not null
      and query.embedding is not null
      and capability.confidence >= find_similar_capabilities.min_confidence
      and capability.validation_status <> 'rejected'
    offset 0
  ) as compared
  order by compared.distance, compared.id
  limit app.require_between('max_results', max_results, 0, 10000);
end;

comment on function find_similar_capabilities(vector, varchar, integer, numeric) is
  'Capabilities nearest to an embedding by cosine, exactly; without rejected ones. Of another tenant only what it shares.';

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
  select
    compared.id,
    compared.entity_id,
    compared.entity_type,
    (1 - compared.distance)::numeric,
    compared.constitutional_refs,
    compared.created_at
  from (
    select
      node.id,
      node.entity_id,
      node.entity_type,
      node.constitutional_refs,
      node.created_at,
      node.embedding <=> query.embedding as distance
    from caws_provenance_graph as node
    cross join (select app.require_direction(target_embedding) as embedding offset 0) as query
    where node.tenant_id = (select app.current_tenant_id())
      and node.embedding is not null
      and query.embedding is not null
      and node.entity_type = coalesce(verdict_type, 'verdict')
    offset 0
  ) as compared
  order by compared.distance, compared.id
  limit app.require_between('max_results', max_results, 0, 10000);
end;

comment on function find_similar_caws_verdicts(vector, varchar, integer) is
  'Recorded decisions nearest to an embedding by cosine, exactly: verdicts, unless another type is named.';

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

-- The chance that a shortest path leads through an agent, from walks of up to 10 hops from at most 32 agents: their
-- identifiers' digests choose them, so that it repeats. One path, the most confident, stands for all of the shortest.
create function compute_agent_centrality() returns table (
  agent_id varchar(255),
  degree_centrality numeric,
  betweenness_estimate numeric,
  connection_count integer
)
language sql
stable
parallel safe
begin atomic
  with agent as materialized (
    select profile.id, count(*) over () as agents, row_number() over (order by md5(profile.id), profile.id) as place
    from agent_profiles as profile
    where profile.tenant_id = (select app.current_tenant_id())
  ),
  pivot as materialized (
    select agent.id, agent.agents, count(*) over () as pivots from agent where agent.place <= 32
  ),
  crossing as (
    select between_ends.agent_id, sum(1.0 * pivot.agents / pivot.pivots) as paths
    from pivot
    cross join lateral app.walk_agent_relationships(pivot.id, null, 10, 0, null) as walk
    cross join unnest(walk.agents_on_path[2:cardinality(walk.agents_on_path) - 1]) as between_ends (agent_id)
    group by between_ends.agent_id
  ),
  connection as (
    select ends.agent_id, count(distinct ends.neighbor) as neighbors, count(*) as relationships
    from agent_relationships as edge
    cross join lateral (
      values (edge.source_agent_id, edge.target_agent_id), (edge.target_agent_id, edge.source_agent_id)
    ) as ends (agent_id, neighbor)
    where edge.tenant_id = (select app.current_tenant_id())
    group by ends.agent_id
  )
  select
    agent.id,
    coalesce(1.0 * connection.neighbors / nullif(agent.agents - 1, 0), 0),
    coalesce(crossing.paths / nullif((agent.agents - 1) * (agent.agents - 2), 0), 0),
    coalesce(connection.relationships, 0)::integer
  from agent
  left join connection on connection.agent_id = agent.id
  left join crossing on crossing.agent_id = agent.id;
end;

comment on function compute_agent_centrality() is
  'Of each agent: the share of others it is related to, an estimate of the share of shortest paths through it, and its relationships.';

grant execute on function app.require_between(text, integer, integer, integer) to agent_agency_app, agent_agency_readonly;
grant execute on function app.require_direction(vector) to agent_agency_app, agent_agency_readonly;
grant execute on function app.any_word_of(text) to agent_agency_app, agent_agency_readonly;
grant execute on function find_similar_capabilities(vector, varchar, integer, numeric)
  to agent_agency_app, agent_agency_readonly;
grant execute on function find_similar_caws_verdicts(vector, varchar, integer) to agent_agency_app, agent_agency_readonly;
grant execute on function hybrid_search(vector, text, integer, integer, varchar[], varchar, numeric)
  to agent_agency_app, agent_agency_readonly;
grant execute on function compute_agent_centrality() to agent_agency_app, agent_agency_readonly;

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
where capability.embedding is not null
union all
select
  node.tenant_id,
  'caws_provenance'::text,
  node.id::text,
  node.parent_entity_id::text,
  node.entity_id::text,
  node.entity_id::text,
  node.embedding,
  greatest(node.evidence_completeness, node.budget_adherence, node.gate_integrity, node.provenance_clarity),
  node.metadata,
  node.created_at
from caws_provenance_graph as node
where node.embedding is not null
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
comment on index idx_hybrid_search_embedding is 'Over signs; see idx_capabilities_embedding.';

create policy agent_capabilities_graph_service on agent_capabilities_graph for select to agent_agency_service using (true);
create policy caws_provenance_graph_service on caws_provenance_graph for select to agent_agency_service using (true);
create policy agent_profiles_service on agent_profiles for select to agent_agency_service using (true);
grant select on agent_capabilities_graph, caws_provenance_graph, agent_profiles to agent_agency_service;
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
