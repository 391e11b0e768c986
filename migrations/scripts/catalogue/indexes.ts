import type { SqlSession } from '@agent-agency/testing';
import { readRows } from './own-objects.ts';

/** A column or expression of an index. */
export interface IndexKey {
  /** With its direction, for example `created_at DESC`. */
  readonly text: string;
  /** Null for an expression. */
  readonly column: string | null;
  /** By which it is ordered, where the column itself is not: conditions have to name it, too. */
  readonly collation: string | null;
  /** Whether an equality on it (for a GIN index, any of its operators) is leakproof. */
  readonly isLeakproof: boolean;
  /** Whether the index gives rows in the order of a distance. */
  readonly isDistance: boolean;
}

/** An index of a table or materialized view. */
export interface Index {
  readonly table: string;
  readonly name: string;
  readonly method: string;
  readonly isUnique: boolean;
  /** Whether policies stand between the application and the table. */
  readonly isSecured: boolean;
  readonly keys: readonly IndexKey[];
  /** Columns that it carries along. */
  readonly included: readonly string[];
  readonly predicate: string | null;
  readonly comment: string | null;
}

/**
 * Every index.
 *
 * Under row level security only a leakproof operator may be asked before the policies have: for an operator of an index
 * that is `pg_proc.proleakproof` of the function behind it, and of every function in an expression. A policy's own
 * condition, on the tenant, comes first anyway.
 */
export function readIndexes(session: SqlSession): Promise<readonly Index[]> {
  return readRows(
    session,
    `select
       full_name as table,
       indexrelid::regclass::text as name,
       amname as method,
       indisunique as "isUnique",
       own_relation.relrowsecurity as "isSecured",
       keys.list as keys,
       (
         select coalesce(json_agg(pg_get_indexdef(indexrelid, place, true) order by place), '[]')
         from generate_series(indnkeyatts + 1, indnatts) as place
       ) as included,
       pg_get_expr(indpred, indrelid, true) as predicate,
       obj_description(indexrelid, 'pg_class') as comment
     from pg_index
     join own_relation on own_relation.oid = indrelid
     join pg_class as index on index.oid = indexrelid
     join pg_am on pg_am.oid = index.relam
     cross join lateral (
       select exists (
         select from regexp_matches(indexprs::text, ':(?:op)?funcid (\\d+)', 'g') as called
         join pg_proc on pg_proc.oid = called[1]::oid
         where not proleakproof
       ) as has_leaks
     ) as expressions
     cross join lateral (
       select json_agg(
         json_build_object(
           'text', pg_get_indexdef(indexrelid, place::integer, true) || coalesce(' collate ' || own_collation, '')
             || case when amname = 'btree' and indoption[place - 1] & 1 = 1 then ' desc' else '' end,
           'column', attname,
           'collation', own_collation,
           'isLeakproof', not (attname is null and has_leaks) and exists (
             select from pg_amop
             join pg_operator on pg_operator.oid = amopopr
             join pg_proc on pg_proc.oid = oprcode
             where amopfamily = opcfamily and amoplefttype = opcintype and amoppurpose = 's' and proleakproof
               and (amname <> 'btree' or amopstrategy = 3 and amoprighttype = opcintype)
           ),
           'isDistance', exists (select from pg_amop where amopfamily = opcfamily and amoppurpose = 'o')
         )
         order by place
       ) as list
       from generate_series(1, indnkeyatts) as place
       join pg_opclass on pg_opclass.oid = indclass[place - 1]
       left join pg_attribute on attrelid = indrelid and attnum = indkey[place - 1] and attnum > 0
       left join lateral (
         select quote_ident(collname) as own_collation from pg_collation
         where pg_collation.oid = indcollation[place - 1] and pg_collation.oid <> attcollation
       ) as ordering on true
     ) as keys
     order by full_name collate "C", indisprimary desc, index.relname collate "C"`,
  );
}

/** The columns that the application can look up by in one step: conditions that reach into the index itself. */
export function conditionsOf({ keys, isSecured }: Index): readonly string[] {
  const isReached = ({ column, isLeakproof }: IndexKey): boolean => isLeakproof || column === 'tenant_id';
  return keys.filter((key) => !isSecured || isReached(key)).map(({ column, text }) => column ?? text);
}
