import type { Migration } from './migration-file.ts';

/** What a new migration begins as, behind these: a table by its number, so that it is nobody's name yet. */
export function newMigration(files: readonly Migration[], version: number): Pick<Migration, 'up' | 'down'> {
  const table = `example_${version.toString().padStart(3, '0')}`;
  const hasTenants = files.some(({ up }) => up.includes('function app.isolate_tenant_table('));
  return { up: hasTenants ? tenantTable(table) : plainTable(table), down: dropTable(table) };
}

const PATIENCE = `-- Rather give up and be run again than have every query wait behind this one.
set local lock_timeout = '2s';`;

const HEADER = `-- What this makes or changes, and why.
-- The runner begins and ends the transaction, as agent_agency_owner with search_path = public.`;

const tenantTable = (table: string): string => `${HEADER}
-- ${table} stands for your table: rename it here and in the other file.

${PATIENCE}

create table ${table} (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  name varchar(255) not null,
  created_at timestamptz not null default now(),
  -- The tenant leads every key, foreign key and index: row level security makes it the first condition of a query.
  constraint ${table}_pkey primary key (tenant_id, id),
  constraint ${table}_name_key unique (tenant_id, name),
  constraint ${table}_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict
);

comment on table ${table} is 'What a row stands for.';
comment on column ${table}.tenant_id is 'Tenant that the row belongs to.';
comment on column ${table}.id is 'Key within the tenant.';
comment on column ${table}.name is 'What people call it.';
comment on column ${table}.created_at is 'When it was made.';

select app.isolate_tenant_table('${table}', 'tenant_id', '${table}_isolation');

grant select, insert, update, delete on ${table} to agent_agency_app;
grant select on ${table} to agent_agency_readonly;
`;

/** For a folder without tenants. */
const plainTable = (table: string): string => `${HEADER}
-- ${table} stands for your table: rename it here and in the other file.

create table ${table} (
  id uuid not null default gen_random_uuid(),
  name varchar(255) not null,
  constraint ${table}_pkey primary key (id)
);

comment on table ${table} is 'What a row stands for.';
comment on column ${table}.id is 'Key.';
comment on column ${table}.name is 'What people call it.';
`;

const dropTable = (
  table: string,
): string => `-- Restores exactly what was there before the other file; \`agency-db migrate verify\` shows whether it does.

${PATIENCE}

drop table ${table};
`;
