-- The knowledge graph: what agents can do, who works with whom, which evidence shows it, and the provenance log.
-- Keys lead with tenant_id from here on. 007 makes tenants, ties every table to them, and opens the tables to the
-- application; until then nobody but the owner can reach a row.

create type entity_type as enum (
  'CAPABILITY', 'AGENT', 'TASK', 'VERDICT', 'TECHNOLOGY', 'CONCEPT', 'WAIVER', 'GATE'
);

create type relationship_type as enum (
  'COLLABORATES_WITH',
  'SIMILAR_TO',
  'DERIVED_FROM',
  'VALIDATES',
  'DEPENDS_ON',
  'COMPETES_WITH',
  'INFLUENCES',
  'REPLACES',
  'ENHANCES'
);

comment on type entity_type is 'What a node of the knowledge graph stands for.';
comment on type relationship_type is 'How two agents are related.';

-- NFKC first, so that composed and decomposed letters and full-width forms meet; it also makes most blanks a space.
-- Those that it leaves are listed, because \s depends on the database's locale.
create function normalize_entity_name(input_name text) returns text
language sql
immutable
strict
parallel safe
begin atomic
  select lower(btrim(regexp_replace(normalize(input_name, nfkc), '[\s\u0085\u1680\u2028\u2029]+', ' ', 'g')));
end;

comment on function normalize_entity_name(text) is 'Canonical form of a name: NFKC, trimmed, single spaces, lower case.';

create function set_canonical_name() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
  new.canonical_name := normalize_entity_name(new.capability_name);
  return new;
end
$$;

comment on function set_canonical_name() is 'Trigger: derives canonical_name from capability_name.';

create function update_last_updated_column() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.last_updated := now();
  return new;
end
$$;

comment on function update_last_updated_column() is 'Trigger: sets last_updated of a changed row.';

-- array_to_string() is only stable, because of types whose text depends on settings; text has none.
create function app.text_array_to_text(p_values text[]) returns text
language sql
immutable
strict
parallel safe
return array_to_string(p_values, ' ');

comment on function app.text_array_to_text(text[]) is 'Elements joined by spaces; immutable, for generated columns.';

create table agent_capabilities_graph (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  agent_id varchar(255) not null,
  capability_type entity_type not null default 'CAPABILITY',
  capability_name varchar(500) not null,
  canonical_name varchar(500) not null,
  aliases text[] not null default '{}',
  confidence numeric(3, 2) not null,
  extraction_confidence numeric(3, 2) not null,
  validation_status varchar(20) not null default 'unvalidated',
  validated_by varchar(255), -- null: nobody has decided, or who did was forgotten
  validation_reason text, -- null: none was given
  validated_at timestamptz, -- null: nobody has decided
  embedding vector(768), -- null: not embedded yet
  -- null: as embedding
  embedding_bits bit(768) generated always as (binary_quantize(embedding)) stored,
  source_tasks uuid[] not null default '{}',
  demonstration_count integer not null default 1,
  -- Not successes: a count that is not given means that all of them succeeded, however many they are.
  failure_count integer not null default 0,
  success_rate numeric(4, 3) not null generated always as (
    round((demonstration_count - failure_count)::numeric / greatest(demonstration_count, 1), 3)
  ) stored,
  metadata jsonb not null default '{}',
  search_vector tsvector not null generated always as (
    setweight(to_tsvector('english'::regconfig, capability_name), 'A')
    || setweight(to_tsvector('english'::regconfig, app.text_array_to_text(aliases)), 'B')
    || setweight(to_tsvector('english'::regconfig, coalesce(metadata -> 'topics', '[]'::jsonb)), 'C')
  ) stored,
  first_observed timestamptz not null default now(),
  last_updated timestamptz not null default now(),
  last_demonstrated timestamptz not null default now(),
  constraint agent_capabilities_graph_pkey primary key (tenant_id, id),
  -- Leads with the tenant and the agent, so it is also the index of the foreign key to the agent.
  constraint unique_agent_capability unique (tenant_id, agent_id, canonical_name),
  constraint agent_capabilities_graph_agent_id_fkey foreign key (agent_id)
    references agent_profiles (id) on delete cascade,
  constraint agent_capabilities_graph_canonical_name_check check (length(canonical_name) > 0),
  constraint agent_capabilities_graph_confidence_check check (confidence between 0.7 and 1.0),
  constraint agent_capabilities_graph_extraction_confidence_check check (extraction_confidence between 0.0 and 1.0),
  constraint agent_capabilities_graph_validation_status_check check (
    validation_status in ('unvalidated', 'validated', 'rejected')
  ),
  constraint agent_capabilities_graph_validation_reason_check check (length(validation_reason) > 0),
  constraint agent_capabilities_graph_embedding_check check (cosine_distance(embedding, embedding) < 1),
  constraint agent_capabilities_graph_demonstration_count_check check (demonstration_count > 0),
  constraint agent_capabilities_graph_failure_count_check check (failure_count between 0 and demonstration_count),
  constraint agent_capabilities_graph_metadata_check check (jsonb_typeof(metadata) = 'object'),
  constraint agent_capabilities_graph_observed_check check (first_observed <= last_demonstrated)
);

-- Led by the tenant: row level security makes it the first condition of every query. Behind it, an operator that is not
-- leakproof (of an enum, a numeric, a tsvector) cannot be an index condition for the application, only an order or a filter.
create index idx_capabilities_agent on agent_capabilities_graph (tenant_id, agent_id, last_demonstrated desc);
create index idx_capabilities_type on agent_capabilities_graph (tenant_id, capability_type);
create index idx_capabilities_canonical on agent_capabilities_graph (tenant_id, canonical_name);
create index idx_capabilities_confidence on agent_capabilities_graph (tenant_id, confidence desc);
create index idx_capabilities_last_updated on agent_capabilities_graph (tenant_id, last_updated desc);
create index idx_capabilities_aliases on agent_capabilities_graph (tenant_id, agent_id) where aliases <> '{}';
create index idx_capabilities_search on agent_capabilities_graph using gin (search_vector);
create index idx_capabilities_tenant on agent_capabilities_graph (tenant_id)
  include (id, embedding_bits, confidence, capability_type)
  where embedding_bits is not null and validation_status <> 'rejected';

comment on index idx_capabilities_type is
  'Comparing enums is not leakproof: for the application it finds the tenant''s rows and no more.';
comment on index idx_capabilities_confidence is
  'Comparing numerics is not leakproof: for the application it serves the order, not the comparison.';
comment on index idx_capabilities_aliases is
  'Whoever stores a capability asks whether its name is another''s alias: few capabilities have any.';
comment on index idx_capabilities_search is
  'Searching words is not leakproof: only roles that row level security lets see every row can use it.';
comment on index idx_capabilities_tenant is
  'A search reads the signs of what the tenant can find, and what it filters by, from it alone; and whole vectors only of the nearest.';

-- Vectors stay in their rows: a search compares some hundred of them, each of which would be two more look-ups elsewhere
-- (twice the time). It is paid for where a row is changed, whose vector is then written again.
alter table agent_capabilities_graph set (toast_tuple_target = 8160);

create trigger set_capability_canonical_name
before insert or update of capability_name, canonical_name on agent_capabilities_graph
for each row execute function set_canonical_name();

create trigger update_capabilities_last_updated
before update on agent_capabilities_graph
for each row execute function update_last_updated_column();

comment on table agent_capabilities_graph is 'What an agent has shown that it can do, with an embedding for search by meaning.';
comment on column agent_capabilities_graph.tenant_id is 'Tenant that owns the row.';
comment on column agent_capabilities_graph.id is 'Identifier of the capability.';
comment on column agent_capabilities_graph.agent_id is 'Agent that has the capability.';
comment on column agent_capabilities_graph.capability_type is 'What kind of thing the capability is about.';
comment on column agent_capabilities_graph.capability_name is 'Name as it was given.';
comment on column agent_capabilities_graph.canonical_name is 'normalize_entity_name(capability_name); set by a trigger.';
comment on column agent_capabilities_graph.aliases is
  'Other names of the same capability, as they were given; in canonical form each is the agent''s only one.';
comment on column agent_capabilities_graph.confidence is 'How sure it is that the agent has it, 0.70 to 1.00.';
comment on column agent_capabilities_graph.extraction_confidence is 'How sure the extraction was, 0.00 to 1.00.';
comment on column agent_capabilities_graph.validation_status is
  'unvalidated, validated, or rejected: searches leave it out, whatever is demonstrated later.';
comment on column agent_capabilities_graph.validated_by is 'Who set validation_status last; null if nobody did, or who did was forgotten.';
comment on column agent_capabilities_graph.validation_reason is 'Why; null if no reason was given.';
comment on column agent_capabilities_graph.validated_at is 'When; null if nobody did.';
comment on column agent_capabilities_graph.embedding is 'Embedding with 768 dimensions; null until it is embedded.';
comment on column agent_capabilities_graph.embedding_bits is 'Sign of each dimension of embedding, for the first step of a search.';
comment on column agent_capabilities_graph.source_tasks is 'Tasks that demonstrated the capability.';
comment on column agent_capabilities_graph.demonstration_count is 'How often it was demonstrated.';
comment on column agent_capabilities_graph.failure_count is 'How many of the demonstrations failed.';
comment on column agent_capabilities_graph.success_rate is
  'Share of the demonstrations that succeeded, 0.000 to 1.000; follows from the counts.';
comment on column agent_capabilities_graph.metadata is 'JSON object; topics holds the words that go with the capability.';
comment on column agent_capabilities_graph.search_vector is 'Words of the name (A), the aliases (B) and metadata.topics (C).';
comment on column agent_capabilities_graph.first_observed is 'When it was first demonstrated.';
comment on column agent_capabilities_graph.last_updated is 'When the row last changed.';
comment on column agent_capabilities_graph.last_demonstrated is 'When it was last demonstrated.';

-- A key as a range, because GiST has ranges and, without an extension, no text. The digest is one that nobody finds another
-- key for: with a hash, a tenant could make a key that falls on another tenant's, and be told by the constraint that it is
-- there. 63 bits of it say where the range begins, 40 how long it is; two keys are one if their ranges are equal.
create function app.relationship_key(
  p_tenant_id varchar(255), p_source_agent_id varchar(255), p_target_agent_id varchar(255), p_type relationship_type
) returns int8range
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_digest constant text := md5(
    length(p_tenant_id) || ' ' || p_tenant_id || length(p_source_agent_id) || ' ' || p_source_agent_id
    || length(p_target_agent_id) || ' ' || p_target_agent_id || hashenumextended(p_type, 0)
  );
  v_begin constant bigint := ('x' || left(v_digest, 16))::bit(64)::bigint >> 1;
  v_length constant bigint := ('x' || right(v_digest, 10))::bit(40)::bigint + 1;
begin
  return int8range(v_begin, v_begin + v_length);
end
$$;

comment on function app.relationship_key(varchar, varchar, varchar, relationship_type) is
  'What versions of one relationship have in common, for the constraint that keeps them from overlapping.';

-- What is believed now, one row for each version in the world's time. What was believed before is in
-- agent_relationship_history.
create table agent_relationships (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  source_agent_id varchar(255) not null,
  target_agent_id varchar(255) not null,
  type relationship_type not null,
  is_directional boolean not null default false,
  confidence numeric(3, 2) not null,
  strength numeric(3, 2) not null default 1.0,
  cooccurrence_count integer not null default 1,
  supporting_tasks uuid[] not null default '{}',
  extraction_context text, -- null: nothing to say about how it was found
  mutual_information numeric(10, 6), -- null: not computed
  pointwise_mutual_information numeric(10, 6), -- null: not computed
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_observed timestamptz not null default now(),
  valid_from timestamptz not null default now(),
  valid_to timestamptz not null default 'infinity',
  recorded_at timestamptz not null default now(),
  constraint agent_relationships_pkey primary key (tenant_id, id),
  constraint agent_relationships_source_agent_id_fkey foreign key (source_agent_id)
    references agent_profiles (id) on delete cascade,
  constraint agent_relationships_target_agent_id_fkey foreign key (target_agent_id)
    references agent_profiles (id) on delete cascade,
  constraint relationship_periods_do_not_overlap exclude using gist (
    app.relationship_key(tenant_id, source_agent_id, target_agent_id, type) with =,
    tstzrange(valid_from, valid_to) with &&
  ),
  constraint agent_relationships_valid_check check (valid_from < valid_to),
  constraint agent_relationships_recorded_check check (isfinite(recorded_at)),
  constraint no_self_relationships check (source_agent_id <> target_agent_id),
  -- An undirected relationship has one row, the smaller identifier first; the unique key then covers both orders.
  constraint agent_relationships_canonical_order_check check (
    is_directional or source_agent_id collate "C" < target_agent_id collate "C"
  ),
  constraint valid_confidence check (confidence between 0.5 and 1.0),
  constraint agent_relationships_strength_check check (strength between 0.0 and 1.0),
  constraint agent_relationships_cooccurrence_count_check check (cooccurrence_count > 0),
  -- NaN is greater than every number, so an upper bound is what keeps it out.
  constraint agent_relationships_mutual_information_check check (mutual_information >= 0 and mutual_information < 'NaN'),
  constraint agent_relationships_pointwise_mutual_information_check check (pointwise_mutual_information < 'NaN'),
  constraint agent_relationships_metadata_check check (jsonb_typeof(metadata) = 'object')
);

-- One version of a relationship is open: what `on conflict` looks for.
create unique index unique_relationship on agent_relationships (tenant_id, source_agent_id, target_agent_id, type)
where valid_to = 'infinity';

-- The first two carry what a walk needs, so that it reads no rows; the most confident first, so that it can stop early.
-- Ordered as walks order agents, which no other index is, so that no other is taken for them.
create index idx_relationships_source on agent_relationships (
  tenant_id, source_agent_id collate "C", confidence desc, target_agent_id collate "C"
) include (type, valid_from, valid_to, recorded_at, is_directional);
create index idx_relationships_target on agent_relationships (
  tenant_id, target_agent_id collate "C", confidence desc, source_agent_id collate "C"
) include (type, valid_from, valid_to, recorded_at, is_directional);
create index idx_relationships_type on agent_relationships (tenant_id, type);
create index idx_relationships_confidence on agent_relationships (tenant_id, confidence desc);
create index idx_relationships_strength on agent_relationships (tenant_id, strength desc);
create index idx_relationships_created on agent_relationships (tenant_id, created_at desc);
create index idx_relationships_source_type on agent_relationships (tenant_id, source_agent_id, type);
create index idx_relationships_target_type on agent_relationships (tenant_id, target_agent_id, type);
create index idx_relationships_bidirectional on agent_relationships (tenant_id, target_agent_id, source_agent_id, type);

-- Keeps its name, not its method: looking for the reverse row races with whoever inserts it. Putting the pair in
-- order lets the unique key decide, and lets `on conflict` work.
create function prevent_duplicate_relationships() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source text := new.source_agent_id;
begin
  if not new.is_directional and v_source collate "C" > new.target_agent_id collate "C" then
    new.source_agent_id := new.target_agent_id;
    new.target_agent_id := v_source;
  end if;
  return new;
end
$$;

comment on function prevent_duplicate_relationships() is
  'Trigger: stores an undirected relationship with the smaller agent identifier first, so that it exists once.';

create trigger prevent_duplicate_relationships_trigger
before insert or update on agent_relationships
for each row execute function prevent_duplicate_relationships();

create trigger update_relationships_last_updated
before update on agent_relationships
for each row execute function update_updated_at_column();

-- Triggers let pass what a dump brings along. The setting alone does not say so: it is anybody's, also in the middle of a
-- statement that row level security has let through.
create function app.is_restoring() returns boolean
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return current_setting('row_security') = 'off' and exists (
    select from pg_roles as role
    where role.rolname = coalesce(nullif(current_setting('role'), 'none'), session_user)
      and (role.rolsuper or role.rolbypassrls)
  );
end
$$;

comment on function app.is_restoring() is
  'Whether a dump is restored: row_security is off, and the caller is nobody whom row level security binds.';

-- The beginning of the transaction, so that whoever asks what was known at a moment sees all of a transaction or nothing. A
-- transaction that waited for one that began later is recorded after that one: no two versions are known at one moment.
-- What operators import, and a dump that is restored, keep their time.
create function app.record_relationship() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_superseded_at timestamptz;
begin
  -- The setting decides for nearly every row, and costs a tenth of the function.
  if
    current_setting('role') = 'agent_agency_maintenance'
    or (current_setting('row_security') = 'off' and app.is_restoring())
  then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    if new.id <> old.id then
      raise exception using errcode = '22023', message = 'a relationship keeps its identifier: delete it and make another';
    end if;
    new.recorded_at := old.recorded_at;
    new.updated_at := old.updated_at;
    if new is not distinct from old or old.recorded_at = now() then
      return new;
    end if;
    new.recorded_at := old.recorded_at + interval '1 microsecond';
  else
    new.recorded_at := now();
  end if;
  select max(past.superseded_at) into v_superseded_at
  from agent_relationship_history as past
  where past.tenant_id = new.tenant_id
    and past.source_agent_id = new.source_agent_id
    and past.superseded_at > now()
    and past.target_agent_id = new.target_agent_id
    and past.type = new.type;
  new.recorded_at := greatest(now(), new.recorded_at, v_superseded_at);
  return new;
end
$$;

comment on function app.record_relationship() is 'Trigger: says since when a relationship is known as it is, whatever the statement said.';

-- Before update_relationships_last_updated, in the order of the names.
create trigger record_relationship
before insert or update on agent_relationships
for each row execute function app.record_relationship();

create table agent_relationship_history (
  tenant_id varchar(255) not null,
  id uuid not null,
  source_agent_id varchar(255) not null,
  target_agent_id varchar(255) not null,
  type relationship_type not null,
  is_directional boolean not null,
  confidence numeric(3, 2) not null,
  strength numeric(3, 2) not null,
  cooccurrence_count integer not null,
  supporting_tasks uuid[] not null,
  extraction_context text, -- null, as the next two: as in agent_relationships
  mutual_information numeric(10, 6),
  pointwise_mutual_information numeric(10, 6),
  metadata jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_observed timestamptz not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  recorded_at timestamptz not null,
  superseded_at timestamptz not null,
  superseded_reason text, -- null: none was given
  constraint agent_relationship_history_pkey primary key (tenant_id, id, recorded_at),
  constraint agent_relationship_history_valid_check check (valid_from < valid_to),
  constraint agent_relationship_history_recorded_check check (recorded_at < superseded_at),
  constraint agent_relationship_history_superseded_reason_check check (length(superseded_reason) between 1 and 1000)
);

create index idx_relationship_history_source on agent_relationship_history (tenant_id, source_agent_id, superseded_at);
create index idx_relationship_history_target on agent_relationship_history (tenant_id, target_agent_id, superseded_at);

comment on table agent_relationship_history is
  'Relationships as they were believed before. Written by a trigger, whoever changes a relationship; agents may be gone by now.';
comment on column agent_relationship_history.tenant_id is 'Tenant that owns the row.';
comment on column agent_relationship_history.id is 'Identifier of the relationship.';
comment on column agent_relationship_history.source_agent_id is 'One agent; the origin when the relationship was directional.';
comment on column agent_relationship_history.target_agent_id is 'The other agent.';
comment on column agent_relationship_history.type is 'How the two were related.';
comment on column agent_relationship_history.is_directional is 'False: it held both ways, and the smaller identifier is the source.';
comment on column agent_relationship_history.confidence is 'How sure it was that the relationship existed, 0.50 to 1.00.';
comment on column agent_relationship_history.strength is 'How strong it was, 0.00 to 1.00.';
comment on column agent_relationship_history.cooccurrence_count is 'In how many contexts both agents had been seen.';
comment on column agent_relationship_history.supporting_tasks is 'Tasks that showed the relationship.';
comment on column agent_relationship_history.extraction_context is 'How the relationship was found; null if unknown.';
comment on column agent_relationship_history.mutual_information is 'Mutual information, bits; null if not computed.';
comment on column agent_relationship_history.pointwise_mutual_information is 'Pointwise mutual information, bits; null if not computed.';
comment on column agent_relationship_history.metadata is 'Further facts, a JSON object.';
comment on column agent_relationship_history.created_at is 'When the relationship was made.';
comment on column agent_relationship_history.updated_at is 'When the row had last changed.';
comment on column agent_relationship_history.last_observed is 'When the relationship had last been seen.';
comment on column agent_relationship_history.valid_from is 'Since when it was believed to hold.';
comment on column agent_relationship_history.valid_to is 'When it was believed to end; infinity: it was open.';
comment on column agent_relationship_history.recorded_at is 'Since when this was believed.';
comment on column agent_relationship_history.superseded_at is 'When it was no longer believed.';
comment on column agent_relationship_history.superseded_reason is
  'Why it was not, from the setting app.superseded_reason; null if none was given.';

-- Once a statement, over all its rows. What began to be believed in this very transaction was never known to anybody.
create function app.keep_superseded_relationships() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
-- The plan is kept from the session's first call: a loop over two rows would be one over 20,000 times 20,000 later.
set enable_nestloop = off
as $$
declare
  v_reason constant text := left(nullif(current_setting('app.superseded_reason', true), ''), 1000);
begin
  -- Operators who erase or import a tenant take care of its history themselves.
  if current_setting('role') = 'agent_agency_maintenance' then
    return null;
  end if;
  if tg_op = 'DELETE' then
    insert into agent_relationship_history
    select
      gone.tenant_id, gone.id, gone.source_agent_id, gone.target_agent_id, gone.type, gone.is_directional,
      gone.confidence, gone.strength, gone.cooccurrence_count, gone.supporting_tasks, gone.extraction_context,
      gone.mutual_information, gone.pointwise_mutual_information, gone.metadata,
      gone.created_at, gone.updated_at, gone.last_observed, gone.valid_from, gone.valid_to,
      gone.recorded_at, greatest(now(), gone.recorded_at + interval '1 microsecond'), v_reason
    from gone
    where gone.recorded_at <> now();
  else
    insert into agent_relationship_history
    select
      gone.tenant_id, gone.id, gone.source_agent_id, gone.target_agent_id, gone.type, gone.is_directional,
      gone.confidence, gone.strength, gone.cooccurrence_count, gone.supporting_tasks, gone.extraction_context,
      gone.mutual_information, gone.pointwise_mutual_information, gone.metadata,
      gone.created_at, gone.updated_at, gone.last_observed, gone.valid_from, gone.valid_to,
      gone.recorded_at, come.recorded_at, v_reason
    from gone
    join come on come.tenant_id = gone.tenant_id and come.id = gone.id
    where gone.recorded_at < come.recorded_at;
  end if;
  return null;
end
$$;

comment on function app.keep_superseded_relationships() is 'Trigger: keeps what was believed of relationships before they changed.';

create trigger keep_changed_relationships
after update on agent_relationships
referencing old table as gone new table as come
for each statement execute function app.keep_superseded_relationships();

create trigger keep_deleted_relationships
after delete on agent_relationships
referencing old table as gone
for each statement execute function app.keep_superseded_relationships();

create view agent_relationship_versions with (security_invoker = true) as
select
  edge.tenant_id, edge.id, edge.source_agent_id, edge.target_agent_id, edge.type, edge.is_directional,
  edge.confidence, edge.strength, edge.cooccurrence_count, edge.supporting_tasks, edge.extraction_context,
  edge.mutual_information, edge.pointwise_mutual_information, edge.metadata,
  edge.created_at, edge.updated_at, edge.last_observed, edge.valid_from, edge.valid_to,
  edge.recorded_at, null::timestamptz as superseded_at, null::text as superseded_reason
from agent_relationships as edge
union all
select
  past.tenant_id, past.id, past.source_agent_id, past.target_agent_id, past.type, past.is_directional,
  past.confidence, past.strength, past.cooccurrence_count, past.supporting_tasks, past.extraction_context,
  past.mutual_information, past.pointwise_mutual_information, past.metadata,
  past.created_at, past.updated_at, past.last_observed, past.valid_from, past.valid_to,
  past.recorded_at, past.superseded_at, past.superseded_reason
from agent_relationship_history as past;

comment on view agent_relationship_versions is
  'Every version of every relationship, believed now or before. Known at t: recorded_at <= t, and superseded_at null or greater.';
comment on column agent_relationship_versions.tenant_id is 'Tenant that owns the row.';
comment on column agent_relationship_versions.id is 'Identifier of the relationship.';
comment on column agent_relationship_versions.source_agent_id is 'One agent; the origin when the relationship is directional.';
comment on column agent_relationship_versions.target_agent_id is 'The other agent.';
comment on column agent_relationship_versions.type is 'How the two are related.';
comment on column agent_relationship_versions.is_directional is 'False: it holds both ways, and the smaller identifier is the source.';
comment on column agent_relationship_versions.confidence is 'How sure it is that the relationship exists, 0.50 to 1.00.';
comment on column agent_relationship_versions.strength is 'How strong it is, 0.00 to 1.00.';
comment on column agent_relationship_versions.cooccurrence_count is 'In how many contexts both agents were seen.';
comment on column agent_relationship_versions.supporting_tasks is 'Tasks that show the relationship.';
comment on column agent_relationship_versions.extraction_context is 'How the relationship was found; null if unknown.';
comment on column agent_relationship_versions.mutual_information is 'Mutual information, bits; null if not computed.';
comment on column agent_relationship_versions.pointwise_mutual_information is 'Pointwise mutual information, bits; null if not computed.';
comment on column agent_relationship_versions.metadata is 'Further facts, a JSON object.';
comment on column agent_relationship_versions.created_at is 'When the relationship was made.';
comment on column agent_relationship_versions.updated_at is 'When the row last changed.';
comment on column agent_relationship_versions.last_observed is 'When the relationship was last seen.';
comment on column agent_relationship_versions.valid_from is 'Since when it holds; -infinity: ever since.';
comment on column agent_relationship_versions.valid_to is 'When it ends; infinity: it is open.';
comment on column agent_relationship_versions.recorded_at is 'Since when this is believed.';
comment on column agent_relationship_versions.superseded_at is 'When it was no longer believed; null: it still is.';
comment on column agent_relationship_versions.superseded_reason is 'Why it was not; null: it still is, or nobody said.';

comment on table agent_relationships is
  'Typed relationships between agents as they are believed now, one row for each period in which one holds.';
comment on column agent_relationships.tenant_id is 'Tenant that owns the row.';
comment on column agent_relationships.id is 'Identifier of the relationship.';
comment on column agent_relationships.source_agent_id is 'One agent; the origin when the relationship is directional.';
comment on column agent_relationships.target_agent_id is 'The other agent.';
comment on column agent_relationships.type is 'How the two are related.';
comment on column agent_relationships.is_directional is 'False: it holds both ways, and the smaller identifier is the source.';
comment on column agent_relationships.confidence is 'How sure it is that the relationship exists, 0.50 to 1.00.';
comment on column agent_relationships.strength is 'How strong it is, 0.00 to 1.00.';
comment on column agent_relationships.cooccurrence_count is 'In how many contexts both agents were seen.';
comment on column agent_relationships.supporting_tasks is 'Tasks that show the relationship.';
comment on column agent_relationships.extraction_context is 'How the relationship was found; null if unknown.';
comment on column agent_relationships.mutual_information is 'Mutual information of both agents'' presence over contexts, bits; null if not computed.';
comment on column agent_relationships.pointwise_mutual_information is 'log2(p(a,b) / (p(a) p(b))), bits; null if not computed.';
comment on column agent_relationships.metadata is 'Further facts, a JSON object.';
comment on column agent_relationships.created_at is 'When the row was made.';
comment on column agent_relationships.updated_at is 'When the row last changed.';
comment on column agent_relationships.last_observed is 'When the relationship was last seen.';
comment on column agent_relationships.valid_from is 'Since when it holds; -infinity: ever since.';
comment on column agent_relationships.valid_to is 'When it ends; infinity: it is open.';
comment on column agent_relationships.recorded_at is 'Since when this is believed; set by a trigger.';

create table agent_cooccurrences (
  tenant_id varchar(255) not null,
  context_id uuid not null,
  agent_id varchar(255) not null,
  observed_at timestamptz not null,
  constraint agent_cooccurrences_pkey primary key (tenant_id, context_id, agent_id),
  constraint agent_cooccurrences_agent_id_fkey foreign key (agent_id)
    references agent_profiles (id) on delete cascade
);

create index idx_cooccurrences_agent on agent_cooccurrences (tenant_id, agent_id, context_id);

comment on table agent_cooccurrences is
  'Which agents were seen in which context (a file within a time window, a task, a meeting): what mutual information is computed from.';
comment on column agent_cooccurrences.tenant_id is 'Tenant that owns the row.';
comment on column agent_cooccurrences.context_id is 'Digest that names the context; what it was is not stored.';
comment on column agent_cooccurrences.agent_id is 'Agent that was seen in it.';
comment on column agent_cooccurrences.observed_at is 'When it was last seen there.';

create table entity_chunk_mappings (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  entity_id uuid not null,
  chunk_id uuid not null,
  chunk_type varchar(50) not null,
  mention_text text not null,
  mention_context text, -- null: no surrounding text kept
  start_position integer, -- null, with end_position: the mention has no place in a text
  end_position integer,
  extraction_method varchar(50) not null,
  extraction_confidence numeric(3, 2) not null,
  created_at timestamptz not null default now(),
  constraint entity_chunk_mappings_pkey primary key (tenant_id, id),
  constraint entity_chunk_mappings_entity_id_fkey foreign key (tenant_id, entity_id)
    references agent_capabilities_graph (tenant_id, id) on delete cascade,
  constraint entity_chunk_mappings_chunk_type_check check (
    chunk_type in ('commit', 'task', 'document', 'conversation', 'code', 'decision')
  ),
  constraint entity_chunk_mappings_mention_text_check check (octet_length(mention_text) between 1 and 65536),
  constraint entity_chunk_mappings_extraction_method_check check (
    extraction_method in ('file_extension', 'path_area', 'subject_verb', 'pattern', 'model', 'manual')
  ),
  constraint entity_chunk_mappings_extraction_confidence_check check (extraction_confidence between 0.0 and 1.0),
  -- With both null the comparisons are null, which a check lets pass; with one of them it would as well.
  constraint valid_position_range check (
    num_nulls(start_position, end_position) <> 1 and start_position >= 0 and end_position > start_position
  )
);

-- Over the digest: a long mention does not fit a btree entry. Leads with the entity, so it also serves the foreign key.
create unique index unique_entity_chunk_mention on entity_chunk_mappings (
  tenant_id, entity_id, chunk_id, start_position, end_position, md5(mention_text)
) nulls not distinct;

create index idx_entity_chunks_entity on entity_chunk_mappings (tenant_id, entity_id, created_at desc);
create index idx_entity_chunks_chunk on entity_chunk_mappings (tenant_id, chunk_id);
create index idx_entity_chunks_type on entity_chunk_mappings (tenant_id, chunk_type);
create index idx_entity_chunks_method on entity_chunk_mappings (tenant_id, extraction_method);

comment on table entity_chunk_mappings is 'Evidence: where a capability was seen.';
comment on column entity_chunk_mappings.tenant_id is 'Tenant that owns the row.';
comment on column entity_chunk_mappings.id is 'Identifier of the mapping.';
comment on column entity_chunk_mappings.entity_id is 'Capability that was seen.';
comment on column entity_chunk_mappings.chunk_id is 'Piece of source material; for a commit, its node in caws_provenance_graph.';
comment on column entity_chunk_mappings.chunk_type is 'What kind of material the chunk is.';
comment on column entity_chunk_mappings.mention_text is 'How it was mentioned.';
comment on column entity_chunk_mappings.mention_context is 'Text around the mention; null if none is kept.';
comment on column entity_chunk_mappings.start_position is 'First character of the mention in the chunk, from 0; null if it has no place in a text.';
comment on column entity_chunk_mappings.end_position is 'Character after the mention; null with start_position.';
comment on column entity_chunk_mappings.extraction_method is 'How it was found.';
comment on column entity_chunk_mappings.extraction_confidence is 'How sure the extraction was, 0.00 to 1.00.';
comment on column entity_chunk_mappings.created_at is 'When the row was made.';

create table entity_similarity_cache (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  entity1_id uuid not null,
  entity2_id uuid not null,
  cosine_similarity numeric(5, 4) not null,
  semantic_similarity numeric(5, 4), -- null: compared by cosine only
  computed_at timestamptz not null default now(),
  computation_method varchar(50) not null default 'cosine',
  constraint entity_similarity_cache_pkey primary key (tenant_id, id),
  constraint unique_similarity_pair unique (tenant_id, entity1_id, entity2_id),
  constraint entity_similarity_cache_entity1_id_fkey foreign key (tenant_id, entity1_id)
    references agent_capabilities_graph (tenant_id, id) on delete cascade,
  constraint entity_similarity_cache_entity2_id_fkey foreign key (tenant_id, entity2_id)
    references agent_capabilities_graph (tenant_id, id) on delete cascade,
  constraint ordered_similarity_pair check (entity1_id < entity2_id),
  constraint entity_similarity_cache_cosine_similarity_check check (cosine_similarity between -1 and 1),
  constraint entity_similarity_cache_semantic_similarity_check check (semantic_similarity between -1 and 1),
  constraint entity_similarity_cache_computation_method_check check (length(computation_method) > 0)
);

create index idx_similarity_cache_entity2 on entity_similarity_cache (tenant_id, entity2_id);
create index idx_similarity_cache_computed on entity_similarity_cache (tenant_id, computed_at);

comment on table entity_similarity_cache is 'Similarities of two capabilities that were computed already, one row a pair.';
comment on column entity_similarity_cache.tenant_id is 'Tenant that owns the row.';
comment on column entity_similarity_cache.id is 'Identifier.';
comment on column entity_similarity_cache.entity1_id is 'Capability with the smaller identifier.';
comment on column entity_similarity_cache.entity2_id is 'Capability with the greater one.';
comment on column entity_similarity_cache.cosine_similarity is 'Cosine of their embeddings, -1.0000 to 1.0000.';
comment on column entity_similarity_cache.semantic_similarity is 'Similarity by another method, -1.0000 to 1.0000; null if by cosine only.';
comment on column entity_similarity_cache.computed_at is 'When it was computed.';
comment on column entity_similarity_cache.computation_method is 'How semantic_similarity, or else the cosine, was computed.';

create function get_cached_similarity(e1 uuid, e2 uuid, ttl_hours integer default 24) returns numeric(5, 4)
language sql
stable
parallel safe
begin atomic
  select cached.cosine_similarity
  from entity_similarity_cache as cached
  where cached.entity1_id = least(e1, e2)
    and cached.entity2_id = greatest(e1, e2)
    and cached.computed_at > now() - make_interval(hours => ttl_hours);
end;

comment on function get_cached_similarity(uuid, uuid, integer) is
  'Cosine of two capabilities, in either order, if it was computed within ttl_hours; else null.';

create function cleanup_similarity_cache(retention_days integer default 7) returns integer
language sql
volatile
parallel unsafe
begin atomic
  with deleted as (
    delete from entity_similarity_cache as cached
    where cached.computed_at < now() - make_interval(days => retention_days)
    returning 1
  )
  select count(*)::integer from deleted;
end;

comment on function cleanup_similarity_cache(integer) is 'Deletes what was computed more than retention_days ago; returns how many.';

create function app.forget_cached_similarity() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- Not in the trigger's own condition: read back from a dump, with an empty path, it finds no operator for vectors.
  if old.embedding is distinct from new.embedding then
    delete from entity_similarity_cache as cached
    where cached.tenant_id = new.tenant_id and new.id in (cached.entity1_id, cached.entity2_id);
  end if;
  return null;
end
$$;

comment on function app.forget_cached_similarity() is 'Trigger: a capability with another embedding has other similarities.';

create trigger forget_cached_similarity
after update of embedding on agent_capabilities_graph
for each row execute function app.forget_cached_similarity();

create table graph_config (
  tenant_id varchar(255) not null,
  key varchar(100) not null,
  value jsonb not null,
  description text not null,
  updated_at timestamptz not null default now(),
  constraint graph_config_pkey primary key (tenant_id, key)
);

create trigger update_graph_config_updated_at
before update on graph_config
for each row execute function update_updated_at_column();

insert into graph_config (tenant_id, key, value, description) values
  ('default-tenant', 'min_entity_confidence', '0.7', 'Least confidence of a capability that is stored.'),
  ('default-tenant', 'min_relationship_confidence', '0.5', 'Least confidence of a relationship that is stored.'),
  ('default-tenant', 'max_traversal_hops', '3', 'Hops that a walk makes when it is not told how many.'),
  ('default-tenant', 'similarity_threshold', '0.7', 'Cosine from which two capabilities count as similar.'),
  ('default-tenant', 'cache_similarity_ttl_hours', '24', 'Hours that a cached similarity is good for.'),
  ('default-tenant', 'enable_auto_merge', 'false', 'Whether near duplicates are merged without asking.');

comment on table graph_config is 'Settings of a tenant''s knowledge graph; the default tenant''s are copied to a new tenant.';
comment on column graph_config.tenant_id is 'Tenant that owns the row.';
comment on column graph_config.key is 'Name of the setting.';
comment on column graph_config.value is 'Its value, JSON.';
comment on column graph_config.description is 'What it does.';
comment on column graph_config.updated_at is 'When the row last changed.';

create table provenance_signing_keys (
  tenant_id varchar(255) not null,
  key_id varchar(80) not null,
  algorithm varchar(20) not null default 'ed25519',
  public_key bytea not null,
  created_at timestamptz not null default now(),
  constraint provenance_signing_keys_pkey primary key (tenant_id, key_id),
  constraint provenance_signing_keys_algorithm_check check (algorithm = 'ed25519'),
  constraint provenance_signing_keys_public_key_check check (octet_length(public_key) = 32),
  constraint provenance_signing_keys_key_id_check check (
    key_id = 'ed25519:' || left(encode(sha256(public_key), 'hex'), 32)
  )
);

comment on table provenance_signing_keys is 'Public keys that a tenant''s provenance nodes are signed with.';
comment on column provenance_signing_keys.tenant_id is 'Tenant that owns the row.';
comment on column provenance_signing_keys.key_id is 'ed25519: and the first 32 hex digits of the SHA-256 of the public key.';
comment on column provenance_signing_keys.algorithm is 'Signature algorithm.';
comment on column provenance_signing_keys.public_key is 'Raw public key, 32 bytes.';
comment on column provenance_signing_keys.created_at is 'When the key was registered.';

create table provenance_heads (
  tenant_id varchar(255) not null,
  seq bigint not null,
  hash_chain varchar(128), -- null: the log is empty
  updated_at timestamptz not null default now(),
  constraint provenance_heads_pkey primary key (tenant_id),
  constraint provenance_heads_hash_check check ((seq = 0) = (hash_chain is null) and seq >= 0)
);

comment on table provenance_heads is 'End of each tenant''s log; locked by whoever appends, so that a log has no fork and no gap.';
comment on column provenance_heads.tenant_id is 'Tenant whose log it is.';
comment on column provenance_heads.seq is 'Number of the last node; 0 when there is none.';
comment on column provenance_heads.hash_chain is 'Hash of the last node; null when there is none.';
comment on column provenance_heads.updated_at is 'When the log last grew.';

create table caws_provenance_graph (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  seq bigint not null,
  entity_type varchar(50) not null,
  entity_id varchar(255) not null,
  parent_ids uuid[] not null default '{}',
  parent_hashes text[] not null default '{}',
  -- null: the node derives from no other
  parent_entity_id uuid generated always as (parent_ids[1]) stored,
  previous_hash varchar(128), -- null: the first node of the log
  hash_chain varchar(128) not null,
  signing_key_id varchar(80) not null,
  signature varchar(255) not null,
  content bytea not null,
  constitutional_refs text[] not null default '{}',
  spec_hash varchar(128), -- null: no working spec applied
  description text, -- null: nothing to say beyond the content
  evidence_completeness numeric(3, 2), -- null, as the three below: not scored
  budget_adherence numeric(3, 2),
  gate_integrity numeric(3, 2),
  provenance_clarity numeric(3, 2),
  created_at timestamptz not null default now(),
  metadata jsonb not null default '{}',
  search_vector tsvector not null generated always as (
    setweight(to_tsvector('english'::regconfig, coalesce(description, '')), 'A')
  ) stored,
  constraint caws_provenance_graph_pkey primary key (tenant_id, id),
  constraint caws_provenance_graph_seq_key unique (tenant_id, seq),
  constraint unique_entity unique (tenant_id, entity_type, entity_id),
  constraint caws_provenance_graph_signing_key_id_fkey foreign key (tenant_id, signing_key_id)
    references provenance_signing_keys (tenant_id, key_id) on delete restrict,
  constraint caws_provenance_graph_seq_check check ((seq = 1) = (previous_hash is null) and seq >= 1),
  constraint caws_provenance_graph_entity_type_check check (
    entity_type in ('verdict', 'waiver', 'gate', 'spec', 'budget', 'policy', 'key')
  ),
  constraint caws_provenance_graph_entity_id_check check (length(entity_id) > 0),
  -- Hashed as raw bytes, count and elements, and microseconds: only one spelling of each may have the hash.
  constraint caws_provenance_graph_previous_hash_check check (previous_hash ~ '^[0-9a-f]{64}$'),
  constraint caws_provenance_graph_constitutional_refs_check check (
    coalesce(array_ndims(constitutional_refs), 1) = 1 and array_position(constitutional_refs, null) is null
  ),
  constraint caws_provenance_graph_created_at_check check (isfinite(created_at)),
  constraint caws_provenance_graph_parents_check check (
    coalesce(array_ndims(parent_ids), 1) = 1
    and coalesce(array_ndims(parent_hashes), 1) = 1
    and cardinality(parent_ids) = cardinality(parent_hashes)
    and array_position(parent_ids, null) is null
    and array_position(parent_ids, id) is null
    and array_to_string(parent_hashes, ' ', '') || ' ' ~ '^([0-9a-f]{64} )*$|^ $'
  ),
  constraint non_empty_hash check (hash_chain ~ '^[0-9a-f]{64}$'),
  constraint non_empty_signature check (signature ~ '^[A-Za-z0-9+/]{86}==$'),
  constraint caws_provenance_graph_content_check check (octet_length(content) between 2 and 1048576),
  constraint caws_provenance_graph_scores_check check (
    evidence_completeness between 0 and 1
    and budget_adherence between 0 and 1
    and gate_integrity between 0 and 1
    and provenance_clarity between 0 and 1
  )
);

create index idx_provenance_entity_type on caws_provenance_graph (tenant_id, entity_type, created_at desc);
create index idx_provenance_entity_id on caws_provenance_graph (tenant_id, entity_id, entity_type);
create index idx_provenance_parent on caws_provenance_graph (tenant_id, parent_entity_id);
create index idx_provenance_signing_key on caws_provenance_graph (tenant_id, signing_key_id);
create index idx_provenance_created on caws_provenance_graph (tenant_id, created_at desc);

comment on table caws_provenance_graph is
  'Append-only log of decisions, one chain a tenant: every node is hashed over all its immutable columns and the node before it, and signed.';
comment on column caws_provenance_graph.tenant_id is 'Tenant that owns the row.';
comment on column caws_provenance_graph.id is 'Identifier of the node.';
comment on column caws_provenance_graph.seq is 'Place in the tenant''s log: 1, 2, 3 … without a gap.';
comment on column caws_provenance_graph.entity_type is 'verdict, waiver, gate, spec, budget, policy, or key.';
comment on column caws_provenance_graph.entity_id is 'Identifier of what the node records, unique with its type.';
comment on column caws_provenance_graph.parent_ids is 'Nodes that this one derives from, all of them earlier in the log; provenance_parents has them as rows.';
comment on column caws_provenance_graph.parent_hashes is 'Their hash_chain, in the same order; part of the hash.';
comment on column caws_provenance_graph.parent_entity_id is 'The first of them; null if there is none.';
comment on column caws_provenance_graph.previous_hash is 'hash_chain of the node before it in the log; null for the first.';
comment on column caws_provenance_graph.hash_chain is 'SHA-256 over the immutable columns, hex; checked by the database on insert.';
comment on column caws_provenance_graph.signing_key_id is 'Key that the signature was made with.';
comment on column caws_provenance_graph.signature is 'ed25519 signature over the hash, base64.';
comment on column caws_provenance_graph.content is 'What is recorded, as canonical JSON (RFC 8785), up to 1 MiB; the bytes that are hashed.';
comment on column caws_provenance_graph.constitutional_refs is 'Clauses that the decision refers to.';
comment on column caws_provenance_graph.spec_hash is 'Hash of the working spec that applied; null if none.';
comment on column caws_provenance_graph.description is 'One line for people and for search; null if none.';
comment on column caws_provenance_graph.evidence_completeness is 'CAWS score, 0.00 to 1.00; null if not scored.';
comment on column caws_provenance_graph.budget_adherence is 'CAWS score, 0.00 to 1.00; null if not scored.';
comment on column caws_provenance_graph.gate_integrity is 'CAWS score, 0.00 to 1.00; null if not scored.';
comment on column caws_provenance_graph.provenance_clarity is 'CAWS score, 0.00 to 1.00; null if not scored.';
comment on column caws_provenance_graph.created_at is 'When the node was recorded; part of the hash, to the microsecond.';
comment on column caws_provenance_graph.metadata is 'content as jsonb, derived on insert, for queries; never hashed.';
comment on column caws_provenance_graph.search_vector is 'Words of the description.';

-- Beside the log, what a search needs and no hash covers. The first two follow from the nodes, and the log's own trigger
-- writes them, after it has looked the nodes up: foreign keys would do so again, three times a row, and of a tenant that is
-- newer than its statistics through the whole log. They are rows because looking into an array is not leakproof: under row
-- level security no index on one is used.
create table provenance_parents (
  tenant_id varchar(255) not null,
  node_id uuid not null,
  ordinal smallint not null,
  parent_id uuid not null,
  constraint provenance_parents_pkey primary key (tenant_id, node_id, parent_id),
  constraint provenance_parents_ordinal_check check (ordinal >= 1)
);

create index idx_provenance_parents_parent on provenance_parents (tenant_id, parent_id, node_id);

comment on table provenance_parents is 'What each node of the log derives from, a row each.';
comment on column provenance_parents.tenant_id is 'Tenant that owns the row.';
comment on column provenance_parents.node_id is 'Node that derives from another.';
comment on column provenance_parents.ordinal is 'Place of the parent in parent_ids, from 1.';
comment on column provenance_parents.parent_id is 'Node that it derives from.';

create table provenance_refs (
  tenant_id varchar(255) not null,
  ref text collate "C" not null,
  seq bigint not null,
  node_id uuid not null,
  constraint provenance_refs_pkey primary key (tenant_id, seq, ref),
  -- An index has no room for longer ones.
  constraint provenance_refs_ref_check check (octet_length(ref) <= 1024)
);

create index idx_provenance_constitutional on provenance_refs (tenant_id, ref, seq) include (node_id);

comment on table provenance_refs is 'Which nodes of the log refer to a clause, a row for each node and clause.';
comment on column provenance_refs.tenant_id is 'Tenant that owns the row.';
comment on column provenance_refs.ref is 'Clause, one of constitutional_refs; ordered by its bytes, so that a range is a prefix.';
comment on column provenance_refs.seq is 'Place of the node in the log.';
comment on column provenance_refs.node_id is 'Node that refers to it.';

create table provenance_embeddings (
  tenant_id varchar(255) not null,
  node_id uuid not null,
  entity_type varchar(50) not null,
  embedding vector(768) not null,
  embedding_bits bit(768) not null generated always as (binary_quantize(embedding)) stored,
  updated_at timestamptz not null default now(),
  constraint provenance_embeddings_pkey primary key (tenant_id, node_id),
  constraint provenance_embeddings_node_id_fkey foreign key (tenant_id, node_id)
    references caws_provenance_graph (tenant_id, id) on delete cascade,
  constraint provenance_embeddings_embedding_check check (cosine_distance(embedding, embedding) < 1)
);

create index idx_provenance_embedding on provenance_embeddings (tenant_id, entity_type) include (node_id, embedding_bits);

comment on index idx_provenance_embedding is 'A search reads the signs from it alone, and whole vectors only of the nearest.';
comment on table provenance_embeddings is 'Embeddings of nodes. They may change: no hash covers them.';
comment on column provenance_embeddings.tenant_id is 'Tenant that owns the row.';
comment on column provenance_embeddings.node_id is 'Node.';
comment on column provenance_embeddings.entity_type is 'Its entity_type; filled in by the database.';
comment on column provenance_embeddings.embedding is 'Embedding with 768 dimensions, not all zero.';
comment on column provenance_embeddings.embedding_bits is 'Sign of each dimension of embedding, for the first step of a search.';
comment on column provenance_embeddings.updated_at is 'When the row last changed.';

create trigger update_provenance_embeddings_updated_at
before update on provenance_embeddings
for each row execute function update_updated_at_column();

create function app.describe_provenance_embedding() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
  new.entity_type := coalesce(
    (
      select node.entity_type
      from caws_provenance_graph as node
      where node.tenant_id = new.tenant_id and node.id = new.node_id
    ),
    -- The foreign key answers.
    ''
  );
  return new;
end
$$;

comment on function app.describe_provenance_embedding() is 'Trigger: takes over the type of the node that an embedding is of.';

create trigger describe_provenance_embedding
before insert or update of node_id, entity_type on provenance_embeddings
for each row execute function app.describe_provenance_embedding();

create function app.provenance_field(p_value bytea) returns bytea
language sql
immutable
parallel safe
return case when p_value is null then '\x00'::bytea else '\x01'::bytea || int4send(octet_length(p_value)) || p_value end;

comment on function app.provenance_field(bytea) is 'One field of a node as it is hashed: a presence byte, a length, the bytes.';

-- A digest of four values; no column of the log holds it. Only stable, as convert_to() is.
create function compute_provenance_hash(
  parent_hash varchar(128), -- null: there is no parent
  entity_type varchar(50),
  entity_id varchar(255),
  metadata jsonb -- null: there is none
) returns varchar(128)
language sql
stable
parallel safe
return encode(
  sha256(
    convert_to('agent-agency.provenance.values.v1', 'UTF8') || '\x00'::bytea
    || app.provenance_field(convert_to(compute_provenance_hash.parent_hash, 'UTF8'))
    || app.provenance_field(convert_to(compute_provenance_hash.entity_type, 'UTF8'))
    || app.provenance_field(convert_to(compute_provenance_hash.entity_id, 'UTF8'))
    || app.provenance_field(convert_to(compute_provenance_hash.metadata::text, 'UTF8'))
  ),
  'hex'
);

comment on function compute_provenance_hash(varchar, varchar, varchar, jsonb) is
  'SHA-256, hex, over four values, each with its length; null counts as itself. A node''s own hash, which covers every column, is app.provenance_node_hash().';

-- Only stable, as convert_to() is. Every field is written out: a call of app.provenance_field() for each takes ten times as
-- long as all the rest.
create function app.provenance_node_hash(p_node caws_provenance_graph) returns text
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parents bytea := int4send(cardinality(p_node.parent_ids));
  v_refs bytea := int4send(cardinality(p_node.constitutional_refs));
begin
  for v_place in 1 .. cardinality(p_node.parent_ids) loop
    v_parents := v_parents || uuid_send(p_node.parent_ids[v_place]) || decode(p_node.parent_hashes[v_place], 'hex');
  end loop;
  for v_place in 1 .. cardinality(p_node.constitutional_refs) loop
    v_refs := v_refs
      || int4send(octet_length(convert_to(p_node.constitutional_refs[v_place], 'UTF8')))
      || convert_to(p_node.constitutional_refs[v_place], 'UTF8');
  end loop;
  return encode(
    sha256(
      (
        convert_to('agent-agency.provenance.node.v1', 'UTF8') || '\x0001'::bytea
        || int4send(octet_length(convert_to(p_node.tenant_id, 'UTF8'))) || convert_to(p_node.tenant_id, 'UTF8')
        || '\x0100000008'::bytea || int8send(p_node.seq)
        || coalesce('\x0100000020'::bytea || decode(p_node.previous_hash, 'hex'), '\x00'::bytea)
        || '\x0100000010'::bytea || uuid_send(p_node.id)
        || '\x01'::bytea
        || int4send(octet_length(convert_to(p_node.entity_type, 'UTF8'))) || convert_to(p_node.entity_type, 'UTF8')
        || '\x01'::bytea
        || int4send(octet_length(convert_to(p_node.entity_id, 'UTF8'))) || convert_to(p_node.entity_id, 'UTF8')
        || '\x01'::bytea || int4send(octet_length(v_parents)) || v_parents
        || '\x01'::bytea || int4send(octet_length(p_node.content))
      )
      -- Which may be long: between two that are short, it is copied but twice.
      || p_node.content
      || (
        '\x01'::bytea || int4send(octet_length(v_refs)) || v_refs
        || coalesce(
          '\x01'::bytea
          || int4send(octet_length(convert_to(p_node.spec_hash, 'UTF8'))) || convert_to(p_node.spec_hash, 'UTF8'),
          '\x00'::bytea
        )
        || coalesce(
          '\x01'::bytea
          || int4send(octet_length(convert_to(p_node.description, 'UTF8'))) || convert_to(p_node.description, 'UTF8'),
          '\x00'::bytea
        )
        || coalesce('\x0100000002'::bytea || int2send((p_node.evidence_completeness * 100)::smallint), '\x00'::bytea)
        || coalesce('\x0100000002'::bytea || int2send((p_node.budget_adherence * 100)::smallint), '\x00'::bytea)
        || coalesce('\x0100000002'::bytea || int2send((p_node.gate_integrity * 100)::smallint), '\x00'::bytea)
        || coalesce('\x0100000002'::bytea || int2send((p_node.provenance_clarity * 100)::smallint), '\x00'::bytea)
        || '\x0100000008'::bytea || int8send((extract(epoch from p_node.created_at) * 1000000)::bigint)
        || '\x01'::bytea
        || int4send(octet_length(convert_to(p_node.signing_key_id, 'UTF8'))) || convert_to(p_node.signing_key_id, 'UTF8')
      )
    ),
    'hex'
  );
end
$$;

comment on function app.provenance_node_hash(caws_provenance_graph) is
  'Hash of a node over its immutable columns, as packages/provenance/FORMAT.md lays down.';

create function app.check_provenance_node() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
  begin
    new.metadata := convert_from(new.content, 'UTF8')::jsonb;
  exception when data_exception then
    -- The server's own message would quote the content.
    new.metadata := null;
  end;
  if jsonb_typeof(new.metadata) is distinct from 'object' then
    raise exception using
      errcode = 'AACON',
      message = format('provenance node %s: its content has to be a JSON object, in UTF-8 and without NUL', new.seq);
  end if;
  if app.provenance_node_hash(new) is distinct from new.hash_chain then
    raise exception using
      errcode = 'AAHSH',
      message = format('provenance node %s: its hash does not belong to its columns', new.seq);
  end if;
  return new;
end
$$;

comment on function app.check_provenance_node() is 'Trigger: recomputes the hash of a new node and derives metadata from content.';

create trigger check_provenance_node
before insert on caws_provenance_graph
for each row execute function app.check_provenance_node();

-- Waiting for a row that whoever holds it updates is no queue: all who wait go from version to version, and 32 of them
-- append half as fast as one. An advisory lock is handed on.
create function app.lock_provenance_head_of(p_tenant_id text) returns table (head_seq bigint, head_hash text)
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('provenance log of ' || p_tenant_id, 0));

  select head.seq, head.hash_chain into head_seq, head_hash
  from provenance_heads as head
  where head.tenant_id = p_tenant_id
  for update;

  if not found then
    insert into provenance_heads (tenant_id, seq) values (p_tenant_id, 0) on conflict (tenant_id) do nothing;

    select head.seq, head.hash_chain into strict head_seq, head_hash
    from provenance_heads as head
    where head.tenant_id = p_tenant_id
    for update;
  end if;
  return next;
end
$$;

comment on function app.lock_provenance_head_of(text) is
  'Locks a tenant''s log until the transaction ends, and says where it ends; begins it if there is none.';

-- Once a statement, over all its rows: a row trigger would leave a dead version of the head for every node.
create function app.extend_provenance_log() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant record;
  v_head record;
  v_broken bigint;
begin
  for v_tenant in
    select
      link.tenant_id,
      min(link.seq) as first_seq,
      max(link.previous_hash) filter (where link.seq_before is null) as first_previous_hash,
      max(link.seq) as last_seq,
      max(link.hash_chain) filter (where link.seq_after is null) as last_hash,
      min(link.seq) filter (
        where link.seq <> link.seq_before + 1 or link.previous_hash is distinct from link.hash_before
      ) as broken_seq,
      bool_or(link.has_parents) as has_parents,
      bool_or(link.has_refs) as has_refs
    from (
      select
        node.tenant_id,
        node.seq,
        node.previous_hash,
        node.hash_chain,
        node.parent_ids <> '{}' as has_parents,
        node.constitutional_refs <> '{}' as has_refs,
        lag(node.seq) over log as seq_before,
        coalesce(lag(node.hash_chain) over log, node.previous_hash) as hash_before,
        lead(node.seq) over log as seq_after
      from appended as node
      window log as (partition by node.tenant_id order by node.seq)
    ) as link
    group by link.tenant_id
    order by link.tenant_id
  loop
    select locked.head_seq as seq, locked.head_hash as hash_chain into strict v_head
    from app.lock_provenance_head_of(v_tenant.tenant_id) as locked;

    v_broken := case
      when v_tenant.first_seq <> v_head.seq + 1 or v_tenant.first_previous_hash is distinct from v_head.hash_chain
        then v_tenant.first_seq
      else v_tenant.broken_seq
    end;

    if v_broken is not null then
      raise exception using
        errcode = 'AACHN',
        message = format('provenance node %s does not continue the log, which ends at %s', v_broken, v_head.seq),
        hint = 'Lock the head before you append: app.lock_provenance_head().';
    end if;

    if v_tenant.has_parents then
      insert into provenance_parents (tenant_id, node_id, ordinal, parent_id)
      select node.tenant_id, node.id, parent.ordinal, parent.id
      from appended as node
      cross join unnest(node.parent_ids) with ordinality as parent (id, ordinal)
      where node.tenant_id = v_tenant.tenant_id;

      -- A parent stands earlier in the log, with the hash that the node says it has. Looked up one by one: a join, of a tenant
      -- that is newer than its statistics, reads the whole log; and as a range in the order of the ids, which only the primary
      -- key has: such a tenant seems to have one row, for which any index that leads with the tenant would do.
      select min(node.seq) into v_broken
      from appended as node
      cross join unnest(node.parent_ids, node.parent_hashes) as named (id, hash)
      where node.tenant_id = v_tenant.tenant_id
        and (
          select parent.seq < node.seq and parent.hash_chain = named.hash
          from caws_provenance_graph as parent
          where parent.tenant_id = v_tenant.tenant_id and parent.id >= named.id and parent.id <= named.id
          order by parent.id
        ) is not true;

      if v_broken is not null then
        raise exception using
          errcode = 'AAPRN',
          message = format('provenance node %s names a parent that does not stand before it in the log', v_broken);
      end if;
    end if;

    if v_tenant.has_refs then
      insert into provenance_refs (tenant_id, ref, seq, node_id)
      select distinct node.tenant_id, ref.value, node.seq, node.id
      from appended as node
      cross join unnest(node.constitutional_refs) as ref (value)
      where node.tenant_id = v_tenant.tenant_id;
    end if;

    update provenance_heads as head
    set seq = v_tenant.last_seq, hash_chain = v_tenant.last_hash, updated_at = now()
    where head.tenant_id = v_tenant.tenant_id;
  end loop;
  return null;
end
$$;

comment on function app.extend_provenance_log() is 'Trigger: accepts new nodes only where they continue the tenant''s log, moves its head, and writes what follows from them.';

create trigger extend_provenance_log
after insert on caws_provenance_graph
referencing new table as appended
for each statement execute function app.extend_provenance_log();

create function app.refuse_provenance_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'AAAPO',
    message = format('%s is append-only: %s is refused', tg_table_name, lower(tg_op));
end
$$;

comment on function app.refuse_provenance_change() is 'Trigger: refuses to change an append-only table, whoever asks.';

create trigger refuse_provenance_change
before update or delete or truncate on caws_provenance_graph
for each statement execute function app.refuse_provenance_change();

create trigger refuse_signing_key_change
before update or delete or truncate on provenance_signing_keys
for each statement execute function app.refuse_provenance_change();

create trigger refuse_provenance_parents_change
before update or delete or truncate on provenance_parents
for each statement execute function app.refuse_provenance_change();

create trigger refuse_provenance_refs_change
before update or delete or truncate on provenance_refs
for each statement execute function app.refuse_provenance_change();

create view agent_capability_summary with (security_invoker = true) as
select
  capability.tenant_id,
  capability.agent_id,
  count(*) as capability_count,
  avg(capability.confidence) as avg_confidence,
  avg(capability.success_rate) as avg_success_rate,
  max(capability.last_demonstrated) as last_activity
from agent_capabilities_graph as capability
where capability.validation_status <> 'rejected'
group by capability.tenant_id, capability.agent_id;

comment on view agent_capability_summary is
  'What each agent has shown, in figures, without what was rejected; agents without capabilities are not in it.';
comment on column agent_capability_summary.tenant_id is 'Tenant that owns the rows.';
comment on column agent_capability_summary.agent_id is 'Agent.';
comment on column agent_capability_summary.capability_count is 'Number of its capabilities.';
comment on column agent_capability_summary.avg_confidence is 'Mean of their confidences.';
comment on column agent_capability_summary.avg_success_rate is 'Mean of their success rates, each capability once.';
comment on column agent_capability_summary.last_activity is 'When one of them was last demonstrated.';

create view agent_relationship_summary with (security_invoker = true) as
select
  relationship.tenant_id,
  relationship.source_agent_id,
  relationship.type,
  count(*) as relationship_count,
  avg(relationship.confidence) as avg_confidence,
  avg(relationship.strength) as avg_strength
from (
  select edge.tenant_id, edge.source_agent_id, edge.type, edge.confidence, edge.strength
  from agent_relationships as edge
  union all
  select edge.tenant_id, edge.target_agent_id, edge.type, edge.confidence, edge.strength
  from agent_relationships as edge
  where not edge.is_directional
) as relationship
group by relationship.tenant_id, relationship.source_agent_id, relationship.type;

comment on view agent_relationship_summary is
  'Relationships of each agent by type, in figures; one that holds both ways counts for both agents.';
comment on column agent_relationship_summary.tenant_id is 'Tenant that owns the rows.';
comment on column agent_relationship_summary.source_agent_id is 'Agent from which they go out.';
comment on column agent_relationship_summary.type is 'How it is related.';
comment on column agent_relationship_summary.relationship_count is 'Number of relationships.';
comment on column agent_relationship_summary.avg_confidence is 'Mean of their confidences.';
comment on column agent_relationship_summary.avg_strength is 'Mean of their strengths.';

create view caws_provenance_chains with (security_invoker = true) as
with recursive chain as (
  select
    root.tenant_id,
    root.id,
    root.entity_type,
    root.entity_id,
    root.parent_entity_id,
    root.hash_chain,
    root.constitutional_refs,
    root.created_at,
    0 as depth,
    array[root.id] as path
  from caws_provenance_graph as root
  where root.parent_entity_id is null
  union all
  select
    node.tenant_id,
    node.id,
    node.entity_type,
    node.entity_id,
    node.parent_entity_id,
    node.hash_chain,
    node.constitutional_refs,
    node.created_at,
    chain.depth + 1,
    chain.path || node.id
  from chain
  join caws_provenance_graph as node on node.tenant_id = chain.tenant_id and node.parent_entity_id = chain.id
)
select * from chain;

comment on view caws_provenance_chains is
  'Every node with the way to it from the node that it goes back to, along first parents. It reads the whole log, whatever is asked of it.';
comment on column caws_provenance_chains.tenant_id is 'Tenant that owns the row.';
comment on column caws_provenance_chains.id is 'Identifier of the node.';
comment on column caws_provenance_chains.entity_type is 'verdict, waiver, gate, spec, budget, policy, or key.';
comment on column caws_provenance_chains.entity_id is 'Identifier of what the node records.';
comment on column caws_provenance_chains.parent_entity_id is 'Node that it derives from; null for the first of a chain.';
comment on column caws_provenance_chains.hash_chain is 'Hash of the node.';
comment on column caws_provenance_chains.constitutional_refs is 'Clauses that it refers to.';
comment on column caws_provenance_chains.created_at is 'When it was recorded.';
comment on column caws_provenance_chains.depth is 'Steps from the first node; 0 for that one.';
comment on column caws_provenance_chains.path is 'Identifiers from the first node to this one.';

-- It moves the head, and writes what follows from nodes, which the application itself may only read.
grant usage, create on schema app to agent_agency_service;
alter function app.extend_provenance_log() owner to agent_agency_service;
alter function app.lock_provenance_head_of(text) owner to agent_agency_service;
grant select, insert, update on provenance_heads to agent_agency_service;
grant select on caws_provenance_graph to agent_agency_service;
grant select, insert on provenance_parents, provenance_refs to agent_agency_service;

-- They write the history, which the application itself may only read, and look what of it is later than a transaction.
alter function app.keep_superseded_relationships() owner to agent_agency_service;
alter function app.record_relationship() owner to agent_agency_service;
grant select, insert on agent_relationship_history to agent_agency_service;
grant execute on function app.is_restoring() to agent_agency_service;
