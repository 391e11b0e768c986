import type { Finding } from './finding.ts';
import { isOlder, missingPgvectorFixes, missingServerFixes, type MissingFixes } from './known-bugs.ts';
import type { ServerVersion } from './server-facts.ts';

const OLDEST_SERVER = 160_000;
/** The first with iterative scans, without which a search under row level security misses rows. */
const OLDEST_PGVECTOR = '0.8.0';

export function isServerTooOld({ version }: ServerVersion): boolean {
  return version < OLDEST_SERVER;
}

export function serverVersionFindings(server: ServerVersion): Finding[] {
  if (isServerTooOld(server)) {
    return [
      {
        code: 'SERVER_TOO_OLD',
        severity: 'error',
        title: `this is PostgreSQL ${server.version_text}`,
        detail: 'The schema and its policies need PostgreSQL 16 or newer. Nothing else was looked at.',
        remedy: 'use PostgreSQL 16 or newer',
        docs: 'https://www.postgresql.org/support/versioning/',
      },
    ];
  }
  const missing = missingServerFixes(server.version);
  if (missing === undefined) return [];
  return [
    {
      code: 'SERVER_KNOWN_BUGS',
      severity: 'warning',
      title: `PostgreSQL ${server.version_text} lacks fixes`,
      detail: listOf(missing),
      remedy: `update to PostgreSQL ${missing.fixedIn} or newer: install it and restart, no dump is needed`,
      docs: 'https://www.postgresql.org/support/security/',
    },
  ];
}

/** pgvector, as the database has it and as the server's files would give it. */
export interface PgvectorVersions {
  readonly installed: string | null;
  /** What the library is: the fixes are in it, whatever version of the SQL part a database has. */
  readonly available: string | null;
}

export function pgvectorFindings({ installed, available }: PgvectorVersions): Finding[] {
  if (installed === null) return [EXTENSION_MISSING];
  if (isOlder(installed, OLDEST_PGVECTOR)) {
    return [
      {
        code: 'PGVECTOR_TOO_OLD',
        severity: 'error',
        title: `the vector extension of this database is ${installed}`,
        detail: `Searches need iterative scans, which pgvector has since ${OLDEST_PGVECTOR}.`,
        remedy: `install pgvector ${OLDEST_PGVECTOR} or newer, then \`alter extension vector update\``,
        docs: PGVECTOR_CHANGES,
      },
    ];
  }
  const missing = missingPgvectorFixes(available ?? installed);
  if (missing === undefined) return [];
  return [
    {
      code: 'PGVECTOR_KNOWN_BUGS',
      severity: 'warning',
      title: `pgvector ${available ?? installed} lacks fixes`,
      detail: listOf(missing),
      remedy: `install pgvector ${missing.fixedIn} or newer (a distribution may have the fixes under an older number), restart, then \`alter extension vector update\``,
      docs: PGVECTOR_CHANGES,
    },
  ];
}

const PGVECTOR_CHANGES = 'https://github.com/pgvector/pgvector/blob/master/CHANGELOG.md';

const EXTENSION_MISSING: Finding = {
  code: 'EXTENSION_MISSING',
  severity: 'error',
  title: 'the vector extension is not in this database',
  detail: 'Embeddings and their indexes are of its types.',
  remedy: 'install pgvector 0.8 or newer on the server, then run `agency-db migrate up` as an administrator',
  docs: 'https://github.com/pgvector/pgvector#installation',
};

function listOf({ bugs }: MissingFixes): string {
  return bugs.map(({ reference, summary }) => `${reference}: ${summary}`).join('\n');
}
