import { onlyApplication } from './roles.ts';
import type { Rule } from './rule.ts';

/** What a service needs to read and write, and to call. */
const USUAL = new Set(['select', 'insert', 'update', 'delete', 'usage', 'execute']);

export const privilegeRules: readonly Rule[] = [
  {
    name: 'grant-to-public',
    severity: 'error',
    what: 'Something is granted to `public`.',
    why: 'Every role of the server gets it, also one made later for something else.',
    instead: 'Grant to `agent_agency_app` or `agent_agency_readonly`.',
    isForDown: true,
    on: { grant: ({ grantees }) => (grantees.includes('public') ? 'every role gets it' : undefined) },
  },
  {
    name: 'grant-too-much',
    severity: 'error',
    what: 'An application role gets all privileges, or `truncate`, `references`, `trigger`, `create`, `maintain`.',
    why: 'They reach around row level security: truncate asks no policy, a trigger runs as whoever writes.',
    instead: 'Name what is needed of select, insert, update, delete, usage, execute.',
    isForDown: true,
    on: {
      grant: ({ privileges, grantees }) => {
        if (onlyApplication(grantees).length === 0) return undefined;
        const tooMuch = privileges.find((privilege) => !USUAL.has(privilege.toLowerCase()));
        return privileges.length === 0 ? 'all privileges' : tooMuch;
      },
    },
  },
  {
    name: 'grant-on-whole-schema',
    severity: 'error',
    what: 'An application role gets a privilege on everything in a schema, or on everything to come.',
    why: 'It covers tables that have no policies, the journal, materialized views, and whatever a later file makes.',
    instead: 'Name the tables and functions.',
    isForDown: true,
    on: {
      grant: ({ isWholeSchema, grantees }) =>
        isWholeSchema && onlyApplication(grantees).length > 0 ? 'nobody has named what it covers' : undefined,
    },
  },
];
