-- What a tenant lays down for its own resources, how long it keeps what, and the log of what changed.
-- lint: allow-file locks-one-after-another for moments; without its locks in half a second it is run again

create table data_retention_policies (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  default_retention_days integer not null default 730,
  archival_policy retention_policy not null default 'archive',
  compliance_requirements text[] not null default '{}',
  backup_frequency varchar(20) not null default 'daily',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint data_retention_policies_pkey primary key (tenant_id),
  constraint data_retention_policies_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint data_retention_policies_default_retention_days_check check (default_retention_days > 0),
  constraint data_retention_policies_compliance_requirements_check check (
    array_position(compliance_requirements, null) is null
  ),
  constraint data_retention_policies_backup_frequency_check check (
    backup_frequency in ('hourly', 'daily', 'weekly', 'monthly')
  )
);

create trigger update_data_retention_policies_updated_at
before update on data_retention_policies
for each row execute function update_updated_at_column();

comment on table data_retention_policies is 'How long a tenant keeps its rows, where tables have no rule of their own; one row each.';
comment on column data_retention_policies.tenant_id is 'Tenant that it belongs to.';
comment on column data_retention_policies.default_retention_days is 'Days that rows are kept.';
comment on column data_retention_policies.archival_policy is 'What happens to them afterwards.';
comment on column data_retention_policies.compliance_requirements is 'Rules that forbid keeping them for less.';
comment on column data_retention_policies.backup_frequency is 'How often the tenant wants a backup: hourly, daily, weekly, or monthly.';
comment on column data_retention_policies.created_at is 'When the row was made.';
comment on column data_retention_policies.updated_at is 'When the row last changed.';

create table audit_log (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  table_name varchar(100) not null,
  operation varchar(10) not null,
  old_values jsonb, -- null: the row was inserted
  new_values jsonb, -- null: the row was deleted
  user_id varchar(255) default nullif(current_setting('app.current_user', true), ''), -- null: the context named nobody
  actor name not null default current_user,
  request_id varchar(255) default nullif(current_setting('app.current_session', true), ''), -- null: none was named
  "timestamp" timestamptz not null default now(),
  created_at timestamptz not null generated always as ("timestamp") stored,
  constraint audit_log_pkey primary key (tenant_id, id),
  constraint audit_log_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint audit_log_table_name_check check (length(table_name) > 0),
  constraint audit_log_operation_check check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  constraint audit_log_values_check check (
    (old_values is null) = (operation = 'INSERT') and (new_values is null) = (operation = 'DELETE')
  )
);

create index idx_audit_log_timestamp on audit_log (tenant_id, "timestamp" desc);
create index idx_audit_log_table_name on audit_log (tenant_id, table_name, "timestamp" desc);
create index idx_audit_log_user_id on audit_log (tenant_id, user_id, "timestamp" desc);

create trigger refuse_audit_log_change
before update on audit_log
for each statement when (not app.is_maintaining('{subject erasure}')) execute function app.refuse_provenance_change();

create trigger refuse_audit_log_deletion
before delete on audit_log
for each statement when (not app.is_maintaining('{erasure,retention}')) execute function app.refuse_provenance_change();

create trigger refuse_audit_log_truncation
before truncate on audit_log
for each statement execute function app.refuse_provenance_change();

comment on table audit_log is 'Append-only log of changed rows.';
comment on column audit_log.tenant_id is 'Tenant that owns the changed row, and the entry.';
comment on column audit_log.id is 'Identifier of the entry.';
comment on column audit_log.table_name is 'Table of the row.';
comment on column audit_log.operation is 'INSERT, UPDATE, or DELETE.';
comment on column audit_log.old_values is 'Columns before; null for an INSERT.';
comment on column audit_log.new_values is 'Columns after; null for a DELETE.';
comment on column audit_log.user_id is 'User of the context; null if it named none.';
comment on column audit_log.actor is 'Role in the database.';
comment on column audit_log.request_id is 'Session of the context; null if it named none.';
comment on column audit_log.timestamp is 'When the transaction began.';
comment on column audit_log.created_at is 'The same instant, under the name that retention goes by.';

select
  app.isolate_tenant_table('data_retention_policies', 'tenant_id', 'tenant_retention_isolation'),
  app.isolate_tenant_table('audit_log', 'tenant_id', 'tenant_audit_isolation');

grant select, insert, update, delete on data_retention_policies to agent_agency_app;
grant select on audit_log to agent_agency_app;
grant insert (tenant_id, id, table_name, operation, old_values, new_values) on audit_log to agent_agency_app;
grant select on data_retention_policies, audit_log to agent_agency_readonly;

-- Whoever changes how far a tenant opens itself, leaves a trace.
create policy audit_log_service on audit_log for insert to agent_agency_service with check (true);
grant insert on audit_log to agent_agency_service;

create function app.record_row_change() returns trigger
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - 'updated_at' end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - 'updated_at' end;
  v_tenant constant text := coalesce(v_new, v_old) ->> tg_argv[0];
  v_changed text[];
begin
  -- What an operator moves or erases as a whole, and a dump that is restored, have their entries with them.
  if v_tenant = app.maintained_tenant() or app.is_restoring() then
    return null;
  end if;
  if not exists (
    select from tenants as tenant where tenant.id = v_tenant and (tenant.audit_logging or tg_table_name = 'tenants')
  ) then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    v_changed := array(
      select field.key from jsonb_each(v_new) as field where field.value is distinct from v_old -> field.key
    );
    if v_changed = '{}' then
      return null;
    end if;
    v_old := (select jsonb_object_agg(field.key, field.value) from jsonb_each(v_old) as field where field.key = any(v_changed));
    v_new := (select jsonb_object_agg(field.key, field.value) from jsonb_each(v_new) as field where field.key = any(v_changed));
  end if;
  insert into audit_log (tenant_id, table_name, operation, old_values, new_values, actor)
  values (v_tenant, tg_table_name, tg_op, v_old, v_new, session_user);
  return null;
end
$$;

comment on function app.record_row_change() is
  'Trigger: enters a change into audit_log, of an update only the columns that changed. Its argument is the column that says whose the row is.';

alter function app.record_row_change() owner to agent_agency_service;

create trigger record_change
after insert or update or delete on tenants
for each row execute function app.record_row_change('id');

create trigger record_change
after insert or update or delete on tenant_privacy_config
for each row execute function app.record_row_change('tenant_id');

create trigger record_change
after insert or update or delete on tenant_sharing_rules
for each row execute function app.record_row_change('tenant_id');

create trigger record_change
after insert or update or delete on tenant_access_policies
for each row execute function app.record_row_change('tenant_id');

create trigger record_change
after insert or update or delete on data_retention_policies
for each row execute function app.record_row_change('tenant_id');
