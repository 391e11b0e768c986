import { sql, type RawBuilder } from 'kysely';

export interface TenantTableRow {
  readonly name: string;
  readonly sql_name: string;
  readonly tenant_column: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly isGenerated: boolean;
    readonly isCollated: boolean;
    readonly isNullable: boolean;
    readonly sequence: string | null;
  }[];
  readonly key: readonly string[];
  readonly refers_to: readonly string[];
}

/**
 * Every table with a maintenance policy, as `app.isolate_tenant_table()` makes it: what it is called, which column says
 * whose a row is, its columns, its primary key, and the tables that its foreign keys lead to.
 *
 * Types are named as the catalogue names them: `character` would be one character, `bpchar` is as many as there are.
 */
export const tenantTables: RawBuilder<TenantTableRow> = sql`
  select
    case schema.nspname when 'public' then '' else schema.nspname || '.' end || class.relname as name,
    format('%I.%I', schema.nspname, class.relname) as sql_name,
    tenant_column.attname::text as tenant_column,
    column_list.items as columns,
    key_list.items as key,
    reference_list.items as refers_to
  from pg_policy as policy
  join pg_class as class on class.oid = policy.polrelid and policy.polname = (class.relname || '_maintenance')::name
  join pg_namespace as schema on schema.oid = class.relnamespace
  -- Twice: the policy says it of rows that are read and of rows that are written.
  cross join lateral (
    select distinct use.refobjsubid as attnum
    from pg_depend as use
    where use.classid = 'pg_policy'::regclass and use.objid = policy.oid
      and use.refclassid = 'pg_class'::regclass and use.refobjid = class.oid and use.refobjsubid > 0
  ) as used
  join pg_attribute as tenant_column on tenant_column.attrelid = class.oid and tenant_column.attnum = used.attnum
  cross join lateral (
    select json_agg(
      json_build_object(
        'name', attribute.attname,
        'type', format('%I.%I', type_schema.nspname, type.typname),
        'isGenerated', attribute.attgenerated <> '',
        'isCollated', attribute.attcollation <> 0,
        'isNullable', not attribute.attnotnull,
        'sequence', pg_get_serial_sequence(class.oid::regclass::text, attribute.attname)
      )
      order by attribute.attnum
    ) as items
    from pg_attribute as attribute
    join pg_type as type on type.oid = attribute.atttypid
    join pg_namespace as type_schema on type_schema.oid = type.typnamespace
    where attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
  ) as column_list
  cross join lateral (
    select coalesce(json_agg(attribute.attname order by part.place), '[]') as items
    from pg_index as key
    cross join unnest(key.indkey::smallint[]) with ordinality as part (attnum, place)
    join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum = part.attnum
    where key.indrelid = class.oid and key.indisprimary
  ) as key_list
  cross join lateral (
    select coalesce(
      json_agg(
        distinct case other_schema.nspname when 'public' then '' else other_schema.nspname || '.' end || other.relname
      ),
      '[]'
    ) as items
    from pg_constraint as reference
    join pg_class as other on other.oid = reference.confrelid
    join pg_namespace as other_schema on other_schema.oid = other.relnamespace
    where reference.conrelid = class.oid and reference.contype = 'f'
  ) as reference_list
  where policy.polroles = array['agent_agency_maintenance'::regrole::oid]
  order by class.relname::text collate "C", schema.nspname`;
