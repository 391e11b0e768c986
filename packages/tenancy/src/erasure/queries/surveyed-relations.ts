import { sql, type RawBuilder } from 'kysely';

export interface SurveyedRelation {
  readonly name: string;
  readonly sql_name: string;
  /** Null: its rows are nobody's. */
  readonly tenant_column: string | null;
  /** Columns that can hold text. */
  readonly columns: readonly string[];
  /** Whose rights show every row; null when there is nobody. */
  readonly all_seen_by: 'agent_agency_owner' | 'agent_agency_service' | null;
  readonly is_maintained: boolean;
}

/**
 * Every table and materialized view of the database that is not PostgreSQL's own, and who may see how much of it: whom
 * no policy restricts, or whom a policy lets see everything.
 */
export const surveyedRelations: RawBuilder<SurveyedRelation> = sql`
  select
    case schema.nspname when 'public' then '' else schema.nspname || '.' end || class.relname as name,
    format('%I.%I', schema.nspname, class.relname) as sql_name,
    coalesce(
      (
        select distinct attribute.attname::text
        from pg_policy as policy
        join pg_depend as use on use.classid = 'pg_policy'::regclass and use.objid = policy.oid
          and use.refclassid = 'pg_class'::regclass and use.refobjid = class.oid and use.refobjsubid > 0
        join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum = use.refobjsubid
        where policy.polrelid = class.oid and policy.polname = (class.relname || '_maintenance')::name
      ),
      -- What is derived from tenants' tables: materialized views, and what triggers keep.
      (
        select 'tenant_id'
        from pg_attribute as attribute
        where attribute.attrelid = class.oid and attribute.attname = 'tenant_id' and not attribute.attisdropped
      )
    ) as tenant_column,
    (
      select coalesce(json_agg(attribute.attname order by attribute.attnum), '[]')
      from pg_attribute as attribute
      join pg_type as type on type.oid = attribute.atttypid
      where attribute.attrelid = class.oid
        and attribute.attnum > 0
        and not attribute.attisdropped
        and coalesce(nullif(type.typelem, 0), type.oid) = any(
          '{text, varchar, bpchar, name, uuid, json, jsonb, bytea, xml}'::regtype[]
        )
    ) as columns,
    (
      select role.name
      from unnest(array['agent_agency_owner', 'agent_agency_service']) with ordinality as role (name, place)
      where has_table_privilege(role.name, class.oid, 'select')
        and (
          not class.relrowsecurity
          or exists (
            select from pg_policy as policy
            where policy.polrelid = class.oid
              and policy.polpermissive
              and policy.polcmd in ('r', '*')
              and role.name::regrole = any(policy.polroles)
              and pg_get_expr(policy.polqual, class.oid) = 'true'
          )
          and not exists (
            select from pg_policy as policy
            where policy.polrelid = class.oid
              and not policy.polpermissive
              and (role.name::regrole = any(policy.polroles) or policy.polroles = '{0}')
          )
        )
      order by role.place
      limit 1
    ) as all_seen_by,
    exists (
      select from pg_policy as policy
      where policy.polrelid = class.oid and policy.polname = (class.relname || '_maintenance')::name
    ) as is_maintained
  from pg_class as class
  join pg_namespace as schema on schema.oid = class.relnamespace
  where class.relkind in ('r', 'p', 'm')
    and not class.relispartition
    and schema.nspname !~ '^pg_'
    and schema.nspname <> 'information_schema'
    and (class.relkind <> 'm' or class.relispopulated)
  order by class.relname::text collate "C", schema.nspname`;
