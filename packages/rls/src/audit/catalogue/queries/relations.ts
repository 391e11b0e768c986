import { grantsOf, IN_SCOPE, isOfExtension, type GrantRow } from './fragments.ts';

export type RelationKind = 'table' | 'foreign table' | 'view' | 'materialized view' | 'sequence';

export interface ColumnRow {
  readonly name: string;
  /** Name of the type, without schema and length: `varchar`, `_text`, an enum's name. */
  readonly type: string;
  readonly isNullable: boolean;
  /** A default, an identity or a generated value. */
  readonly hasDefault: boolean;
  /** A number that PostgreSQL counts: an identity, or a default from a sequence. */
  readonly isCounted: boolean;
}

export interface RelationRow {
  /** `schema.name`. */
  readonly name: string;
  readonly schema: string;
  readonly short_name: string;
  readonly kind: RelationKind;
  readonly owner: string;
  readonly is_in_scope: boolean;
  readonly has_rls: boolean;
  readonly is_forced: boolean;
  /** Of a view: whether it reads with its reader's rights. */
  readonly is_invoker: boolean;
  /** What it is a partition or an heir of. */
  readonly parents: readonly string[];
  /** What a view reads. */
  readonly reads: readonly string[];
  /** Names of the rules that rewrite statements on it, without the one that makes a view a view. */
  readonly rules: readonly string[];
  readonly columns: readonly ColumnRow[];
  /** On the whole and on columns. */
  readonly grants: readonly GrantRow[];
}

const named = (schema: string, relation: string): string => `${schema}.nspname || '.' || ${relation}.relname`;

const PARENTS = `array(
  select ${named('parent_schema', 'parent')}
  from pg_inherits as inheritance
  join pg_class as parent on parent.oid = inheritance.inhparent
  join pg_namespace as parent_schema on parent_schema.oid = parent.relnamespace
  where inheritance.inhrelid = relation.oid
)`;

const READS = `array(
  select distinct ${named('source_schema', 'source')}
  from pg_rewrite as rule
  join pg_depend as dependency
    on dependency.classid = 'pg_rewrite'::regclass
    and dependency.objid = rule.oid
    and dependency.refclassid = 'pg_class'::regclass
    and dependency.refobjid <> relation.oid
  join pg_class as source on source.oid = dependency.refobjid
  join pg_namespace as source_schema on source_schema.oid = source.relnamespace
  where rule.ev_class = relation.oid and relation.relkind in ('v', 'm')
)`;

const COLUMNS = `(
  select coalesce(json_agg(json_build_object(
    'name', attribute.attname,
    'type', type.typname,
    'isNullable', not attribute.attnotnull,
    'hasDefault', attribute.atthasdef or attribute.attidentity <> '',
    'isCounted', attribute.attidentity <> ''
      or coalesce(pg_get_expr(preset.adbin, preset.adrelid) ~ '^nextval\\(', false)
  ) order by attribute.attnum), '[]')
  from pg_attribute as attribute
  join pg_type as type on type.oid = attribute.atttypid
  left join pg_attrdef as preset on preset.adrelid = attribute.attrelid and preset.adnum = attribute.attnum
  where attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
)`;

const COLUMN_GRANTS = `(
  select coalesce(json_agg(json_build_object(
    'grantee', coalesce(role.rolname, 'PUBLIC'),
    'privilege', entry.privilege_type,
    'isGrantable', entry.is_grantable
  )), '[]')
  from pg_attribute as attribute
  cross join aclexplode(attribute.attacl) as entry
  left join pg_roles as role on role.oid = entry.grantee
  where attribute.attrelid = relation.oid and not attribute.attisdropped
)`;

const RULES = `array(
  select rule.rulename::text
  from pg_rewrite as rule
  where rule.ev_class = relation.oid and rule.rulename <> '_RETURN' and relation.relhasrules
  order by rule.rulename
)`;

const KIND = `case relation.relkind when 'S' then 's' else 'r' end::"char"`;

/** All of the database, since what is in scope may read what is not; columns only of what is. */
export const RELATIONS = `
  with relation as (
    select
      class.*,
      schema.nspname,
      ${IN_SCOPE} and not ${isOfExtension('pg_class', 'class')} as is_in_scope
    from pg_class as class
    join pg_namespace as schema on schema.oid = class.relnamespace
    where class.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
      and class.relpersistence <> 't'
      and schema.nspname !~ '^pg_'
      and schema.nspname <> 'information_schema'
  )
  select
    relation.nspname || '.' || relation.relname as name,
    relation.nspname::text as schema,
    relation.relname::text as short_name,
    case relation.relkind
      when 'f' then 'foreign table'
      when 'v' then 'view'
      when 'm' then 'materialized view'
      when 'S' then 'sequence'
      else 'table'
    end as kind,
    pg_get_userbyid(relation.relowner)::text as owner,
    relation.is_in_scope,
    relation.relrowsecurity as has_rls,
    relation.relforcerowsecurity as is_forced,
    coalesce((
      select setting.option_value::boolean
      from pg_options_to_table(relation.reloptions) as setting
      where setting.option_name = 'security_invoker'
    ), false) as is_invoker,
    ${PARENTS} as parents,
    ${READS} as reads,
    ${RULES} as rules,
    case when relation.is_in_scope then ${COLUMNS} else '[]' end as columns,
    (${grantsOf('relation.relacl', KIND, 'relation.relowner')}::jsonb || ${COLUMN_GRANTS}::jsonb) as grants
  from relation
  order by relation.nspname, relation.relname`;
