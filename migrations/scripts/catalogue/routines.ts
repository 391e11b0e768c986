import type { SqlSession } from '@agent-agency/testing';
import { readRows } from './own-objects.ts';

/** A function or procedure. */
export interface Routine {
  /** With the types of its arguments, by which triggers name it. */
  readonly signature: string;
  readonly schema: string;
  readonly name: string;
  /** With names and defaults. */
  readonly parameters: string;
  readonly result: string;
  readonly isTrigger: boolean;
  readonly language: string;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly parallel: 'safe' | 'restricted' | 'unsafe';
  readonly isDefiner: boolean;
  readonly owner: string;
  /** Who may execute it besides its owner. */
  readonly callers: readonly string[];
  readonly comment: string | null;
}

/** A type with a fixed list of values. */
export interface Enumeration {
  readonly name: string;
  readonly values: readonly string[];
  readonly comment: string | null;
}

/** Every function. */
export function readRoutines(session: SqlSession): Promise<readonly Routine[]> {
  return readRows(
    session,
    `select
       full_name as signature,
       nspname as schema,
       proname as name,
       pg_get_function_arguments(own_routine.oid) as parameters,
       coalesce(pg_get_function_result(own_routine.oid), 'nothing') as result,
       prorettype = 'trigger'::regtype as "isTrigger",
       lanname as language,
       case provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
       case proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end as parallel,
       prosecdef as "isDefiner",
       proowner::regrole::text as owner,
       (
         select coalesce(json_agg(case grantee when 0 then 'public' else grantee::regrole::text end order by grantee::regrole::text), '[]')
         from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee <> proowner
       ) as callers,
       obj_description(own_routine.oid, 'pg_proc') as comment
     from own_routine
     join own_schema on own_schema.oid = pronamespace
     join pg_language on pg_language.oid = prolang
     order by nspname collate "C" desc, proname collate "C", full_name collate "C"`,
  );
}

/** Every enum. */
export function readEnumerations(session: SqlSession): Promise<readonly Enumeration[]> {
  return readRows(
    session,
    `select
       full_name as name,
       (select json_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = own_type.oid) as values,
       obj_description(oid, 'pg_type') as comment
     from own_type
     where typtype = 'e'
     order by full_name collate "C"`,
  );
}
