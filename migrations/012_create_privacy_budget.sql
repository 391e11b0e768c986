-- What leaves a tenant is paid for: a budget for its agents' privacy, a ledger of what was spent of it, and figures over
-- several tenants that are seen only after they are paid.
-- lint: allow-file locks-one-after-another for moments; without its locks in half a second it is run again

alter table tenant_privacy_config add column composition varchar(10) not null default 'basic';
-- lint: allow check-validates-at-once a row a tenant, and the column is new
alter table tenant_privacy_config
  add constraint tenant_privacy_config_composition_check check (composition in ('basic', 'zcdp'));

select app.limit_statistics('tenant_privacy_config');

comment on column tenant_privacy_config.composition is
  'How charges add up to the budget (epsilon, delta): basic, each for itself, or zcdp, as concentrated differential privacy.';

create policy tenant_privacy_config_service_select on tenant_privacy_config for select to agent_agency_service using (true);
create policy tenant_privacy_config_service_update on tenant_privacy_config for update to agent_agency_service
  using (true) with check (true);
grant select, update on tenant_privacy_config to agent_agency_service;

-- The number makes it impossible to spend the same budget twice: of two transactions that do not see each other's
-- entries, one has to give way.
create table tenant_privacy_ledger (
  tenant_id varchar(255) not null,
  entry bigint not null,
  epsilon numeric not null,
  delta numeric not null,
  rho numeric, -- null: what was done has no such bound
  purpose varchar(500) not null,
  spender_tenant_id varchar(255), -- null: an operator, without a tenant
  charged_at timestamptz not null default now(),
  constraint tenant_privacy_ledger_pkey primary key (tenant_id, entry),
  constraint tenant_privacy_ledger_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint tenant_privacy_ledger_entry_check check (entry > 0),
  -- NaN is greater than Infinity, so an upper bound is what keeps both out.
  constraint tenant_privacy_ledger_epsilon_check check (epsilon > 0 and epsilon < 'Infinity'),
  constraint tenant_privacy_ledger_delta_check check (delta >= 0 and delta < 1),
  constraint tenant_privacy_ledger_rho_check check (rho > 0 and rho < 'Infinity'),
  constraint tenant_privacy_ledger_purpose_check check (length(purpose) > 0)
);

comment on table tenant_privacy_ledger is
  'What was spent of a tenant''s privacy budget, entry by entry. It is spent for good: time does not bring it back.';
comment on column tenant_privacy_ledger.tenant_id is 'Tenant whose budget it is.';
comment on column tenant_privacy_ledger.entry is 'Number of the entry, from 1, without gaps.';
comment on column tenant_privacy_ledger.epsilon is 'Epsilon of what was done, by itself.';
comment on column tenant_privacy_ledger.delta is 'Delta of what was done, by itself; 0 for pure differential privacy.';
comment on column tenant_privacy_ledger.rho is 'Its rho of concentrated differential privacy; null where there is none.';
comment on column tenant_privacy_ledger.purpose is 'What it was spent for.';
comment on column tenant_privacy_ledger.spender_tenant_id is 'Tenant that asked for it; null for an operator.';
comment on column tenant_privacy_ledger.charged_at is 'When the transaction began that spent it.';

select app.isolate_tenant_table('tenant_privacy_ledger', 'tenant_id', 'tenant_privacy_ledger_isolation');

create policy tenant_privacy_ledger_service on tenant_privacy_ledger for select to agent_agency_service using (true);
create policy tenant_privacy_ledger_service_insert on tenant_privacy_ledger for insert to agent_agency_service
  with check (true);
grant select, insert on tenant_privacy_ledger to agent_agency_service;
grant select on tenant_privacy_ledger to agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- Accounting. Both directions of one inequality, computed to 40 decimals and rounded against whoever spends.

create function app.zcdp_epsilon(p_rho numeric, p_delta numeric) returns numeric
language sql
immutable
parallel safe
return case
  when p_rho = 0 then 0
  when p_rho between 1e-30 and 1e6 and p_delta >= 1e-30 and p_delta < 1 then
    round(p_rho + 2 * sqrt(p_rho * -ln(round(p_delta, 40))), 30) + 1e-30
end;

comment on function app.zcdp_epsilon(numeric, numeric) is
  'Epsilon that rho-zCDP has at a delta, rounded up: rho + 2 sqrt(rho ln(1/delta)) (Bun, Steinke 2016, proposition 1.3). Null where it is not known.';

create function app.zcdp_rho(p_epsilon numeric, p_delta numeric) returns numeric
language sql
immutable
parallel safe
begin atomic
  select greatest(round(root * root, 30) - 3e-30, 0)
  from (
    select p_epsilon / (sqrt(p_epsilon - ln(round(p_delta, 40))) + sqrt(-ln(round(p_delta, 40)))) as root
    where p_epsilon > 0 and p_epsilon <= 1e6 and p_delta >= 1e-30 and p_delta < 1
  ) as solved;
end;

comment on function app.zcdp_rho(numeric, numeric) is
  'Largest rho whose zCDP implies (epsilon, delta), rounded down: app.zcdp_epsilon() of it is not above epsilon. Null where it is not known.';

grant execute on function app.zcdp_epsilon(numeric, numeric), app.zcdp_rho(numeric, numeric)
  to agent_agency_service, agent_agency_app, agent_agency_readonly;

create function app.spend_privacy_budget(
  p_tenant_id varchar(255),
  p_epsilon numeric,
  p_delta numeric,
  p_rho numeric,
  p_purpose varchar(500)
) returns boolean
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  -- Pure differential privacy has a rho of its own (Bun, Steinke 2016, proposition 1.4).
  v_rho constant numeric := case when p_rho is null and p_delta = 0 then p_epsilon * p_epsilon * 0.5 else p_rho end;
  v_config record;
  v_spent record;
  v_fits boolean;
begin
  -- "Is not true", here and below: what is missing or not a number never fits.
  if (p_epsilon > 0 and p_epsilon < 'Infinity' and p_delta >= 0 and p_delta < 1 and length(p_purpose) > 0) is not true then
    return false;
  end if;
  -- Who claims less for one way of accounting than the other one says would pay too little.
  if p_rho is not null and (
    p_rho > 0
    and case
      when p_delta = 0 then p_rho >= p_epsilon * p_epsilon * 0.5 and p_rho < 'Infinity'
      else app.zcdp_epsilon(p_rho, p_delta) <= p_epsilon
    end
  ) is not true then
    return false;
  end if;

  select config.epsilon, config.delta, config.composition into v_config
  from tenant_privacy_config as config
  join tenants as tenant on tenant.id = config.tenant_id
  where config.tenant_id = p_tenant_id and tenant.suspended_at is null
  for update of config;
  if not found then
    return false;
  end if;

  -- A statement of its own: it sees what was committed while the last one waited for the lock.
  select
    coalesce(max(spent.entry), 0) as entry,
    coalesce(sum(spent.epsilon), 0) as epsilon,
    coalesce(sum(spent.delta), 0) as delta,
    coalesce(sum(spent.rho), 0) as rho,
    count(*) filter (where spent.rho is null) = 0 as is_concentrated
  into v_spent
  from tenant_privacy_ledger as spent
  where spent.tenant_id = p_tenant_id;

  v_fits := case v_config.composition
    when 'basic' then
      v_spent.epsilon + p_epsilon <= v_config.epsilon and v_spent.delta + p_delta <= v_config.delta
    when 'zcdp' then
      v_spent.is_concentrated and app.zcdp_epsilon(v_spent.rho + v_rho, v_config.delta) <= v_config.epsilon
  end;
  if v_fits is not true then
    return false;
  end if;

  -- The number can be taken only by an entry that this transaction's snapshot, older than the lock, does not show: then
  -- PostgreSQL reports a serialization failure.
  insert into tenant_privacy_ledger (tenant_id, entry, epsilon, delta, rho, purpose, spender_tenant_id)
  values (p_tenant_id, v_spent.entry + 1, p_epsilon, p_delta, v_rho, p_purpose, app.current_tenant_id())
  on conflict (tenant_id, entry) do nothing;
  return found;
end
$$;

comment on function app.spend_privacy_budget(varchar, numeric, numeric, numeric, varchar) is
  'Enters a charge into a tenant''s ledger if its budget covers it, and says whether. The tenant''s other spenders wait until this transaction ends.';

grant execute on function app.spend_privacy_budget(varchar, numeric, numeric, numeric, varchar) to agent_agency_service;

create function app.charge_privacy_budget(
  p_tenant_id varchar(255),
  p_epsilon numeric,
  p_delta numeric,
  p_rho numeric,
  p_purpose varchar(500)
) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- Neither whose budget it is nor how much is left: the caller may be another tenant.
  if not app.spend_privacy_budget(p_tenant_id, p_epsilon, p_delta, p_rho, p_purpose) then
    raise exception using
      errcode = 'AAPBX',
      message = 'no privacy budget covers this, and nothing was spent',
      hint = 'Ask for less, or have an operator give the tenant more.';
  end if;
end
$$;

comment on function app.charge_privacy_budget(varchar, numeric, numeric, numeric, varchar) is
  'Spends of a tenant''s privacy budget, or error AAPBX. rho is null where the mechanism has none of its own.';

grant execute on function app.charge_privacy_budget(varchar, numeric, numeric, numeric, varchar) to agent_agency_service;

-- ---------------------------------------------------------------------------------------------------------------
-- Consent.

create function app.consenting_tenants(p_tenant_id varchar(255)) returns setof text
language sql
stable
parallel safe
begin atomic
  select other.id::text
  from tenants as own
  join tenant_privacy_config as own_config on own_config.tenant_id = own.id
  join tenants as other on other.project_id = any(own_config.allowed_tenant_groups)
  join tenant_privacy_config as other_config on other_config.tenant_id = other.id
  where own.id = p_tenant_id
    and own.project_id = any(other_config.allowed_tenant_groups)
    and own.isolation_level = 'federated'
    and other.isolation_level = 'federated'
    and own_config.allow_cross_tenant_learning
    and other_config.allow_cross_tenant_learning
    and own.suspended_at is null
    and other.suspended_at is null;
end;

comment on function app.consenting_tenants(varchar) is
  'Tenants that let aggregates leave for a tenant as it does for them: both federated, not suspended, learning across tenants, and each with the other''s project among its groups.';

create function app.tenants_consent(p_one varchar(255), p_other varchar(255)) returns boolean
language sql
stable
parallel safe
begin atomic
  select exists (select from app.consenting_tenants(p_one) as consenting (id) where consenting.id = p_other);
end;

comment on function app.tenants_consent(varchar, varchar) is 'Whether two tenants let aggregates leave for each other; see app.consenting_tenants().';

grant execute on function app.consenting_tenants(varchar), app.tenants_consent(varchar, varchar) to agent_agency_service;

-- A tenant may give up less than it does, never more: what its rows may be used for is not an application's to widen.
create function app.change_privacy_config(p_tenant_id varchar(255), p_changes jsonb, p_may_loosen boolean) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_old tenant_privacy_config;
  v_new tenant_privacy_config;
begin
  if jsonb_typeof(p_changes) is distinct from 'object' or p_changes - array[
    'privacy_level', 'k_anonymity', 'epsilon', 'delta', 'composition', 'allow_cross_tenant_learning', 'allowed_tenant_groups'
  ] <> '{}' then
    raise exception using
      errcode = '22023',
      message = 'privacy settings are an object of columns that can be changed';
  end if;
  select config.* into v_old from tenant_privacy_config as config where config.tenant_id = p_tenant_id for update;
  if not found then
    raise exception using errcode = 'AATNF', message = 'there is no such tenant';
  end if;
  v_new := jsonb_populate_record(v_old, p_changes);

  if not p_may_loosen and (
    v_new.privacy_level >= v_old.privacy_level
    and v_new.k_anonymity >= v_old.k_anonymity
    and v_new.epsilon <= v_old.epsilon
    and v_new.delta <= v_old.delta
    -- Neither way of adding up is the stricter one: which allows more depends on what was spent.
    and v_new.composition = v_old.composition
    and v_new.allow_cross_tenant_learning <= v_old.allow_cross_tenant_learning
    and v_new.allowed_tenant_groups <@ v_old.allowed_tenant_groups
  ) is not true then
    raise exception using
      errcode = 'AAPLO',
      message = 'a tenant only tightens its own privacy',
      hint = 'Have an operator loosen it.';
  end if;

  update tenant_privacy_config as config
  set
    privacy_level = v_new.privacy_level,
    k_anonymity = v_new.k_anonymity,
    epsilon = v_new.epsilon,
    delta = v_new.delta,
    composition = v_new.composition,
    allow_cross_tenant_learning = v_new.allow_cross_tenant_learning,
    allowed_tenant_groups = v_new.allowed_tenant_groups
  where config.tenant_id = p_tenant_id;
end
$$;

comment on function app.change_privacy_config(varchar, jsonb, boolean) is
  'Changes privacy settings, by column; error AAPLO for one that protects less, unless that is allowed.';

grant execute on function app.change_privacy_config(varchar, jsonb, boolean) to agent_agency_service;

create function app.tighten_privacy_config(p_changes jsonb) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform app.change_privacy_config(app.require_tenant_id()::varchar, p_changes, false);
end
$$;

comment on function app.tighten_privacy_config(jsonb) is
  'Changes the current tenant''s privacy settings, to such as protect more.';

alter function app.tighten_privacy_config(jsonb) owner to agent_agency_service;
grant execute on function app.tighten_privacy_config(jsonb) to agent_agency_app;

create function app.put_privacy_config(p_tenant_id varchar(255), p_changes jsonb) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform app.change_privacy_config(p_tenant_id, p_changes, true);
end
$$;

comment on function app.put_privacy_config(varchar, jsonb) is
  'Changes a tenant''s privacy settings, by column. For operators: the application may not execute it.';

alter function app.put_privacy_config(varchar, jsonb) owner to agent_agency_service;
grant execute on function app.put_privacy_config(varchar, jsonb) to agent_agency_owner;

-- ---------------------------------------------------------------------------------------------------------------
-- The discrete Gaussian. Its fractions outgrow bigint; numeric computes whole numbers of any size exactly.

create function app.random_whole_below(p_bound numeric) returns numeric
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chunk constant bigint := 1::bigint << 48;
  v_range numeric;
  v_number numeric;
begin
  if (p_bound >= 1 and p_bound < 'Infinity' and p_bound = trunc(p_bound)) is not true then
    raise exception using errcode = '22023', message = 'the bound of a random number has to be a whole one, of 1 or more';
  end if;
  loop
    v_range := 1;
    v_number := 0;
    while v_range < p_bound loop
      v_range := v_range * v_chunk;
      v_number := v_number * v_chunk + app.random_below(v_chunk);
    end loop;
    -- A number from the incomplete last interval would make small remainders more likely.
    exit when v_number < v_range - v_range % p_bound;
  end loop;
  return v_number % p_bound;
end
$$;

comment on function app.random_whole_below(numeric) is
  'Uniform whole number from 0 to below a bound of any size, from a cryptographic generator.';

create function app.happens_with_exp_of(p_numerator numeric, p_denominator numeric) returns boolean
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wholes numeric;
  v_draws numeric := 1;
begin
  if (
    p_numerator >= 0 and p_denominator >= 1 and p_numerator = trunc(p_numerator) and p_denominator = trunc(p_denominator)
    and p_numerator < 'Infinity' and p_denominator < 'Infinity'
  ) is not true then
    raise exception using errcode = '22023', message = 'an exponent is a fraction of whole numbers, 0 or more';
  end if;
  v_wholes := div(p_numerator, p_denominator);
  while v_wholes > 0 loop
    if not app.happens_with_exp(1, 1) then
      return false;
    end if;
    v_wholes := v_wholes - 1;
  end loop;
  while app.random_whole_below(p_denominator * v_draws) < p_numerator % p_denominator loop
    v_draws := v_draws + 1;
  end loop;
  return v_draws % 2 = 1;
end
$$;

comment on function app.happens_with_exp_of(numeric, numeric) is
  'True with probability exp(-numerator/denominator), for a fraction of whole numbers from 0, exactly (Canonne, Kamath, Steinke 2020, algorithm 1).';

create function app.discrete_gaussian(p_numerator numeric, p_denominator numeric) returns bigint
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_scale bigint;
  v_number bigint;
begin
  if (
    p_numerator >= 1 and p_denominator >= 1 and p_numerator = trunc(p_numerator) and p_denominator = trunc(p_denominator)
    and p_denominator < 'Infinity' and p_numerator < p_denominator * 1e24
  ) is not true then
    raise exception using errcode = '22023', message = 'a variance is a fraction of whole numbers, above 0 and below 10^24';
  end if;
  -- Any scale gives the same distribution; about the standard deviation throws the least away.
  v_scale := trunc(sqrt(p_numerator / p_denominator)) + 1;
  loop
    v_number := app.discrete_laplace(v_scale, 1);
    -- exp(-(|number| - variance / scale)² / (2 variance)), as a fraction
    exit when app.happens_with_exp_of(
      (abs(v_number) * p_denominator * v_scale - p_numerator) * (abs(v_number) * p_denominator * v_scale - p_numerator),
      2 * p_numerator * p_denominator * v_scale * v_scale
    );
  end loop;
  return v_number;
end
$$;

comment on function app.discrete_gaussian(numeric, numeric) is
  'Whole number from the discrete Gaussian distribution of variance numerator/denominator, exactly (Canonne, Kamath, Steinke 2020, algorithm 3).';

grant execute on function app.random_below(bigint), app.happens_with_exp(bigint, bigint), app.discrete_laplace(bigint, bigint)
  to agent_agency_service;
grant execute on function
  app.random_whole_below(numeric), app.happens_with_exp_of(numeric, numeric), app.discrete_gaussian(numeric, numeric)
  to agent_agency_service, agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- Figures over several tenants. A transaction could ask, look, and roll back what it paid: so one asks and pays, and only
-- a later one sees the answer.

create table app.privacy_releases (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  request jsonb not null,
  epsilon numeric not null,
  delta numeric not null,
  result numeric, -- null: suppressed
  noise_scale numeric, -- null: a mean has two noises, and no scale of its own
  transaction_id xid8 not null default pg_current_xact_id(),
  released_at timestamptz not null default now(),
  constraint privacy_releases_pkey primary key (tenant_id, id),
  constraint privacy_releases_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint privacy_releases_request_check check (jsonb_typeof(request) = 'object')
);

comment on table app.privacy_releases is
  'Figures over several tenants, each paid for by their privacy budgets. app.read_privacy_release() hands them out.';
comment on column app.privacy_releases.tenant_id is 'Tenant that asked.';
comment on column app.privacy_releases.id is 'Identifier of the release.';
comment on column app.privacy_releases.request is 'What was asked, a JSON object.';
comment on column app.privacy_releases.epsilon is 'What each tenant that was asked has paid, epsilon.';
comment on column app.privacy_releases.delta is 'What each tenant that was asked has paid, delta.';
comment on column app.privacy_releases.result is 'The figure, with noise; null if too few tenants contributed.';
comment on column app.privacy_releases.noise_scale is
  'Scale of the noise: b of Laplace''s, the standard deviation of Gauss''s; null for a mean, which has two.';
comment on column app.privacy_releases.transaction_id is 'Transaction that paid; the figure is for later ones only.';
comment on column app.privacy_releases.released_at is 'When that transaction began.';

select app.isolate_tenant_table('app.privacy_releases', 'tenant_id', 'tenant_privacy_release_isolation');

create policy privacy_releases_service on app.privacy_releases for select to agent_agency_service using (true);
create policy privacy_releases_service_insert on app.privacy_releases for insert to agent_agency_service with check (true);
grant select, insert on app.privacy_releases to agent_agency_service;
-- Every column but those that answer.
grant select (tenant_id, id, request, epsilon, delta, transaction_id, released_at) on app.privacy_releases
  to agent_agency_app, agent_agency_readonly;

create policy performance_events_service on performance_events for select to agent_agency_service using (true);
grant select on performance_events to agent_agency_service;

create function app.read_privacy_release(p_id uuid)
returns table (release_request jsonb, release_result numeric, release_noise_scale numeric, release_at timestamptz)
language plpgsql
stable
parallel restricted
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_release app.privacy_releases;
begin
  select release.* into v_release
  from app.privacy_releases as release
  where release.tenant_id = app.require_tenant_id() and release.id = p_id;
  if not found then
    raise exception using errcode = 'AARNF', message = 'the tenant has no such release';
  end if;
  -- Numbers of transactions begin anew when a dump is restored: the instant tells those of then from those of now.
  if v_release.transaction_id = pg_current_xact_id_if_assigned() and v_release.released_at = now() then
    raise exception using
      errcode = 'AARNC',
      message = 'the release is not paid for yet: this transaction could still take that back',
      hint = 'Commit, and read it in another transaction.';
  end if;
  return query select v_release.request, v_release.result, v_release.noise_scale, v_release.released_at;
end
$$;

comment on function app.read_privacy_release(uuid) is
  'Figure that the current tenant asked for in an earlier transaction; error AARNF for no such one, AARNC in the transaction that asked.';

alter function app.read_privacy_release(uuid) owner to agent_agency_service;
grant execute on function app.read_privacy_release(uuid) to agent_agency_app;

-- An agent's rows are chosen by their identifiers and never by what was measured. Each value is brought between the bounds
-- and to whole units before anything is added, so that one agent moves the total by no more than is reckoned with.
create function app.bounded_contributions(
  p_request jsonb,
  p_tenants text[]
) returns table (contributor text, contributed bigint, total_units numeric)
language sql
stable
parallel safe
begin atomic
  with measured as (
    select event.tenant_id, event.agent_id, event.id, metric.value
    from performance_events as event
    cross join lateral (
      select case p_request ->> 'measure'
        when 'latency_ms' then event.latency_metrics -> 'averageMs'
        when 'success_rate' then event.accuracy_metrics -> 'successRate'
      end as json
    ) as field
    cross join lateral (
      -- A text in place of a number is no number, and no error.
      select case when jsonb_typeof(field.json) = 'number' then (field.json #>> '{}')::numeric end as value
    ) as metric
    where p_request ->> 'resource' = 'performance_events'
      and event.tenant_id = any(p_tenants)
      and event.event_type = p_request ->> 'group'
      -- What is of no agent is nobody's contribution, and nothing bounds it.
      and event.agent_id is not null
    union all
    select
      capability.tenant_id,
      capability.agent_id,
      capability.id,
      case p_request ->> 'measure'
        when 'confidence' then capability.confidence
        when 'success_rate' then capability.success_rate
        when 'demonstration_count' then capability.demonstration_count
      end
    from agent_capabilities_graph as capability
    where p_request ->> 'resource' = 'agent_capabilities_graph'
      and capability.tenant_id = any(p_tenants)
      and capability.canonical_name = p_request ->> 'group'
  ),
  bounded as (
    select
      tenant_id,
      case when p_request ? 'measure' then
        floor(
          least(greatest(value, (p_request ->> 'lower')::numeric), (p_request ->> 'upper')::numeric)
          / (p_request ->> 'resolution')::numeric + 0.5
        )
      end as units,
      row_number() over (partition by tenant_id, agent_id order by id) as number
    from measured
    where value is not null or not p_request ? 'measure'
  )
  select tenant_id::text, count(*), sum(units)
  from bounded
  where number <= (p_request ->> 'max_rows_per_agent')::integer
  group by tenant_id;
end;

comment on function app.bounded_contributions(jsonb, text[]) is
  'What each tenant contributes to a figure: rows, so many an agent at most, and the sum of a measure in units of its resolution.';

grant execute on function app.bounded_contributions(jsonb, text[]) to agent_agency_service;

create function app.privacy_noise(p_sensitivity numeric, p_epsilon numeric, p_rho numeric) returns bigint
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_shift constant numeric := (1::text || repeat('0', scale(coalesce(p_rho, p_epsilon))))::numeric;
begin
  if p_rho is null then
    return app.discrete_laplace((p_sensitivity * v_shift)::bigint, (p_epsilon * v_shift)::bigint);
  end if;
  return app.discrete_gaussian(p_sensitivity * p_sensitivity * v_shift, 2 * p_rho * v_shift);
end
$$;

comment on function app.privacy_noise(numeric, numeric, numeric) is
  'Noise for a whole number that one subject moves by so much at most: discrete Laplace of epsilon or, where rho is given, discrete Gaussian of rho-zCDP.';

grant execute on function app.privacy_noise(numeric, numeric, numeric) to agent_agency_service;

create function app.tenants_to_ask(p_asking varchar(255), p_resource varchar(63)) returns setof text
language sql
stable
parallel safe
begin atomic
  select consenting.id
  from app.consenting_tenants(p_asking) as consenting (id)
  join tenant_privacy_config as config on config.tenant_id = consenting.id
  where consenting.id <> p_asking
    and config.privacy_level <> 'secure'
    and not exists (
      select from tenant_access_policies as policy
      where policy.tenant_id = consenting.id
        and policy.resource_type = p_resource
        and not (policy.access_level = 'federate' and p_asking = any(policy.allowed_tenants))
    );
end;

comment on function app.tenants_to_ask(varchar, varchar) is
  'Tenants whose rows may be in figures for another one: both consent, their access policy lets it, and they do not ask for more than noise.';

grant execute on function app.tenants_to_ask(varchar, varchar) to agent_agency_service;

create function app.require_learning_tenant() returns text
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_config record;
begin
  select tenant.isolation_level, config.allow_cross_tenant_learning, config.privacy_level into v_config
  from tenants as tenant
  join tenant_privacy_config as config on config.tenant_id = tenant.id
  where tenant.id = v_tenant;
  if (v_config.isolation_level = 'federated' and v_config.allow_cross_tenant_learning) is not true then
    raise exception using
      errcode = 'AANFD',
      message = 'the tenant does not learn across tenants',
      hint = 'Its isolation level has to be federated, and allow_cross_tenant_learning set: both are an operator''s to change.';
  end if;
  if v_config.privacy_level = 'secure' then
    raise exception using
      errcode = 'AASEC',
      message = 'the privacy level secure asks for computing among several parties; noise alone is less',
      hint = 'Share secrets between the tenants, or use the level differential.';
  end if;
  return v_tenant;
end
$$;

comment on function app.require_learning_tenant() is
  'The current tenant, if it may ask for figures with noise; error AANFD where it does not learn across tenants, AASEC at the level secure.';

grant execute on function app.require_learning_tenant() to agent_agency_service;

create function app.is_aggregate(
  p_resource varchar(63),
  p_group varchar(500),
  p_aggregate varchar(10),
  p_measure varchar(63),
  p_max_rows_per_agent integer,
  p_lower numeric,
  p_upper numeric,
  p_resolution numeric,
  p_epsilon numeric,
  p_delta numeric
) returns boolean
language sql
immutable
parallel safe
return (
  p_aggregate in ('count', 'sum', 'mean')
  and length(p_group) between 1 and 500
  and p_max_rows_per_agent between 1 and 10000
  and p_epsilon between 0.0001 and 100
  and scale(trim_scale(p_epsilon)) <= 6
  and (p_delta = 0 or p_delta between 1e-30 and 0.5)
  and case p_aggregate
    when 'count' then
      p_resource in ('performance_events', 'agent_capabilities_graph')
      and num_nonnulls(p_measure, p_lower, p_upper, p_resolution) = 0
    else
      (p_resource, p_measure) in (
        ('performance_events', 'latency_ms'),
        ('performance_events', 'success_rate'),
        ('agent_capabilities_graph', 'confidence'),
        ('agent_capabilities_graph', 'success_rate'),
        ('agent_capabilities_graph', 'demonstration_count')
      )
      and p_lower < p_upper
      and case when p_resolution between 1e-9 and 1e9 then
        greatest(abs(p_lower), abs(p_upper)) <= p_resolution * 1e9
        and p_lower % p_resolution = 0
        and p_upper % p_resolution = 0
      end
  end
) is true;

comment on function app.is_aggregate(
  varchar, varchar, varchar, varchar, integer, numeric, numeric, numeric, numeric, numeric
) is 'Whether app.request_federated_aggregate() can be asked for this. It looks at nobody''s rows.';

grant execute on function app.is_aggregate(
  varchar, varchar, varchar, varchar, integer, numeric, numeric, numeric, numeric, numeric
) to agent_agency_service;

-- What is promised: whoever sees the figure learns of any one agent of another tenant no more than (epsilon, delta)
-- allows, whatever else is known. All that are asked pay the same, whether they had anything to tell or not.
--
-- What is not: that a figure is given at all tells that at least k of the tenants that were asked had rows of the group,
-- and none that they had not. That bit is exact, has no noise and costs nothing; an agent that is the only one of its
-- tenant with such rows can turn it. How long asking takes, and what the server's statistics count meanwhile, depend on
-- how many rows there are: who runs SQL of its own as the application can look at both.
create function app.request_federated_aggregate(
  p_resource varchar(63),
  p_group varchar(500),
  p_aggregate varchar(10),
  p_measure varchar(63),
  p_max_rows_per_agent integer,
  p_lower numeric,
  p_upper numeric,
  p_resolution numeric,
  p_epsilon numeric,
  p_delta numeric
) returns uuid
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_caller constant text := app.require_learning_tenant();
  v_request constant jsonb := jsonb_strip_nulls(jsonb_build_object(
    'resource', p_resource, 'group', p_group, 'aggregate', p_aggregate, 'measure', p_measure,
    'max_rows_per_agent', p_max_rows_per_agent, 'lower', p_lower, 'upper', p_upper, 'resolution', p_resolution
  ));
  v_hash constant text := encode(sha256(convert_to(v_request::text, 'UTF8')), 'hex');
  -- A mean is two figures, a number of rows and a sum: each gets half.
  v_share constant numeric := case p_aggregate when 'mean' then 0.5 else 1 end;
  v_epsilon numeric;
  v_rho numeric; -- null: Laplace
  v_sensitivity numeric;
  v_noise_scale numeric;
  v_tenant text;
  v_asked text[] := '{}';
  v_contribution record;
  v_tenants integer := 0;
  v_rows numeric := 0;
  v_units numeric := 0;
  v_result numeric;
  v_k integer;
  v_id uuid;
begin
  if not app.is_aggregate(
    p_resource, p_group, p_aggregate, p_measure, p_max_rows_per_agent, p_lower, p_upper, p_resolution, p_epsilon, p_delta
  ) then
    raise exception using
      errcode = '22023',
      message = 'an aggregate is a count, or a sum or mean of a known measure between bounds that its resolution divides',
      hint = 'Rows per agent: 1 to 10000; epsilon: 0.0001 to 100 with six decimals; delta: 0, or 10^-30 to 0.5.';
  end if;

  v_epsilon := trim_scale(p_epsilon * v_share);
  if p_delta > 0 then
    v_rho := app.zcdp_rho(p_epsilon, p_delta) * v_share;
  end if;
  -- In units of the resolution; for a mean, half units on either side of the middle between the bounds.
  v_sensitivity := ceil(p_max_rows_per_agent * case p_aggregate
    when 'count' then 1
    when 'sum' then greatest(abs(p_lower), abs(p_upper)) / p_resolution
    else (p_upper - p_lower) / p_resolution
  end);
  v_noise_scale := v_sensitivity / coalesce(sqrt(2 * v_rho), v_epsilon);
  -- What the generators can do: fractions of bigint, and random numbers of 48 bits with room for a hundred draws.
  if (v_noise_scale <= 1e11 and v_sensitivity * power(10::numeric, scale(v_epsilon)) <= 1e12) is not true then
    raise exception using
      errcode = '22023',
      message = 'the noise would have more digits than it can be drawn with',
      hint = 'Narrow the bounds, count fewer rows per agent, or take a coarser resolution.';
  end if;

  -- In one order, so that two who ask the same tenants wait for each other and do not block each other.
  for v_tenant in select asked.id from app.tenants_to_ask(v_caller, p_resource) as asked (id) order by asked.id loop
    perform from tenant_privacy_config as config where config.tenant_id = v_tenant for update;
    -- Again, as it stands after the wait for the lock.
    continue when not exists (
      select from app.tenants_to_ask(v_caller, p_resource) as asked (id) where asked.id = v_tenant
    );
    continue when not app.spend_privacy_budget(
      v_tenant, p_epsilon, p_delta, case when p_delta > 0 then app.zcdp_rho(p_epsilon, p_delta) end,
      concat_ws(' ', p_aggregate, 'of', concat_ws('.', p_resource, p_measure))
    );
    v_asked := v_asked || v_tenant;
  end loop;

  for v_contribution in
    select asked.id, coalesce(given.contributed, 0) as rows, coalesce(given.total_units, 0) as units
    from unnest(v_asked) as asked (id)
    left join app.bounded_contributions(v_request, v_asked) as given on given.contributor = asked.id
  loop
    v_tenants := v_tenants + (v_contribution.rows > 0)::integer;
    v_rows := v_rows + v_contribution.rows;
    v_units := v_units + v_contribution.units;
    perform app.record_tenant_access(
      v_contribution.id::varchar, 'aggregate', p_resource, v_hash::varchar, least(v_contribution.rows, 2147483647)::integer
    );
  end loop;

  v_result := case p_aggregate
    when 'count' then v_rows + app.privacy_noise(v_sensitivity, v_epsilon, v_rho)
    when 'sum' then (v_units + app.privacy_noise(v_sensitivity, v_epsilon, v_rho)) * p_resolution
    else least(greatest(
      (p_lower + p_upper) * 0.5
      + (v_units * 2 - v_rows * ((p_lower + p_upper) / p_resolution) + app.privacy_noise(v_sensitivity, v_epsilon, v_rho))
      / greatest(v_rows + app.privacy_noise(p_max_rows_per_agent, v_epsilon, v_rho), 1)
      * 0.5 * p_resolution,
      p_lower
    ), p_upper)
  end;

  -- Of all that were asked, not only of those that had something: the threshold itself says nothing of anybody's rows.
  select max(config.k_anonymity) into v_k from tenant_privacy_config as config where config.tenant_id = any(v_asked);

  insert into app.privacy_releases (tenant_id, request, epsilon, delta, result, noise_scale)
  values (
    v_caller,
    v_request,
    p_epsilon,
    p_delta,
    case when v_tenants >= v_k then v_result end,
    case p_aggregate when 'count' then v_noise_scale when 'sum' then v_noise_scale * p_resolution end
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.request_federated_aggregate(
  varchar, varchar, varchar, varchar, integer, numeric, numeric, numeric, numeric, numeric
) is
  'Pays for a figure over the other tenants that consent with the current one, and says under which id a later transaction reads it. Noise hides each agent; the figure is withheld where fewer tenants contribute than any of them demands.';

alter function app.request_federated_aggregate(
  varchar, varchar, varchar, varchar, integer, numeric, numeric, numeric, numeric, numeric
) owner to agent_agency_service;
grant execute on function app.request_federated_aggregate(
  varchar, varchar, varchar, varchar, integer, numeric, numeric, numeric, numeric, numeric
) to agent_agency_app;
