import { grantsOf, IN_SCOPE, isOfExtension, type GrantRow } from './fragments.ts';

/** A function of PostgreSQL or an extension that leads out of the database: to files, to other connections. */
export interface OutsideFunctionRow {
  readonly signature: string;
  readonly owner: string;
  readonly grants: readonly GrantRow[];
}

const LEADING_OUT = [
  'dblink',
  'dblink_connect',
  'dblink_connect_u',
  'dblink_exec',
  'lo_export',
  'lo_import',
  'pg_ls_dir',
  'pg_read_binary_file',
  'pg_read_file',
  'pg_stat_file',
];

export const OUTSIDE_FUNCTIONS = `
  select
    format('%s.%s(%s)', schema.nspname, function.proname, pg_get_function_identity_arguments(function.oid))
      as signature,
    pg_get_userbyid(function.proowner)::text as owner,
    ${grantsOf('function.proacl', "'f'", 'function.proowner')} as grants
  from pg_proc as function
  join pg_namespace as schema on schema.oid = function.pronamespace
  where function.proname in (${LEADING_OUT.map((name) => `'${name}'`).join(', ')})
    and (schema.nspname = 'pg_catalog' or ${isOfExtension('pg_proc', 'function')})
  order by signature`;

/** What a role or the database presets for a session. */
export interface PresetRow {
  /** Null: for every role. */
  readonly role: string | null;
  readonly name: string;
  readonly value: string;
}

export const PRESETS = `
  select
    role.rolname::text as role,
    split_part(setting, '=', 1) as name,
    substr(setting, strpos(setting, '=') + 1) as value
  from pg_db_role_setting as preset
  cross join unnest(preset.setconfig) as setting
  left join pg_roles as role on role.oid = preset.setrole
  where preset.setdatabase in (0, (select oid from pg_database where datname = current_database()))
  order by role.rolname, name`;

export interface ExtensionRow {
  readonly name: string;
  readonly schema: string;
}

export const EXTENSIONS = `
  select extension.extname::text as name, schema.nspname::text as schema
  from pg_extension as extension
  join pg_namespace as schema on schema.oid = extension.extnamespace
  where ${IN_SCOPE}
  order by extension.extname`;

/** What will be granted on tables that are not there yet. */
export interface DefaultGrantRow {
  /** Who makes them. */
  readonly role: string;
  /** Null: in every schema. */
  readonly schema: string | null;
  readonly grants: readonly GrantRow[];
}

export const DEFAULT_GRANTS = `
  select
    pg_get_userbyid(preset.defaclrole)::text as role,
    schema.nspname::text as schema,
    ${grantsOf('preset.defaclacl', "'r'", 'preset.defaclrole')} as grants
  from pg_default_acl as preset
  left join pg_namespace as schema on schema.oid = preset.defaclnamespace
  where preset.defaclobjtype = 'r' and (schema.oid is null or ${IN_SCOPE})
  order by role, schema`;

export interface EventTriggerRow {
  readonly name: string;
  readonly function: string;
  readonly function_owner: string;
  readonly is_of_superuser: boolean;
  readonly has_search_path: boolean;
}

export const EVENT_TRIGGERS = `
  select
    trigger.evtname::text as name,
    schema.nspname || '.' || function.proname as function,
    pg_get_userbyid(function.proowner)::text as function_owner,
    coalesce(role.rolsuper, false) as is_of_superuser,
    coalesce(array_to_string(function.proconfig, ',') ~ '(^|,)search_path=', false) as has_search_path
  from pg_event_trigger as trigger
  join pg_proc as function on function.oid = trigger.evtfoid
  join pg_namespace as schema on schema.oid = function.pronamespace
  left join pg_roles as role on role.oid = function.proowner
  where trigger.evtenabled <> 'D' and not ${isOfExtension('pg_event_trigger', 'trigger')}
  order by trigger.evtname`;

export interface PublishedTableRow {
  readonly publication: string;
  readonly table: string;
  readonly has_filter: boolean;
}

export const PUBLISHED_TABLES = `
  select
    published.pubname::text as publication,
    published.schemaname || '.' || published.tablename as table,
    published.rowfilter is not null as has_filter
  from pg_publication_tables as published
  where $1::text[] is null or published.schemaname = any($1)
  order by published.pubname, 2`;

export interface StatisticsRow {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
}

export const STATISTICS = `
  select
    schema.nspname || '.' || statistics.stxname as name,
    table_schema.nspname || '.' || relation.relname as table,
    array(
      select attribute.attname::text
      from pg_attribute as attribute
      where attribute.attrelid = statistics.stxrelid and attribute.attnum = any(statistics.stxkeys::int2[])
    ) as columns
  from pg_statistic_ext as statistics
  join pg_namespace as schema on schema.oid = statistics.stxnamespace
  join pg_class as relation on relation.oid = statistics.stxrelid
  join pg_namespace as table_schema on table_schema.oid = relation.relnamespace
  where ${IN_SCOPE}
  order by schema.nspname, statistics.stxname`;

/** Large objects by who may read or write them. */
export interface LargeObjectsRow {
  readonly grantee: string;
  readonly count: number;
}

export const LARGE_OBJECTS = `
  select coalesce(role.rolname, 'PUBLIC')::text as grantee, count(distinct object.oid)::integer as count
  from pg_largeobject_metadata as object
  cross join aclexplode(coalesce(object.lomacl, acldefault('L', object.lomowner))) as entry
  left join pg_roles as role on role.oid = entry.grantee
  group by role.rolname
  order by role.rolname`;
