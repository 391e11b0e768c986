-- Learning across tenants: the functions that see both sides. Each asks for the consent of both sides anew. What a tenant
-- puts in goes into a sum and is deleted; what comes out is noisy, paid for by everybody in it, and seen only in a later
-- transaction than the one that paid: one that reads and rolls back would get fresh noise for nothing, as often as it likes.

-- Whoever deletes a session, its initiator or an operator that erases that, leaves nothing of it with others.
create function app.forget_federated_session() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  delete from federated_contributions as item
  where item.initiator_tenant_id = old.tenant_id and app.opaque(item.session_id) = old.session_id;
  delete from federated_shares as item
  where item.initiator_tenant_id = old.tenant_id and app.opaque(item.session_id) = old.session_id;
  delete from federated_partial_sums as item
  where item.initiator_tenant_id = old.tenant_id and app.opaque(item.session_id) = old.session_id;
  return old;
end
$$;

comment on function app.forget_federated_session() is 'Trigger: what tenants put into a session goes with it.';
alter function app.forget_federated_session() owner to agent_agency_service;

create trigger forget_federated_session
before delete on federated_sessions
for each row execute function app.forget_federated_session();

-- ---------------------------------------------------------------------------------------------------------------
-- Who may do what.

create function app.federates_with(p_tenant_id text, p_initiator_id text) returns boolean
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
  select (p_tenant_id = p_initiator_id or app.tenants_consent(p_tenant_id, p_initiator_id))
    and exists (
      select from federated_participants as participant
      where participant.tenant_id = p_tenant_id and participant.active
    )
$$;

comment on function app.federates_with(text, text) is
  'Whether a tenant takes part in learning at present, and it and the initiator of a session agree to learn from each other.';
alter function app.federates_with(text, text) owner to agent_agency_service;

-- The row stays locked, shared or alone, until the transaction ends: steps of a session come one after another.
create function app.lock_federated_session(p_session_id uuid, p_as_initiator boolean, p_alone boolean)
returns federated_sessions
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_initiator text;
  v_session federated_sessions;
begin
  if p_as_initiator then
    v_initiator := v_tenant;
  else
    -- Of two sessions of one identifier, which only an import can make, neither is the right one.
    select case count(*) when 1 then min(member.tenant_id) end into v_initiator
    from session_participants as member
    where app.opaque(member.participant_tenant_id) = v_tenant and member.session_id = p_session_id and member.left_at is null;
  end if;
  if p_alone then
    select session.* into v_session from federated_sessions as session
    where session.tenant_id = v_initiator and session.session_id = p_session_id
    for no key update;
  else
    select session.* into v_session from federated_sessions as session
    where session.tenant_id = v_initiator and session.session_id = p_session_id
    for share;
  end if;
  if v_session.session_id is null then
    raise exception using
      errcode = 'AAFNS',
      message = format(
        'this tenant %s no such session', case when p_as_initiator then 'has initiated' else 'takes part in' end
      );
  end if;
  return v_session;
end
$$;

comment on function app.lock_federated_session(uuid, boolean, boolean) is
  'Locks a session that the current tenant initiated, or takes part in; error AAFNS when there is none that it may know of.';
alter function app.lock_federated_session(uuid, boolean, boolean) owner to agent_agency_service;

create function app.refuse_federated_status(p_session federated_sessions, p_status text) returns void
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
begin
  if p_session.status <> p_status then
    raise exception using
      errcode = 'AAFST',
      message = format('the session is %s, and this is for one that is %s', p_session.status, p_status);
  end if;
end
$$;

comment on function app.refuse_federated_status(federated_sessions, text) is 'Error AAFST unless a session has a status.';
alter function app.refuse_federated_status(federated_sessions, text) owner to agent_agency_service;

create function app.refuse_federated_level(p_session federated_sessions, p_level privacy_level) returns void
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, public, app, pg_temp
as $$
begin
  if (app.read_federated_settings(p_session.settings)).privacy_level <> p_level then
    raise exception using
      errcode = 'AAFLV',
      message = case p_level
        when 'secure' then 'the session is not secure: what is put into it goes through the database, protected by noise'
        else 'the session is secure: only shares of secrets go into it, and nothing that is weaker'
      end;
  end if;
end
$$;

comment on function app.refuse_federated_level(federated_sessions, privacy_level) is
  'Error AAFLV unless a session is of a privacy level: none is taken for another.';
alter function app.refuse_federated_level(federated_sessions, privacy_level) owner to agent_agency_service;

create function app.refuse_without_consent(p_session federated_sessions) returns void
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
begin
  if not app.federates_with(app.require_tenant_id(), p_session.tenant_id) then
    raise exception using
      errcode = 'AAFCN',
      message = 'this tenant and the initiator of the session do not both consent to learn from each other';
  end if;
end
$$;

comment on function app.refuse_without_consent(federated_sessions) is
  'Error AAFCN unless the current tenant and a session''s initiator consent, now.';
alter function app.refuse_without_consent(federated_sessions) owner to agent_agency_service;

-- Everybody in a session sees what comes out, so everybody has to agree with everybody. Who came first stays.
create function app.drop_unwilling_members(p_session federated_sessions) returns integer
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_member record;
  v_willing text[] := '{}';
  v_dropped integer := 0;
begin
  for v_member in
    select member.participant_tenant_id as id
    from session_participants as member
    where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id and member.left_at is null
    order by member.joined_at, member.participant_tenant_id
  loop
    if app.federates_with(v_member.id, p_session.tenant_id)
      and not exists (select from unnest(v_willing) as other (id) where not app.tenants_consent(v_member.id, other.id))
    then
      v_willing := v_willing || v_member.id::text;
    else
      update session_participants as member
      set left_at = now()
      where member.tenant_id = p_session.tenant_id
        and member.session_id = p_session.session_id
        and member.participant_tenant_id = v_member.id;
      v_dropped := v_dropped + 1;
    end if;
  end loop;
  return v_dropped;
end
$$;

comment on function app.drop_unwilling_members(federated_sessions) is
  'Ends the part of those who do not, or not any more, consent with the initiator and everybody who joined before them; says how many.';
alter function app.drop_unwilling_members(federated_sessions) owner to agent_agency_service;

-- ---------------------------------------------------------------------------------------------------------------
-- Sessions: found, joined, left, led.

create function app.find_federated_sessions()
returns table (
  found_session_id uuid,
  found_topic text,
  found_project_id text,
  found_settings jsonb,
  found_status text,
  found_round integer,
  found_started_at timestamptz,
  has_joined boolean
)
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_tenant constant text := app.require_tenant_id();
begin
  return query
    select
      session.session_id,
      session.topic::text,
      initiator.project_id::text,
      session.settings,
      session.status::text,
      session.round,
      session.started_at,
      member.tenant_id is not null
    from federated_sessions as session
    join tenants as initiator on initiator.id = session.tenant_id
    left join session_participants as member
      on member.tenant_id = session.tenant_id
      and member.session_id = session.session_id
      and member.participant_tenant_id = v_tenant
      and member.left_at is null
    where (session.status = 'forming' or member.tenant_id is not null)
      and app.federates_with(v_tenant, session.tenant_id)
    order by session.started_at desc, session.session_id;
end
$$;

comment on function app.find_federated_sessions() is
  'Sessions that the current tenant may join, or has joined, of initiators that consent as it does: never whose they are.';
alter function app.find_federated_sessions() owner to agent_agency_service;
grant execute on function app.find_federated_sessions() to agent_agency_app;

create function app.join_federated_session(p_session_id uuid) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_own federated_participants;
  v_promised privacy_level;
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  select participant.* into v_own from federated_participants as participant
  where participant.tenant_id = v_tenant and participant.active;
  if not found then
    raise exception using errcode = 'AANFD', message = 'this tenant takes part in no learning: it has to join the federation first';
  end if;
  begin
    select session.* into strict v_session
    from federated_sessions as session
    where app.opaque(session.session_id) = p_session_id and app.federates_with(v_tenant, session.tenant_id)
    for no key update;
  exception when no_data_found or too_many_rows then
    -- One answer whether there is none or its initiator does not consent: it would tell which sessions there are.
    raise exception using errcode = 'AAFNS', message = 'there is no such session that this tenant may join';
  end;
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_status(v_session, 'forming');
  perform app.refuse_federated_level(v_session, v_own.privacy_level);
  select config.privacy_level into v_promised from tenant_privacy_config as config where config.tenant_id = v_tenant;
  if v_promised = 'secure' and v_settings.privacy_level <> 'secure'
    or v_promised = 'differential' and v_settings.epsilon is null
  then
    raise exception using
      errcode = 'AAFLV',
      message = format('the session protects less than this tenant''s level %s promises', v_promised),
      hint = 'The level differential asks for noise, also in a secure session; secure asks for a secure session.';
  end if;
  if exists (
    select from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id
      and member.participant_tenant_id = v_tenant and member.left_at is null
  ) then
    raise exception using errcode = 'AAFDU', message = 'this tenant has joined the session already';
  end if;
  if v_settings.max_participants <= (
    select count(*) from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id and member.left_at is null
  ) then
    raise exception using errcode = 'AAFST', message = 'the session has as many participants as it takes';
  end if;
  if exists (
    select from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id and member.left_at is null
      and not app.tenants_consent(v_tenant, member.participant_tenant_id)
  ) then
    raise exception using
      errcode = 'AAFCN',
      message = 'this tenant and somebody in the session do not both consent to learn from each other';
  end if;
  if v_settings.privacy_level = 'secure' and exists (
    select from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id and member.left_at is null
      and member.public_key = v_own.public_key
  ) then
    raise exception using errcode = 'AAFDU', message = 'somebody in the session has this tenant''s public key: make a new one';
  end if;

  insert into session_participants (tenant_id, session_id, participant_tenant_id, reputation_at_join, public_key)
  values (
    v_session.tenant_id,
    p_session_id,
    v_tenant,
    v_own.reputation_score,
    case v_settings.privacy_level when 'secure' then v_own.public_key end
  )
  on conflict (tenant_id, session_id, participant_tenant_id) do update
  set left_at = null,
    joined_at = excluded.joined_at,
    reputation_at_join = excluded.reputation_at_join,
    public_key = excluded.public_key;
end
$$;

comment on function app.join_federated_session(uuid) is
  'Makes the current tenant take part in a session that is forming: it, the initiator and everybody in it have to consent with each other.';
alter function app.join_federated_session(uuid) owner to agent_agency_service;
grant execute on function app.join_federated_session(uuid) to agent_agency_app;

create function app.leave_federated_session(p_session_id uuid) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_session federated_sessions;
begin
  v_session := app.lock_federated_session(p_session_id, false, true);
  update session_participants as member
  set left_at = now()
  where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id
    and member.participant_tenant_id = v_tenant;
  delete from federated_contributions as item where item.tenant_id = v_tenant and item.session_id = p_session_id;
  delete from federated_shares as item where item.tenant_id = v_tenant and item.session_id = p_session_id;
end
$$;

comment on function app.leave_federated_session(uuid) is
  'Ends the current tenant''s part in a session and takes back what is not used yet. It waits while a round is aggregated.';
alter function app.leave_federated_session(uuid) owner to agent_agency_service;
grant execute on function app.leave_federated_session(uuid) to agent_agency_app;

-- In a secure session nobody can be left out once it has begun.
create function app.count_federated_parties(p_session federated_sessions) returns integer
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_began integer;
  v_remain integer;
begin
  select count(*), count(*) filter (where member.left_at is null) into v_began, v_remain
  from session_participants as member
  where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id and member.party is not null;
  if v_remain < v_began then
    raise exception using
      errcode = 'AAFMP',
      message = format('%s of the %s parties have left, and a secure sum needs all of them', v_began - v_remain, v_began),
      hint = 'Fail the session and open another one.';
  end if;
  return v_began;
end
$$;

comment on function app.count_federated_parties(federated_sessions) is
  'How many parties a secure session has; error AAFMP if one has left.';
alter function app.count_federated_parties(federated_sessions) owner to agent_agency_service;

create function app.begin_secure_session(p_session federated_sessions) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_parties integer;
begin
  perform app.drop_unwilling_members(p_session);
  -- By lot: when somebody joined is not what others learn from its number.
  update session_participants as member
  set party = lot.number
  from (
    select
      other.participant_tenant_id as id,
      row_number() over (order by gen_random_uuid()) as number
    from session_participants as other
    where other.tenant_id = p_session.tenant_id and other.session_id = p_session.session_id and other.left_at is null
  ) as lot
  where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id
    and member.participant_tenant_id = lot.id;
  get diagnostics v_parties = row_count;
  if v_parties < 3 or v_parties < app.strictest_k_anonymity(array(
    select member.participant_tenant_id from session_participants as member
    where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id and member.party is not null
  )) then
    raise exception using
      errcode = 'AAFKA',
      message = 'too few tenants for a secure session',
      hint = 'At least 3, as of 2 each learns the other''s value, and as many as the k-anonymity of each demands.';
  end if;
end
$$;

comment on function app.begin_secure_session(federated_sessions) is 'Numbers the parties of a secure session; error AAFKA if they are too few.';
alter function app.begin_secure_session(federated_sessions) owner to agent_agency_service;

create function app.strictest_k_anonymity(p_tenants text[]) returns integer
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  -- A tenant without settings has agreed to nothing.
  select case
    when count(config.k_anonymity) = cardinality(p_tenants) and count(*) > 0 then max(config.k_anonymity)
    else 2147483647
  end
  from unnest(p_tenants) as contributor (id)
  left join tenant_privacy_config as config on config.tenant_id = contributor.id
$$;

comment on function app.strictest_k_anonymity(text[]) is 'The largest group that any of some tenants demands.';
alter function app.strictest_k_anonymity(text[]) owner to agent_agency_service;

create function app.advance_federated_session(p_session_id uuid, p_status text) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
  v_is_secure boolean;
  v_missing bigint;
begin
  v_session := app.lock_federated_session(p_session_id, true, true);
  v_is_secure := (app.read_federated_settings(v_session.settings)).privacy_level = 'secure';
  case p_status
    when 'active' then
      perform app.refuse_federated_status(v_session, 'forming');
      if v_is_secure then
        perform app.begin_secure_session(v_session);
      end if;
      v_session.round := 1;
    when 'aggregating' then
      perform app.refuse_federated_status(v_session, 'active');
      if v_is_secure then
        v_missing := app.count_federated_parties(v_session) ^ 2
          * cardinality((app.read_federated_settings(v_session.settings)).topic_keys)
          - (
            select count(*) from federated_shares as share
            where share.initiator_tenant_id = v_session.tenant_id and app.opaque(share.session_id) = v_session.session_id
              and share.round = v_session.round
          );
        perform app.refuse_missing_messages(v_missing);
      end if;
    when 'failed' then
      if v_session.status in ('completed', 'failed') then
        raise exception using errcode = 'AAFST', message = format('the session is %s already', v_session.status);
      end if;
      perform app.forget_federated_round(v_session);
  end case;
  update federated_sessions as session
  set
    status = p_status,
    round = v_session.round,
    completed_at = case p_status when 'failed' then now() end
  where session.tenant_id = v_session.tenant_id and session.session_id = v_session.session_id;
exception when case_not_found then
  raise exception using errcode = '22023', message = 'a session is advanced to active, aggregating, or failed';
end
$$;

comment on function app.advance_federated_session(uuid, text) is
  'The initiator''s steps: active begins a session, aggregating closes the round to contributions, failed ends it with nothing.';
alter function app.advance_federated_session(uuid, text) owner to agent_agency_service;
grant execute on function app.advance_federated_session(uuid, text) to agent_agency_app;

create function app.refuse_missing_messages(p_missing bigint) returns void
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_missing > 0 then
    raise exception using
      errcode = 'AAFMP',
      message = format('%s messages of parties are missing, and a secure sum needs all of them', p_missing),
      hint = 'Wait for them, or fail the session: no party can be left out.';
  end if;
end
$$;

comment on function app.refuse_missing_messages(bigint) is 'Error AAFMP if messages of parties are missing.';
alter function app.refuse_missing_messages(bigint) owner to agent_agency_service;

create function app.forget_federated_round(p_session federated_sessions) returns void
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  delete from federated_contributions as item
  where item.initiator_tenant_id = p_session.tenant_id and app.opaque(item.session_id) = p_session.session_id;
  delete from federated_shares as item
  where item.initiator_tenant_id = p_session.tenant_id and app.opaque(item.session_id) = p_session.session_id;
$$;

comment on function app.forget_federated_round(federated_sessions) is 'Deletes what tenants put into a round that is over.';
alter function app.forget_federated_round(federated_sessions) owner to agent_agency_service;

-- ---------------------------------------------------------------------------------------------------------------
-- Contributions, and what is made of them.

create function app.contribute_to_session(p_session_id uuid, p_topic_key text, p_values numeric[], p_weight numeric)
returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_level(v_session, 'differential');
  perform app.refuse_federated_status(v_session, 'active');
  perform app.refuse_without_consent(v_session);
  -- NaN is greater than every number, and Infinity than every other.
  if p_topic_key = any(v_settings.topic_keys) is not true
    or array_ndims(p_values) is distinct from 1
    or cardinality(p_values) <> v_settings.dimensions
    or array_position(p_values, null) is not null
    or not (v_settings.lower <= all(p_values) and v_settings.upper >= all(p_values))
    or (p_weight between 0.01 and 1 and p_weight % 0.01 = 0) is not true
  then
    raise exception using
      errcode = 'AAFVL',
      message = format(
        'a contribution to this session has one of its topics, %s values from %s to %s, and a weight from 0.01 to 1.00',
        v_settings.dimensions, v_settings.lower, v_settings.upper
      );
  end if;

  insert into federated_contributions (
    tenant_id, session_id, round, topic_key, initiator_tenant_id, steps, weight
  )
  select
    app.require_tenant_id(),
    v_session.session_id,
    v_session.round,
    p_topic_key,
    v_session.tenant_id,
    array_agg(round((item.value - v_settings.lower) / v_settings.resolution)::bigint order by item.position),
    p_weight
  from unnest(p_values) with ordinality as item (value, position);
end
$$;

comment on function app.contribute_to_session(uuid, text, numeric[], numeric) is
  'Puts the current tenant''s values into the current round, once a topic, rounded to the session''s resolution.';
alter function app.contribute_to_session(uuid, text, numeric[], numeric) owner to agent_agency_service;
grant execute on function app.contribute_to_session(uuid, text, numeric[], numeric) to agent_agency_app;

-- Neighbours: all that one tenant contributed to a topic is replaced by something else. That it took part is no secret, what
-- it put in is. With weights a in hundredths from 1 to 100, values u in whole steps from the middle of the
-- range, |u| <= h, and d of them a tenant:
--   weighted: (sum a u) / (sum a). Numerators and h times the denominator differ together by at most
--     (a + a') h d + h |a - a'| <= 200 h d, so noise of scale 200 h d / epsilon, and 200 d / epsilon for the denominator.
--   consensus: the mean of what remains of each dimension without the least and the greatest share `trim` of values. If one
--     value moves, no order statistic moves the other way and together they move as far, so the sum of the rest moves by
--     the range at most, all of them by d times that, and its number is known.
--   hybrid: half of epsilon for each, and the mean of both.
create type app.federated_estimate as (
  means numeric[],
  half_width numeric
);

comment on type app.federated_estimate is
  'Noisy means in steps above the lower bound, and how wide the noise is: 95 % of it are nearer to 0.';

create function app.federated_purpose(p_session federated_sessions) returns varchar(500)
language sql
immutable
parallel safe
return format('federated session %s, round %s', (p_session).session_id, (p_session).round);

comment on function app.federated_purpose(federated_sessions) is 'What a ledger says that a round was paid for.';
alter function app.federated_purpose(federated_sessions) owner to agent_agency_service;

create function app.noisy_steps(p_sums bigint[], p_sensitivity numeric, p_epsilon numeric) returns bigint[]
language sql
volatile
parallel unsafe
set search_path = pg_catalog, app, pg_temp
as $$
  select array_agg(item.value + app.privacy_noise(p_sensitivity, trim_scale(p_epsilon), null) order by item.position)
  from unnest(p_sums) with ordinality as item (value, position)
$$;

comment on function app.noisy_steps(bigint[], numeric, numeric) is
  'Adds discrete Laplace noise of scale sensitivity/epsilon to each of some whole numbers.';
alter function app.noisy_steps(bigint[], numeric, numeric) owner to agent_agency_service;

create function app.estimate_weighted(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric)
returns app.federated_estimate
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_top constant bigint := ceil((p_settings.upper - p_settings.lower) / p_settings.resolution);
  v_middle constant bigint := v_top / 2;
  v_half constant bigint := v_top - v_top / 2;
  v_sums bigint[];
  v_weight bigint;
  v_estimate app.federated_estimate;
begin
  select array_agg(total.value order by total.position) into v_sums
  from (
    select
      item.position,
      sum((contribution.value ->> 'weight')::bigint * (item.value::bigint - v_middle))::bigint as value
    from jsonb_array_elements(p_steps) as contribution
    cross join jsonb_array_elements_text(contribution.value -> 'steps') with ordinality as item (value, position)
    group by item.position
  ) as total;
  select sum((contribution.value ->> 'weight')::bigint) into v_weight from jsonb_array_elements(p_steps) as contribution;

  v_sums := app.noisy_steps(v_sums, 200 * v_half * p_settings.dimensions, p_epsilon);
  v_weight := greatest(1, (app.noisy_steps(array[v_weight], 200 * p_settings.dimensions, p_epsilon))[1]);
  v_estimate.means := array(
    select greatest(0, least(v_top, v_middle + round(item.value::numeric / v_weight, 6)))
    from unnest(v_sums) with ordinality as item (value, position)
    order by item.position
  );
  v_estimate.half_width := ln(20.0) * 200 * v_half * p_settings.dimensions / p_epsilon / v_weight;
  return v_estimate;
end
$$;

comment on function app.estimate_weighted(jsonb, app.federated_settings, numeric) is
  'Noisy weighted means of contributions.';
alter function app.estimate_weighted(jsonb, app.federated_settings, numeric) owner to agent_agency_service;

create function app.estimate_consensus(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric)
returns app.federated_estimate
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_top constant bigint := ceil((p_settings.upper - p_settings.lower) / p_settings.resolution);
  v_cut constant bigint := floor(jsonb_array_length(p_steps) * p_settings.trim);
  v_rest constant bigint := jsonb_array_length(p_steps) - 2 * v_cut;
  v_sums bigint[];
  v_estimate app.federated_estimate;
begin
  select array_agg(total.value order by total.position) into v_sums
  from (
    select ranked.position, sum(ranked.value)::bigint as value
    from (
      select
        item.position,
        item.value::bigint as value,
        row_number() over (partition by item.position order by item.value::bigint) as rank
      from jsonb_array_elements(p_steps) as contribution
      cross join jsonb_array_elements_text(contribution.value -> 'steps') with ordinality as item (value, position)
    ) as ranked
    where ranked.rank > v_cut and ranked.rank <= v_cut + v_rest
    group by ranked.position
  ) as total;

  v_sums := app.noisy_steps(v_sums, v_top * p_settings.dimensions, p_epsilon);
  v_estimate.means := array(
    select greatest(0, least(v_top, round(item.value::numeric / v_rest, 6)))
    from unnest(v_sums) with ordinality as item (value, position)
    order by item.position
  );
  v_estimate.half_width := ln(20.0) * v_top * p_settings.dimensions / p_epsilon / v_rest;
  return v_estimate;
end
$$;

comment on function app.estimate_consensus(jsonb, app.federated_settings, numeric) is
  'Noisy means of contributions without the least and the greatest, each dimension for itself; every tenant counts once.';
alter function app.estimate_consensus(jsonb, app.federated_settings, numeric) owner to agent_agency_service;

create function app.estimate_hybrid(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric)
returns app.federated_estimate
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_weighted constant app.federated_estimate := app.estimate_weighted(p_steps, p_settings, round(p_epsilon / 2, 3));
  v_consensus constant app.federated_estimate := app.estimate_consensus(p_steps, p_settings, round(p_epsilon / 2, 3));
  v_estimate app.federated_estimate;
begin
  v_estimate.means := array(
    select (one.value + other.value) / 2
    from unnest(v_weighted.means) with ordinality as one (value, position)
    join unnest(v_consensus.means) with ordinality as other (value, position) using (position)
    order by position
  );
  v_estimate.half_width := (v_weighted.half_width + v_consensus.half_width) / 2;
  return v_estimate;
end
$$;

comment on function app.estimate_hybrid(jsonb, app.federated_settings, numeric) is
  'The mean of the weighted and the consensus estimate, each at half of epsilon.';
alter function app.estimate_hybrid(jsonb, app.federated_settings, numeric) owner to agent_agency_service;

-- Rows of contributions stay locked, so that one that is taken back meanwhile is either out or already used. Values are
-- brought into their range once more: the bound on what one tenant can change must not rest on who wrote the row.
create function app.publish_federated_topic(p_session federated_sessions, p_topic_key text) returns text[]
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_top constant bigint := ceil((v_settings.upper - v_settings.lower) / v_settings.resolution);
  v_item record;
  v_tenants text[] := '{}';
  v_steps jsonb := '[]';
  v_estimate app.federated_estimate;
begin
  for v_item in
    select
      contribution.tenant_id as id,
      to_jsonb(array(
        select greatest(0, least(v_top, step.value))
        from unnest(contribution.steps) with ordinality as step (value, position)
        order by step.position
      )) as steps,
      greatest(1, least(100, round(
        100 * contribution.weight * member.reputation_at_join * participant.contribution_weight
      ))) as weight
    from session_participants as member
    join federated_participants as participant on participant.tenant_id = member.participant_tenant_id
    join federated_contributions as contribution
      on contribution.tenant_id = member.participant_tenant_id
      and contribution.session_id = member.session_id
      and contribution.initiator_tenant_id = member.tenant_id
    where member.tenant_id = p_session.tenant_id
      and member.session_id = p_session.session_id
      and member.left_at is null
      and member.reputation_at_join > 0
      and contribution.round = p_session.round
      and contribution.topic_key = p_topic_key
      and cardinality(contribution.steps) = v_settings.dimensions
    order by contribution.tenant_id
    for update of contribution
  loop
    -- Whoever has no budget left is left out.
    continue when not app.spend_privacy_budget(
      v_item.id, v_settings.epsilon, 0, null, app.federated_purpose(p_session)
    );
    v_tenants := v_tenants || v_item.id::text;
    v_steps := v_steps || jsonb_build_object('steps', v_item.steps, 'weight', v_item.weight);
  end loop;
  if cardinality(v_tenants) < app.strictest_k_anonymity(v_tenants) then
    raise exception using errcode = 'AAFKA', message = 'too few tenants for a figure over them';
  end if;

  v_estimate := case v_settings.method
    when 'weighted' then app.estimate_weighted(v_steps, v_settings, v_settings.epsilon)
    when 'consensus' then app.estimate_consensus(v_steps, v_settings, v_settings.epsilon)
    else app.estimate_hybrid(v_steps, v_settings, v_settings.epsilon)
  end;
  perform app.store_federated_insight(
    p_session,
    p_topic_key,
    array(
      select least(v_settings.upper, v_settings.lower + v_settings.resolution * step.value)
      from unnest(v_estimate.means) with ordinality as step (value, position)
      order by step.position
    ),
    v_estimate.half_width * v_settings.resolution,
    cardinality(v_tenants)
  );
  return v_tenants;
end
$$;

comment on function app.publish_federated_topic(federated_sessions, text) is
  'Makes an insight of the contributions to a topic, paid for by each contributor; says whose. Error AAFKA if they are too few.';
alter function app.publish_federated_topic(federated_sessions, text) owner to agent_agency_service;

create function app.store_federated_insight(
  p_session federated_sessions,
  p_topic_key text,
  p_values numeric[],
  p_half_width numeric,
  p_tenants integer
) returns void
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
  insert into aggregated_insights (
    tenant_id,
    session_id,
    topic_key,
    round,
    aggregated_content,
    confidence_score,
    source_participants,
    aggregation_method,
    privacy_preserved,
    expires_at
  )
  select
    p_session.tenant_id,
    p_session.session_id,
    p_topic_key,
    p_session.round,
    jsonb_build_object(
      'values', p_values,
      'epsilon', settings.epsilon,
      'noise_half_width', round(p_half_width, 12)
    ),
    greatest(0, 1 - least(1, 2 * p_half_width / (
      (settings.upper - settings.lower) * case settings.method when 'sum' then p_tenants else 1 end
    ))),
    p_tenants,
    settings.method,
    settings.epsilon is not null,
    now() + make_interval(days => settings.insight_days)
  from app.read_federated_settings(p_session.settings) as settings
$$;

comment on function app.store_federated_insight(federated_sessions, text, numeric[], numeric, integer) is
  'Stores what came out of a topic in the current round.';
alter function app.store_federated_insight(federated_sessions, text, numeric[], numeric, integer)
  owner to agent_agency_service;

create function app.end_federated_round(p_session federated_sessions, p_tenants text[], p_releases integer) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_releases constant integer := coalesce((p_session.privacy_metrics ->> 'releases')::integer, 0) + p_releases;
  v_is_over constant boolean := p_session.round >= v_settings.rounds;
begin
  perform app.forget_federated_round(p_session);
  -- In order: sessions with the same tenants may end a round at the same moment.
  perform from federated_participants as participant
  where participant.tenant_id = any(p_tenants)
  order by participant.tenant_id
  for no key update;
  update federated_participants as participant
  set last_contribution = now(), total_contributions = participant.total_contributions + 1
  where participant.tenant_id = any(p_tenants);
  update session_participants as member
  set contribution_count = member.contribution_count + 1
  where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id
    and member.participant_tenant_id = any(p_tenants);
  perform app.record_tenant_access(contributor.id, 'federated', 'federated_contributions', null, p_releases)
  from unnest(p_tenants) as contributor (id)
  where contributor.id <> p_session.tenant_id;
  update federated_sessions as session
  set
    status = case when v_is_over then 'completed' else 'active' end,
    round = session.round + (not v_is_over)::integer,
    completed_at = case when v_is_over then now() end,
    privacy_metrics = jsonb_build_object(
      'releases', v_releases,
      'epsilon_per_tenant_at_most', v_settings.epsilon * v_releases,
      'delta', 0
    )
  where session.tenant_id = p_session.tenant_id and session.session_id = p_session.session_id;
end
$$;

comment on function app.end_federated_round(federated_sessions, text[], integer) is
  'Counts and logs who was in a round, deletes what was put in, and goes on to the next round or the end.';
alter function app.end_federated_round(federated_sessions, text[], integer) owner to agent_agency_service;

create function app.aggregate_federated_round(p_session_id uuid) returns integer
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
  v_topic text;
  v_tenants text[] := '{}';
  v_releases integer := 0;
begin
  v_session := app.lock_federated_session(p_session_id, true, true);
  perform app.refuse_federated_level(v_session, 'differential');
  perform app.refuse_federated_status(v_session, 'aggregating');
  perform app.drop_unwilling_members(v_session);
  foreach v_topic in array (app.read_federated_settings(v_session.settings)).topic_keys loop
    begin
      v_tenants := v_tenants || app.publish_federated_topic(v_session, v_topic);
      v_releases := v_releases + 1;
    exception when sqlstate 'AAFKA' then
      -- Nothing of this topic is released, and nobody pays for it.
      null;
    end;
  end loop;
  if v_releases = 0 then
    raise exception using
      errcode = 'AAFKA',
      message = 'too few tenants contributed: no topic has as many as the k-anonymity of each of them demands',
      hint = 'Those count that consent, are trusted, and have budget left.';
  end if;
  perform app.end_federated_round(v_session, array(select distinct unnest(v_tenants)), v_releases);
  return v_releases;
end
$$;

comment on function app.aggregate_federated_round(uuid) is
  'Makes insights of the current round, one for each topic with enough tenants, and says how many. They can be read in a later transaction.';
alter function app.aggregate_federated_round(uuid) owner to agent_agency_service;
grant execute on function app.aggregate_federated_round(uuid) to agent_agency_app;

-- A session that the current tenant may read: its own, or one that it takes part in.
create function app.readable_federated_session(p_session_id uuid) returns federated_sessions
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_session federated_sessions;
begin
  select session.* into strict v_session
  from federated_sessions as session
  where app.opaque(session.session_id) = p_session_id
    and (
      session.tenant_id = v_tenant
      or exists (
        select from session_participants as member
        where member.tenant_id = session.tenant_id and member.session_id = session.session_id
          and member.participant_tenant_id = v_tenant and member.left_at is null
      )
    );
  if v_session.tenant_id <> v_tenant then
    perform app.refuse_without_consent(v_session);
  end if;
  return v_session;
exception when no_data_found or too_many_rows then
  raise exception using errcode = 'AAFNS', message = 'this tenant initiated no such session and takes part in none';
end
$$;

comment on function app.readable_federated_session(uuid) is
  'A session whose results the current tenant may read; error AAFNS or AAFCN when there is none.';
alter function app.readable_federated_session(uuid) owner to agent_agency_service;

-- Numbers of transactions begin anew when a dump is restored: the instant tells those of then from those of now.
create function app.is_paid_insight(p_insight aggregated_insights) returns boolean
language sql
stable
parallel restricted
begin atomic
  select ((p_insight).transaction_id, (p_insight).created_at) is distinct from (pg_current_xact_id_if_assigned(), now())
    and coalesce((p_insight).expires_at > now(), true);
end;

comment on function app.is_paid_insight(aggregated_insights) is
  'Whether an insight can be read: what it cost was committed by an earlier transaction, and it has not expired.';
alter function app.is_paid_insight(aggregated_insights) owner to agent_agency_service;

create function app.read_federated_insights(p_session_id uuid)
returns table (
  insight_id uuid,
  insight_topic_key text,
  insight_round integer,
  insight_content jsonb,
  insight_confidence numeric,
  insight_participants integer,
  insight_method text,
  is_private boolean,
  insight_created_at timestamptz,
  insight_expires_at timestamptz
)
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session constant federated_sessions := app.readable_federated_session(p_session_id);
  v_read integer;
begin
  update aggregated_insights as insight
  set access_count = insight.access_count + 1
  where insight.tenant_id = v_session.tenant_id and insight.session_id = v_session.session_id
    and app.is_paid_insight(insight);
  get diagnostics v_read = row_count;
  if v_session.tenant_id <> app.require_tenant_id() then
    perform app.record_tenant_access(v_session.tenant_id, 'federated', 'aggregated_insights', null, v_read);
  end if;
  -- Here and not when they are made: a score of figures that are not paid for yet would be a figure, too.
  perform app.score_federated_convergence(v_session);
  return query
    select
      insight.id,
      insight.topic_key::text,
      insight.round,
      insight.aggregated_content,
      insight.confidence_score,
      insight.source_participants,
      insight.aggregation_method::text,
      insight.privacy_preserved,
      insight.created_at,
      insight.expires_at
    from aggregated_insights as insight
    where insight.tenant_id = v_session.tenant_id and insight.session_id = v_session.session_id
      and app.is_paid_insight(insight)
    order by insight.round, insight.topic_key;
end
$$;

comment on function app.read_federated_insights(uuid) is
  'What came out of a session so far, for its initiator and those who take part; counted and logged.';
alter function app.read_federated_insights(uuid) owner to agent_agency_service;
grant execute on function app.read_federated_insights(uuid) to agent_agency_app;

create function app.score_federated_convergence(p_session federated_sessions) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_score numeric;
begin
  with readable as (
    select insight.topic_key, insight.round, insight.source_participants, item.position, item.value::numeric as value
    from aggregated_insights as insight
    cross join jsonb_array_elements_text(insight.aggregated_content -> 'values') with ordinality as item (value, position)
    where insight.tenant_id = p_session.tenant_id and insight.session_id = p_session.session_id
      and app.is_paid_insight(insight)
  ),
  moved as (
    select
      avg(abs(latest.value - before.value)) / (v_settings.upper - v_settings.lower)
        / case v_settings.method when 'sum' then max(latest.source_participants) else 1 end as by_range
    from readable as latest
    join readable as before
      on before.topic_key = latest.topic_key and before.round = latest.round - 1 and before.position = latest.position
    where latest.round = (select max(round) from readable)
    group by latest.topic_key
  )
  select 1 - least(1, max(moved.by_range)) into v_score from moved having count(*) > 0;

  if v_score is not null then
    update federated_sessions as session
    set convergence_score = v_score
    where session.tenant_id = p_session.tenant_id and session.session_id = p_session.session_id
      and session.convergence_score is distinct from round(v_score, 4);
  end if;
end
$$;

comment on function app.score_federated_convergence(federated_sessions) is
  'Scores how little the last round moved the results of the one before: 1 less the mean distance by the range, of the topic that moved most.';
alter function app.score_federated_convergence(federated_sessions) owner to agent_agency_service;

-- ---------------------------------------------------------------------------------------------------------------
-- Secure sums. Each party splits its value into one share a party, sealed for it; adds up the shares it got; and publishes
-- that. All of the partial sums together are the total, modulo 2^64. Nobody, the database and its administrator
-- included, sees more of a value than the total shows, unless all others put together what they know.

create function app.federated_parties(p_session_id uuid)
returns table (party_number integer, party_key bytea, is_self boolean)
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_without_consent(v_session);
  perform app.count_federated_parties(v_session);
  return query
    select member.party, member.public_key, member.participant_tenant_id = app.require_tenant_id()
    from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = v_session.session_id and member.party is not null
    order by member.party;
end
$$;

comment on function app.federated_parties(uuid) is
  'Numbers and public keys of the parties of a secure session, for each of them; not who they are. Empty before it begins.';
alter function app.federated_parties(uuid) owner to agent_agency_service;
grant execute on function app.federated_parties(uuid) to agent_agency_app;

-- A sealed message: a public key of 32 bytes, a nonce of 12, what is in it, a tag of 16.
create function app.send_federated_shares(p_session_id uuid, p_topic_key text, p_sealed bytea[]) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'active');
  perform app.refuse_without_consent(v_session);
  if p_topic_key = any(v_settings.topic_keys) is not true
    or array_ndims(p_sealed) is distinct from 1
    or cardinality(p_sealed) <> app.count_federated_parties(v_session)
    or exists (
      select from unnest(p_sealed) as share (sealed)
      where octet_length(share.sealed) is distinct from 60 + 8 * v_settings.dimensions
    )
  then
    raise exception using
      errcode = 'AAFVL',
      message = 'shares for this session are one for each party, of one of its topics, with as many values as it has dimensions';
  end if;
  -- Each party adds noise of its own, so it pays for itself, and before anybody sees anything.
  if v_settings.epsilon is not null then
    perform app.charge_privacy_budget(
      app.require_tenant_id()::varchar, v_settings.epsilon, 0, null, app.federated_purpose(v_session)
    );
  end if;
  insert into federated_shares (tenant_id, session_id, round, topic_key, party, initiator_tenant_id, sealed)
  select
    app.require_tenant_id(), v_session.session_id, v_session.round, p_topic_key, share.party, v_session.tenant_id, share.sealed
  from unnest(p_sealed) with ordinality as share (sealed, party);
end
$$;

comment on function app.send_federated_shares(uuid, text, bytea[]) is
  'Sends the current tenant''s shares of the current round, once a topic, in the order of the parties; pays for its noise where the session asks for some.';
alter function app.send_federated_shares(uuid, text, bytea[]) owner to agent_agency_service;
grant execute on function app.send_federated_shares(uuid, text, bytea[]) to agent_agency_app;

create function app.receive_federated_shares(p_session_id uuid, p_topic_key text)
returns table (from_party integer, sealed_share bytea)
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'aggregating');
  perform app.refuse_without_consent(v_session);
  perform app.count_federated_parties(v_session);
  return query
    select sender.party, share.sealed
    from session_participants as sender
    join session_participants as recipient
      on recipient.tenant_id = sender.tenant_id and recipient.session_id = sender.session_id
      and recipient.participant_tenant_id = app.require_tenant_id()
    join federated_shares as share
      on share.tenant_id = sender.participant_tenant_id and share.session_id = sender.session_id
      and share.initiator_tenant_id = sender.tenant_id and share.party = recipient.party
    where sender.tenant_id = v_session.tenant_id and sender.session_id = v_session.session_id
      and share.round = v_session.round and share.topic_key = p_topic_key
    order by sender.party;
end
$$;

comment on function app.receive_federated_shares(uuid, text) is
  'Shares of the current round that are sealed for the current tenant, once the round is closed and all are there.';
alter function app.receive_federated_shares(uuid, text) owner to agent_agency_service;
grant execute on function app.receive_federated_shares(uuid, text) to agent_agency_app;

create function app.publish_partial_sum(
  p_session_id uuid,
  p_topic_key text,
  p_partial numeric[],
  p_attestations bytea[]
) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'aggregating');
  perform app.refuse_without_consent(v_session);
  if p_topic_key = any(v_settings.topic_keys) is not true
    or array_ndims(p_partial) is distinct from 1
    or cardinality(p_partial) <> v_settings.dimensions
    or array_position(p_partial, null) is not null
    or not (0 <= all(p_partial) and 18446744073709551615 >= all(p_partial))
    or exists (select from unnest(p_partial) as item (value) where item.value % 1 <> 0)
    or array_ndims(p_attestations) is distinct from 1
    or cardinality(p_attestations) <> app.count_federated_parties(v_session)
    or exists (select from unnest(p_attestations) as item (sealed) where octet_length(item.sealed) is distinct from 60)
  then
    raise exception using
      errcode = 'AAFVL',
      message = 'a partial sum has as many values as the session has dimensions, whole numbers below 2^64, and a proof for each party';
  end if;
  insert into federated_partial_sums (
    tenant_id, session_id, round, topic_key, initiator_tenant_id, party, partial, attestations
  )
  select
    member.participant_tenant_id,
    member.session_id,
    v_session.round,
    p_topic_key,
    member.tenant_id,
    member.party,
    p_partial,
    p_attestations
  from session_participants as member
  where member.tenant_id = v_session.tenant_id and member.session_id = v_session.session_id
    and member.participant_tenant_id = app.require_tenant_id();
end
$$;

comment on function app.publish_partial_sum(uuid, text, numeric[], bytea[]) is
  'Publishes what the current tenant made of its shares of the current round, once a topic, with a proof of it for each party.';
alter function app.publish_partial_sum(uuid, text, numeric[], bytea[]) owner to agent_agency_service;
grant execute on function app.publish_partial_sum(uuid, text, numeric[], bytea[]) to agent_agency_app;

create function app.publish_secure_topic(p_session federated_sessions, p_topic_key text, p_parties integer) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_top constant numeric := ceil((v_settings.upper - v_settings.lower) / v_settings.resolution);
  v_totals numeric[];
begin
  -- The upper half of the numbers modulo 2^64 stands for negative ones, which only noise makes.
  v_totals := array(
    select total.value - case when total.value >= 9223372036854775808 then 18446744073709551616 else 0 end
    from (
      select item.position, mod(sum(item.value), 18446744073709551616) as value
      from federated_partial_sums as partial
      cross join unnest(partial.partial) with ordinality as item (value, position)
      where partial.initiator_tenant_id = p_session.tenant_id
        and app.opaque(partial.session_id) = p_session.session_id
        and partial.round = p_session.round
        and partial.topic_key = p_topic_key
      group by item.position
    ) as total
    order by total.position
  );
  if v_settings.epsilon is null and not (0 <= all(v_totals) and v_top * p_parties >= all(v_totals)) then
    raise exception using
      errcode = 'AAFTM',
      message = 'the total is out of what values of the session can add up to: a party added up something else',
      hint = 'Fail the session: which party it was cannot be told.';
  end if;
  perform app.store_federated_insight(
    p_session,
    p_topic_key,
    array(
      select p_parties * v_settings.lower + v_settings.resolution * item.value
      from unnest(v_totals) with ordinality as item (value, position)
      order by item.position
    ),
    -- Chebyshev's inequality for the sum of the parties' noise, each of variance 2 (top d / epsilon)^2.
    coalesce(
      sqrt(20.0 * 2 * p_parties) * v_top * v_settings.dimensions / v_settings.epsilon * v_settings.resolution, 0
    ),
    p_parties
  );
end
$$;

comment on function app.publish_secure_topic(federated_sessions, text, integer) is
  'Adds the parties'' partial sums of a topic up; error AAFTM if the total cannot be one.';
alter function app.publish_secure_topic(federated_sessions, text, integer) owner to agent_agency_service;

create function app.finish_secure_round(p_session_id uuid) returns integer
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session federated_sessions;
  v_topics text[];
  v_topic text;
  v_parties integer;
begin
  v_session := app.lock_federated_session(p_session_id, true, true);
  v_topics := (app.read_federated_settings(v_session.settings)).topic_keys;
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'aggregating');
  -- Whoever does not consent any more is in the sums already: nothing is released.
  perform app.drop_unwilling_members(v_session);
  v_parties := app.count_federated_parties(v_session);
  perform app.refuse_missing_messages(v_parties * cardinality(v_topics) - (
    select count(*) from federated_partial_sums as partial
    where partial.initiator_tenant_id = v_session.tenant_id and app.opaque(partial.session_id) = v_session.session_id
      and partial.round = v_session.round
  ));
  foreach v_topic in array v_topics loop
    perform app.publish_secure_topic(v_session, v_topic, v_parties);
  end loop;
  perform app.end_federated_round(
    v_session,
    array(
      select member.participant_tenant_id from session_participants as member
      where member.tenant_id = v_session.tenant_id and member.session_id = v_session.session_id
        and member.party is not null
    ),
    cardinality(v_topics)
  );
  return cardinality(v_topics);
end
$$;

comment on function app.finish_secure_round(uuid) is
  'Makes insights of the partial sums of the current round, one a topic, if all are there; they can be read in a later transaction.';
alter function app.finish_secure_round(uuid) owner to agent_agency_service;
grant execute on function app.finish_secure_round(uuid) to agent_agency_app;

create function app.read_partial_sums(p_session_id uuid, p_round integer, p_topic_key text)
returns table (from_party integer, partial_sum numeric[], own_attestation bytea)
language plpgsql
stable
parallel restricted
security definer
set search_path = pg_catalog, public, app, pg_temp
as $$
declare
  v_session constant federated_sessions := app.readable_federated_session(p_session_id);
begin
  return query
    select partial.party, partial.partial, partial.attestations[recipient.party]
    from federated_partial_sums as partial
    join session_participants as recipient
      on recipient.tenant_id = partial.initiator_tenant_id and recipient.session_id = partial.session_id
      and recipient.participant_tenant_id = app.require_tenant_id() and recipient.party is not null
    where partial.initiator_tenant_id = v_session.tenant_id and app.opaque(partial.session_id) = v_session.session_id
      and partial.round = p_round and partial.topic_key = p_topic_key
      -- Not before they are the total.
      and exists (
        select from aggregated_insights as insight
        where insight.tenant_id = v_session.tenant_id and insight.session_id = v_session.session_id
          and insight.round = p_round and insight.topic_key = p_topic_key and app.is_paid_insight(insight)
      )
    order by partial.party;
end
$$;

comment on function app.read_partial_sums(uuid, integer, text) is
  'The partial sums that a total was made of, each with its proof for the current tenant; for parties, once they can read the total.';
alter function app.read_partial_sums(uuid, integer, text) owner to agent_agency_service;
grant execute on function app.read_partial_sums(uuid, integer, text) to agent_agency_app;
