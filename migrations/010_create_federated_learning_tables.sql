-- Learning across tenants: who takes part, in which rounds, what each puts in, and what came out. A session and its
-- results are the initiator's rows; what a tenant puts in is its own, and nobody else can read it. Others are named in
-- columns that are no foreign keys, as a key would lead out of the tenant. 013 has the functions that see both sides.

create type app.federated_settings as (
  privacy_level privacy_level,
  method text,
  topic_keys text[],
  lower numeric,
  upper numeric,
  resolution numeric,
  dimensions integer,
  epsilon numeric,
  rounds integer,
  trim numeric,
  max_participants integer,
  insight_days integer
);

comment on type app.federated_settings is 'What a session of learning asks of its participants, and how it protects them.';

create function app.read_federated_settings(p_settings jsonb) returns app.federated_settings
language sql
immutable
parallel safe
return jsonb_populate_record(null::app.federated_settings, p_settings);

comment on function app.read_federated_settings(jsonb) is 'Settings of a session, from their JSON object.';

-- Noise is drawn from whole numbers below 2^48 (app.discrete_laplace): that is what limits steps times dimensions.
create function app.are_federated_settings(p_settings jsonb) returns boolean
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_types constant jsonb := '{
    "privacy_level": "string", "method": "string", "topic_keys": "array", "lower": "number", "upper": "number",
    "resolution": "number", "dimensions": "number", "epsilon": "number", "rounds": "number", "trim": "number",
    "max_participants": "number", "insight_days": "number"
  }';
  v_settings app.federated_settings;
  v_steps numeric;
begin
  if jsonb_typeof(p_settings) <> 'object'
    or (p_settings - array(select jsonb_object_keys(v_types))) <> '{}'
    or exists (
      select from jsonb_each_text(v_types) as expected
      where jsonb_typeof(p_settings -> expected.key) is distinct from expected.value
        and not coalesce(expected.key in ('epsilon', 'insight_days') and p_settings -> expected.key = 'null', false)
    )
  then
    return false;
  end if;
  if p_settings ->> 'privacy_level' not in ('differential', 'secure')
    or exists (
      select from jsonb_array_elements(p_settings -> 'topic_keys') as topic
      where jsonb_typeof(topic.value) <> 'string' or length(topic.value #>> '{}') not between 1 and 500
    )
    or exists (
      select from unnest(array['dimensions', 'rounds', 'max_participants', 'insight_days']) as whole (key)
      where (p_settings ->> whole.key)::numeric % 1 <> 0 or (p_settings ->> whole.key)::numeric not between 1 and 36500
    )
    or exists (
      select from unnest(array['lower', 'upper', 'resolution']) as bounded (key)
      where abs((p_settings ->> bounded.key)::numeric) > 1e15 or scale((p_settings ->> bounded.key)::numeric) > 15
    )
  then
    return false;
  end if;

  v_settings := app.read_federated_settings(p_settings);
  if v_settings.resolution <= 0 then
    return false;
  end if;
  v_steps := ceil((v_settings.upper - v_settings.lower) / v_settings.resolution);
  return v_steps between 1 and 1000000000
    and cardinality(v_settings.topic_keys) between 1 and 20
    and cardinality(v_settings.topic_keys) = (select count(distinct topic) from unnest(v_settings.topic_keys) as topic)
    and v_settings.dimensions <= 1000
    and v_settings.rounds <= 1000
    and v_settings.max_participants between 2 and 200
    and v_settings.trim >= 0 and v_settings.trim < 0.5
    and (v_settings.epsilon is null or v_settings.epsilon % 0.01 = 0 and v_settings.epsilon between 0.01 and 100)
    and case v_settings.privacy_level
      when 'secure' then v_settings.method = 'sum'
      else
        v_settings.method in ('weighted', 'consensus', 'hybrid')
        and v_settings.epsilon is not null
        and v_steps * v_settings.dimensions <= 10000000
    end;
end
$$;

comment on function app.are_federated_settings(jsonb) is 'Whether a JSON object is the settings of a session, complete and within their limits.';

create table federated_participants (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  contribution_weight numeric(3, 2) not null default 1.0,
  privacy_level privacy_level not null default 'differential',
  public_key bytea, -- null: takes part in no secure session
  reputation_score numeric(3, 2) not null default 0.5,
  active boolean not null default true,
  last_contribution timestamptz, -- null: never contributed
  total_contributions integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint federated_participants_pkey primary key (tenant_id),
  constraint federated_participants_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  -- NaN is greater than every number, so an upper bound is what keeps it out.
  constraint federated_participants_contribution_weight_check check (
    contribution_weight > 0 and contribution_weight < 'NaN'
  ),
  constraint federated_participants_privacy_level_check check (privacy_level <> 'basic'),
  constraint federated_participants_public_key_check check (
    octet_length(public_key) = 32 and (privacy_level <> 'secure' or public_key is not null)
  ),
  constraint federated_participants_reputation_score_check check (reputation_score between 0 and 1),
  constraint federated_participants_total_contributions_check check (total_contributions >= 0),
  constraint federated_participants_last_contribution_check check (
    (last_contribution is null) = (total_contributions = 0)
  )
);

create trigger update_federated_participants_updated_at
before update on federated_participants
for each row execute function update_updated_at_column();

comment on table federated_participants is 'Tenants that agreed to learn with others; one row each, its own.';
comment on column federated_participants.tenant_id is 'Tenant that takes part.';
comment on column federated_participants.contribution_weight is 'Weight of what it contributes. Operators set it.';
comment on column federated_participants.privacy_level is
  'How what it puts in is protected: differential, by noise on figures over many; secure, by secret sharing. Never basic.';
comment on column federated_participants.public_key is
  'X25519 key that other tenants seal its shares with; null if it takes part in no secure session.';
comment on column federated_participants.reputation_score is 'How far its contributions are trusted, 0.00 (not at all) to 1.00. Operators set it.';
comment on column federated_participants.active is 'Whether it takes part at present.';
comment on column federated_participants.last_contribution is 'When it last contributed; null if never.';
comment on column federated_participants.total_contributions is 'How often it contributed.';
comment on column federated_participants.created_at is 'When the row was made.';
comment on column federated_participants.updated_at is 'When the row last changed.';

create table federated_sessions (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  session_id uuid not null default gen_random_uuid(),
  topic varchar(500) not null,
  status varchar(20) not null default 'forming',
  round integer not null default 0,
  privacy_metrics jsonb not null default '{}',
  convergence_score numeric(5, 4), -- null: no two rounds to compare were read yet
  settings jsonb not null default '{
    "privacy_level": "differential", "method": "weighted", "topic_keys": ["mean"], "lower": 0, "upper": 1,
    "resolution": 0.001, "dimensions": 1, "epsilon": 0.1, "rounds": 1, "trim": 0.2, "max_participants": 100,
    "insight_days": null
  }',
  started_at timestamptz not null default now(),
  completed_at timestamptz, -- null: not over
  constraint federated_sessions_pkey primary key (tenant_id, session_id),
  constraint federated_sessions_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint federated_sessions_topic_check check (length(topic) > 0),
  constraint federated_sessions_status_check check (
    status in ('forming', 'active', 'aggregating', 'completed', 'failed')
  ),
  constraint federated_sessions_privacy_metrics_check check (jsonb_typeof(privacy_metrics) = 'object'),
  constraint federated_sessions_convergence_score_check check (convergence_score between 0 and 1),
  constraint federated_sessions_round_check check (
    round >= 0 and (status <> 'forming' or round = 0) and (status in ('forming', 'failed') or round > 0)
  ),
  constraint federated_sessions_settings_check check (app.are_federated_settings(settings)),
  constraint federated_sessions_completed_at_check check (
    (completed_at is not null) = (status in ('completed', 'failed')) and completed_at >= started_at
  )
);

create index idx_federated_sessions_status on federated_sessions (tenant_id, status, started_at desc);
-- lint: allow non-leakproof-access-path functions of the service role look up the sessions of other tenants
create index idx_federated_sessions_session on federated_sessions using hash (app.opaque(session_id));

-- Whoever writes: what a round has released cannot be released again.
create function app.check_federated_progress() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
  if (new.tenant_id, new.session_id, new.topic, new.settings) is distinct from
    (old.tenant_id, old.session_id, old.topic, old.settings)
  then
    raise exception using errcode = 'AAFST', message = 'what a session is about stays as it was when it was opened';
  end if;
  if (new.status, new.round) = (old.status, old.round)
    or (old.status, new.status, new.round) = ('forming', 'active', 1)
    or (old.status, new.status) = ('active', 'aggregating') and new.round = old.round
    or (old.status, new.status) = ('aggregating', 'active') and new.round = old.round + 1
    or (old.status, new.status) = ('aggregating', 'completed') and new.round = old.round
    or old.status in ('forming', 'active', 'aggregating') and new.status = 'failed' and new.round = old.round
  then
    return new;
  end if;
  raise exception using
    errcode = 'AAFST',
    message = format('a session that is %s in round %s cannot become %s', old.status, old.round, new.status);
end
$$;

comment on function app.check_federated_progress() is
  'Trigger: a session goes on from forming to active to aggregating, and from there to the next round or its end; never back.';

create trigger check_federated_progress
before update on federated_sessions
for each row execute function app.check_federated_progress();

comment on table federated_sessions is 'Learning across tenants, in rounds.';
comment on column federated_sessions.tenant_id is 'Tenant that initiated it.';
comment on column federated_sessions.session_id is 'Identifier of the session.';
comment on column federated_sessions.topic is 'What is to be learned.';
comment on column federated_sessions.status is 'forming, active, aggregating, completed, or failed.';
comment on column federated_sessions.round is 'Round that it is in, from 1; 0 while it is forming.';
comment on column federated_sessions.privacy_metrics is
  'What it cost, a JSON object: releases, and the epsilon that one contributor spent at most. Never whose.';
comment on column federated_sessions.convergence_score is
  'How little the last round that was read moved the results, 0.0000 to 1.0000; null before there are two.';
comment on column federated_sessions.settings is 'What it asks of participants and how it protects them, a JSON object; it never changes.';
comment on index idx_federated_sessions_session is
  'Led by the session: participants know nothing else of it, not even whose it is.';
comment on column federated_sessions.started_at is 'When it was opened.';
comment on column federated_sessions.completed_at is 'When it ended; null until then.';

create table session_participants (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  session_id uuid not null,
  participant_tenant_id varchar(255) not null,
  joined_at timestamptz not null default now(),
  contribution_count integer not null default 0,
  reputation_at_join numeric(3, 2) not null,
  public_key bytea, -- null: the session is not secure
  party integer, -- null: the session is not secure, or has not begun
  left_at timestamptz, -- null: it still takes part
  constraint session_participants_pkey primary key (tenant_id, session_id, participant_tenant_id),
  constraint session_participants_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint session_participants_session_id_fkey foreign key (tenant_id, session_id)
    references federated_sessions (tenant_id, session_id) on delete cascade,
  constraint session_participants_contribution_count_check check (contribution_count >= 0),
  constraint session_participants_reputation_at_join_check check (reputation_at_join between 0 and 1),
  constraint session_participants_public_key_check check (octet_length(public_key) = 32),
  constraint session_participants_party_check check (party is null or party > 0 and public_key is not null)
);

-- lint: allow non-leakproof-access-path functions of the service role look up the sessions of the current tenant
create index idx_session_participants_participant on session_participants using hash (app.opaque(participant_tenant_id));

comment on table session_participants is 'Who takes part in a session.';
comment on column session_participants.tenant_id is 'Tenant that initiated the session.';
comment on column session_participants.session_id is 'Session.';
comment on column session_participants.participant_tenant_id is 'Tenant that takes part.';
comment on column session_participants.joined_at is 'When it joined.';
comment on column session_participants.contribution_count is 'Rounds whose results it is in.';
comment on column session_participants.reputation_at_join is 'Its reputation then, 0.00 to 1.00.';
comment on column session_participants.public_key is 'Its X25519 key then, which it keeps in this session; null if that is not secure.';
comment on column session_participants.party is 'Its number in a secure session, drawn by lot, from 1; null before that begins.';
comment on column session_participants.left_at is 'When it left, or no longer consented; null while it takes part.';
comment on index idx_session_participants_participant is
  'Led by the participant: functions with the service role''s rights look up the sessions of the current tenant.';

create table aggregated_insights (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  session_id uuid not null,
  topic_key varchar(500) not null,
  aggregated_content jsonb not null,
  confidence_score numeric(3, 2) not null,
  source_participants integer not null,
  aggregation_method varchar(20) not null default 'weighted',
  privacy_preserved boolean not null,
  access_count integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz, -- null: kept with its session
  round integer not null default 1,
  transaction_id xid8 not null default pg_current_xact_id(),
  constraint aggregated_insights_pkey primary key (tenant_id, id),
  constraint unique_session_topic unique (tenant_id, session_id, topic_key, round),
  constraint aggregated_insights_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint aggregated_insights_session_id_fkey foreign key (tenant_id, session_id)
    references federated_sessions (tenant_id, session_id) on delete cascade,
  constraint aggregated_insights_topic_key_check check (length(topic_key) > 0),
  constraint aggregated_insights_confidence_score_check check (confidence_score between 0 and 1),
  constraint aggregated_insights_source_participants_check check (source_participants > 0),
  constraint aggregated_insights_aggregation_method_check check (
    aggregation_method in ('weighted', 'consensus', 'hybrid', 'sum')
  ),
  constraint aggregated_insights_round_check check (round > 0),
  constraint aggregated_insights_access_count_check check (access_count >= 0)
);

create index idx_aggregated_insights_topic on aggregated_insights (tenant_id, topic_key, created_at desc);

comment on table aggregated_insights is 'What sessions found out: figures over several tenants, never a row of one.';
comment on column aggregated_insights.tenant_id is 'Tenant that initiated the session.';
comment on column aggregated_insights.id is 'Identifier of the insight.';
comment on column aggregated_insights.session_id is 'Session that it came from.';
comment on column aggregated_insights.topic_key is 'What it is about, unique in its round.';
comment on column aggregated_insights.aggregated_content is
  'The figures, JSON. Only app.read_federated_insights() shows them, and only once what they cost is committed.';
comment on column aggregated_insights.confidence_score is
  'How little of the values'' range the noise fills, 0.00 to 1.00: 1 less its 95 % half-width over half the range.';
comment on column aggregated_insights.source_participants is 'Tenants whose contributions are in them.';
comment on column aggregated_insights.aggregation_method is 'weighted, consensus, hybrid, or sum.';
comment on column aggregated_insights.privacy_preserved is
  'Whether noise and group sizes protect the contributors; false for an exact total of a secure session.';
comment on column aggregated_insights.access_count is 'How often it was read.';
comment on column aggregated_insights.created_at is 'When it was made.';
comment on column aggregated_insights.expires_at is 'From when on nobody can read it; null: as long as its session is there.';
comment on column aggregated_insights.round is 'Round that it came out of.';
comment on column aggregated_insights.transaction_id is 'Transaction that paid for it: later ones can read it.';

-- What tenants put in. It is gone when its round is over.
create table federated_contributions (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  session_id uuid not null,
  -- lint: allow prefer-bigint-key a session has 1000 rounds at most
  round integer not null,
  topic_key varchar(500) not null,
  initiator_tenant_id varchar(255) not null,
  steps bigint[] not null,
  weight numeric(3, 2) not null,
  created_at timestamptz not null default now(),
  constraint federated_contributions_pkey primary key (tenant_id, session_id, round, topic_key),
  constraint federated_contributions_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint federated_contributions_round_check check (round > 0),
  constraint federated_contributions_steps_check check (array_position(steps, null) is null),
  constraint federated_contributions_weight_check check (weight > 0 and weight <= 1)
);

-- lint: allow non-leakproof-access-path functions of the service role collect what is in a session
create index idx_federated_contributions_session on federated_contributions using hash (app.opaque(session_id));

comment on table federated_contributions is
  'What a tenant put into the current round of a session. It is its own, and deleted with the round.';
comment on column federated_contributions.tenant_id is 'Tenant that contributed.';
comment on column federated_contributions.session_id is 'Session.';
comment on column federated_contributions.round is 'Round of the session.';
comment on column federated_contributions.topic_key is 'Topic of the session.';
comment on column federated_contributions.initiator_tenant_id is 'Tenant that initiated the session.';
comment on column federated_contributions.steps is 'The values, in steps of the session''s resolution above its lower bound.';
comment on column federated_contributions.weight is 'How much it shall weigh, 0.01 to 1.00; reputation makes it less.';
comment on column federated_contributions.created_at is 'When it was put in.';
comment on index idx_federated_contributions_session is
  'Led by the session: functions with the service role''s rights collect what is in it.';

create table federated_shares (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  session_id uuid not null,
  -- lint: allow prefer-bigint-key a session has 1000 rounds at most
  round integer not null,
  topic_key varchar(500) not null,
  party integer not null,
  initiator_tenant_id varchar(255) not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  constraint federated_shares_pkey primary key (tenant_id, session_id, round, topic_key, party),
  constraint federated_shares_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint federated_shares_round_check check (round > 0),
  constraint federated_shares_party_check check (party > 0)
);

-- lint: allow non-leakproof-access-path functions of the service role collect what is in a session
create index idx_federated_shares_session on federated_shares using hash (app.opaque(session_id));

comment on table federated_shares is
  'Shares of secrets of the current round of a secure session, sealed for one party each. Nobody else can open them.';
comment on column federated_shares.tenant_id is 'Tenant whose secret was shared.';
comment on column federated_shares.session_id is 'Session.';
comment on column federated_shares.round is 'Round of the session.';
comment on column federated_shares.topic_key is 'Topic of the session.';
comment on column federated_shares.party is 'Party that can open it.';
comment on column federated_shares.initiator_tenant_id is 'Tenant that initiated the session.';
comment on column federated_shares.sealed is 'The share, encrypted by X25519, HKDF and AES-256-GCM.';
comment on column federated_shares.created_at is 'When it was sent.';
comment on index idx_federated_shares_session is
  'Led by the session: functions with the service role''s rights collect what is in it.';

create table federated_partial_sums (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  session_id uuid not null,
  -- lint: allow prefer-bigint-key a session has 1000 rounds at most
  round integer not null,
  topic_key varchar(500) not null,
  initiator_tenant_id varchar(255) not null,
  party integer not null,
  partial numeric(20, 0)[] not null,
  attestations bytea[] not null,
  created_at timestamptz not null default now(),
  constraint federated_partial_sums_pkey primary key (tenant_id, session_id, round, topic_key),
  constraint federated_partial_sums_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint federated_partial_sums_round_check check (round > 0),
  constraint federated_partial_sums_party_check check (party > 0),
  constraint federated_partial_sums_partial_check check (
    array_position(partial, null) is null and 0 <= all(partial) and 18446744073709551615 >= all(partial)
  )
);

-- lint: allow non-leakproof-access-path functions of the service role collect what is in a session
create index idx_federated_partial_sums_session on federated_partial_sums using hash (app.opaque(session_id));

comment on table federated_partial_sums is
  'What a party of a secure session made of the shares it got. All of a round together give the total, fewer give nothing.';
comment on column federated_partial_sums.tenant_id is 'Tenant that added up.';
comment on column federated_partial_sums.session_id is 'Session.';
comment on column federated_partial_sums.round is 'Round of the session.';
comment on column federated_partial_sums.topic_key is 'Topic of the session.';
comment on column federated_partial_sums.initiator_tenant_id is 'Tenant that initiated the session.';
comment on column federated_partial_sums.party is 'Its number in the session.';
comment on column federated_partial_sums.partial is 'Sum of the shares modulo 2^64, value by value.';
comment on column federated_partial_sums.attestations is 'For each party a proof that the sum is this one, which only that party can check.';
comment on column federated_partial_sums.created_at is 'When it was published.';
comment on index idx_federated_partial_sums_session is
  'Led by the session: functions with the service role''s rights collect what is in it.';

select
  app.isolate_tenant_table('federated_participants', 'tenant_id', 'tenant_participant_isolation'),
  app.isolate_tenant_table('federated_sessions', 'tenant_id', 'tenant_session_isolation'),
  app.isolate_tenant_table('session_participants', 'tenant_id', 'tenant_session_participant_isolation'),
  app.isolate_tenant_table('aggregated_insights', 'tenant_id', 'tenant_insight_isolation'),
  app.isolate_tenant_table('federated_contributions', 'tenant_id', 'tenant_contribution_isolation'),
  app.isolate_tenant_table('federated_shares', 'tenant_id', 'tenant_share_isolation'),
  app.isolate_tenant_table('federated_partial_sums', 'tenant_id', 'tenant_partial_sum_isolation');

-- What it weighs and how it is trusted are not a participant's own to write; and whoever leaves stays, inactive, or would
-- come back with a new reputation.
grant select on federated_participants to agent_agency_app;
grant insert (tenant_id, privacy_level, public_key, active) on federated_participants to agent_agency_app;
grant update (privacy_level, public_key, active) on federated_participants to agent_agency_app;
-- A session is opened and thrown away as a whole; who is in it and what comes out is written by the functions of 013.
grant select, delete on federated_sessions to agent_agency_app;
grant insert (tenant_id, topic, settings) on federated_sessions to agent_agency_app;
grant select on session_participants to agent_agency_app;
-- Everything but the figures, which are seen in a later transaction than the one that paid for them.
grant select (
  tenant_id, id, session_id, topic_key, source_participants, aggregation_method, privacy_preserved, access_count, created_at,
  expires_at, round, transaction_id
) on aggregated_insights to agent_agency_app, agent_agency_readonly;
-- What was put in can be taken back until it is used.
grant select, delete on federated_contributions, federated_shares to agent_agency_app;
grant select on federated_partial_sums to agent_agency_app;
grant select on
  federated_participants, federated_sessions, session_participants, federated_contributions, federated_shares,
  federated_partial_sums
  to agent_agency_readonly;
grant execute on function app.read_federated_settings(jsonb), app.are_federated_settings(jsonb)
  to agent_agency_service, agent_agency_app, agent_agency_maintenance;

-- The functions of 013 see both sides. They write what they have to, and no more.
create policy federated_participants_service on federated_participants to agent_agency_service
  using (true) with check (true);
create policy federated_sessions_service on federated_sessions to agent_agency_service using (true) with check (true);
create policy session_participants_service on session_participants to agent_agency_service
  using (true) with check (true);
create policy aggregated_insights_service on aggregated_insights to agent_agency_service using (true) with check (true);
create policy federated_contributions_service on federated_contributions to agent_agency_service
  using (true) with check (true);
create policy federated_shares_service on federated_shares to agent_agency_service using (true) with check (true);
create policy federated_partial_sums_service on federated_partial_sums to agent_agency_service
  using (true) with check (true);
grant select, update (last_contribution, total_contributions, updated_at) on federated_participants to agent_agency_service;
grant select, update (status, round, privacy_metrics, convergence_score, completed_at) on federated_sessions
  to agent_agency_service;
grant select, insert, update on session_participants to agent_agency_service;
grant select, insert, update (access_count) on aggregated_insights to agent_agency_service;
-- Rows are locked while they are used, which asks for the right to update.
grant select, insert, update (created_at), delete on federated_contributions to agent_agency_service;
grant select, insert, delete on federated_shares, federated_partial_sums to agent_agency_service;

-- Who is named in a session of another tenant must not wait there for another one of that name.
create policy session_participants_participant_maintenance on session_participants to agent_agency_maintenance
  using (participant_tenant_id = (select app.maintained_tenant())) with check (false);
