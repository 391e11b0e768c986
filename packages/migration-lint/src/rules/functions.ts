import { shown } from '../sql/names.ts';
import { serviceRole } from './roles.ts';
import type { Routine } from '../changes/change.ts';
import type { FileContext, Problem, Rule } from './rule.ts';

type Known = Routine & { readonly owner?: string };

/** Looks at each function that a file makes as it is when the file ends: `alter function` may follow. */
function onRoutines(check: (routine: Known) => string | undefined) {
  return ({ changes, after }: FileContext): readonly Problem[] =>
    changes.flatMap((change) => {
      if (change.kind !== 'create function') return [];
      const routine = { ...change.routine, ...laterParts(after.routines.get(change.routine.name)) };
      const message = check(routine);
      return message === undefined ? [] : [{ at: change.at, message: `${shown(routine.name)}() ${message}` }];
    });
}

/** What `alter function` gives; the rest is each overload's own. */
function laterParts(known: Known | undefined): Pick<Known, 'owner' | 'searchPath'> {
  return {
    ...(known?.owner !== undefined && { owner: known.owner }),
    ...(known?.searchPath && { searchPath: known.searchPath }),
  };
}

export const functionRules: readonly Rule[] = [
  {
    name: 'function-without-search-path',
    severity: 'error',
    what: 'A function whose body is text has no pinned search path.',
    why: 'What its names mean is decided by whoever calls it.',
    instead: '`begin atomic … end`, or `set search_path = pg_catalog, …, pg_temp`.',
    file: onRoutines(({ hasSqlBody, searchPath, isDefiner }) =>
      hasSqlBody || isDefiner || searchPath !== undefined
        ? undefined
        : 'has a body of text and no pinned search path',
    ),
  },
  {
    name: 'definer-without-search-path',
    severity: 'error',
    what: 'A `security definer` function has no pinned search path.',
    why: 'Its caller can put a function of their own in the way, which then runs with the owner’s rights.',
    instead: '`set search_path = pg_catalog, …, pg_temp`, also with `begin atomic`.',
    file: onRoutines(({ isDefiner, searchPath }) =>
      isDefiner && searchPath === undefined
        ? 'runs with its owner’s rights on its caller’s search path'
        : undefined,
    ),
  },
  {
    name: 'search-path-without-pg-temp',
    severity: 'error',
    what: 'A pinned search path does not end with `pg_temp`.',
    why: 'Where it is not named, temporary tables come first: the caller’s own table would be found before ours.',
    instead: '`set search_path = pg_catalog, public, pg_temp`.',
    file: onRoutines(({ searchPath }) =>
      searchPath !== undefined && searchPath.at(-1) !== 'pg_temp'
        ? 'finds a temporary table of its caller’s before ours'
        : undefined,
    ),
  },
  {
    name: 'definer-of-the-owner',
    severity: 'error',
    what: 'A `security definer` function is not handed to `agent_agency_service` in its file.',
    why: 'It would run with the rights of the owner of every table.',
    instead: '`alter function … owner to agent_agency_service`, and grant execute by name.',
    file: onRoutines(({ isDefiner, owner }) =>
      isDefiner && owner !== serviceRole ? 'runs with the rights of whoever migrates' : undefined,
    ),
  },
  {
    name: 'function-without-labels',
    severity: 'error',
    what: 'A function, other than a trigger’s, leaves its volatility or parallel safety to the default.',
    why: 'The default is volatile and unsafe: it keeps queries from indexes and from parallel plans.',
    instead: '`immutable`, `stable` or `volatile`, and `parallel safe`, `restricted` or `unsafe`.',
    file: onRoutines(({ returnsTrigger, isProcedure, volatility, parallel }) =>
      returnsTrigger || isProcedure || (volatility !== undefined && parallel !== undefined)
        ? undefined
        : 'does not say how volatile and how safe in parallel it is',
    ),
  },
];
