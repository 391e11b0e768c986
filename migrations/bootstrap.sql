-- Runs before every migration, as the login role of whoever migrates, and may run any number of times.
-- It makes what a migration cannot: roles belong to the whole cluster, the extension needs an administrator,
-- and the journal has to exist before the first file is entered into it.

do $$
declare
  v_role name;
begin
  foreach v_role in array array['agent_agency_owner', 'agent_agency_service', 'agent_agency_app', 'agent_agency_readonly']
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

  -- The owner hands objects to the service role; whoever migrates becomes the owner.
  if not pg_has_role('agent_agency_owner', 'agent_agency_service', 'set') then
    begin
      grant agent_agency_service to agent_agency_owner;
    exception when unique_violation or sqlstate 'XX000' then null;
    end;
  end if;
  if not pg_has_role(session_user, 'agent_agency_owner', 'set') then
    execute format('grant agent_agency_owner to %I', session_user);
  end if;
end
$$;

do $$
begin
  if not exists (select from pg_extension where extname = 'vector') then
    create extension vector;
  end if;
  execute format('grant create, connect, temporary on database %I to agent_agency_owner', current_database());
end
$$;

-- What PUBLIC may execute is granted by name, never by default.
alter default privileges for role agent_agency_owner revoke execute on functions from public;

grant usage, create on schema public to agent_agency_owner;
grant usage on schema public to agent_agency_service, agent_agency_app, agent_agency_readonly;
grant create on schema public to agent_agency_service;
revoke create on schema public from public;

create table if not exists __migrations__ (
  version integer not null,
  name text not null,
  checksum char(64) not null,
  applied_at timestamptz not null default clock_timestamp(),
  applied_by text not null default session_user,
  duration_ms integer not null,
  constraint __migrations___pkey primary key (version),
  constraint __migrations___checksum_check check (checksum ~ '^[0-9a-f]{64}$')
);

comment on table __migrations__ is 'Journal of the migrations that are applied, one row a file. Written by the runner only.';
comment on column __migrations__.version is 'Number that the file name begins with.';
comment on column __migrations__.name is 'File name without its ending.';
comment on column __migrations__.checksum is 'SHA-256 of the file as it was applied; an edited file is refused.';
comment on column __migrations__.applied_at is 'When the file had run.';
comment on column __migrations__.applied_by is 'Login role that ran it.';
comment on column __migrations__.duration_ms is 'How long it ran, milliseconds.';

create or replace view schema_migrations with (security_invoker = true) as
select version, name, applied_at
from __migrations__;

comment on view schema_migrations is 'Applied migrations, newest last by version.';

create or replace view schema_versions with (security_invoker = true) as
select
  version as version_id,
  name as description,
  applied_at,
  applied_by,
  duration_ms as execution_time_ms
from __migrations__;

comment on view schema_versions is 'Applied migrations with who applied them and how long it took.';
