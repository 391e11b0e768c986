import { PUBLIC, type Catalogue } from '../catalogue/catalogue.ts';
import type { FunctionRow } from '../catalogue/queries/functions.ts';
import { calledFunctions } from './policy-settings.ts';
import { describeGrants, onFunctions, type Check, type Rule } from './rule.ts';

/** Looks at each function that policies call. */
function onCalledFunctions(check: (routine: FunctionRow, catalogue: Catalogue) => string | undefined): Check {
  return (catalogue) =>
    calledFunctions(catalogue).flatMap((routine) => {
      const message = check(routine, catalogue);
      return message === undefined ? [] : [{ place: routine.signature, message }];
    });
}

/** Whether the audience can call it. */
function isCallable(routine: FunctionRow, catalogue: Catalogue): boolean {
  return !routine.is_trigger && catalogue.granted(routine.grants, 'EXECUTE').length > 0;
}

/** Why policies do not hold whoever a function runs as. */
function freedomOf(owner: string, catalogue: Catalogue): string | undefined {
  if (catalogue.bypasses(owner)) return `no policy holds ${owner}`;
  const unforced = catalogue.tables.find(
    (table) => table.owner === owner && table.has_rls && !table.is_forced,
  );
  return unforced && `${owner} owns ${unforced.name}, which is not forced`;
}

/** The last schema of a pinned path. */
function lastSchema(path: string): string {
  return (path.split(',').at(-1) ?? '').trim().replaceAll('"', '');
}

export const functionRules: readonly Rule[] = [
  {
    name: 'policy-function-without-search-path',
    severity: 'error',
    what: 'A function that policies call has a body of text and no pinned search path.',
    why: 'Its names mean what the caller’s search path says: a temporary table of the caller’s can answer for yours.',
    instead: '`begin atomic … end`, or `set search_path = pg_catalog, …, pg_temp`.',
    check: onCalledFunctions(({ is_definer, has_bound_body, search_path }) =>
      is_definer || has_bound_body || search_path !== null
        ? undefined
        : 'decides by names that its caller chooses',
    ),
  },
  {
    name: 'policy-function-replaceable',
    severity: 'error',
    what: 'An application role owns a function that policies call.',
    why: 'It can replace the function by one that says yes.',
    instead: '`alter function … owner to` a role that nobody logs in as.',
    check: onCalledFunctions(({ owner }, { reach }) =>
      reach.has(owner) ? `${owner} can replace it` : undefined,
    ),
  },
  {
    name: 'definer-without-search-path',
    severity: 'error',
    what: 'A `security definer` function has no pinned search path.',
    why: 'Its caller can put a table or function of their own in the way, which then runs with the owner’s rights.',
    instead: '`set search_path = pg_catalog, …, pg_temp`, also with `begin atomic`.',
    check: onFunctions(({ is_definer, search_path, owner }) =>
      is_definer && search_path === null ? `runs as ${owner} on its caller’s search path` : undefined,
    ),
  },
  {
    name: 'definer-search-path-without-pg-temp',
    severity: 'warning',
    what: 'The pinned search path of a `security definer` function does not end with `pg_temp`.',
    why: 'Where it is not named, temporary tables and types come first: the caller’s own is found before yours.',
    instead: '`set search_path = pg_catalog, public, pg_temp`.',
    check: onFunctions(({ is_definer, search_path }) =>
      is_definer && search_path !== null && lastSchema(search_path) !== 'pg_temp'
        ? 'finds a temporary table of its caller’s before yours'
        : undefined,
    ),
  },
  {
    name: 'definer-executable-by-public',
    severity: 'error',
    what: 'PUBLIC may execute a `security definer` function; what is not revoked it may.',
    why: 'Every role, also one that is made later for something else, acts with the owner’s rights.',
    instead: '`revoke execute on function … from public`, and grant it by name.',
    check: onFunctions(({ is_definer, is_trigger, grants }) =>
      is_definer && !is_trigger && grants.some(({ grantee }) => grantee === PUBLIC)
        ? 'everybody may execute it'
        : undefined,
    ),
  },
  {
    name: 'definer-bypasses-policies',
    severity: 'warning',
    what: 'An application role may execute a `security definer` function whose owner no policy holds.',
    why: 'Inside of it there is no row level security: one forgotten condition shows every tenant’s rows.',
    instead:
      'Hand it to a role of its own, without BYPASSRLS and without tables, and give that role policies.',
    check: onFunctions((routine, catalogue) =>
      routine.is_definer && isCallable(routine, catalogue) ? freedomOf(routine.owner, catalogue) : undefined,
    ),
  },
  {
    name: 'function-claims-leakproof',
    severity: 'error',
    what: 'A function of the database’s own is `leakproof`.',
    why: 'PostgreSQL may call it with rows that policies hide, before it asks them: an error or a notice then tells.',
    instead: '`alter function … not leakproof`, unless it is proven that it tells nothing.',
    check: onFunctions(({ is_leakproof }) =>
      is_leakproof ? 'may be called with rows that policies hide' : undefined,
    ),
  },
  {
    name: 'function-in-untrusted-language',
    severity: 'error',
    what: 'An application role may execute a function in a language that PostgreSQL does not confine.',
    why: 'Its body acts as the server: files, connections, memory, and every row.',
    instead: 'Revoke it, or write it in SQL or PL/pgSQL.',
    check: onFunctions((routine, catalogue) =>
      !routine.is_trusted && isCallable(routine, catalogue)
        ? `is in ${routine.language}, and ${describeGrants(catalogue.granted(routine.grants, 'EXECUTE'))}`
        : undefined,
    ),
  },
];
