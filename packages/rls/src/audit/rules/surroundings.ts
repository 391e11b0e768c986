import { missingRlsFixes } from '../known-leaks.ts';
import type { Rule } from './rule.ts';

export const surroundingRules: readonly Rule[] = [
  {
    name: 'server-lacks-fixes',
    severity: 'error',
    what: 'The server lacks a fix of a leak through row level security.',
    why: 'The policies are right, and rows come out all the same.',
    instead: 'Update to the latest minor version: install it and restart, no dump is needed.',
    check: ({ rows: { server } }) =>
      missingRlsFixes(server.version).map(({ reference, summary, fixedIn }) => ({
        place: 'server',
        message: `PostgreSQL ${server.version_text} lacks the fix of ${reference} (in ${fixedIn}): ${summary}`,
      })),
  },
  {
    name: 'row-security-off',
    severity: 'warning',
    what: 'A role or the database presets `row_security = off`.',
    why: 'Then a statement that policies would filter fails, or, for whom they do not hold, is silently not filtered.',
    instead: '`alter role … reset row_security`; `pg_dump` sets it itself.',
    check: ({ rows: { presets } }) =>
      presets
        .filter(({ name, value }) => name === 'row_security' && ['off', 'false', 'no', '0'].includes(value))
        .map(({ role }) => ({
          place: role === null ? 'database' : `role ${role}`,
          message: 'presets row_security = off',
        })),
  },
  {
    name: 'extension-in-public',
    severity: 'warning',
    what: 'An extension is in the schema `public`.',
    why: 'Its functions lie among yours, on every search path, and an update can put one in your functions’ way.',
    instead: '`create extension … schema extensions`.',
    check: ({ rows: { extensions } }) =>
      extensions
        .filter(({ schema }) => schema === 'public')
        .map(({ name }) => ({ place: `extension ${name}`, message: 'is in public' })),
  },
  {
    name: 'event-trigger-replaceable',
    severity: 'error',
    what: 'An event trigger’s function is not a superuser’s, or has no pinned search path.',
    why: 'It runs with the rights of whoever changes the schema, also a superuser’s: who owns it gets them.',
    instead: '`alter function … owner to` an administrator, `set search_path = pg_catalog, pg_temp`.',
    check: ({ rows: { eventTriggers } }) =>
      eventTriggers
        .filter(({ is_of_superuser, has_search_path }) => !is_of_superuser || !has_search_path)
        .map(({ name, function: called, function_owner, is_of_superuser }) => ({
          place: `event trigger ${name}`,
          message: is_of_superuser
            ? `${called} runs on the search path of whoever changes the schema`
            : `${function_owner} can replace ${called}`,
        })),
  },
];
