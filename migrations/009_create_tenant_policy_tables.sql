-- What a tenant lays down for its own resources, how long it keeps what, and the log of what changed.

create table tenant_access_policies (
  tenant_id varchar(255) not null default app.current_tenant_id(),
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
  'How far a tenant opens each kind of resource. It opens nothing by itself: rows are shared by tenant_sharing_rules.';
comment on column tenant_access_policies.tenant_id is 'Tenant that owns the resources and the policy.';
comment on column tenant_access_policies.resource_type is 'Table that it is about.';
comment on column tenant_access_policies.access_level is 'The most that may be opened: read, write (for its own users only), share, or federate.';
comment on column tenant_access_policies.allowed_tenants is 'Tenants that sharing and federating may reach; empty: none.';
comment on column tenant_access_policies.restrictions is 'What is left out, a JSON object.';
comment on column tenant_access_policies.conditions is 'When it applies, a JSON object.';
comment on column tenant_access_policies.created_at is 'When the row was made.';
comment on column tenant_access_policies.updated_at is 'When the row last changed.';

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
before update or delete or truncate on audit_log
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
  app.isolate_tenant_table('tenant_access_policies', 'tenant_id', 'tenant_access_policy_isolation'),
  app.isolate_tenant_table('data_retention_policies', 'tenant_id', 'tenant_retention_isolation'),
  app.isolate_tenant_table('audit_log', 'tenant_id', 'tenant_audit_isolation');

grant select, insert, update, delete on tenant_access_policies, data_retention_policies to agent_agency_app;
grant select on audit_log to agent_agency_app;
grant insert (tenant_id, id, table_name, operation, old_values, new_values) on audit_log to agent_agency_app;
grant select on tenant_access_policies, data_retention_policies, audit_log to agent_agency_readonly;
