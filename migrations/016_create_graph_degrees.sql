-- How central agents are: how many relationships each has, kept while they change, and figures that follow from the graph.
-- lint: allow-file locks-one-after-another for moments; without its locks in half a second it is run again

-- A counter in one row would be a queue: whoever relates an agent that many others relate waits for them all, and two who
-- come in different orders end in a deadlock. So everybody adds rows of their own, and an agent's degree is the sum of its.
create table agent_degrees (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  agent_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  counts_from timestamptz not null default '-infinity',
  outgoing integer not null,
  incoming integer not null,
  undirected integer not null,
  -- It answers by itself.
  constraint agent_degrees_pkey primary key (tenant_id, agent_id, id)
    include (counts_from, outgoing, incoming, undirected),
  -- None to the agent: its check would wait for whoever deletes the agent, and they wait for a relationship of it that is
  -- being deleted here. A trigger does what the foreign key would.
  constraint agent_degrees_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict
);

comment on table agent_degrees is
  'Parts of how many relationships agents have: the degree is the sum of an agent''s rows. Kept by triggers, also those of the past that a summary has not taken up.';
comment on column agent_degrees.tenant_id is 'Tenant that owns the row.';
comment on column agent_degrees.agent_id is 'Agent.';
comment on column agent_degrees.id is 'Identifier of the part.';
comment on column agent_degrees.counts_from is 'When it begins to count: when a relationship begins or ends that is to come; -infinity: it counts.';
comment on column agent_degrees.outgoing is 'Directional relationships from the agent, more or fewer.';
comment on column agent_degrees.incoming is 'Directional relationships to the agent, more or fewer.';
comment on column agent_degrees.undirected is 'Relationships that hold both ways, more or fewer.';

select app.isolate_tenant_table('agent_degrees', 'tenant_id', 'tenant_degree_isolation');

create policy agent_degrees_service on agent_degrees to agent_agency_service using (true) with check (true);
create policy agent_relationships_service on agent_relationships for select to agent_agency_service using (true);
grant select on agent_degrees to agent_agency_app, agent_agency_readonly;
grant select, insert, update, delete on agent_degrees to agent_agency_service;
grant select on agent_relationships to agent_agency_service;

create function app.degree_parts(
  p_times integer,
  p_source_agent_id varchar(255),
  p_target_agent_id varchar(255),
  p_is_directional boolean,
  p_valid_from timestamptz,
  p_valid_to timestamptz
) returns table (
  part_agent_id varchar(255),
  part_counts_from timestamptz,
  part_outgoing integer,
  part_incoming integer,
  part_undirected integer
)
language sql
stable
parallel safe
begin atomic
  select
    agent.id,
    case when change.at <= now() then '-infinity' else change.at end,
    agent.is_source * p_is_directional::integer * change.by,
    (1 - agent.is_source) * p_is_directional::integer * change.by,
    (not p_is_directional)::integer * change.by
  from (values (p_source_agent_id, 1), (p_target_agent_id, 0)) as agent (id, is_source)
  cross join (values (p_valid_from, p_times), (p_valid_to, -p_times)) as change (at, by)
  where change.at < 'infinity';
end;

comment on function app.degree_parts(integer, varchar, varchar, boolean, timestamptz, timestamptz) is
  'What a relationship adds to the degrees of its two agents, so many times: where it begins, and against it where it ends.';

grant execute on function app.degree_parts(integer, varchar, varchar, boolean, timestamptz, timestamptz)
  to agent_agency_service;

-- Rows that others have locked are being summed up by them. Nobody waits, so nobody waits for each other.
create function app.fold_degree_parts(p_tenant_ids text[], p_agent_ids text[]) returns bigint
language sql
volatile
parallel unsafe
begin atomic
  with part as (
    select degree.tenant_id, degree.agent_id, degree.id
    from unnest(p_tenant_ids, p_agent_ids) as agent (tenant_id, id)
    join agent_degrees as degree on degree.tenant_id = agent.tenant_id and degree.agent_id = agent.id
    where degree.counts_from <= now()
    for update of degree skip locked
  ),
  folded as (
    delete from agent_degrees as degree
    using part
    where degree.tenant_id = part.tenant_id and degree.agent_id = part.agent_id and degree.id = part.id
    returning degree.tenant_id, degree.agent_id, degree.outgoing, degree.incoming, degree.undirected
  ),
  summed as (
    insert into agent_degrees (tenant_id, agent_id, outgoing, incoming, undirected)
    select folded.tenant_id, folded.agent_id, sum(folded.outgoing), sum(folded.incoming), sum(folded.undirected)
    from folded
    group by folded.tenant_id, folded.agent_id
    having sum(folded.outgoing) <> 0 or sum(folded.incoming) <> 0 or sum(folded.undirected) <> 0
    returning 1
  )
  select (select count(*) from folded) - (select count(*) from summed);
end;

comment on function app.fold_degree_parts(text[], text[]) is
  'Makes one row of those of each agent that count already, and says how many rows that saved.';

alter function app.fold_degree_parts(text[], text[]) owner to agent_agency_service;

-- Once a statement, over all its rows. Of the agents that get a part one in fifty is summed up, so that a part costs one
-- deletion on average, and some fifty are read for an agent, however many relationships it has.
create function app.count_relationships() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenants text[];
  v_agents text[];
begin
  -- What an operator moves or erases as a whole, and a dump that is restored, have the degrees with them.
  if app.is_restoring()
    or current_setting('role') = 'agent_agency_maintenance'
    and (app.tenant_maintenance_of_transaction()).kind in ('import', 'erasure')
  then
    return null;
  end if;

  if tg_op = 'INSERT' then
    with added as (
      insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
      select
        edge.tenant_id, part.part_agent_id, part.part_counts_from,
        sum(part.part_outgoing), sum(part.part_incoming), sum(part.part_undirected)
      from come as edge
      cross join lateral app.degree_parts(
        1, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
      ) as part
      group by edge.tenant_id, part.part_agent_id, part.part_counts_from
      having sum(part.part_outgoing) <> 0 or sum(part.part_incoming) <> 0 or sum(part.part_undirected) <> 0
      returning tenant_id, agent_id
    )
    select array_agg(added.tenant_id), array_agg(added.agent_id) into v_tenants, v_agents
    from added
    where random() < 0.02;
  elsif tg_op = 'UPDATE' then
    with added as (
      insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
      select
        edge.tenant_id, part.part_agent_id, part.part_counts_from,
        sum(part.part_outgoing), sum(part.part_incoming), sum(part.part_undirected)
      from (
        select 1 as times, tenant_id, source_agent_id, target_agent_id, is_directional, valid_from, valid_to from come
        union all
        select -1, tenant_id, source_agent_id, target_agent_id, is_directional, valid_from, valid_to from gone
      ) as edge
      cross join lateral app.degree_parts(
        edge.times, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
      ) as part
      group by edge.tenant_id, part.part_agent_id, part.part_counts_from
      having sum(part.part_outgoing) <> 0 or sum(part.part_incoming) <> 0 or sum(part.part_undirected) <> 0
      returning tenant_id, agent_id
    )
    select array_agg(added.tenant_id), array_agg(added.agent_id) into v_tenants, v_agents
    from added
    where random() < 0.02;
  else
    with added as (
      insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
      select
        edge.tenant_id, part.part_agent_id, part.part_counts_from,
        sum(part.part_outgoing), sum(part.part_incoming), sum(part.part_undirected)
      from gone as edge
      cross join lateral app.degree_parts(
        -1, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
      ) as part
      -- Triggers of a cascade come last: by then the deleted agent's degree has gone.
      where exists (
        select from agent_profiles as agent where agent.tenant_id = edge.tenant_id and agent.id = part.part_agent_id
      )
      group by edge.tenant_id, part.part_agent_id, part.part_counts_from
      having sum(part.part_outgoing) <> 0 or sum(part.part_incoming) <> 0 or sum(part.part_undirected) <> 0
      returning tenant_id, agent_id
    )
    select array_agg(added.tenant_id), array_agg(added.agent_id) into v_tenants, v_agents
    from added
    where random() < 0.02;
  end if;

  -- A transaction with one snapshot fails on rows that others have summed up since; elsewhere they are passed over.
  if v_agents is not null and current_setting('transaction_isolation') = 'read committed' then
    perform app.fold_degree_parts(v_tenants, v_agents);
  end if;
  return null;
end
$$;

comment on function app.count_relationships() is 'Trigger: adds to the degrees of agents what relationships that come, change or go make of them.';

alter function app.count_relationships() owner to agent_agency_service;

create trigger count_new_relationships
after insert on agent_relationships
referencing new table as come
for each statement execute function app.count_relationships();

create trigger count_changed_relationships
after update on agent_relationships
referencing old table as gone new table as come
for each statement execute function app.count_relationships();

create trigger count_deleted_relationships
after delete on agent_relationships
referencing old table as gone
for each statement execute function app.count_relationships();

-- After the foreign keys' own triggers: when those have deleted its relationships, nobody else is at work on one.
create function app.forget_agent_degrees() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  delete from agent_degrees as degree
  using gone
  where degree.tenant_id = gone.tenant_id and degree.agent_id = gone.id;
  return null;
end
$$;

comment on function app.forget_agent_degrees() is 'Trigger: deletes the degrees of deleted agents.';

alter function app.forget_agent_degrees() owner to agent_agency_service;

create trigger forget_agent_degrees
after delete on agent_profiles
referencing old table as gone
for each statement execute function app.forget_agent_degrees();

create function app.fold_agent_degrees(p_limit integer default 10000) returns bigint
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select app.fold_degree_parts(array_agg(crowded.tenant_id), array_agg(crowded.agent_id))
  from (
    select degree.tenant_id, degree.agent_id
    from agent_degrees as degree
    where degree.counts_from <= now()
    group by degree.tenant_id, degree.agent_id
    having count(*) > 1
    limit p_limit
  ) as crowded
$$;

comment on function app.fold_agent_degrees(integer) is
  'Makes one row of the parts of so many agents'' degrees, while they change, and says how many rows that saved. For operators, daily: writers do it for agents that they relate.';

alter function app.fold_agent_degrees(integer) owner to agent_agency_service;
grant execute on function app.fold_agent_degrees(integer) to agent_agency_owner;

-- What is counted and what there is are seen at one moment, in one statement: whoever is writing has both or neither in it.
create function app.miscounted_degrees(p_tenant_id text) returns table (
  miscounted_agent_id varchar(255),
  since timestamptz,
  missing_outgoing bigint,
  missing_incoming bigint,
  missing_undirected bigint
)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select counted.agent_id, counted.counts_from, sum(counted.outgoing), sum(counted.incoming), sum(counted.undirected)
  from (
    select part.*
    from agent_relationships as edge
    cross join lateral app.degree_parts(
      1, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
    ) as part
    where edge.tenant_id = p_tenant_id
    union all
    select
      degree.agent_id, case when degree.counts_from <= now() then '-infinity' else degree.counts_from end,
      -degree.outgoing, -degree.incoming, -degree.undirected
    from agent_degrees as degree
    where degree.tenant_id = p_tenant_id
  ) as counted (agent_id, counts_from, outgoing, incoming, undirected)
  group by counted.agent_id, counted.counts_from
  having sum(counted.outgoing) <> 0 or sum(counted.incoming) <> 0 or sum(counted.undirected) <> 0
$$;

comment on function app.miscounted_degrees(text) is
  'What a tenant''s degrees lack or have too much, compared with its relationships, by when it begins to count; no row: they are right. For operators, at any time.';

alter function app.miscounted_degrees(text) owner to agent_agency_service;
grant execute on function app.miscounted_degrees(text) to agent_agency_owner;

create function app.repair_agent_degrees(p_tenant_id text) returns bigint
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_repaired bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using
      errcode = '25001',
      message = 'degrees are repaired in read committed: another snapshot would not see a repair before this one';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('repair_agent_degrees/' || p_tenant_id, 0));
  insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
  select
    p_tenant_id, found.miscounted_agent_id, found.since,
    found.missing_outgoing, found.missing_incoming, found.missing_undirected
  from app.miscounted_degrees(p_tenant_id) as found;
  get diagnostics v_repaired = row_count;
  return v_repaired;
end
$$;

comment on function app.repair_agent_degrees(text) is
  'Adds to a tenant''s degrees what makes them right, while relationships change, and says how many rows that took. For operators.';

alter function app.repair_agent_degrees(text) owner to agent_agency_service;
grant execute on function app.repair_agent_degrees(text) to agent_agency_owner;

-- Of relationships from before.
do $$
begin
  perform app.repair_agent_degrees(tenant.id) from app.list_tenants() as tenant;
end
$$;

create view agent_connectivity with (security_invoker = true) as
select
  agent.tenant_id,
  agent.id as agent_id,
  degree.outgoing + degree.undirected as outbound_relationships,
  degree.incoming + degree.undirected as inbound_relationships,
  degree.outgoing + degree.incoming + degree.undirected as total_relationships
from agent_profiles as agent
cross join lateral (
  select
    coalesce(sum(part.outgoing), 0) as outgoing,
    coalesce(sum(part.incoming), 0) as incoming,
    coalesce(sum(part.undirected), 0) as undirected
  from agent_degrees as part
  where part.tenant_id = agent.tenant_id and part.agent_id = agent.id and part.counts_from <= now()
) as degree;

comment on view agent_connectivity is
  'How many relationships each agent has now; one that holds both ways goes out and comes in, and counts once in total.';
comment on column agent_connectivity.tenant_id is 'Tenant that owns the agent.';
comment on column agent_connectivity.agent_id is 'Agent.';
comment on column agent_connectivity.outbound_relationships is 'Relationships that go out.';
comment on column agent_connectivity.inbound_relationships is 'Relationships that come in.';
comment on column agent_connectivity.total_relationships is 'Relationships in total.';

grant select on agent_connectivity to agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------

-- Brandes 2001, from a sample of agents, of all at the same time: a statement a hop out, which counts the shortest paths to
-- whom it reaches, and one a hop back, which hands over what lies behind each. Agents are known by their place in the
-- order of their identifiers' digests, which draws the sample, and repeats. An agent's estimate is a mean over the others
-- in the sample, so it is right on average, and exact where the sample is everybody.
create function compute_agent_centrality() returns table (
  agent_id varchar(255),
  degree_centrality numeric,
  betweenness_estimate numeric,
  connection_count integer
)
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
-- What is joined are arrays, whose size the planner does not know.
set enable_nestloop = off
as $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_max_hops constant integer := 10;
  v_agents text[];
  v_pivots integer;
  -- The agent at place n can go to v_neighbors[v_before[n] + 1 .. v_before[n + 1]].
  v_neighbors integer[];
  v_before integer[];
  v_neighbor_counts integer[];
  -- What is reached, in the order of hops: from which pivot, whom, and by how many shortest paths.
  v_from integer[];
  v_to integer[];
  v_paths double precision[];
  v_hop_ends integer[];
  v_next record;
  -- Share of the paths from the pivot that go on behind: of the hop that was handled last, and of all.
  v_behind double precision[];
  v_through_agents integer[] := '{}';
  v_through double precision[] := '{}';
  v_first integer;
  v_last integer;
begin
  select array_agg(agent.id::text order by md5(agent.id), agent.id) into v_agents
  from agent_profiles as agent
  where agent.tenant_id = v_tenant;

  with place as materialized (
    select agent.id, agent.place::integer from unnest(v_agents) with ordinality as agent (id, place)
  ),
  edge as materialized (
    select source.place as source, target.place as target, bool_and(edge.is_directional) as is_directional
    from agent_relationships as edge
    join place as source on source.id = edge.source_agent_id
    join place as target on target.id = edge.target_agent_id
    where edge.tenant_id = v_tenant and edge.valid_from <= now() and edge.valid_to > now()
    group by source.place, target.place
  ),
  way as materialized (
    select way.source, way.target, bool_or(way.is_open) as is_open
    from edge
    cross join lateral (
      values (edge.source, edge.target, true), (edge.target, edge.source, not edge.is_directional)
    ) as way (source, target, is_open)
    group by way.source, way.target
  ),
  counted as (
    select place.place, count(way.target) as neighbors, count(way.target) filter (where way.is_open) as steps
    from place
    left join way on way.source = place.place
    group by place.place
  )
  select
    (select array_agg(way.target order by way.source, way.target) from way where way.is_open),
    array_agg(summed.neighbors order by summed.place),
    array_prepend(0, array_agg(summed.steps order by summed.place))
  into v_neighbors, v_neighbor_counts, v_before
  from (
    select
      counted.place,
      counted.neighbors::integer,
      (sum(counted.steps) over (order by counted.place))::integer as steps
    from counted
  ) as summed;

  -- Some two million steps: in a large graph fewer agents are asked from, two at least.
  v_pivots := least(cardinality(v_agents), 32, greatest(2, 2000000 / greatest(cardinality(v_neighbors), 1)));
  select array_agg(pivot.place), array_agg(pivot.place), array_agg(1.0)
  into v_from, v_to, v_paths
  from generate_series(1, v_pivots) as pivot (place);
  v_hop_ends := array[0, v_pivots];

  for v_hop in 1 .. v_max_hops loop
    v_first := v_hop_ends[v_hop] + 1;
    v_last := v_hop_ends[v_hop + 1];
    select array_agg(step.pivot) as pivots, array_agg(step.agent) as agents, array_agg(step.paths) as paths
    into v_next
    from (
      select way.pivot, v_neighbors[neighbor.place] as agent, sum(way.paths) as paths
      from unnest(v_from[v_first : v_last], v_to[v_first : v_last], v_paths[v_first : v_last])
        as way (pivot, agent, paths)
      cross join lateral generate_series(v_before[way.agent] + 1, v_before[way.agent + 1]) as neighbor (place)
      group by way.pivot, v_neighbors[neighbor.place]
    ) as step
    where not exists (
      select from unnest(v_from, v_to) as seen (pivot, agent)
      where seen.pivot = step.pivot and seen.agent = step.agent
    );
    exit when v_next.pivots is null;
    v_from := v_from || v_next.pivots;
    v_to := v_to || v_next.agents;
    v_paths := v_paths || v_next.paths;
    v_hop_ends := v_hop_ends || cardinality(v_to);
  end loop;

  for v_hop in reverse cardinality(v_hop_ends) - 1 .. 2 loop
    v_first := v_hop_ends[v_hop] + 1;
    v_last := v_hop_ends[v_hop + 1];
    select array_agg(way.paths * coalesce(ahead.share, 0) order by way.place) into v_behind
    from unnest(v_paths[v_first : v_last]) with ordinality as way (paths, place)
    left join (
      select step.place, sum((1 + farther.behind) / farther.paths) as share
      from (
        select way.pivot, way.place, v_neighbors[neighbor.place] as agent
        from unnest(v_from[v_first : v_last], v_to[v_first : v_last]) with ordinality as way (pivot, agent, place)
        cross join lateral generate_series(v_before[way.agent] + 1, v_before[way.agent + 1]) as neighbor (place)
      ) as step
      join unnest(
        v_from[v_last + 1 : v_hop_ends[v_hop + 2]],
        v_to[v_last + 1 : v_hop_ends[v_hop + 2]],
        v_paths[v_last + 1 : v_hop_ends[v_hop + 2]],
        v_behind
      ) as farther (pivot, agent, paths, behind)
        on farther.pivot = step.pivot and farther.agent = step.agent
      group by step.place
    ) as ahead on ahead.place = way.place;
    v_through_agents := v_through_agents || v_to[v_first : v_last];
    v_through := v_through || v_behind;
  end loop;

  return query
    select
      agent.id::varchar(255),
      coalesce(1.0 * v_neighbor_counts[agent.place] / nullif(cardinality(v_agents) - 1, 0), 0),
      coalesce(
        crossing.paths / nullif(v_pivots - (agent.place <= v_pivots)::integer, 0) / nullif(cardinality(v_agents) - 2, 0), 0
      )::numeric,
      connectivity.total_relationships::integer
    from unnest(v_agents) with ordinality as agent (id, place)
    join agent_connectivity as connectivity on connectivity.tenant_id = v_tenant and connectivity.agent_id = agent.id
    left join (
      select through.agent, sum(through.paths) as paths
      from unnest(v_through_agents, v_through) as through (agent, paths)
      group by through.agent
    ) as crossing on crossing.agent = agent.place;
end
$$;

comment on function compute_agent_centrality() is
  'Of each agent now: the share of others it is related to, an estimate of the share of shortest paths (of up to 10 hops) through it from up to 32 agents, and its relationships. packages/knowledge-graph estimates with a stated error.';

grant execute on function compute_agent_centrality() to agent_agency_app, agent_agency_readonly;
