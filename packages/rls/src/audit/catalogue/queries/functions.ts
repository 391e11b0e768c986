import { grantsOf, IN_SCOPE, isOfExtension, type GrantRow } from './fragments.ts';

export interface FunctionRow {
  /** `schema.name`; overloads share it. */
  readonly name: string;
  /** With its arguments. */
  readonly signature: string;
  readonly schema: string;
  readonly owner: string;
  /** False for one that is here only because a policy calls it, and for an extension's. */
  readonly is_in_scope: boolean;
  readonly is_trusted: boolean;
  readonly language: string;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly is_parallel_safe: boolean;
  readonly is_leakproof: boolean;
  readonly is_definer: boolean;
  /** A body that was parsed when it was made, whose names are bound. */
  readonly has_bound_body: boolean;
  readonly source: string;
  /** As it is pinned; null where it is the caller's. */
  readonly search_path: string | null;
  /** Of a trigger or an event trigger: nobody can call it. */
  readonly is_trigger: boolean;
  readonly grants: readonly GrantRow[];
}

/** `$2`: names of functions that policies call, wherever they are. */
export const FUNCTIONS = `
  select
    schema.nspname || '.' || function.proname as name,
    format('%s.%s(%s)', schema.nspname, function.proname, pg_get_function_identity_arguments(function.oid))
      as signature,
    schema.nspname::text as schema,
    pg_get_userbyid(function.proowner)::text as owner,
    ${IN_SCOPE} and not ${isOfExtension('pg_proc', 'function')} as is_in_scope,
    language.lanpltrusted as is_trusted,
    language.lanname::text as language,
    case function.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
    function.proparallel = 's' as is_parallel_safe,
    function.proleakproof as is_leakproof,
    function.prosecdef as is_definer,
    function.prosqlbody is not null as has_bound_body,
    coalesce(pg_get_function_sqlbody(function.oid), function.prosrc) as source,
    (
      select substr(setting, length('search_path=') + 1)
      from unnest(function.proconfig) as setting
      where setting like 'search\\_path=%'
    ) as search_path,
    function.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) as is_trigger,
    ${grantsOf('function.proacl', "'f'", 'function.proowner')} as grants
  from pg_proc as function
  join pg_namespace as schema on schema.oid = function.pronamespace
  join pg_language as language on language.oid = function.prolang
  where function.prokind <> 'a'
    and (
      (${IN_SCOPE} and not ${isOfExtension('pg_proc', 'function')})
      or (schema.nspname || '.' || function.proname) = any($2::text[])
    )
  order by schema.nspname, function.proname, signature`;
