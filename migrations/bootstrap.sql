-- Runs before every migration, as the login role of whoever migrates, and may run any number of times.
-- It makes what a migration cannot: roles belong to the whole cluster, the extension needs an administrator,
-- and the journal has to exist before the first file is entered into it.
-- What is there already is left alone, so that in a prepared database a login without such rights can migrate.
-- An administrator prepares one with `psql -1 -f bootstrap.sql`.

do $$
declare
  v_role name;
begin
  foreach v_role in array array[
    'agent_agency_owner', 'agent_agency_service', 'agent_agency_maintenance', 'agent_agency_app', 'agent_agency_readonly'
  ]
  loop
    continue when exists (select from pg_roles where rolname = v_role);
    begin
      execute format(
        'create role %I nosuperuser nocreatedb nocreaterole nobypassrls noreplication %s',
        v_role,
        case when v_role in ('agent_agency_app', 'agent_agency_readonly') then 'login' else 'nologin' end
      );
    exception
      -- Databases of one cluster share their roles, and may be migrated at the same moment.
      when duplicate_object or unique_violation then null;
    end;
  end loop;

  -- The owner hands objects to the service role, and maintains tenants; whoever migrates becomes the owner.
  foreach v_role in array array['agent_agency_service', 'agent_agency_maintenance'] loop
    continue when pg_has_role('agent_agency_owner', v_role, 'set');
    begin
      execute format('grant %I to agent_agency_owner', v_role);
    exception when unique_violation or sqlstate 'XX000' then null;
    end;
  end loop;
  if not pg_has_role(session_user, 'agent_agency_owner', 'set') then
    begin
      execute format('grant agent_agency_owner to %I', session_user);
    exception when unique_violation or sqlstate 'XX000' then null;
    end;
  end if;
end
$$;

do $$
begin
  if not exists (select from pg_extension where extname = 'vector') then
    create extension vector schema public;
  end if;
  if pg_has_role(session_user, (select datdba from pg_database where datname = current_database()), 'usage') then
    execute format('grant create on database %I to agent_agency_owner', current_database());
    -- A temporary table stands before the real one of its name. Operators stage rows, and refresh what they search in.
    execute format('revoke temporary on database %I from public', current_database());
    execute format(
      'grant temporary on database %I to agent_agency_owner, agent_agency_service, agent_agency_maintenance',
      current_database()
    );
  end if;
  if pg_has_role(session_user, (select nspowner from pg_namespace where nspname = 'public'), 'usage') then
    grant usage, create on schema public to agent_agency_owner, agent_agency_service;
    grant usage on schema public to agent_agency_maintenance, agent_agency_app, agent_agency_readonly;
    -- Functions that run as the service role look into this schema: nobody else may put anything there.
    revoke create on schema public from public;
  end if;
  if not has_database_privilege('agent_agency_owner', current_database(), 'create')
    or not has_schema_privilege('agent_agency_owner', 'public', 'create')
    or not has_schema_privilege('agent_agency_service', 'public', 'create')
    or has_schema_privilege('public', 'public', 'create')
  then
    raise insufficient_privilege using
      message = 'permission denied to prepare the database and its schema public: neither is this login''s own';
  end if;
end
$$;

-- From here on as the owner, so that the journal belongs to whoever may migrate.
set local role agent_agency_owner;

-- What PUBLIC may execute is granted by name, never by default.
alter default privileges for role agent_agency_owner revoke execute on functions from public;

create table if not exists public.__migrations__ (
  version integer not null,
  name text not null,
  checksum char(64) not null,
  applied_at timestamptz not null default clock_timestamp(),
  applied_by text not null default session_user,
  duration_ms integer not null,
  constraint __migrations___pkey primary key (version),
  constraint __migrations___checksum_check check (checksum ~ '^[0-9a-f]{64}$')
);

comment on table public.__migrations__ is 'Journal of the migrations that are applied, one row a file. Written by the runner only.';
comment on column public.__migrations__.version is 'Number that the file name begins with.';
comment on column public.__migrations__.name is 'File name without its ending.';
comment on column public.__migrations__.checksum is 'SHA-256 of the file as it was applied; an edited file is refused.';
comment on column public.__migrations__.applied_at is 'When the file had run.';
comment on column public.__migrations__.applied_by is 'Login role that ran it.';
comment on column public.__migrations__.duration_ms is 'How long it ran, milliseconds.';

create or replace view public.schema_migrations with (security_invoker = true) as
select version, name, applied_at
from public.__migrations__;

comment on view public.schema_migrations is 'Applied migrations.';
comment on column public.schema_migrations.version is 'Number that the file name begins with.';
comment on column public.schema_migrations.name is 'File name without its ending.';
comment on column public.schema_migrations.applied_at is 'When the file had run.';

create or replace view public.schema_versions with (security_invoker = true) as
select
  version as version_id,
  name as description,
  applied_at,
  applied_by,
  duration_ms as execution_time_ms
from public.__migrations__;

comment on view public.schema_versions is 'Applied migrations with who applied them and how long it took.';
comment on column public.schema_versions.version_id is 'Number that the file name begins with.';
comment on column public.schema_versions.description is 'File name without its ending.';
comment on column public.schema_versions.applied_at is 'When the file had run.';
comment on column public.schema_versions.applied_by is 'Login role that ran it.';
comment on column public.schema_versions.execution_time_ms is 'How long it ran, milliseconds.';

reset role;
