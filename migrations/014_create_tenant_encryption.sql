-- Encryption: the data keys of tenants, each wrapped by a key that is not in the database. 011 has the guard of what is
-- sealed with them.

create table tenant_encryption_keys (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  version integer not null,
  state varchar(20) not null default 'active',
  wrapped_key bytea, -- null: destroyed
  kek_id varchar(2048) not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz, -- null: active
  destroyed_at timestamptz, -- null: not destroyed
  constraint tenant_encryption_keys_pkey primary key (tenant_id, id),
  constraint tenant_encryption_keys_version_key unique (tenant_id, version),
  constraint tenant_encryption_keys_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint tenant_encryption_keys_version_check check (version > 0),
  constraint tenant_encryption_keys_state_check check (state in ('active', 'retired', 'destroyed')),
  constraint tenant_encryption_keys_wrapped_key_check check (length(wrapped_key) between 1 and 8192),
  constraint tenant_encryption_keys_kek_id_check check (length(kek_id) > 0),
  constraint tenant_encryption_keys_retired_at_check check ((retired_at is null) = (state = 'active')),
  constraint tenant_encryption_keys_destroyed_check check (
    (destroyed_at is not null) = (state = 'destroyed') and (wrapped_key is null) = (state = 'destroyed')
  )
);

create unique index tenant_encryption_keys_active on tenant_encryption_keys (tenant_id) where state = 'active';

comment on index tenant_encryption_keys_active is 'Two processes that make a tenant''s first key agree on one.';
comment on table tenant_encryption_keys is
  'Data keys of tenants, wrapped by a key-encryption-key that is outside of the database. A row whose key is destroyed stays: it says why values cannot be read.';
comment on column tenant_encryption_keys.tenant_id is 'Tenant that owns the key.';
comment on column tenant_encryption_keys.id is 'Identifier of the key; every sealed value names it.';
comment on column tenant_encryption_keys.version is 'Number of the key, from 1.';
comment on column tenant_encryption_keys.state is
  'active: seals and opens; retired: opens; destroyed: gone. One is active at most.';
comment on column tenant_encryption_keys.wrapped_key is 'The key, wrapped; null when it is destroyed.';
comment on column tenant_encryption_keys.kek_id is 'Which key-encryption-key wrapped it, in the words of who keeps that.';
comment on column tenant_encryption_keys.created_at is 'When it was made.';
comment on column tenant_encryption_keys.retired_at is 'When it stopped sealing; null while it is active.';
comment on column tenant_encryption_keys.destroyed_at is 'When it was destroyed; null if it was not.';

select app.isolate_tenant_table('tenant_encryption_keys', 'tenant_id', 'tenant_encryption_key_isolation');

grant select on tenant_encryption_keys to agent_agency_app, agent_agency_readonly;
grant insert (tenant_id, id, version, wrapped_key, kek_id) on tenant_encryption_keys to agent_agency_app;
grant update (state, wrapped_key, kek_id, retired_at, destroyed_at) on tenant_encryption_keys to agent_agency_app;

-- What is destroyed or retired stays so, whoever asks.
create function app.keep_encryption_key_state() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'AAKEY',
    message = format('an encryption key that is %s does not become %s', old.state, new.state);
end
$$;

comment on function app.keep_encryption_key_state() is 'Refuses with AAKEY that an encryption key is used again.';

create trigger keep_tenant_encryption_key_state
before update on tenant_encryption_keys
for each row
when (
  old.state = 'destroyed' and new is distinct from old
  or old.state = 'retired' and new.state = 'active'
)
execute function app.keep_encryption_key_state();

create function app.set_tenant_encryption(p_tenant_id varchar(255), p_enabled boolean) returns boolean
language sql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with changed as (
    update tenants as tenant set encryption_enabled = p_enabled where tenant.id = p_tenant_id returning 1
  )
  select exists (select from changed)
$$;

comment on function app.set_tenant_encryption(varchar, boolean) is
  'Switches the encryption of what a tenant writes from now on; false if there is no such tenant. For operators: the application may not execute it.';

alter function app.set_tenant_encryption(varchar, boolean) owner to agent_agency_service;
grant update (encryption_enabled) on tenants to agent_agency_service;
grant execute on function app.set_tenant_encryption(varchar, boolean) to agent_agency_owner;
