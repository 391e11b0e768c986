-- Keys of subjects: what is recorded for good about a person or an agent is sealed with a key of their own. Who destroys
-- it makes that unreadable, and changes no byte of it.

create table subject_keys (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  subject_sha256 varchar(64), -- null: destroyed, and nobody's any more
  wrapped_key bytea, -- null: destroyed
  kek_id varchar(2048) not null,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz, -- null: not destroyed
  constraint subject_keys_pkey primary key (tenant_id, id),
  constraint subject_keys_subject_sha256_key unique (tenant_id, subject_sha256),
  constraint subject_keys_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint subject_keys_subject_sha256_check check (subject_sha256 ~ '^[0-9a-f]{64}$'),
  constraint subject_keys_wrapped_key_check check (length(wrapped_key) between 1 and 8192),
  constraint subject_keys_kek_id_check check (length(kek_id) > 0),
  constraint subject_keys_destroyed_check check (
    (wrapped_key is null) = (destroyed_at is not null) and (subject_sha256 is null) = (destroyed_at is not null)
  )
);

comment on constraint subject_keys_subject_sha256_key on subject_keys is
  'Two processes that make a subject''s first key agree on one.';
comment on table subject_keys is
  'Keys of subjects, wrapped by a key-encryption-key that is outside of the database. A row whose key is destroyed stays, and does not say whose it was: it says why values cannot be read.';
comment on column subject_keys.tenant_id is 'Tenant that owns the key.';
comment on column subject_keys.id is 'Identifier of the key; every value that it sealed names it.';
comment on column subject_keys.subject_sha256 is
  'Whose key it is, as receipts of erasure name subjects: a SHA-256 of tenant and subject, hex; null when it is destroyed.';
comment on column subject_keys.wrapped_key is 'The key, wrapped; null when it is destroyed.';
comment on column subject_keys.kek_id is 'Which key-encryption-key wrapped it, in the words of who keeps that.';
comment on column subject_keys.created_at is 'When it was made.';
comment on column subject_keys.destroyed_at is 'When it was destroyed; null if it was not.';

select app.isolate_tenant_table('subject_keys', 'tenant_id', 'tenant_subject_key_isolation');

grant select on subject_keys to agent_agency_app, agent_agency_readonly;
grant insert (tenant_id, id, subject_sha256, wrapped_key, kek_id) on subject_keys to agent_agency_app;
grant update (subject_sha256, wrapped_key, kek_id, destroyed_at) on subject_keys to agent_agency_app;

create function app.keep_subject_key() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'AAKEY',
    message = 'a subject''s key stays that subject''s, and stays destroyed';
end
$$;

comment on function app.keep_subject_key() is
  'Refuses with AAKEY that a subject''s key becomes another''s, or is used again after it was destroyed.';

create trigger keep_subject_key
before update on subject_keys
for each row
when (
  old.destroyed_at is not null and new is distinct from old
  or new.subject_sha256 <> old.subject_sha256
)
execute function app.keep_subject_key();
