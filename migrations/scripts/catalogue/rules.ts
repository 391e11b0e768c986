import type { SqlSession } from '@agent-agency/testing';
import { readRows } from './own-objects.ts';

/** A row level security policy. */
export interface Policy {
  readonly table: string;
  readonly name: string;
  readonly isRestrictive: boolean;
  readonly command: string;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

/** A trigger. */
export interface Trigger {
  readonly table: string;
  readonly name: string;
  /** For example `before insert or update, each row`. */
  readonly event: string;
  readonly condition: string | null;
  readonly routine: string;
}

/** Every policy. */
export function readPolicies(session: SqlSession): Promise<readonly Policy[]> {
  return readRows(
    session,
    `select
       full_name as table,
       polname as name,
       not polpermissive as "isRestrictive",
       case polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end
         as command,
       (
         select json_agg(coalesce(rolname, 'public') order by rolname)
         from unnest(polroles) as role (oid) left join pg_roles using (oid)
       ) as roles,
       pg_get_expr(polqual, polrelid, true) as using,
       pg_get_expr(polwithcheck, polrelid, true) as check
     from pg_policy join own_table on own_table.oid = polrelid
     order by full_name collate "C", polpermissive, polname collate "C"`,
  );
}

/** Every trigger that is not a constraint's own. */
export function readTriggers(session: SqlSession): Promise<readonly Trigger[]> {
  return readRows(
    session,
    `select
       full_name as table,
       tgname as name,
       concat(
         case when tgtype & 2 > 0 then 'before' when tgtype & 64 > 0 then 'instead of' else 'after' end,
         ' ',
         concat_ws(
           ' or ',
           case when tgtype & 4 > 0 then 'insert' end,
           case when tgtype & 16 > 0 then 'update' || coalesce(' of ' || columns, '') end,
           case when tgtype & 8 > 0 then 'delete' end,
           case when tgtype & 32 > 0 then 'truncate' end
         ),
         case when tgtype & 1 > 0 then ', each row' else ', each statement' end
       ) as event,
       substring(pg_get_triggerdef(pg_trigger.oid, true) from ' WHEN \\((.*)\\) EXECUTE FUNCTION') as condition,
       tgfoid::regprocedure::text as routine
     from pg_trigger
     join own_relation on own_relation.oid = tgrelid
     left join lateral (
       select string_agg(attname, ', ' order by attnum) as columns
       from pg_attribute where attrelid = tgrelid and attnum = any(tgattr)
     ) as watched on true
     where not tgisinternal
     order by full_name collate "C", tgname collate "C"`,
  );
}
