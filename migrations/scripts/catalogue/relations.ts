import type { SqlSession } from '@agent-agency/testing';
import { readRows } from './own-objects.ts';

/** A table or view. */
export interface Relation {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized view';
  readonly comment: string | null;
  readonly isSecured: boolean;
  readonly isInvoker: boolean;
  readonly isPartition: boolean;
}

/** A column of a table or view. */
export interface Column {
  readonly relation: string;
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  /** What it is filled with: an expression, `generated: …` or `identity`. */
  readonly fill: string | null;
  readonly comment: string | null;
}

/** Who may do what, but for the owner: one a grantee and relation. */
export interface Right {
  readonly relation: string;
  readonly role: string;
  /** For example `select`, `update (name, type)`. */
  readonly privileges: readonly string[];
}

/** Every table and view, by name. */
export function readRelations(session: SqlSession): Promise<readonly Relation[]> {
  return readRows(
    session,
    `select
       full_name as name,
       case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
       obj_description(oid, 'pg_class') as comment,
       relrowsecurity as "isSecured",
       coalesce(reloptions @> array['security_invoker=true'], false) as "isInvoker",
       relispartition as "isPartition"
     from own_relation
     where relkind in ('r', 'p', 'v', 'm')
     order by full_name collate "C"`,
  );
}

/** Every column of them, in the order of the table. */
export function readColumns(session: SqlSession): Promise<readonly Column[]> {
  return readRows(
    session,
    `select
       full_name as relation,
       attname as name,
       replace(
         replace(format_type(atttypid, atttypmod), 'character varying', 'varchar'),
         'timestamp with time zone', 'timestamptz'
       ) as type,
       not attnotnull as "isNullable",
       case
         when attidentity <> '' then 'identity'
         when attgenerated <> '' then 'generated: ' || pg_get_expr(adbin, adrelid)
         else pg_get_expr(adbin, adrelid)
       end as fill,
       col_description(attrelid, attnum) as comment
     from own_relation
     join pg_attribute on attrelid = own_relation.oid and attnum > 0 and not attisdropped
     left join pg_attrdef on adrelid = attrelid and adnum = attnum
     where relkind in ('r', 'p', 'v', 'm')
     order by full_name collate "C", attnum`,
  );
}

/** Every right on them that is not the owner's. */
export function readRights(session: SqlSession): Promise<readonly Right[]> {
  return readRows(
    session,
    `with granted as (
       select full_name, grantee, lower(privilege_type) as privilege, null as columns
       from own_relation, aclexplode(relacl)
       where relkind in ('r', 'p', 'v', 'm') and grantee <> relowner
       union all
       select full_name, grantee, lower(privilege_type), string_agg(attname, ', ' order by attnum)
       from own_relation join pg_attribute on attrelid = own_relation.oid, aclexplode(attacl)
       where grantee <> relowner
       group by full_name, grantee, privilege_type
     )
     select
       full_name as relation,
       case grantee when 0 then 'public' else grantee::regrole::text end as role,
       json_agg(
         privilege || coalesce(' (' || columns || ')', '')
         order by array_position(array['select', 'insert', 'update', 'delete'], privilege), privilege, columns
       ) as privileges
     from granted
     group by full_name, grantee
     order by full_name collate "C", 2`,
  );
}
