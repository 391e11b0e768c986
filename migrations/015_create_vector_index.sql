-- Search by meaning. An approximate index over vectors of several tenants tells each of them how many vectors of others lie
-- nearer than its own, and returns fewer rows than it was asked for. So there is none: a tenant's vectors are compared by
-- their signs, out of a covering index, and a tenant that is too large for that has a graph of its own over their
-- directions, which no application role can reach. What comes of either is a list of candidates; the answer is computed from live rows, under
-- row level security.
-- lint: allow-file locks-one-after-another for moments; without its locks in half a second it is run again

-- ---------------------------------------------------------------------------------------------------------------
-- What is kept for large tenants. It follows from agent_capabilities_graph: it is neither exported nor imported.

create table app.vector_indexes (
  tenant_id varchar(255) not null,
  -- Partitions are called by it: their names and bounds are everybody's to read, a tenant's name is not.
  segment bigint not null generated always as identity,
  state varchar(20) not null,
  vector_count bigint not null default 0,
  breadth integer not null default 100,
  margin integer not null default 28,
  recall double precision, -- null, as measured_at: not measured
  built_at timestamptz, -- null: not built
  measured_at timestamptz,
  constraint vector_indexes_pkey primary key (tenant_id),
  constraint vector_indexes_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint vector_indexes_state_check check (state in ('scanned', 'filling', 'ready')),
  constraint vector_indexes_vector_count_check check (vector_count >= 0),
  constraint vector_indexes_breadth_check check (breadth between 10 and 1000),
  constraint vector_indexes_margin_check check (margin between 0 and 768),
  constraint vector_indexes_recall_check check (recall between 0 and 1),
  constraint vector_indexes_built_at_check check ((built_at is not null) = (state = 'ready')),
  constraint vector_indexes_measured_at_check check ((measured_at is null) = (recall is null))
);

comment on table app.vector_indexes is 'How a tenant''s vectors are searched, where not as everybody''s: by a graph of its own, or with other figures.';
comment on column app.vector_indexes.tenant_id is 'Tenant whose vectors they are.';
comment on column app.vector_indexes.segment is 'Number of its partition of app.capability_vectors, app.capability_vectors_<segment>.';
comment on column app.vector_indexes.state is 'scanned: has no graph; filling: a graph is being built, and what is written is noted; ready: it serves.';
comment on column app.vector_indexes.vector_count is 'Vectors that the graph had when it was built or last drained.';
comment on column app.vector_indexes.breadth is 'hnsw.ef_search: how many candidates a walk through the graph keeps.';
comment on column app.vector_indexes.margin is 'In a scan, how many signs further than the last one wanted a vector may be to be compared as a whole.';
comment on column app.vector_indexes.recall is 'Share of the true ten nearest that were found with these figures; null if not measured.';
comment on column app.vector_indexes.built_at is 'When the graph was built; null if there is none.';
comment on column app.vector_indexes.measured_at is 'When the recall was measured; null if it was not.';

create table app.capability_vectors (
  tenant_id varchar(255) not null,
  capability_id uuid not null,
  segment bigint not null,
  embedding halfvec(768) not null,
  constraint capability_vectors_pkey primary key (tenant_id, capability_id, segment)
) partition by list (segment);

create index idx_capabilities_embedding on app.capability_vectors
  using hnsw (embedding halfvec_cosine_ops) with (m = 16, ef_construction = 64);

comment on table app.capability_vectors is 'Directions of the embeddings of large tenants, one partition a tenant, so that a graph over them knows of no other.';
comment on column app.capability_vectors.tenant_id is 'Tenant that owns the capability.';
comment on column app.capability_vectors.capability_id is 'Capability. One that is gone, or has another embedding by now, is a wrong candidate and no wrong answer.';
comment on column app.capability_vectors.segment is 'Partition, as app.vector_indexes has it.';
comment on column app.capability_vectors.embedding is 'Its embedding at length 1, which half precision holds whatever the length was.';
comment on index app.idx_capabilities_embedding is
  'One graph a partition, and so a tenant. In half precision: half the size. Not led by the tenant, and out of the application''s reach.';

create table app.pending_vectors (
  tenant_id varchar(255) not null,
  capability_id uuid not null,
  bits bit(768) not null,
  constraint pending_vectors_pkey primary key (tenant_id, capability_id) include (bits)
);

comment on table app.pending_vectors is 'Embeddings of large tenants that were written since their graph was built; searched beside it.';
comment on column app.pending_vectors.tenant_id is 'Tenant that owns the capability.';
comment on column app.pending_vectors.capability_id is 'Capability.';
comment on column app.pending_vectors.bits is 'Sign of each dimension of its embedding.';

-- Nobody but the service role, and of the planner's statistics nothing.
create function app.hide_vector_table(p_table regclass) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_name constant text := (select relname from pg_class where oid = p_table);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format(
    'create policy %I on %s as restrictive for all'
    ' to agent_agency_owner, agent_agency_app, agent_agency_readonly'
    ' using ((select app.current_tenant_key())[tenant_id] is not null)'
    ' with check (tenant_id = (select app.current_tenant_id()))',
    v_name || '_tenant_guard', p_table
  );
  execute format(
    'create policy %I on %s to agent_agency_service using (true) with check (true)', v_name || '_service', p_table
  );
  perform app.limit_statistics(p_table);
end
$$;

comment on function app.hide_vector_table(regclass) is
  'Forces row level security on a table of vectors, with a guard for whoever is granted it by mistake, and opens it to the service role.';

-- Written out as well, so that the linter reads it.
alter table app.vector_indexes enable row level security, force row level security;
alter table app.capability_vectors enable row level security, force row level security;
alter table app.pending_vectors enable row level security, force row level security;

select app.hide_vector_table(v_table)
from unnest(array['app.vector_indexes', 'app.capability_vectors', 'app.pending_vectors']::regclass[]) as v_table;

alter table app.vector_indexes owner to agent_agency_service;
alter table app.capability_vectors owner to agent_agency_service;
alter table app.pending_vectors owner to agent_agency_service;
-- Partitions are made by functions with its rights.
grant execute on function app.hide_vector_table(regclass), app.limit_statistics(regclass) to agent_agency_service;

-- ---------------------------------------------------------------------------------------------------------------
-- What is written after a graph was built is noted, and what is deleted is taken out of it. Volatile, so that under
-- `read committed` it sees an index that was begun while the statement ran.

create function app.note_vectors() returns trigger
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_indexes app.vector_indexes[];
  v_segment bigint;
begin
  -- What a dump brings along is compared later, by compare_vector_index().
  if app.is_restoring() then
    return null;
  end if;
  if tg_op = 'DELETE' then
    delete from app.pending_vectors as pending
    using replaced
    where pending.tenant_id = replaced.tenant_id and pending.capability_id = replaced.id;
  end if;
  select array_agg(index) into v_indexes from app.vector_indexes as index where index.state <> 'scanned';
  if v_indexes is null then
    return null;
  end if;
  if tg_op = 'INSERT' then
    insert into app.pending_vectors (tenant_id, capability_id, bits)
    select written.tenant_id, written.id, written.embedding_bits
    from written
    join unnest(v_indexes) as index on index.tenant_id = written.tenant_id
    where written.embedding_bits is not null
    on conflict (tenant_id, capability_id) do update set bits = excluded.bits;
  elsif tg_op = 'UPDATE' then
    insert into app.pending_vectors (tenant_id, capability_id, bits)
    select written.tenant_id, written.id, written.embedding_bits
    from written
    join unnest(v_indexes) as index on index.tenant_id = written.tenant_id
    where written.embedding_bits is not null
      and not exists (
        select from replaced
        where replaced.tenant_id = written.tenant_id
          and replaced.id = written.id
          and replaced.embedding_bits = written.embedding_bits
      )
    on conflict (tenant_id, capability_id) do update set bits = excluded.bits;
  else
    -- From the tenant's own table, attached or not: the partitioned one would lock everybody's.
    for v_segment in
      select index.segment
      from unnest(v_indexes) as index
      where index.tenant_id in (select replaced.tenant_id from replaced)
    loop
      begin
        execute format(
          'delete from app.%I as vector using replaced
           where vector.tenant_id = replaced.tenant_id and vector.capability_id = replaced.id',
          'capability_vectors_' || v_segment
        );
      exception
        -- Not filled yet, or dropped by now.
        when undefined_table then null;
      end;
    end loop;
  end if;
  return null;
end
$$;

comment on function app.note_vectors() is
  'Trigger: notes new embeddings of tenants that have a graph of their own, and takes deleted ones out of it.';

alter function app.note_vectors() owner to agent_agency_service;

create trigger note_written_vectors
after insert on agent_capabilities_graph
referencing new table as written
for each statement execute function app.note_vectors();

create trigger note_replaced_vectors
after update on agent_capabilities_graph
referencing old table as replaced new table as written
for each statement execute function app.note_vectors();

create trigger note_deleted_vectors
after delete on agent_capabilities_graph
referencing old table as replaced
for each statement execute function app.note_vectors();

-- ---------------------------------------------------------------------------------------------------------------
-- Candidates. How far apart the signs of two vectors are tells how far apart they are, give or take a dozen of 768: so
-- it is not so many that are compared as a whole, but all that are at most `margin` signs further than the last one wanted.
-- Where neighbors stand out these are few, where everything is equally far they are many, whatever the tenant's size.

-- Best by their signs, out of idx_capabilities_tenant alone. `+ 0`: an order that no approximate index can answer.
create function app.scan_capability_signs(
  p_tenant_id text,
  p_bits bit(768),
  p_most integer,
  p_min_confidence numeric,
  p_type entity_type, -- null: every type
  out ids uuid[],
  out distances double precision[]
)
language plpgsql
stable
parallel restricted
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_generic_plan
-- The plan stays for later transactions of the connection.
set enable_indexscan = on
set enable_indexonlyscan = on
set enable_nestloop = on
as $$
declare
  -- The column has no less.
  v_is_sure constant boolean := p_min_confidence <= 0.7;
begin
  select array_agg(nearest.id), array_agg(nearest.distance) into ids, distances
  from (
    select capability.id, (capability.embedding_bits <~> p_bits) + 0 as distance
    from agent_capabilities_graph as capability
    where capability.tenant_id = p_tenant_id
      and capability.embedding_bits is not null
      and capability.validation_status <> 'rejected'
      and (v_is_sure or capability.confidence >= p_min_confidence)
      and (p_type is null or capability.capability_type = p_type)
    order by distance
    limit p_most
  ) as nearest;
end
$$;

comment on function app.scan_capability_signs(text, bit, integer, numeric, entity_type) is
  'A tenant''s capabilities whose embeddings have the most signs in common with another, nearest first.';

-- From near to far through the tenant's own graph, until there are enough that can be part of an answer.
create function app.walk_capability_graph(
  p_index app.vector_indexes,
  p_embedding vector(768),
  p_wanted integer,
  p_min_confidence numeric,
  p_type entity_type, -- null: every type
  out ids uuid[],
  out visited integer
)
language plpgsql
stable
parallel restricted
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set max_parallel_workers_per_gather = 0
set hnsw.iterative_scan = 'relaxed_order'
set hnsw.ef_search = 100
as $$
declare
  v_most constant integer := 1000;
  v_row record;
  v_found integer := 0;
  v_cut double precision := 'infinity';
begin
  ids := '{}';
  visited := 0;
  perform set_config('hnsw.ef_search', least(greatest(p_index.breadth, 2 * p_wanted), 1000)::text, true);
  for v_row in execute format(
    'select vector.capability_id as id, vector.embedding <=> $1 as distance
     from app.%I as vector
     where vector.tenant_id = $2
     order by vector.embedding <=> $1
     limit %s',
    'capability_vectors_' || p_index.segment, v_most
  ) using l2_normalize(p_embedding)::halfvec(768), p_index.tenant_id
  loop
    exit when v_row.distance > v_cut;
    visited := visited + 1;
    continue when not exists (
      select from agent_capabilities_graph as capability
      where capability.tenant_id = p_index.tenant_id
        and capability.id = v_row.id
        -- Of a column that idx_capabilities_tenant lacks: the planner is not to look through all that the tenant has.
        and capability.embedding is not null
        and capability.validation_status <> 'rejected'
        and capability.confidence >= p_min_confidence
        and (p_type is null or capability.capability_type = p_type)
        -- Has another embedding by now, and comes by that.
        and not exists (
          select from app.pending_vectors as pending
          where pending.tenant_id = p_index.tenant_id and pending.capability_id = v_row.id
        )
    );
    ids := ids || v_row.id;
    v_found := v_found + 1;
    if v_found = p_wanted then
      -- Those that are nearer by less than halves of single precision tell may change places.
      v_cut := v_row.distance + 0.001;
    end if;
  end loop;
  if v_found >= p_wanted then
    ids := ids || array(
      select pending.capability_id
      from app.pending_vectors as pending
      where pending.tenant_id = p_index.tenant_id
      order by (pending.bits <~> binary_quantize(p_embedding)::bit(768)) + 0
      limit 100 + 2 * p_wanted
    );
  end if;
end
$$;

comment on function app.walk_capability_graph(app.vector_indexes, vector, integer, numeric, entity_type) is
  'The same, approximately, by a tenant''s own graph, together with what was written since; fewer than wanted where it meets too few that fit.';

create function app.capability_candidates(
  p_embedding vector(768),
  p_wanted integer,
  p_min_confidence numeric,
  p_type entity_type default null, -- null: every type
  out plan text,
  out reason text,
  out candidates uuid[],
  out visited integer
)
language plpgsql
stable
parallel restricted
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := app.current_tenant_id();
  -- The margin begins at the tenth: the distance of a single one says little.
  v_wanted constant integer := greatest(app.require_between('wanted', p_wanted, 0, 10000), 10);
  v_least constant integer := greatest(100, v_wanted);
  v_bits constant bit(768) := binary_quantize(p_embedding)::bit(768);
  v_index app.vector_indexes;
  v_distances double precision[];
  v_most integer := greatest(160, 2 * v_wanted);
  v_cut double precision;
begin
  select index.* into v_index from app.vector_indexes as index where index.tenant_id = v_tenant;
  plan := 'scan';
  reason := case
    when v_index.state = 'ready' and v_wanted > 100 then 'many-wanted'
    when v_index.state = 'ready' then 'too-few-found'
    when v_index.state = 'filling' then 'being-built'
    else 'small'
  end;

  if v_index.state = 'ready' and v_wanted <= 100 then
    begin
      select walk.ids, walk.visited into candidates, visited
      from app.walk_capability_graph(v_index, p_embedding, v_wanted, p_min_confidence, p_type) as walk;
    exception
      -- Dropped since this statement began.
      when undefined_table then candidates := '{}';
    end;
    if cardinality(candidates) >= v_wanted then
      plan := 'graph';
      reason := 'large';
      return;
    end if;
  end if;

  loop
    select scan.ids, scan.distances into candidates, v_distances
    from app.scan_capability_signs(v_tenant, v_bits, v_most, p_min_confidence, p_type) as scan;
    candidates := coalesce(candidates, '{}');
    visited := cardinality(candidates);
    if visited <= v_least then
      plan := 'exact';
      reason := 'few';
      return;
    end if;
    v_cut := v_distances[v_wanted] + coalesce(v_index.margin, 28);
    -- To keep few in order is cheaper; the scan is repeated where they were all near enough, up to a limit.
    exit when visited < v_most or v_distances[visited] > v_cut or v_most >= 2000 + 2 * v_wanted;
    v_most := 2000 + 2 * v_wanted;
  end loop;
  candidates := candidates[1:greatest(width_bucket(v_cut, v_distances), v_least)];
end
$$;

comment on function app.capability_candidates(vector, integer, numeric, entity_type) is
  'Capabilities of the current tenant that may be nearest to an embedding, and how they were found. A hint: compare them under row level security.';

alter function app.capability_candidates(vector, integer, numeric, entity_type) owner to agent_agency_service;
grant execute on function app.capability_candidates(vector, integer, numeric, entity_type)
  to agent_agency_app, agent_agency_readonly;
grant execute on function
  app.scan_capability_signs(text, bit, integer, numeric, entity_type),
  app.walk_capability_graph(app.vector_indexes, vector, integer, numeric, entity_type),
  app.require_between(text, integer, integer, integer)
  to agent_agency_service;

-- ---------------------------------------------------------------------------------------------------------------
-- The search: candidates, compared as a whole, as the caller sees them.

create function app.search_capabilities(
  p_embedding vector(768), -- null: nothing is found
  p_limit integer,
  p_min_confidence numeric, -- null: nothing is found
  p_type entity_type default null, -- null: every type
  p_agent_id text default null, -- null: every agent
  out plan text,
  out reason text,
  out visited integer,
  out compared integer,
  out ids uuid[],
  out names text[],
  out agent_ids text[],
  out types text[],
  out confidences numeric[],
  out distances double precision[]
)
language plpgsql
stable
parallel restricted
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_generic_plan
-- The plan stays for later transactions of the connection.
set enable_indexscan = on
set enable_indexonlyscan = on
set enable_nestloop = on
as $$
declare
  v_embedding constant vector(768) := app.require_direction(p_embedding);
  v_limit constant integer := app.require_between('max_results', p_limit, 0, 10000);
  v_tenant constant text := app.current_tenant_id();
  v_candidates uuid[] := '{}';
begin
  visited := 0;
  plan := 'exact';
  reason := 'nothing-wanted';
  if v_embedding is not null and p_min_confidence is not null and v_limit > 0 then
    if p_agent_id is null then
      select hint.plan, hint.reason, hint.candidates, hint.visited into plan, reason, v_candidates, visited
      from app.capability_candidates(v_embedding, v_limit, p_min_confidence, p_type) as hint;
    else
      reason := 'one-agent';
      v_candidates := array(
        select capability.id
        from agent_capabilities_graph as capability
        where capability.tenant_id = v_tenant and capability.agent_id = p_agent_id
      );
      visited := cardinality(v_candidates);
    end if;
  end if;
  compared := cardinality(v_candidates);

  select
    coalesce(array_agg(best.id), '{}'),
    coalesce(array_agg(best.capability_name), '{}'),
    coalesce(array_agg(best.agent_id), '{}'),
    coalesce(array_agg(best.capability_type), '{}'),
    coalesce(array_agg(best.confidence), '{}'),
    coalesce(array_agg(best.distance), '{}')
  into ids, names, agent_ids, types, confidences, distances
  from (
    select
      capability.id,
      capability.capability_name,
      capability.agent_id,
      capability.capability_type::text,
      capability.confidence,
      capability.embedding <=> v_embedding as distance
    from (select distinct hint.id from unnest(v_candidates) as hint (id)) as candidate
    join agent_capabilities_graph as capability on capability.tenant_id = v_tenant and capability.id = candidate.id
    where capability.embedding is not null
      and capability.confidence >= p_min_confidence
      and capability.validation_status <> 'rejected'
      and (p_type is null or capability.capability_type = p_type)
    order by distance, capability.id
    limit v_limit
  ) as best;
end
$$;

comment on function app.search_capabilities(vector, integer, numeric, entity_type, text) is
  'Capabilities of the current tenant nearest to an embedding by cosine, without rejected ones, and how they were found: exact, scan or graph.';

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
parallel restricted
begin atomic
  select
    nearest.id,
    nearest.name::varchar(500),
    nearest.agent::varchar(255),
    (1 - nearest.distance)::numeric,
    nearest.sureness
  from app.search_capabilities(
    target_embedding, find_similar_capabilities.max_results, find_similar_capabilities.min_confidence
  ) as search
  cross join lateral unnest(search.ids, search.names, search.agent_ids, search.confidences, search.distances)
    with ordinality as nearest (id, name, agent, sureness, distance, place)
  where coalesce(find_similar_capabilities.p_tenant_id = (select app.current_tenant_id()), true)
  order by nearest.place;
end;

comment on function find_similar_capabilities(vector, varchar, integer, numeric) is
  'Capabilities of the current tenant nearest to an embedding by cosine, without rejected ones: min(max_results, all) rows, of the true ten nearest 99 % and more.';

grant execute on function app.search_capabilities(vector, integer, numeric, entity_type, text)
  to agent_agency_app, agent_agency_readonly;
grant execute on function find_similar_capabilities(vector, varchar, integer, numeric)
  to agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- For operators: graphs are built, drained, measured and dropped, each step a transaction that can be repeated.
-- maintainVectorIndexes() of packages/knowledge-graph goes through them.

create function app.list_vector_indexes() returns table (
  vector_tenant_id text,
  vectors bigint,
  pending bigint,
  index_state text, -- null: none
  indexed bigint,
  index_breadth integer,
  index_margin integer,
  index_recall double precision
)
language sql
stable
parallel restricted
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select
    coalesce(counted.tenant_id, index.tenant_id), coalesce(counted.vectors, 0), coalesce(noted.pending, 0),
    index.state, index.vector_count, index.breadth, index.margin, index.recall
  from (
    select capability.tenant_id, count(*) as vectors
    from agent_capabilities_graph as capability
    where capability.embedding_bits is not null
    group by capability.tenant_id
  ) as counted
  full join app.vector_indexes as index on index.tenant_id = counted.tenant_id
  left join lateral (
    select count(*) as pending from app.pending_vectors as pending where pending.tenant_id = index.tenant_id
  ) as noted on true
  order by 2 desc, 1
$$;

comment on function app.list_vector_indexes() is 'Every tenant with vectors, and how they are searched. For operators.';

create function app.begin_vector_index(p_tenant_id text) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  if not exists (select from tenants as tenant where tenant.id = p_tenant_id) then
    raise exception using errcode = 'AATNF', message = 'there is no such tenant';
  end if;
  insert into app.vector_indexes as index (tenant_id, state)
  values (p_tenant_id, 'filling')
  on conflict (tenant_id) do update set state = 'filling' where index.state = 'scanned';
end
$$;

comment on function app.begin_vector_index(text) is
  'Announces a graph of a tenant: from its commit on, what is written is noted. For operators.';

create function app.fill_vector_index(p_tenant_id text) returns bigint
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_index app.vector_indexes;
  v_table text;
  v_filled bigint;
begin
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'filling'
  for update;
  if not found then
    return null;
  end if;
  v_table := 'capability_vectors_' || v_index.segment;
  -- What was begun and broken off is begun anew: to fill takes seconds.
  if to_regclass(format('app.%I', v_table)) is not null then
    execute format('drop table app.%I', v_table);
  end if;
  execute format(
    'create table app.%I (like app.capability_vectors, constraint %I check (segment = %s))',
    v_table, v_table || '_segment_check', v_index.segment
  );
  perform app.hide_vector_table(format('app.%I', v_table)::regclass);
  -- What was noted until now is what is filled in. What others note meanwhile comes to stay.
  delete from app.pending_vectors as pending where pending.tenant_id = p_tenant_id;
  execute format(
    'insert into app.%I (tenant_id, capability_id, segment, embedding)
     select capability.tenant_id, capability.id, %s, l2_normalize(capability.embedding)::halfvec(768)
     from public.agent_capabilities_graph as capability
     where capability.tenant_id = $1 and capability.embedding_bits is not null',
    v_table, v_index.segment
  ) using p_tenant_id;
  get diagnostics v_filled = row_count;
  update app.vector_indexes as index set vector_count = v_filled where index.tenant_id = p_tenant_id;
  return v_filled;
end
$$;

comment on function app.fill_vector_index(text) is
  'Fills a tenant''s partition, which nobody reads yet; null if none was announced. For operators.';

create function app.finish_vector_index(p_tenant_id text) returns boolean
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_index app.vector_indexes;
  v_table text;
begin
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'filling'
  for update;
  if not found then
    return false;
  end if;
  v_table := 'capability_vectors_' || v_index.segment;
  execute format(
    'alter table app.%I add constraint %I primary key (tenant_id, capability_id, segment)', v_table, v_table || '_pkey'
  );
  -- With 64, of 133,000 vectors some were never reached, whatever the breadth.
  execute format(
    'create index %I on app.%I using hnsw (embedding halfvec_cosine_ops) with (m = 16, ef_construction = 128)',
    'idx_capabilities_embedding_' || v_index.segment, v_table
  );
  execute format('alter table app.capability_vectors attach partition app.%I for values in (%s)', v_table, v_index.segment);
  update app.vector_indexes as index set state = 'ready', built_at = now() where index.tenant_id = p_tenant_id;
  return true;
end
$$;

comment on function app.finish_vector_index(text) is
  'Builds the graph over a filled partition and lets it serve; false if there is nothing to finish. For operators.';

create function app.drain_vector_index(p_tenant_id text, p_limit integer) returns bigint
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_index app.vector_indexes;
  v_drained bigint;
begin
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'ready'
  for no key update;
  if not found then
    return 0;
  end if;
  with drained as (
    delete from app.pending_vectors as pending
    where pending.tenant_id = p_tenant_id and pending.capability_id = any(array(
      select next.capability_id from app.pending_vectors as next where next.tenant_id = p_tenant_id limit p_limit
    ))
    returning pending.capability_id
  ),
  stored as (
    insert into app.capability_vectors as vector (tenant_id, capability_id, segment, embedding)
    select p_tenant_id, capability.id, v_index.segment, l2_normalize(capability.embedding)::halfvec(768)
    from drained
    join agent_capabilities_graph as capability
      on capability.tenant_id = p_tenant_id and capability.id = drained.capability_id and capability.embedding is not null
    on conflict (tenant_id, capability_id, segment) do update set embedding = excluded.embedding
  )
  select count(*) into v_drained from drained;
  return v_drained;
end
$$;

comment on function app.drain_vector_index(text, integer) is
  'Takes so many noted vectors over into the graph, and says how many. For operators, until it says 0.';

-- What no trigger has seen: a transaction that began before the graph was announced, a truncated table, a restored one.
create function app.compare_vector_index(p_tenant_id text, out missing bigint, out stale bigint)
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
-- A tenant's rows against as many others, of a table that nobody has analyzed yet.
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_index app.vector_indexes;
begin
  missing := 0;
  stale := 0;
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'ready'
  for no key update;
  if not found then
    return;
  end if;
  insert into app.pending_vectors (tenant_id, capability_id, bits)
  select capability.tenant_id, capability.id, capability.embedding_bits
  from agent_capabilities_graph as capability
  left join (
    select vector.capability_id, vector.embedding
    from app.capability_vectors as vector
    where vector.segment = v_index.segment and vector.tenant_id = p_tenant_id
  ) as known on known.capability_id = capability.id
  where capability.tenant_id = p_tenant_id
    and capability.embedding_bits is not null
    and known.embedding is distinct from l2_normalize(capability.embedding)::halfvec(768)
  on conflict (tenant_id, capability_id) do nothing;
  get diagnostics missing = row_count;
  delete from app.capability_vectors as vector
  where vector.segment = v_index.segment
    and vector.tenant_id = p_tenant_id
    and not exists (
      select from agent_capabilities_graph as capability
      where capability.tenant_id = p_tenant_id
        and capability.id = vector.capability_id
        and capability.embedding_bits is not null
    );
  get diagnostics stale = row_count;
  update app.vector_indexes as index
  set vector_count = (
    select count(*) from app.capability_vectors as vector
    where vector.segment = v_index.segment and vector.tenant_id = p_tenant_id
  )
  where index.tenant_id = p_tenant_id;
end
$$;

comment on function app.compare_vector_index(text) is
  'Compares a graph with the tenant''s capabilities: notes what it lacks, and removes what is gone. For operators.';

create function app.drop_vector_index(p_tenant_id text) returns boolean
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_segment bigint;
begin
  delete from app.vector_indexes as index where index.tenant_id = p_tenant_id returning index.segment into v_segment;
  if not found then
    return false;
  end if;
  if to_regclass(format('app.%I', 'capability_vectors_' || v_segment)) is not null then
    execute format('drop table app.%I', 'capability_vectors_' || v_segment);
  end if;
  delete from app.pending_vectors as pending where pending.tenant_id = p_tenant_id;
  return true;
end
$$;

comment on function app.drop_vector_index(text) is
  'Forgets a tenant''s graph and its figures: from then on its vectors are scanned; false if it has none. For operators.';

create function app.drop_orphaned_vectors() returns integer
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_table name;
  v_dropped integer := 0;
begin
  for v_table in
    select class.relname
    from pg_class as class
    where class.relnamespace = 'app'::regnamespace
      and class.relkind = 'r'
      and class.relname ~ '^capability_vectors_[0-9]+$'
      and not exists (
        select from app.vector_indexes as index where class.relname = 'capability_vectors_' || index.segment
      )
  loop
    execute format('drop table app.%I', v_table);
    v_dropped := v_dropped + 1;
  end loop;
  -- Of who wrote while the graph was dropped.
  delete from app.pending_vectors as pending
  where not exists (select from app.vector_indexes as index where index.tenant_id = pending.tenant_id);
  return v_dropped;
end
$$;

comment on function app.drop_orphaned_vectors() is
  'Drops partitions whose tenant was erased, which are empty, and says how many. For operators.';

create function app.tune_vector_index(p_tenant_id text, p_breadth integer, p_margin integer, p_recall double precision) returns void
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  insert into app.vector_indexes as index (tenant_id, state, breadth, margin, recall, measured_at)
  values (p_tenant_id, 'scanned', p_breadth, p_margin, p_recall, now())
  on conflict (tenant_id) do update
  set breadth = excluded.breadth, margin = excluded.margin, recall = excluded.recall, measured_at = excluded.measured_at
$$;

comment on function app.tune_vector_index(text, integer, integer, double precision) is
  'Sets with which figures a tenant is searched, and which recall was measured with them. For operators.';

-- A question like those that are asked: a capability's embedding, moved at random by a part of its length.
create function app.measure_vector_recall(
  p_tenant_id text,
  p_sample double precision, -- 0 to below 1: which one, in the order of identifiers
  p_breadths integer[],
  p_margins integer[]
) returns table (
  measured_breadth integer,
  measured_margin integer,
  measured_found integer,
  measured_wanted integer
)
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  v_index app.vector_indexes;
  v_sample record;
  v_question vector(768);
  v_bits bit(768);
  v_nearest uuid[];
  v_candidates uuid[];
  v_distances double precision[];
begin
  select capability.id, capability.embedding into v_sample
  from agent_capabilities_graph as capability
  where capability.tenant_id = p_tenant_id
    and capability.embedding_bits is not null
    and capability.validation_status <> 'rejected'
  order by capability.id
  limit 1
  offset floor(p_sample * (
    select count(*) from agent_capabilities_graph as counted
    where counted.tenant_id = p_tenant_id
      and counted.embedding_bits is not null
      and counted.validation_status <> 'rejected'
  ));
  if not found then
    return;
  end if;
  -- The same question each time.
  perform setseed(p_sample);
  v_question := v_sample.embedding + array(
    select random_normal(0, 0.6 * vector_norm(v_sample.embedding) / sqrt(768.0)) from generate_series(1, 768)
  )::vector;
  v_bits := binary_quantize(v_question)::bit(768);
  v_nearest := array(
    select nearest.id
    from (
      select capability.id, capability.embedding <=> v_question as distance
      from agent_capabilities_graph as capability
      where capability.tenant_id = p_tenant_id
        and capability.embedding is not null
        and capability.validation_status <> 'rejected'
        and capability.id <> v_sample.id
      offset 0
    ) as nearest
    order by nearest.distance, nearest.id
    limit 10
  );
  measured_wanted := cardinality(v_nearest);
  select index.* into v_index from app.vector_indexes as index where index.tenant_id = p_tenant_id;
  if v_index.state is distinct from 'ready' then
    select scan.ids, scan.distances into v_candidates, v_distances
    from app.scan_capability_signs(p_tenant_id, v_bits, 1000, 0, null) as scan;
    v_distances := coalesce(v_distances, '{}');
  end if;
  foreach measured_margin in array p_margins loop
    foreach measured_breadth in array p_breadths loop
      if v_index.state = 'ready' then
        v_index.breadth := measured_breadth;
        v_index.margin := measured_margin;
        select walk.ids into v_candidates
        -- One more: the sample itself is found, too.
        from app.walk_capability_graph(v_index, v_question, 11, 0, null) as walk;
        measured_found := (select count(distinct id) from unnest(v_candidates) as id where id = any(v_nearest));
      else
        measured_found := (
          select count(*)
          from unnest(v_candidates) with ordinality as candidate (id, place)
          where candidate.id = any(v_nearest) and candidate.place <= greatest(
            100, width_bucket(v_distances[least(10, cardinality(v_distances))] + measured_margin, v_distances)
          )
        );
      end if;
      return next;
    end loop;
  end loop;
end
$$;

comment on function app.measure_vector_recall(text, double precision, integer[], integer[]) is
  'Asks one question of a tenant''s vectors, exactly and with each of these figures: how many of the ten nearest are found. For operators.';

alter function app.list_vector_indexes() owner to agent_agency_service;
alter function app.begin_vector_index(text) owner to agent_agency_service;
alter function app.fill_vector_index(text) owner to agent_agency_service;
alter function app.finish_vector_index(text) owner to agent_agency_service;
alter function app.drain_vector_index(text, integer) owner to agent_agency_service;
alter function app.compare_vector_index(text) owner to agent_agency_service;
alter function app.drop_vector_index(text) owner to agent_agency_service;
alter function app.drop_orphaned_vectors() owner to agent_agency_service;
alter function app.tune_vector_index(text, integer, integer, double precision) owner to agent_agency_service;
alter function app.measure_vector_recall(text, double precision, integer[], integer[]) owner to agent_agency_service;
grant execute on function
  app.list_vector_indexes(),
  app.begin_vector_index(text),
  app.fill_vector_index(text),
  app.finish_vector_index(text),
  app.drain_vector_index(text, integer),
  app.compare_vector_index(text),
  app.drop_vector_index(text),
  app.drop_orphaned_vectors(),
  app.tune_vector_index(text, integer, integer, double precision),
  app.measure_vector_recall(text, double precision, integer[], integer[])
  to agent_agency_owner;
