-- Tenants: who owns a row, how the database knows which tenant is asking, and the policies that keep tenants apart.
-- The application can reach the tables from here on, never before.

create type isolation_level as enum ('strict', 'shared', 'federated');
create type privacy_level as enum ('basic', 'differential', 'secure');
create type retention_policy as enum ('delete', 'archive', 'retain');

comment on type isolation_level is 'How far a tenant shares: nothing, what it grants, or aggregates with other federated tenants.';
comment on type privacy_level is 'How aggregates of a tenant are protected.';
comment on type retention_policy is 'What happens to data that is past its retention.';

create function app.access_log_days(p_data_retention jsonb) returns integer
language sql
immutable
parallel safe
return coalesce((p_data_retention ->> 'access_log_days')::integer, 90);

comment on function app.access_log_days(jsonb) is 'Days that a tenant''s access log is kept by its data_retention; 90 where that says nothing.';

grant execute on function app.access_log_days(jsonb) to agent_agency_service, agent_agency_maintenance;

create table tenants (
  id varchar(255) not null,
  project_id varchar(255) not null,
  name varchar(255) not null,
  isolation_level isolation_level not null default 'strict',
  access_policies jsonb not null default '[]',
  sharing_rules jsonb not null default '[]',
  data_retention jsonb not null default '{"policy": "archive", "retention_days": 730, "archive_after_days": 90}',
  encryption_enabled boolean not null default false,
  audit_logging boolean not null default true,
  config jsonb not null default '{}',
  suspended_at timestamptz, -- null: not suspended
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tenants_pkey primary key (id),
  constraint tenants_id_check check (id ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,254}$'),
  constraint tenants_name_check check (length(name) > 0),
  constraint tenants_access_policies_check check (jsonb_typeof(access_policies) = 'array'),
  constraint tenants_sharing_rules_check check (jsonb_typeof(sharing_rules) = 'array'),
  constraint tenants_data_retention_check check (jsonb_typeof(data_retention) = 'object'),
  constraint tenants_access_log_days_check check (app.access_log_days(data_retention) between 1 and 36500),
  constraint tenants_config_check check (jsonb_typeof(config) = 'object')
);

-- The planner lets an index answer what it holds for leakproof (`=` and `<` of texts and numbers) before a policy is asked,
-- and walks in the order of an index whatever the policy. Where an index does not begin with the tenant, both tell of rows
-- of others: whether there is one, and how many come first. It holds no function of ours for leakproof, and a hash index
-- has no order.
create function app.opaque(p_value anyelement) returns anyelement
language plpgsql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_value;
end
$$;

comment on function app.opaque(anyelement) is
  'The value as it is. An index over it serves whoever may see all rows, and never a condition of the application''s.';

-- Whoever writes a row computes what is indexed of it.
grant execute on function app.opaque(anyelement) to agent_agency_service, agent_agency_maintenance, agent_agency_app;

create unique index unique_tenant_name on tenants (app.opaque(project_id), app.opaque(name));
create index idx_tenants_project on tenants using hash (app.opaque(project_id));
create index idx_tenants_isolation on tenants using hash (app.opaque(isolation_level));

comment on index unique_tenant_name is 'Has to have an order, which shows a tenant how many come before it.';
comment on index idx_tenants_project is 'For operators, who ask for app.opaque(project_id): anybody else sees one row.';
comment on index idx_tenants_isolation is 'For operators, who ask for app.opaque(isolation_level): anybody else sees one row.';

create trigger update_tenants_updated_at
before update on tenants
for each row execute function update_updated_at_column();

comment on table tenants is 'Tenants. Rows of one are never visible to another, but through grants of their owner.';
comment on column tenants.id is 'Identifier: a letter or digit, then up to 254 letters, digits, _ . : -';
comment on column tenants.project_id is 'Project that groups tenants.';
comment on column tenants.name is 'Display name, unique in its project.';
comment on column tenants.isolation_level is 'How far the tenant shares.';
comment on column tenants.access_policies is 'Access rules, a JSON array.';
comment on column tenants.sharing_rules is 'What the tenant shares with whom, a JSON array: tenant_sharing_rules, repeated.';
comment on column tenants.data_retention is 'Retention: policy, retention_days, archive_after_days, access_log_days.';
comment on column tenants.encryption_enabled is 'Whether sensitive columns are encrypted with the tenant''s own key.';
comment on column tenants.audit_logging is 'Whether access is logged.';
comment on column tenants.config is 'Further settings, a JSON object.';
comment on column tenants.suspended_at is 'Since when nobody can act as the tenant; null if anybody with a context can.';
comment on column tenants.created_at is 'When the tenant was created.';
comment on column tenants.updated_at is 'When the row last changed.';

create table tenant_privacy_config (
  tenant_id varchar(255) not null,
  privacy_level privacy_level not null default 'differential',
  noise_magnitude numeric(5, 4) not null default 0.01,
  k_anonymity integer not null default 5,
  epsilon numeric(5, 4) not null default 1.0,
  delta numeric(10, 8) not null default 0.00001,
  allow_cross_tenant_learning boolean not null default false,
  allowed_tenant_groups text[] not null default '{}',
  updated_at timestamptz not null default now(),
  constraint tenant_privacy_config_pkey primary key (tenant_id),
  constraint tenant_privacy_config_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  -- NaN is greater than every number, so an upper bound is what keeps it out.
  constraint tenant_privacy_config_noise_magnitude_check check (noise_magnitude >= 0 and noise_magnitude < 'NaN'),
  constraint tenant_privacy_config_k_anonymity_check check (k_anonymity >= 2),
  constraint tenant_privacy_config_epsilon_check check (epsilon > 0 and epsilon < 'NaN'),
  constraint tenant_privacy_config_delta_check check (delta >= 0 and delta < 1)
);

create trigger update_tenant_privacy_config_updated_at
before update on tenant_privacy_config
for each row execute function update_updated_at_column();

comment on table tenant_privacy_config is 'Privacy parameters of a tenant, one row each.';
comment on column tenant_privacy_config.tenant_id is 'Tenant they belong to.';
comment on column tenant_privacy_config.privacy_level is 'How aggregates are protected.';
comment on column tenant_privacy_config.noise_magnitude is 'Kept for compatibility; noise follows from sensitivity and epsilon.';
comment on column tenant_privacy_config.k_anonymity is 'Smallest group that an aggregate may show.';
comment on column tenant_privacy_config.epsilon is 'Privacy budget.';
comment on column tenant_privacy_config.delta is 'Probability with which the budget may be exceeded.';
comment on column tenant_privacy_config.allow_cross_tenant_learning is 'Whether aggregates may leave the tenant.';
comment on column tenant_privacy_config.allowed_tenant_groups is 'Groups that may learn from them.';
comment on column tenant_privacy_config.updated_at is 'When the row last changed.';

insert into tenants (id, project_id, name) values ('default-tenant', 'default', 'Default tenant');
insert into tenant_privacy_config (tenant_id) values ('default-tenant');

-- Who is named as the target or the accessor is not a foreign key: its error would tell whether there is such a tenant.
create table tenant_sharing_rules (
  tenant_id varchar(255) not null,
  target_tenant_id varchar(255) not null,
  resource_types text[] not null,
  anonymization_level privacy_level not null default 'basic',
  active boolean not null default true,
  expires_at timestamptz, -- null: until it is withdrawn
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tenant_sharing_rules_pkey primary key (tenant_id, target_tenant_id),
  constraint tenant_sharing_rules_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint no_sharing_with_oneself check (target_tenant_id <> tenant_id),
  constraint tenant_sharing_rules_resource_types_check check (
    cardinality(resource_types) > 0
    and resource_types <@ array['agent_profiles', 'agent_capabilities', 'benchmark_datasets']
  )
);

create index idx_tenant_sharing_rules_target on tenant_sharing_rules using hash (app.opaque(target_tenant_id));

create trigger update_tenant_sharing_rules_updated_at
before update on tenant_sharing_rules
for each row execute function update_updated_at_column();

comment on table tenant_sharing_rules is
  'What a tenant lets another one read, written by the owner of the rows; of effect while the owner is shared.';
comment on column tenant_sharing_rules.tenant_id is 'Tenant that owns the rows and the rule.';
comment on column tenant_sharing_rules.target_tenant_id is 'Tenant that may read them.';
comment on column tenant_sharing_rules.resource_types is 'Tables whose rows are shared.';
comment on column tenant_sharing_rules.anonymization_level is 'basic: the rows as they are; otherwise no row is shown, only aggregates are.';
comment on column tenant_sharing_rules.active is 'Whether the rule is in force.';
comment on column tenant_sharing_rules.expires_at is 'When it stops; null if not before it is withdrawn.';
comment on column tenant_sharing_rules.created_at is 'When the row was made.';
comment on column tenant_sharing_rules.updated_at is 'When the row last changed.';

create table tenant_access_policies (
  tenant_id varchar(255) not null,
  resource_type varchar(63) not null,
  access_level varchar(20) not null default 'read',
  allowed_tenants text[] not null default '{}',
  restrictions jsonb not null default '{}',
  conditions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tenant_access_policies_pkey primary key (tenant_id, resource_type),
  constraint tenant_access_policies_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint tenant_access_policies_access_level_check check (access_level in ('read', 'write', 'share', 'federate')),
  constraint tenant_access_policies_allowed_tenants_check check (array_position(allowed_tenants, null) is null),
  constraint tenant_access_policies_restrictions_check check (jsonb_typeof(restrictions) = 'object'),
  constraint tenant_access_policies_conditions_check check (jsonb_typeof(conditions) = 'object')
);

create trigger update_tenant_access_policies_updated_at
before update on tenant_access_policies
for each row execute function update_updated_at_column();

comment on table tenant_access_policies is
  'How far a tenant opens each kind of resource, at most. It opens nothing: tenant_sharing_rules do, as far as this lets them.';
comment on column tenant_access_policies.tenant_id is 'Tenant that owns the resources and the policy.';
comment on column tenant_access_policies.resource_type is 'Table that it is about.';
comment on column tenant_access_policies.access_level is 'The most that may be opened: read, write (for its own users only), share, or federate.';
comment on column tenant_access_policies.allowed_tenants is 'Tenants that sharing and federating may reach; empty: none.';
comment on column tenant_access_policies.restrictions is 'What is left out, a JSON object.';
comment on column tenant_access_policies.conditions is 'When it applies, a JSON object.';
comment on column tenant_access_policies.created_at is 'When the row was made.';
comment on column tenant_access_policies.updated_at is 'When the row last changed.';

create table tenant_access_log (
  tenant_id varchar(255) not null,
  id uuid not null default gen_random_uuid(),
  accessor_tenant_id varchar(255), -- null: an operator, without a tenant
  access_type varchar(50) not null,
  table_name varchar(100) not null,
  query_hash varchar(64), -- null: not known
  row_count integer, -- null: not counted
  user_id varchar(255), -- null: the context named nobody
  ip_address inet, -- null: a local connection
  accessed_at timestamptz not null default now(),
  transaction_id xid8 not null default pg_current_xact_id(),
  constraint tenant_access_log_pkey primary key (tenant_id, id),
  constraint tenant_access_log_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint tenant_access_log_access_type_check check (access_type in ('read', 'write', 'aggregate', 'federated')),
  constraint tenant_access_log_table_name_check check (length(table_name) > 0),
  constraint tenant_access_log_query_hash_check check (query_hash ~ '^[0-9a-f]{64}$'),
  constraint tenant_access_log_row_count_check check (row_count >= 0)
);

create index idx_tenant_access_log_tenant on tenant_access_log (tenant_id, accessor_tenant_id, accessed_at desc);
create index idx_tenant_access_log_accessed on tenant_access_log (tenant_id, accessed_at desc);

comment on table tenant_access_log is 'Who else reached, or tried to reach, a tenant''s rows. It belongs to the tenant whose rows they are.';
comment on column tenant_access_log.tenant_id is 'Tenant whose rows were asked for.';
comment on column tenant_access_log.id is 'Identifier of the entry.';
comment on column tenant_access_log.accessor_tenant_id is 'Tenant that asked; null for an operator.';
comment on column tenant_access_log.access_type is 'read, write, aggregate, or federated.';
comment on column tenant_access_log.table_name is 'Table that was asked.';
comment on column tenant_access_log.query_hash is 'SHA-256 of the query, hex; null if not known.';
comment on column tenant_access_log.row_count is 'Rows that were shown; null if not counted.';
comment on column tenant_access_log.user_id is 'User of the asking context; null if it named none.';
comment on column tenant_access_log.ip_address is 'Where the connection came from; null for a local one.';
comment on column tenant_access_log.accessed_at is 'When.';
comment on column tenant_access_log.transaction_id is 'Transaction that made the entry: it is of effect in later ones only.';

-- ---------------------------------------------------------------------------------------------------------------
-- Who is asking: a signed context. Anybody who can run SQL can set a configuration parameter; nobody without the key
-- can sign one.

create table app.context_keys (
  key_id varchar(40) not null,
  inner_block bytea not null,
  outer_block bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz, -- null: valid until it is removed
  constraint context_keys_pkey primary key (key_id),
  constraint context_keys_key_id_check check (key_id ~ '^[A-Za-z0-9_-]{1,40}$'),
  constraint context_keys_blocks_check check (octet_length(inner_block) = 64 and octet_length(outer_block) = 64)
);

comment on table app.context_keys is 'Keys that tenant contexts are signed with. No application role can read it.';
comment on column app.context_keys.key_id is 'Name of the key, part of every signature.';
comment on column app.context_keys.inner_block is 'The key, padded to 64 bytes and combined with ipad (RFC 2104); as secret as the key.';
comment on column app.context_keys.outer_block is 'The key, padded to 64 bytes and combined with opad (RFC 2104); as secret as the key.';
comment on column app.context_keys.created_at is 'When the key was installed.';
comment on column app.context_keys.expires_at is 'When signatures of the key stop being valid; null until it is rotated.';

alter table app.context_keys owner to agent_agency_service;

create function app.put_context_key(p_key_id text, p_secret bytea) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_inner bytea := decode(repeat('36', 64), 'hex');
  v_outer bytea := decode(repeat('5c', 64), 'hex');
begin
  if octet_length(p_secret) not between 32 and 64 then
    raise exception using errcode = '22023', message = 'a context key has 32 to 64 bytes';
  end if;
  for v_at in 0 .. octet_length(p_secret) - 1 loop
    v_inner := set_byte(v_inner, v_at, get_byte(v_inner, v_at) # get_byte(p_secret, v_at));
    v_outer := set_byte(v_outer, v_at, get_byte(v_outer, v_at) # get_byte(p_secret, v_at));
  end loop;
  insert into app.context_keys (key_id, inner_block, outer_block) values (p_key_id, v_inner, v_outer);
end
$$;

comment on function app.put_context_key(text, bytea) is
  'Installs a key of 32 to 64 bytes for signing tenant contexts. HMAC''s two blocks are computed once, here.';

alter function app.put_context_key(text, bytea) owner to agent_agency_service;
grant execute on function app.put_context_key(text, bytea) to agent_agency_owner;

create function app.context_key_blocks() returns table (live_key_id text, live_inner_block bytea, live_outer_block bytea)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select key.key_id, key.inner_block, key.outer_block
  from app.context_keys as key
  where key.expires_at is null
  order by key.created_at desc, key.key_id
  limit 1
$$;

comment on function app.context_key_blocks() is
  'Newest live key, for the owner only: lets an administrator''s own tools sign without a second copy of the key.';

alter function app.context_key_blocks() owner to agent_agency_service;
grant execute on function app.context_key_blocks() to agent_agency_owner;

-- The expiry is compared with the start of the transaction: a long one does not lose its tenant half-way.
create function app.current_tenant_id() returns text
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant text := nullif(current_setting('app.current_tenant', true), '');
  v_user text := coalesce(current_setting('app.current_user', true), '');
  v_session text := coalesce(current_setting('app.current_session', true), '');
  -- key id . expiry in seconds since 1970 . HMAC-SHA256 in hex
  v_signature text[] := string_to_array(current_setting('app.context_signature', true), '.');
  v_mac text;
  v_suspended_at timestamptz;
begin
  if v_tenant is null or cardinality(v_signature) is distinct from 3 then
    return null;
  end if;

  -- Each field after its length, so that fields cannot run into each other. Written out: six calls of a function for it
  -- take three times as long as all the rest.
  select encode(
    sha256(key.outer_block || sha256(
      key.inner_block
      || int4send(octet_length('agent-agency.context.v1')) || convert_to('agent-agency.context.v1', 'UTF8')
      || int4send(octet_length(v_signature[1])) || convert_to(v_signature[1], 'UTF8')
      || int4send(octet_length(v_tenant)) || convert_to(v_tenant, 'UTF8')
      || int4send(octet_length(v_user)) || convert_to(v_user, 'UTF8')
      || int4send(octet_length(v_session)) || convert_to(v_session, 'UTF8')
      || int4send(octet_length(v_signature[2])) || convert_to(v_signature[2], 'UTF8')
    )),
    'hex'
  ), tenant.suspended_at into v_mac, v_suspended_at
  from app.context_keys as key
  left join public.tenants as tenant on tenant.id = v_tenant
  where key.key_id = v_signature[1] and (key.expires_at is null or key.expires_at > now());

  if v_mac is distinct from v_signature[3] then
    return null;
  end if;
  -- The signature covers the expiry, so from here on it is a number that a holder of the key wrote.
  if to_timestamp(v_signature[2]::double precision) <= now() then
    return null;
  end if;
  if v_suspended_at is not null then
    raise exception using
      errcode = 'AATSU',
      message = 'the tenant is suspended',
      hint = 'An operator can resume it: agency-db tenant resume.';
  end if;
  return v_tenant;
end
$$;

comment on function app.current_tenant_id() is
  'Tenant of the transaction if its context carries a valid signature, else null; error AATSU while it is suspended.';

alter function app.current_tenant_id() owner to agent_agency_service;
grant usage on schema app to agent_agency_app, agent_agency_readonly;
grant execute on function app.current_tenant_id() to agent_agency_owner, agent_agency_app, agent_agency_readonly;

create function app.require_tenant_id() returns text
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant constant text := app.current_tenant_id();
begin
  if v_tenant is null then
    raise exception using
      errcode = 'AATNU',
      message = 'no tenant: the transaction has no valid signed tenant context',
      hint = 'Use withTenant() of @agent-agency/db-core.';
  end if;
  return v_tenant;
end
$$;

comment on function app.require_tenant_id() is 'app.current_tenant_id(), or error AATNU when there is none.';

grant execute on function app.require_tenant_id() to agent_agency_service, agent_agency_app, agent_agency_readonly;

-- What the guard of every table asks. The planner sorts conditions by their cost, and lets leakproof ones of the query (that
-- a column is null, that a text is equal to another) stand before a policy that costs as much or more. They would be asked of
-- every tenant's rows, and whether the policy is asked at all would tell, by `explain analyze` or the clock, whether any
-- row met them. A subscript costs the planner nothing, so the guard stands first.
-- Not in SQL, which takes 40 µs more for each statement.
create function app.current_tenant_key() returns jsonb
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant constant text := app.current_tenant_id();
begin
  return case when v_tenant is not null then jsonb_build_object(v_tenant, '{}'::jsonb) end;
end
$$;

comment on function app.current_tenant_key() is
  'An object with the current tenant as its only key; null without one. `(select app.current_tenant_key())[tenant_id] is not null` is a guard that is asked before anything else.';

grant execute on function app.current_tenant_key() to agent_agency_owner, agent_agency_app, agent_agency_readonly;

create function app.current_context_user() returns text
language sql
stable
parallel safe
return left(nullif(current_setting('app.current_user', true), ''), 255);

comment on function app.current_context_user() is 'User that the context names; null if it names none.';

grant execute on function app.current_context_user() to agent_agency_service, agent_agency_app, agent_agency_readonly;

-- Who may read what another tenant shares is in its rules; that it does read is in the owner's log, committed before the
-- first row is seen: an entry of the same transaction would be gone when that rolls back, the rows would not.
create function app.sharing_tenants(p_tenant_id text, p_resource text) returns setof text
language sql
stable
parallel safe
begin atomic
  select rule.tenant_id::text
  from tenant_sharing_rules as rule
  join tenants as owner on owner.id = rule.tenant_id
  where app.opaque(rule.target_tenant_id) = p_tenant_id
    and rule.active
    and rule.anonymization_level = 'basic'
    and p_resource = any(rule.resource_types)
    and (rule.expires_at is null or rule.expires_at > now())
    and owner.isolation_level = 'shared'
    and owner.suspended_at is null
    and not exists (
      select from tenant_access_policies as policy
      where policy.tenant_id = rule.tenant_id
        and policy.resource_type = p_resource
        and not (policy.access_level in ('share', 'federate') and p_tenant_id = any(policy.allowed_tenants))
    );
end;

comment on function app.sharing_tenants(text, text) is
  'Tenants whose own rules let another one read a table, and whose access policies do not forbid it.';

alter function app.sharing_tenants(text, text) owner to agent_agency_service;

-- Returns an array: a policy that reads a set would plan a subquery for every statement.
create function app.visible_tenants(p_resource text) returns text[]
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := app.current_tenant_id();
begin
  if v_tenant is null then
    return '{}';
  end if;
  if p_resource is distinct from current_setting('app.shared_access', true) then
    return array[v_tenant];
  end if;
  return v_tenant || array(
    select owner.id
    from app.sharing_tenants(v_tenant, p_resource) as owner (id)
    where exists (
      select from tenant_access_log as entry
      where entry.tenant_id = owner.id
        and entry.accessor_tenant_id = v_tenant
        and entry.accessed_at > now() - interval '1 minute'
        and entry.access_type = 'read'
        and entry.table_name = p_resource
        and entry.row_count is null
        and entry.user_id is not distinct from app.current_context_user()
        and entry.transaction_id is distinct from pg_current_xact_id_if_assigned()
    )
  );
end
$$;

comment on function app.visible_tenants(text) is
  'Tenants whose rows of a table the current one may read: itself and, where app.shared_access names the table, those that share it and have the access in their log. Empty without a tenant.';

alter function app.visible_tenants(text) owner to agent_agency_service;
grant execute on function app.visible_tenants(text) to agent_agency_owner, agent_agency_app, agent_agency_readonly;

create function app.visible_tenant_keys(p_resource text) returns jsonb
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_object_agg(tenant.id, '{}'::jsonb) from unnest(app.visible_tenants(p_resource)) as tenant (id);
end
$$;

comment on function app.visible_tenant_keys(text) is
  'app.visible_tenants() as the keys of an object; null without any. For guards, as app.current_tenant_key().';

grant execute on function app.visible_tenant_keys(text) to agent_agency_owner, agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- Operators: who acts without a tenant says why, and it stays.

create table app.system_access (
  id bigint not null generated always as identity,
  reason text not null,
  login name not null default session_user,
  application_name text not null default current_setting('application_name'),
  began_at timestamptz not null default clock_timestamp(),
  constraint system_access_pkey primary key (id),
  constraint system_access_reason_check check (length(reason) between 1 and 1000)
);

comment on table app.system_access is
  'Append-only log of transactions with the owner''s rights, one row each, committed before the transaction begins.';
comment on column app.system_access.id is 'Number of the entry; aborted ones leave gaps.';
comment on column app.system_access.reason is 'Why, in the operator''s own words.';
comment on column app.system_access.login is 'Login role of the operator.';
comment on column app.system_access.application_name is 'What the operator''s program calls itself.';
comment on column app.system_access.began_at is 'When it was about to begin.';

create trigger refuse_system_access_change
before update or delete or truncate on app.system_access
for each statement execute function app.refuse_provenance_change();

-- What an operator does to one tenant's rows as a whole. The maintenance role reaches the rows of that tenant, in that
-- transaction, and of none otherwise.
create table app.tenant_maintenance (
  id bigint not null generated always as identity,
  maintained_tenant_id varchar(255) not null,
  kind varchar(20) not null,
  reason text not null,
  login name not null default session_user,
  application_name text not null default current_setting('application_name'),
  transaction_id xid8 not null default pg_current_xact_id(),
  began_at timestamptz not null default now(),
  constraint tenant_maintenance_pkey primary key (id),
  constraint tenant_maintenance_kind_check check (
    kind in ('erasure', 'subject erasure', 'export', 'import', 'retention')
  ),
  constraint tenant_maintenance_reason_check check (length(reason) between 1 and 1000)
);

create index idx_tenant_maintenance_transaction on app.tenant_maintenance (transaction_id);

comment on table app.tenant_maintenance is
  'Append-only log of what operators did to the rows of a tenant as a whole. It outlives the tenant.';
comment on column app.tenant_maintenance.id is 'Number of the entry; aborted ones leave gaps.';
comment on column app.tenant_maintenance.maintained_tenant_id is 'Tenant whose rows they were.';
comment on column app.tenant_maintenance.kind is 'erasure, subject erasure, export, import, or retention.';
comment on column app.tenant_maintenance.reason is 'Why, in the operator''s own words.';
comment on column app.tenant_maintenance.login is 'Login role of the operator.';
comment on column app.tenant_maintenance.application_name is 'What the operator''s program calls itself.';
comment on column app.tenant_maintenance.transaction_id is 'Transaction that did it.';
comment on column app.tenant_maintenance.began_at is 'When that transaction began.';

create trigger refuse_tenant_maintenance_change
before update or delete or truncate on app.tenant_maintenance
for each statement execute function app.refuse_provenance_change();

alter table app.tenant_maintenance owner to agent_agency_service;

-- Numbers of transactions begin anew when a dump is restored: the instant tells those of then from those of now.
create function app.tenant_maintenance_of_transaction() returns app.tenant_maintenance
language sql
stable
parallel restricted
security definer
set search_path = pg_catalog, pg_temp
as $$
  select maintenance
  from app.tenant_maintenance as maintenance
  where maintenance.transaction_id = pg_current_xact_id_if_assigned() and maintenance.began_at = now()
$$;

comment on function app.tenant_maintenance_of_transaction() is 'What this transaction was opened for; null if for nothing of the kind.';

alter function app.tenant_maintenance_of_transaction() owner to agent_agency_service;

create function app.maintained_tenant() returns text
language sql
stable
parallel restricted
return (app.tenant_maintenance_of_transaction()).maintained_tenant_id::text;

comment on function app.maintained_tenant() is 'Tenant whose rows this transaction was opened to export, import, or erase; null for every other.';

alter function app.maintained_tenant() owner to agent_agency_service;

create function app.begin_tenant_maintenance(p_tenant_id text, p_kind text, p_reason text) returns bigint
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_id bigint;
begin
  if app.maintained_tenant() is not null then
    raise exception using
      errcode = '55000',
      message = 'this transaction is for the rows of a tenant already',
      hint = 'Open one transaction for each.';
  end if;
  -- Locked against a second one, and so that the tenant stays.
  perform from tenants as tenant where tenant.id = p_tenant_id for no key update;
  -- One that is imported comes to be in this transaction.
  if not found and p_kind is distinct from 'import' then
    raise exception using errcode = 'AATNF', message = 'there is no such tenant';
  end if;
  insert into app.tenant_maintenance (maintained_tenant_id, kind, reason)
  values (p_tenant_id, p_kind, p_reason)
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.begin_tenant_maintenance(text, text, text) is
  'Opens one tenant''s rows to the maintenance role, in this transaction, and writes down why. For operators, who then `set local role agent_agency_maintenance`.';

alter function app.begin_tenant_maintenance(text, text, text) owner to agent_agency_service;
grant execute on function app.begin_tenant_maintenance(text, text, text) to agent_agency_owner;

create function app.is_maintaining(p_kinds text[]) returns boolean
language sql
stable
parallel restricted
return coalesce((app.tenant_maintenance_of_transaction()).kind = any(p_kinds), false);

comment on function app.is_maintaining(text[]) is 'Whether this transaction was opened for maintenance of one of these kinds.';

grant usage on schema app to agent_agency_maintenance;
grant execute on function app.maintained_tenant() to agent_agency_maintenance;
grant execute on function app.is_maintaining(text[]) to agent_agency_owner, agent_agency_maintenance;
grant execute on function app.tenant_maintenance_of_transaction() to agent_agency_owner, agent_agency_maintenance;

-- A log that only grows ends with its tenant.
do $$
declare
  v_log text;
  v_trigger name;
begin
  for v_log, v_trigger in
    select * from (
      values
        ('caws_provenance_graph', 'refuse_provenance_change'),
        ('provenance_parents', 'refuse_provenance_parents_change'),
        ('provenance_refs', 'refuse_provenance_refs_change'),
        ('provenance_signing_keys', 'refuse_signing_key_change')
    ) as log (name, trigger)
  loop
    execute format('drop trigger %I on %I', v_trigger, v_log);
    execute format(
      'create trigger %I before update or truncate on %I'
      ' for each statement execute function app.refuse_provenance_change()',
      v_trigger, v_log
    );
    execute format(
      'create trigger %I before delete on %I for each statement when (not app.is_maintaining(''{erasure}''))'
      ' execute function app.refuse_provenance_change()',
      replace(v_trigger, '_change', '_deletion'), v_log
    );
  end loop;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Policies. One function, so that every table gets the same ones and a later table cannot get fewer.

-- Statistics are of everybody's rows, and the planner's estimates tell them, whoever asks: how many rows have a value, or come
-- before it, or have a word. What it keeps to know is whose the rows are, for plans of large and of small tenants;
-- identifiers that are drawn at random; and of instants the first and the last, without which "for an hour" is a third of
-- a table.
create function app.limit_statistics(p_table regclass) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_statement text;
begin
  for v_statement in
    select format(
      'alter table %s alter column %I set statistics %s',
      p_table, attname, case when atttypid = 'timestamptz'::regtype then 1 else 0 end
    )
    from pg_attribute
    where attrelid = p_table
      and attnum > 0
      and not attisdropped
      and attname <> 'tenant_id'
      and atttypid <> 'uuid'::regtype
    union all
    select format('alter index %s alter column %s set statistics 0', indexrelid::regclass, part.place)
    from pg_index cross join unnest(indkey) with ordinality as part (attnum, place)
    where indrelid = p_table and part.attnum = 0
  loop
    execute v_statement;
  end loop;
end
$$;

comment on function app.limit_statistics(regclass) is
  'Keeps the planner from knowing values of a tenant table''s columns and indexed expressions. To be called again for new ones.';

create function app.isolate_tenant_table(p_table regclass, p_tenant_column name, p_policy name) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_name constant text := (select relname from pg_class where oid = p_table);
  v_own constant text := format('%I = (select app.current_tenant_id())', p_tenant_column);
  v_guard constant text := format('(select app.current_tenant_key())[%I] is not null', p_tenant_column);
  v_maintained constant text := format('%I = (select app.maintained_tenant())', p_tenant_column);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  -- Restrictive: whatever permissive policy is added later, it cannot let another tenant in.
  execute format(
    'create policy %I on %s as restrictive for all'
    ' to agent_agency_owner, agent_agency_app, agent_agency_readonly using (%s) with check (%s)',
    v_name || '_tenant_guard', p_table, v_guard, v_own
  );
  execute format(
    'create policy %I on %s for all to agent_agency_app using (%s) with check (%s)', p_policy, p_table, v_own, v_own
  );
  execute format(
    'create policy %I on %s for select to agent_agency_readonly using (%s)', v_name || '_read', p_table, v_own
  );
  execute format(
    'create policy %I on %s for all to agent_agency_maintenance using (%s) with check (%s)',
    v_name || '_maintenance', p_table, v_maintained, v_maintained
  );
  execute format('grant select, insert, update, delete on %s to agent_agency_maintenance', p_table);
  perform app.limit_statistics(p_table);
end
$$;

comment on function app.isolate_tenant_table(regclass, name, name) is
  'Forces row level security on a table: a restrictive guard, and permissive policies for the tenant''s own rows and for operators'' maintenance of them. Limits what the planner knows of it.';

create function app.share_tenant_table(p_table regclass, p_policy name) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_name constant text := (select relname from pg_class where oid = p_table);
  v_guard constant text := v_name || '_tenant_guard';
  v_to constant text := 'to agent_agency_owner, agent_agency_app, agent_agency_readonly';
  v_own constant text := 'tenant_id = (select app.current_tenant_id())';
  v_own_key constant text := '(select app.current_tenant_key())[tenant_id] is not null';
  v_visible constant text := format('tenant_id = any((select app.visible_tenants(%L))::text[])', v_name);
  v_visible_key constant text := format('(select app.visible_tenant_keys(%L))[tenant_id] is not null', v_name);
begin
  execute format('drop policy %I on %s', v_guard, p_table);
  execute format('create policy %I on %s as restrictive for select %s using (%s)', v_guard, p_table, v_to, v_visible_key);
  execute format(
    'create policy %I on %s as restrictive for insert %s with check (%s)', v_guard || '_insert', p_table, v_to, v_own
  );
  execute format(
    'create policy %I on %s as restrictive for update %s using (%s) with check (%s)',
    v_guard || '_update', p_table, v_to, v_own_key, v_own
  );
  execute format(
    'create policy %I on %s as restrictive for delete %s using (%s)', v_guard || '_delete', p_table, v_to, v_own_key
  );
  execute format(
    'create policy %I on %s for select to agent_agency_app, agent_agency_readonly using (%s)', p_policy, p_table, v_visible
  );
end
$$;

comment on function app.share_tenant_table(regclass, name) is
  'Lets the rows of an isolated table be read, never written, by the tenants that their owner''s rules name.';

-- ---------------------------------------------------------------------------------------------------------------
-- The tables from before tenants. Each gets its tenant, and every key, foreign key and btree index of theirs, and every
-- foreign key to them, then leads with it: as the catalogue has it, under the same name. In a full database 007's
-- companion (.prepare.sql) has made all of that beside the old, and here it only takes the old one's place.

do $$
declare
  v_tables constant regclass[] := array[
    -- 001
    'agent_profiles',
    'agent_capabilities',
    'agent_performance_history',
    'agent_performance_events',
    'current_load',
    -- 002
    'task_queue',
    'task_assignments',
    'task_execution_history',
    'queue_statistics',
    'queue_configuration',
    -- 003
    'knowledge_queries',
    'search_results',
    'knowledge_responses',
    'search_provider_health',
    'knowledge_cache',
    'verification_requests',
    'verification_results',
    'verification_methods',
    'verification_evidence',
    'verification_cache',
    'web_content',
    'web_traversals',
    'web_traversal_nodes',
    'web_cache',
    'web_rate_limits',
    'web_extraction_metrics',
    -- 004
    'performance_events',
    'agent_performance_profiles',
    'benchmark_datasets',
    'benchmark_evaluations',
    'rl_training_batches',
    'performance_anomalies',
    'data_quality_metrics',
    'system_health_metrics',
    -- 005
    'task_research_provenance'
  ]::regclass[];
  -- Names that the schema document gives. No policy gives a tenant another one's rows, whatever its name.
  v_policies constant jsonb := '{
    "agent_profiles": "tenant_strict_isolation",
    "performance_events": "tenant_federated_access",
    "benchmark_datasets": "tenant_benchmark_isolation",
    "rl_training_batches": "tenant_rl_batch_isolation",
    "performance_anomalies": "tenant_anomaly_isolation"
  }';
  v_deadline timestamptz;
  v_table regclass;
  v_statement text;
  v_drops text[];
  v_additions text[];
  v_has_others boolean;
begin
  -- Everything that this migration changes is locked first, so that it waits nowhere half done. The first lock keeps
  -- vacuum and other changes away and disturbs nobody. While it waits for the second, others wait for it: it gives up
  -- before the server would look for a deadlock (deadlock_timeout, a second), and the runner comes again.
  perform set_config('lock_timeout', '0', true);
  for v_table in
    select oid from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and pg_get_userbyid(relowner) = current_user
    order by oid
  loop
    execute format('lock table %s in share update exclusive mode', v_table);
  end loop;
  v_deadline := clock_timestamp() + interval '500 milliseconds';
  for v_table in
    select oid from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and pg_get_userbyid(relowner) = current_user
    order by oid
  loop
    perform set_config(
      'lock_timeout',
      greatest(ceil(extract(epoch from v_deadline - clock_timestamp()) * 1000), 1)::text,
      true
    );
    execute format('lock table %s in access exclusive mode', v_table);
  end loop;

  -- Copies that did not come to their end are none.
  for v_statement in
    select format('alter table %s drop constraint %I', conrelid::regclass, conname)
    from pg_constraint
    where confrelid = any(v_tables) and not convalidated and pg_get_constraintdef(oid) ~ '^FOREIGN KEY \(tenant_id, '
    union all
    select format('drop index %s', indexrelid::regclass)
    from pg_index
    where indrelid = any(v_tables) and not indisvalid and pg_get_indexdef(indexrelid, 1, false) = 'tenant_id'
  loop
    execute v_statement;
  end loop;

  -- Foreign keys before the keys they need when all are dropped, after them when all are made again.
  select
    array_agg(key.dropped order by key.is_foreign desc, key.dropped),
    array_agg(key.added order by key.is_foreign, key.added)
  into v_drops, v_additions
  from (
    select
      false as is_foreign,
      format('alter table %s drop constraint %I', conrelid::regclass, conname) as dropped,
      case
        when copy.oid is null then format(
          'alter table %s add constraint %I %s',
          conrelid::regclass, conname, regexp_replace(pg_get_constraintdef(old.oid), '\(', '(tenant_id, ')
        )
        else format(
          'alter table %s add constraint %I %s using index %I',
          conrelid::regclass, conname, case contype when 'p' then 'primary key' else 'unique' end, copy.relname
        )
      end as added
    from pg_constraint as old
    left join pg_class as copy on copy.relname = left(conname, 61) || '_t' and copy.relnamespace = connamespace
    where conrelid = any(v_tables) and contype in ('p', 'u')
    union all
    select
      true,
      format('alter table %s drop constraint %I', old.conrelid::regclass, old.conname),
      case
        when copy.oid is null then format(
          'alter table %s add constraint %I %s',
          old.conrelid::regclass,
          old.conname,
          -- What a deletion sets to null is the reference, never the tenant.
          regexp_replace(
            regexp_replace(
              pg_get_constraintdef(old.oid),
              'FOREIGN KEY \(([^)]+)\) REFERENCES ([^(]+)\(', 'FOREIGN KEY (tenant_id, \1) REFERENCES \2(tenant_id, '
            ),
            '(FOREIGN KEY \(tenant_id, ([^)]+)\).* ON DELETE SET (NULL|DEFAULT))(?! \()', '\1 (\2)'
          )
        )
        else format('alter table %s rename constraint %I to %I', old.conrelid::regclass, copy.conname, old.conname)
      end
    from pg_constraint as old
    left join pg_constraint as copy on copy.conname = left(old.conname, 61) || '_t' and copy.conrelid = old.conrelid
    where old.confrelid = any(v_tables)
      and old.contype = 'f'
      and pg_get_constraintdef(old.oid) !~ '^FOREIGN KEY \(tenant_id, '
    union all
    select
      false,
      format('drop index %s', indexrelid::regclass),
      case
        when copy.oid is null then regexp_replace(pg_get_indexdef(indexrelid), ' USING btree \(', '\&tenant_id, ')
        else format('alter index %s rename to %I', copy.oid::regclass, pg_class.relname)
      end
    from pg_index
    join pg_class on pg_class.oid = indexrelid
    left join pg_class as copy
      on copy.relname = left(pg_class.relname, 61) || '_t' and copy.relnamespace = pg_class.relnamespace
    where indrelid = any(v_tables)
      and pg_class.relam = (select oid from pg_am where amname = 'btree')
      and pg_get_indexdef(indexrelid, 1, false) <> 'tenant_id'
      and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
  ) as key;

  -- A constant default is not written into the rows, so a full table takes no rewrite.
  foreach v_table in array v_tables loop
    execute format(
      $sql$alter table %s add column if not exists tenant_id varchar(255) not null default 'default-tenant'$sql$, v_table
    );
    execute format($sql$comment on column %s.tenant_id is 'Tenant that owns the row.'$sql$, v_table);
  end loop;

  foreach v_statement in array v_drops || v_additions loop
    execute v_statement;
  end loop;

  foreach v_table in array v_tables loop
    -- The column may have been there for a while, and a writer may have put something into it. Least and greatest are
    -- at the ends of the primary key.
    execute format(
      $sql$select min(tenant_id) <> 'default-tenant' or max(tenant_id) <> 'default-tenant' from %s$sql$, v_table
    ) into v_has_others;
    if v_has_others then
      raise foreign_key_violation using
        message = format('%s has rows of a tenant that there is not: before 007 all are of default-tenant', v_table);
    end if;
    perform app.isolate_tenant_table(v_table, 'tenant_id', coalesce(v_policies ->> v_table::text, 'tenant_isolation'));
    -- PostgreSQL checks the rows that are there as the owner, who sees none of them any more: it takes no time, and they
    -- have just been checked.
    execute format(
      'alter table %s alter column tenant_id set default app.current_tenant_id(), add constraint %I'
      ' foreign key (tenant_id) references tenants (id) on delete restrict',
      v_table, v_table::text || '_tenant_id_fkey'
    );
    execute format('grant select, insert, update, delete on %s to agent_agency_app', v_table);
    execute format('grant select on %s to agent_agency_readonly', v_table);
  end loop;
end
$$;

-- 006's tables have the column and their keys already.
do $$
declare
  v_policies constant jsonb := '{
    "agent_capabilities_graph": "tenant_capability_isolation",
    "agent_relationships": "tenant_relationship_isolation",
    "agent_relationship_history": "tenant_relationship_history_isolation",
    "agent_cooccurrences": "tenant_cooccurrence_isolation",
    "entity_chunk_mappings": "tenant_chunk_isolation",
    "entity_similarity_cache": "tenant_similarity_isolation",
    "graph_config": "tenant_graph_config_isolation",
    "provenance_signing_keys": "tenant_signing_key_isolation",
    "provenance_heads": "tenant_head_isolation",
    "caws_provenance_graph": "tenant_provenance_isolation",
    "provenance_parents": "tenant_provenance_parent_isolation",
    "provenance_refs": "tenant_provenance_ref_isolation",
    "provenance_embeddings": "tenant_provenance_embedding_isolation"
  }';
  v_table text;
begin
  for v_table in select jsonb_object_keys(v_policies) loop
    execute format(
      'alter table %I alter column tenant_id set default app.current_tenant_id(), add constraint %I'
      ' foreign key (tenant_id) references tenants (id) on delete restrict',
      v_table, v_table || '_tenant_id_fkey'
    );
    perform app.isolate_tenant_table(v_table, 'tenant_id', (v_policies ->> v_table)::name);
  end loop;
end
$$;

select
  app.isolate_tenant_table('tenants', 'id', 'tenant_own_row'),
  app.isolate_tenant_table('tenant_privacy_config', 'tenant_id', 'tenant_privacy_isolation'),
  app.isolate_tenant_table('tenant_sharing_rules', 'tenant_id', 'tenant_sharing_rule_isolation'),
  app.isolate_tenant_table('tenant_access_policies', 'tenant_id', 'tenant_access_policy_isolation'),
  app.isolate_tenant_table('tenant_access_log', 'tenant_id', 'tenant_access_log_isolation'),
  app.share_tenant_table('agent_profiles', 'tenant_shared_access'),
  app.share_tenant_table('agent_capabilities', 'tenant_shared_capability_access'),
  app.share_tenant_table('benchmark_datasets', 'tenant_shared_benchmark_access');

alter table tenant_sharing_rules alter column tenant_id set default app.current_tenant_id();
alter table tenant_access_policies alter column tenant_id set default app.current_tenant_id();

-- Two views of 001 join agents by their identifiers, which are a tenant's own only together with the tenant; a trigger of
-- 003 finds walks so.
do $$
declare
  v_view regclass;
begin
  foreach v_view in array array['agent_profiles_with_capabilities', 'available_agents']::regclass[] loop
    execute format(
      'create or replace view %s with (security_invoker = true) as %s',
      v_view,
      regexp_replace(
        pg_get_viewdef(v_view),
        '\((\w+)\.agent_id\)::text = \(profile\.id\)::text', '\1.tenant_id = profile.tenant_id and \&', 'g'
      )
    );
  end loop;
  execute regexp_replace(
    regexp_replace(
      pg_get_functiondef('update_traversal_statistics'::regproc), 'node\.traversal_id', 'node.tenant_id, \&', 'g'
    ),
    'where traversal\.id = (gone|come)\.', 'where traversal.tenant_id = \1.tenant_id and traversal.id = \1.', 'g'
  );
end
$$;

-- What the application may do, table by table. Provenance only grows; tenants are an operator's business.
grant select on
  tenants, tenant_privacy_config, tenant_access_log, provenance_heads, provenance_parents, provenance_refs,
  agent_relationship_history
  to agent_agency_app;
grant select, insert, update, delete on
  tenant_sharing_rules, tenant_access_policies,
  agent_capabilities_graph, agent_relationships, agent_cooccurrences, entity_chunk_mappings, entity_similarity_cache,
  graph_config, provenance_embeddings
  to agent_agency_app;
grant select, insert on provenance_signing_keys, caws_provenance_graph to agent_agency_app;
grant select on
  tenants, tenant_privacy_config, tenant_sharing_rules, tenant_access_policies, tenant_access_log,
  agent_capabilities_graph, agent_relationships, agent_relationship_history, agent_cooccurrences, entity_chunk_mappings,
  entity_similarity_cache, graph_config, provenance_signing_keys, provenance_heads, caws_provenance_graph,
  provenance_parents, provenance_refs, provenance_embeddings
  to agent_agency_readonly;

-- Views ask with the rights of their caller, so they show its tenant.
grant select on
  agent_profiles_with_capabilities, available_agents,
  query_performance, result_quality_analysis,
  verification_performance, method_performance, evidence_quality_analysis,
  web_cache_performance, web_extraction_performance, web_traversal_analysis, web_rate_limit_status,
  recent_performance_events, agent_performance_summary, system_performance_dashboard,
  agent_capability_summary, agent_relationship_summary, agent_relationship_versions, caws_provenance_chains
  to agent_agency_app, agent_agency_readonly;

grant execute on function cleanup_expired_web_cache() to agent_agency_app;
grant execute on function cleanup_similarity_cache(integer) to agent_agency_app;
grant execute on function get_cached_similarity(uuid, uuid, integer) to agent_agency_app, agent_agency_readonly;
grant execute on function compute_provenance_hash(varchar, varchar, varchar, jsonb)
  to agent_agency_app, agent_agency_readonly;
grant execute on function validate_performance_metrics(jsonb)
  to agent_agency_app, agent_agency_maintenance, agent_agency_readonly;
grant execute on function normalize_entity_name(text)
  to agent_agency_app, agent_agency_maintenance, agent_agency_readonly;
grant execute on function app.text_array_to_text(text[]) to agent_agency_app, agent_agency_maintenance;
grant execute on function app.relationship_key(varchar, varchar, varchar, relationship_type)
  to agent_agency_app, agent_agency_maintenance;
grant execute on function app.provenance_field(bytea) to agent_agency_app, agent_agency_maintenance, agent_agency_readonly;
grant execute on function app.provenance_node_hash(caws_provenance_graph)
  to agent_agency_app, agent_agency_maintenance, agent_agency_readonly;

-- The service role owns the few functions that have to see past a tenant, and may touch exactly what they need.
create policy provenance_heads_service on provenance_heads to agent_agency_service using (true) with check (true);
create policy caws_provenance_graph_service on caws_provenance_graph for select to agent_agency_service using (true);
create policy provenance_signing_keys_service on provenance_signing_keys for select to agent_agency_service using (true);
create policy provenance_signing_keys_service_insert on provenance_signing_keys for insert to agent_agency_service
  with check (true);
create policy provenance_parents_service on provenance_parents to agent_agency_service using (true) with check (true);
create policy provenance_refs_service on provenance_refs to agent_agency_service using (true) with check (true);
create policy agent_relationship_history_service on agent_relationship_history for select to agent_agency_service using (true);
create policy agent_relationship_history_service_insert on agent_relationship_history for insert to agent_agency_service
  with check (true);
create policy tenants_service on tenants for select to agent_agency_service using (true);
create policy tenants_service_insert on tenants for insert to agent_agency_service with check (true);
create policy tenants_service_update on tenants for update to agent_agency_service using (true) with check (true);
create policy tenant_privacy_config_service on tenant_privacy_config for insert to agent_agency_service with check (true);
create policy tenant_sharing_rules_service on tenant_sharing_rules for select to agent_agency_service using (true);
create policy tenant_access_policies_service on tenant_access_policies for select to agent_agency_service using (true);
create policy tenant_access_log_service on tenant_access_log for select to agent_agency_service using (true);
create policy tenant_access_log_service_insert on tenant_access_log for insert to agent_agency_service with check (true);
create policy tenant_access_log_service_delete on tenant_access_log for delete to agent_agency_service
  using (accessed_at < now() - interval '1 day');
grant
  select, insert, update (project_id, name, isolation_level, sharing_rules, data_retention, suspended_at)
  on tenants to agent_agency_service;
grant insert on tenant_privacy_config to agent_agency_service;
grant select on tenant_sharing_rules, tenant_access_policies to agent_agency_service;
grant select, insert, delete on tenant_access_log to agent_agency_service;
-- A rule that names a tenant must not wait for another one of that name.
create policy tenant_sharing_rules_target_maintenance on tenant_sharing_rules to agent_agency_maintenance
  using (target_tenant_id = (select app.maintained_tenant())) with check (false);

create function app.lock_provenance_head(
  p_parent_ids uuid[] default '{}',
  p_key_id text default null, -- null: nothing will be signed, or with a key that is known
  p_public_key bytea default null -- null: as p_key_id
) returns table (
  head_seq bigint,
  head_hash text,
  parent_hashes text[]
)
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := app.require_tenant_id();
begin
  select locked.head_seq, locked.head_hash into head_seq, head_hash
  from app.lock_provenance_head_of(v_tenant) as locked;

  if p_key_id is not null and not exists (
    select from provenance_signing_keys as key where key.tenant_id = v_tenant and key.key_id = p_key_id
  ) then
    insert into provenance_signing_keys (tenant_id, key_id, public_key)
    values (v_tenant, p_key_id, p_public_key)
    on conflict (tenant_id, key_id) do nothing;
  end if;

  if p_parent_ids <> '{}' then
    parent_hashes := array(
      select (
        select node.hash_chain
        from caws_provenance_graph as node
        -- As in app.extend_provenance_log().
        where node.tenant_id = v_tenant and node.id >= parent.id and node.id <= parent.id
        order by node.id
      )
      from unnest(p_parent_ids) with ordinality as parent (id, ordinal)
      order by parent.ordinal
    );
  end if;
  return next;
end
$$;

comment on function app.lock_provenance_head(uuid[], text, bytea) is
  'Locks the current tenant''s log until the transaction ends, and says where it ends; and the hashes of nodes, null for those that are not in it. A key becomes known to the tenant.';

alter function app.lock_provenance_head(uuid[], text, bytea) owner to agent_agency_service;
grant select, insert on provenance_signing_keys to agent_agency_service;
grant execute on function app.lock_provenance_head(uuid[], text, bytea) to agent_agency_app;

-- What an insert by the application does as well, in half of the time, for which everybody else waits: its plan is kept.
create function app.append_provenance_nodes(p_tenant_id text, p_key_id text, p_nodes json) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
begin
  insert into caws_provenance_graph (
    tenant_id, seq, previous_hash, id, entity_type, entity_id, parent_ids, parent_hashes, content,
    constitutional_refs, spec_hash, description, evidence_completeness, budget_adherence, gate_integrity,
    provenance_clarity, created_at, signing_key_id, hash_chain, signature
  )
  select
    p_tenant_id, node.seq, node.previous_hash, node.id, node.entity_type, node.entity_id, node.parent_ids,
    node.parent_hashes, node.content, node.constitutional_refs, node.spec_hash, node.description,
    node.evidence_completeness / 100.0, node.budget_adherence / 100.0, node.gate_integrity / 100.0,
    node.provenance_clarity / 100.0,
    -- Of whole days and the rest of the day, without a time zone: a number of microseconds times an interval is computed in
    -- floating point, which is wrong for the far future and past.
    (
      timestamp 'epoch'
      + make_interval(days => (node.created_at_micros / 86400000000)::integer)
      + node.created_at_micros % 86400000000 * interval '1 microsecond'
    ) at time zone 'UTC',
    p_key_id, node.hash_chain, node.signature
  from json_to_recordset(p_nodes) as node (
    seq bigint,
    previous_hash text,
    id uuid,
    entity_type text,
    entity_id text,
    parent_ids uuid[],
    parent_hashes text[],
    content bytea,
    constitutional_refs text[],
    spec_hash text,
    description text,
    evidence_completeness integer,
    budget_adherence integer,
    gate_integrity integer,
    provenance_clarity integer,
    created_at_micros bigint,
    hash_chain text,
    signature text
  )
  order by node.seq;
end
$$;

comment on function app.append_provenance_nodes(text, text, json) is
  'Appends nodes to a tenant''s log, signed with one key; each as its columns, with scores in hundredths and created_at_micros.';

grant execute on function app.append_provenance_nodes(text, text, json) to agent_agency_app;

-- The default tenant's settings are the template: it has them from before there were tenants.
create policy queue_configuration_service on queue_configuration to agent_agency_service
  using (tenant_id = 'default-tenant') with check (true);
create policy verification_methods_service on verification_methods to agent_agency_service
  using (tenant_id = 'default-tenant') with check (true);
create policy graph_config_service on graph_config to agent_agency_service
  using (tenant_id = 'default-tenant') with check (true);
grant select, insert on queue_configuration, verification_methods, graph_config to agent_agency_service;

create function app.copy_default_settings(p_tenant_id varchar(255)) returns void
language sql
volatile
parallel unsafe
begin atomic
  insert into queue_configuration (tenant_id, config_key, config_value, description)
  select copy_default_settings.p_tenant_id, setting.config_key, setting.config_value, setting.description
  from queue_configuration as setting
  where setting.tenant_id = 'default-tenant';

  insert into verification_methods (tenant_id, method_type, enabled, priority, timeout_ms, config)
  select copy_default_settings.p_tenant_id, method.method_type, method.enabled, method.priority, method.timeout_ms, method.config
  from verification_methods as method
  where method.tenant_id = 'default-tenant';

  insert into graph_config (tenant_id, key, value, description)
  select copy_default_settings.p_tenant_id, setting.key, setting.value, setting.description
  from graph_config as setting
  where setting.tenant_id = 'default-tenant';
end;

comment on function app.copy_default_settings(varchar) is 'Gives a new tenant the settings that the default tenant has now.';

grant execute on function app.copy_default_settings(varchar) to agent_agency_service;

create function create_tenant(
  p_tenant_id varchar(255),
  p_project_id varchar(255),
  p_name varchar(255),
  p_isolation_level isolation_level default 'strict'
) returns varchar(255)
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  insert into tenants (id, project_id, name, isolation_level)
  values (p_tenant_id, p_project_id, p_name, p_isolation_level);
  insert into tenant_privacy_config (tenant_id) values (p_tenant_id);
  perform app.copy_default_settings(p_tenant_id);
  return p_tenant_id;
end
$$;

comment on function create_tenant(varchar, varchar, varchar, isolation_level) is
  'Creates a tenant with default privacy and the default tenant''s settings. For operators: the application may not execute it.';

alter function create_tenant(varchar, varchar, varchar, isolation_level) owner to agent_agency_service;
grant execute on function create_tenant(varchar, varchar, varchar, isolation_level) to agent_agency_owner;

create function app.list_tenants() returns setof tenants
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select tenant.* from tenants as tenant order by tenant.project_id, tenant.id
$$;

comment on function app.list_tenants() is 'Every tenant. For operators: the application may not execute it.';

alter function app.list_tenants() owner to agent_agency_service;
grant execute on function app.list_tenants() to agent_agency_owner;

create function update_tenant_isolation(p_tenant_id varchar(255), p_new_level isolation_level) returns boolean
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with changed as (
    update tenants as tenant set isolation_level = p_new_level where tenant.id = p_tenant_id returning 1
  )
  select exists (select from changed)
$$;

comment on function update_tenant_isolation(varchar, isolation_level) is
  'Changes how far a tenant shares; false if there is no such tenant. For operators: the application may not execute it.';

alter function update_tenant_isolation(varchar, isolation_level) owner to agent_agency_service;
grant execute on function update_tenant_isolation(varchar, isolation_level) to agent_agency_owner;

create function app.update_tenant(p_tenant_id text, p_project_id text default null, p_name text default null) returns boolean
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with changed as (
    update tenants as tenant
    set project_id = coalesce(p_project_id, tenant.project_id), name = coalesce(p_name, tenant.name)
    where tenant.id = p_tenant_id
    returning 1
  )
  select exists (select from changed)
$$;

comment on function app.update_tenant(text, text, text) is
  'Changes a tenant''s project and name, where they are given; false if there is no such tenant. For operators.';

alter function app.update_tenant(text, text, text) owner to agent_agency_service;
grant execute on function app.update_tenant(text, text, text) to agent_agency_owner;

create function app.update_data_retention(p_tenant_id text, p_change jsonb) returns boolean
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with changed as (
    update tenants as tenant
    set data_retention = tenant.data_retention || p_change
    where tenant.id = p_tenant_id
    returning 1
  )
  select exists (select from changed)
$$;

comment on function app.update_data_retention(text, jsonb) is
  'Changes fields of a tenant''s data_retention; false if there is no such tenant. For operators.';

alter function app.update_data_retention(text, jsonb) owner to agent_agency_service;
grant execute on function app.update_data_retention(text, jsonb) to agent_agency_owner;

create function app.suspend_tenant(p_tenant_id text) returns boolean
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with changed as (
    update tenants as tenant
    set suspended_at = coalesce(tenant.suspended_at, now())
    where tenant.id = p_tenant_id
    returning 1
  )
  select exists (select from changed)
$$;

comment on function app.suspend_tenant(text) is
  'From its commit on nobody can act as the tenant; false if there is no such tenant. For operators.';

alter function app.suspend_tenant(text) owner to agent_agency_service;
grant execute on function app.suspend_tenant(text) to agent_agency_owner;

create function app.resume_tenant(p_tenant_id text) returns boolean
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with changed as (
    update tenants as tenant set suspended_at = null where tenant.id = p_tenant_id returning 1
  )
  select exists (select from changed)
$$;

comment on function app.resume_tenant(text) is
  'Lets a suspended tenant be acted as again; false if there is no such tenant. For operators.';

alter function app.resume_tenant(text) owner to agent_agency_service;
grant execute on function app.resume_tenant(text) to agent_agency_owner;

-- ---------------------------------------------------------------------------------------------------------------
-- What leaves a tenant, and who saw it.

create function app.record_tenant_access(
  p_tenant_id varchar(255),
  p_access_type varchar(50),
  p_table_name varchar(100),
  p_query_hash varchar(64) default null,
  p_row_count integer default null
) returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_accessor constant text := app.require_tenant_id();
begin
  -- Before the tenant is looked for: what only a known one is refused for would tell which ones there are.
  if p_access_type in ('read', 'write', 'aggregate', 'federated') is not true
    or length(p_table_name) between 1 and 100 is not true
    or p_query_hash !~ '^[0-9a-f]{64}$'
    or p_row_count < 0
  then
    raise exception using
      errcode = '22023',
      message = 'an access has a type, a table of up to 100 letters, a SHA-256 or none, and rows or none';
  end if;

  -- An unknown tenant is passed over in silence, by the foreign key: its entry is made and undone. If none were made, the
  -- transaction's number and counters would tell; and its locks, were they not taken before.
  lock table tenant_access_log in row exclusive mode;
  perform from tenants as tenant where tenant.id = v_accessor for key share;
  begin
    insert into tenant_access_log (
      tenant_id, accessor_tenant_id, access_type, table_name, query_hash, row_count, user_id, ip_address
    )
    values (
      coalesce(p_tenant_id, ''),
      v_accessor,
      p_access_type,
      p_table_name,
      p_query_hash,
      p_row_count,
      app.current_context_user(),
      inet_client_addr()
    );
  exception
    when foreign_key_violation then null;
  end;
end
$$;

comment on function app.record_tenant_access(varchar, varchar, varchar, varchar, integer) is
  'Enters into a tenant''s access log that the current tenant asked for its rows.';

alter function app.record_tenant_access(varchar, varchar, varchar, varchar, integer) owner to agent_agency_service;
grant execute on function app.record_tenant_access(varchar, varchar, varchar, varchar, integer) to agent_agency_app;

create function app.open_shared_access(p_resource text, p_query_hash text default null) returns setof text
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_reader constant text := app.require_tenant_id();
begin
  if p_query_hash !~ '^[0-9a-f]{64}$' then
    raise exception using errcode = '22023', message = 'the hash of a query is a SHA-256, in hex';
  end if;
  return query
    insert into tenant_access_log (
      tenant_id, accessor_tenant_id, access_type, table_name, query_hash, user_id, ip_address
    )
    select owner.id, v_reader, 'read', p_resource, p_query_hash, app.current_context_user(), inet_client_addr()
    from app.sharing_tenants(v_reader, p_resource) as owner (id)
    returning tenant_id::text;
end
$$;

comment on function app.open_shared_access(text, text) is
  'Enters into the log of everybody who shares a table with the current tenant that its user is going to read it, and says who they are. Once that is committed, transactions with app.shared_access can, for a minute.';

alter function app.open_shared_access(text, text) owner to agent_agency_service;
grant execute on function app.open_shared_access(text, text) to agent_agency_app;

create function app.purge_access_log(p_limit integer default 10000) returns bigint
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with purged as (
    delete from tenant_access_log
    where ctid = any(array(
      select entry.ctid
      from tenants as tenant
      cross join lateral (
        select candidate.ctid
        from tenant_access_log as candidate
        where candidate.tenant_id = tenant.id
          and candidate.accessed_at < now() - make_interval(days => app.access_log_days(tenant.data_retention))
      ) as entry
      limit p_limit
    ))
    returning 1
  )
  select count(*) from purged
$$;

comment on function app.purge_access_log(integer) is
  'Deletes so many entries of access logs that are older than their tenant''s data_retention says, and says how many. For operators, daily, until it says 0.';

alter function app.purge_access_log(integer) owner to agent_agency_service;
grant execute on function app.purge_access_log(integer) to agent_agency_owner;

-- What a tenant shares is one thing in two forms: the rules, and the document that the tenant's row repeats.
create function app.repeat_sharing_rules() returns trigger
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant constant text := case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end;
begin
  -- What an operator moves or erases as a whole, and a dump that is restored, have the repetition with them.
  if v_tenant = app.maintained_tenant() or app.is_restoring() then
    return null;
  end if;
  -- First, so that of two transactions the later one sees the rules of both.
  perform from tenants as tenant where tenant.id = v_tenant for no key update;
  update tenants as tenant
  set sharing_rules = coalesce(
    (
      select jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
          'target_tenant', rule.target_tenant_id,
          'resources', to_jsonb(rule.resource_types),
          'anonymization_level', rule.anonymization_level,
          'active', rule.active,
          'expires_at', rule.expires_at
        ))
        order by rule.target_tenant_id
      )
      from tenant_sharing_rules as rule
      where rule.tenant_id = v_tenant
    ),
    '[]'
  )
  where tenant.id = v_tenant;
  return null;
end
$$;

comment on function app.repeat_sharing_rules() is 'Trigger: repeats a tenant''s sharing rules in its row of tenants.';

alter function app.repeat_sharing_rules() owner to agent_agency_service;

create trigger repeat_sharing_rules
after insert or update or delete on tenant_sharing_rules
for each row execute function app.repeat_sharing_rules();

create function check_k_anonymity(group_size bigint, p_tenant_id varchar(255)) returns boolean
language sql
stable
parallel safe
begin atomic
  select coalesce(
    (
      select check_k_anonymity.group_size >= config.k_anonymity
      from tenant_privacy_config as config
      where config.tenant_id = check_k_anonymity.p_tenant_id
    ),
    false
  );
end;

comment on function check_k_anonymity(bigint, varchar) is
  'Whether a group is at least as large as a tenant demands; false for a tenant whose settings cannot be seen.';

-- The first twelve digits of a version 4 UUID come from the operating system's generator, all 48 bits of them.
create function app.random_below(p_bound bigint) returns bigint
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_range constant bigint := 1::bigint << 48;
  v_number bigint;
begin
  if p_bound is null or p_bound not between 1 and v_range then
    raise exception using errcode = '22023', message = 'the bound of a random number has to be 1 to 2^48';
  end if;
  loop
    v_number := ('x0000' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(64)::bigint;
    -- A number from the incomplete last interval would make small remainders more likely.
    exit when v_number < v_range - v_range % p_bound;
  end loop;
  return v_number % p_bound;
end
$$;

comment on function app.random_below(bigint) is 'Uniform whole number from 0 to below a bound, from a cryptographic generator.';

create function app.happens_with_exp(p_numerator bigint, p_denominator bigint) returns boolean
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draws bigint := 1;
begin
  while app.random_below(p_denominator * v_draws) < p_numerator loop
    v_draws := v_draws + 1;
  end loop;
  return v_draws % 2 = 1;
end
$$;

comment on function app.happens_with_exp(bigint, bigint) is
  'True with probability exp(-numerator/denominator), for a fraction from 0 to 1, exactly (Canonne, Kamath, Steinke 2020, algorithm 1).';

create function app.discrete_laplace(p_numerator bigint, p_denominator bigint) returns bigint
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_remainder bigint;
  v_multiple bigint;
  v_magnitude bigint;
  v_is_negative boolean;
begin
  loop
    v_remainder := app.random_below(p_numerator);
    continue when not app.happens_with_exp(v_remainder, p_numerator);
    v_multiple := 0;
    while app.happens_with_exp(1, 1) loop
      v_multiple := v_multiple + 1;
    end loop;
    v_magnitude := (v_remainder + p_numerator * v_multiple) / p_denominator;
    v_is_negative := app.random_below(2) = 1;
    -- Zero has one sign only, or it would be twice as likely.
    continue when v_is_negative and v_magnitude = 0;
    return case when v_is_negative then -v_magnitude else v_magnitude end;
  end loop;
end
$$;

comment on function app.discrete_laplace(bigint, bigint) is
  'Whole number from the discrete Laplace distribution of scale numerator/denominator, exactly (Canonne, Kamath, Steinke 2020, algorithm 2).';

-- In thousandths, whole numbers only: noise in floating point gives values away (Mironov 2012). Rounding may move two
-- values that differ by 1 apart by one thousandth more, hence 1001.
create function add_dp_noise(value numeric, p_tenant_id varchar(255)) returns numeric
language plpgsql
volatile
parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_config record;
begin
  if add_dp_noise.value = 'NaN' or abs(add_dp_noise.value) = 'Infinity' then
    raise exception using errcode = '22023', message = 'noise is added to finite numbers only';
  end if;
  select config.privacy_level, config.epsilon into v_config
  from tenant_privacy_config as config
  where config.tenant_id = p_tenant_id;
  if not found then
    raise exception using
      errcode = '55000',
      message = 'no noise without the tenant''s privacy settings, and they cannot be seen',
      hint = 'Only the current tenant''s own can.';
  end if;
  if v_config.privacy_level = 'basic' then
    return add_dp_noise.value;
  end if;
  if v_config.privacy_level = 'secure' then
    raise exception using
      errcode = '0A000',
      message = 'the privacy level secure asks for computing among several parties; noise alone is less',
      hint = 'Use the level differential, or share secrets between the tenants.';
  end if;
  return round(add_dp_noise.value, 3)
    + app.discrete_laplace(1001 * 10000, (v_config.epsilon * 10000)::bigint) * 0.001;
end
$$;

comment on function add_dp_noise(numeric, varchar) is
  'Adds Laplace noise to a value that one subject changes by 1 at most, by the tenant''s epsilon; unchanged at the level basic. Scale other values first. It keeps no account of the budget.';

grant execute on function check_k_anonymity(bigint, varchar) to agent_agency_app, agent_agency_readonly;
grant execute on function app.random_below(bigint) to agent_agency_app, agent_agency_readonly;
grant execute on function app.happens_with_exp(bigint, bigint) to agent_agency_app, agent_agency_readonly;
grant execute on function app.discrete_laplace(bigint, bigint) to agent_agency_app, agent_agency_readonly;
grant execute on function add_dp_noise(numeric, varchar) to agent_agency_app, agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- Views across what tenants have.

create view tenant_statistics with (security_invoker = true) as
select
  tenant.id as tenant_id,
  tenant.name as tenant_name,
  tenant.isolation_level,
  (select count(*) from agent_profiles as agent where agent.tenant_id = tenant.id) as agent_count,
  (select count(*) from agent_capabilities_graph as item where item.tenant_id = tenant.id) as capability_count,
  (select count(*) from agent_relationships as edge where edge.tenant_id = tenant.id) as relationship_count,
  (select count(*) from caws_provenance_graph as node where node.tenant_id = tenant.id) as provenance_count,
  (select count(*) from performance_events as event where event.tenant_id = tenant.id) as event_count
from tenants as tenant;

comment on view tenant_statistics is 'How much each tenant has. It counts rows one by one, those of the tables that are named in the query.';
comment on column tenant_statistics.tenant_id is 'Tenant.';
comment on column tenant_statistics.tenant_name is 'Its display name.';
comment on column tenant_statistics.isolation_level is 'How far it shares.';
comment on column tenant_statistics.agent_count is 'Agents.';
comment on column tenant_statistics.capability_count is 'Capabilities.';
comment on column tenant_statistics.relationship_count is 'Relationships.';
comment on column tenant_statistics.provenance_count is 'Nodes of its provenance log.';
comment on column tenant_statistics.event_count is 'Performance events.';

create view cross_tenant_access_summary with (security_invoker = true) as
select
  entry.tenant_id,
  entry.accessor_tenant_id,
  entry.access_type,
  entry.table_name,
  count(*) as access_count,
  sum(entry.row_count) as total_rows,
  max(entry.accessed_at) as last_accessed_at
from tenant_access_log as entry
where entry.accessor_tenant_id is distinct from entry.tenant_id
group by entry.tenant_id, entry.accessor_tenant_id, entry.access_type, entry.table_name;

comment on view cross_tenant_access_summary is 'Who else asked for a tenant''s rows, and how often.';
comment on column cross_tenant_access_summary.tenant_id is 'Tenant whose rows were asked for.';
comment on column cross_tenant_access_summary.accessor_tenant_id is 'Tenant that asked; null for operators.';
comment on column cross_tenant_access_summary.access_type is 'read, write, aggregate, or federated.';
comment on column cross_tenant_access_summary.table_name is 'Table that was asked.';
comment on column cross_tenant_access_summary.access_count is 'How often.';
comment on column cross_tenant_access_summary.total_rows is 'Rows that were shown; null if they were never counted.';
comment on column cross_tenant_access_summary.last_accessed_at is 'When it was asked last.';

grant select on tenant_statistics, cross_tenant_access_summary
  to agent_agency_app, agent_agency_readonly;
