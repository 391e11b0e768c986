/** An object of a dump: the comment that pg_dump puts before it, and what follows up to the next one. */
const ENTRY = /^--\n-- Name: .*; Type: .*; Schema: .*; Owner: .*\n--\n/m;

const END = '--\n-- PostgreSQL database dump complete\n--\n';

/** What pg_dump sets before the entry that follows. */
const SETTINGS = /(?:\n+SET default_\w+ = .*;)+\s*$/;

/** Nearly everything belongs to the owner, so only what does not is said. */
const USUAL_OWNER = /\n+ALTER [A-Z ]+ .* OWNER TO agent_agency_owner;\s*$/;

/**
 * A dump without what differs between two servers with the same schema, or is the same for every object: versions,
 * tokens, settings, headings, blank lines, and the usual owner. Pure.
 *
 * @throws Error for a text that is not a whole dump of pg_dump.
 */
export function normalizeDump(dump: string): string {
  const [preamble, ...entries] = `${dump.slice(0, endOf(dump))}`.split(ENTRY);
  if (preamble === undefined || entries.length === 0) throw new Error('the dump has no objects');
  const statements = entries
    .map((entry) => `\n${entry}`.replace(SETTINGS, '').replace(USUAL_OWNER, '').trim())
    .map((entry) => entry.replaceAll(/\n{3,}(?=(?:ALTER|REVOKE|GRANT) )/g, '\n'))
    .filter((entry) => entry !== '' && !/^--.*$/.test(entry));
  return `${HEAD}\n${statements.join('\n\n')}\n`;
}

function endOf(dump: string): number {
  const end = dump.lastIndexOf(END);
  if (end === -1) throw new Error('the dump is cut off');
  return end;
}

const HEAD = `-- The schema after the newest migration, as pg_dump 17 writes it.
-- \`pnpm run generate-schema\` in migrations writes this file: do not edit it. Databases are made by the migrations; this
-- is what they amount to, to be read in a review.
-- Left out: comments, which docs/database/SCHEMA-DOCUMENTATION.md has; settings; and the owner of what belongs to
-- agent_agency_owner, as everything does whose owner is not said.
`;
