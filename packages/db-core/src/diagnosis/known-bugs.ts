/** A bug that is fixed in a later minor version, and that matters where tenants share a database. */
export interface KnownBug {
  /** CVE, or the release whose notes describe it. */
  readonly reference: string;
  readonly summary: string;
}

interface ServerBug extends KnownBug {
  /** By major version, the first minor version with the fix. The sources do not say that another major version has it. */
  readonly fixedIn: Readonly<Record<number, number>>;
}

/**
 * Row level security that leaks, statements that take the server over, and corruption, in PostgreSQL 16 and newer. Not
 * those of client programs, of extensions that nothing here uses, and of privileges that no login here has.
 *
 * @see https://www.postgresql.org/support/security/ for the CVEs, https://www.postgresql.org/docs/release/ for the rest
 */
const SERVER_BUGS: readonly ServerBug[] = [
  {
    reference: 'CVE-2023-5869',
    fixedIn: { 16: 1 },
    summary: 'any user can run code in the server: overflow in array modification',
  },
  {
    reference: 'CVE-2024-10976',
    fixedIn: { 16: 5, 17: 1 },
    summary: 'a reused plan can apply the policies of another role below subqueries, WITH and views',
  },
  {
    reference: 'CVE-2024-10978',
    fixedIn: { 16: 5, 17: 1 },
    summary: 'SET ROLE can be reset to the wrong role, which then sees other rows',
  },
  {
    reference: 'release notes of 16.7 and 17.3',
    fixedIn: { 16: 7, 17: 3 },
    summary: 'a failing truncation of a table can bring deleted rows back',
  },
  {
    reference: 'CVE-2025-8713',
    fixedIn: { 16: 10, 17: 6 },
    summary: 'statistics show samples of rows that policies hide, in partitioned tables and below views',
  },
  {
    reference: 'release notes of 16.12 and 17.8',
    fixedIn: { 16: 12, 17: 8 },
    summary: 'in-place catalogue updates can lose the status of old transactions',
  },
  {
    reference: 'CVE-2026-2006',
    fixedIn: { 16: 12, 17: 8, 18: 2 },
    summary: 'any user can run code in the server: overrun by broken multibyte characters',
  },
  {
    reference: 'CVE-2026-6473',
    fixedIn: { 16: 14, 17: 10, 18: 4 },
    summary: 'any user can run code in the server: allocations that are too small',
  },
  {
    reference: 'CVE-2026-14666',
    fixedIn: { 16: 15, 17: 11, 18: 6 },
    summary: 'cached plans keep the policies of a role that has been taken away',
  },
  {
    reference: 'CVE-2026-16239',
    fixedIn: { 16: 15, 17: 11, 18: 6 },
    summary: 'any user can run code in the server: cursors that are declared again with other types',
  },
  {
    reference: 'release notes of 17.11 and 18.6',
    fixedIn: { 17: 11, 18: 6 },
    summary: 'torn pages of visibility maps: index-only scans can answer wrongly after a crash',
  },
];

interface ExtensionBug extends KnownBug {
  readonly fixedIn: string;
}

/** @see https://github.com/pgvector/pgvector/blob/master/CHANGELOG.md */
const PGVECTOR_BUGS: readonly ExtensionBug[] = [
  {
    reference: 'CVE-2026-3172',
    fixedIn: '0.8.2',
    summary: 'a parallel HNSW build can leak data of other tables or crash the server',
  },
  {
    reference: 'changelog of 0.8.3',
    fixedIn: '0.8.3',
    summary: 'vacuuming can corrupt an HNSW index',
  },
];

/** What is missing, and the first version with all of it. */
export interface MissingFixes {
  readonly bugs: readonly KnownBug[];
  readonly fixedIn: string;
}

/** @param version As `server_version_num` says it: 170006 is 17.6. */
export function missingServerFixes(version: number): MissingFixes | undefined {
  const major = Math.floor(version / 10_000);
  const minor = version % 10_000;
  const bugs = SERVER_BUGS.filter(({ fixedIn }) => (fixedIn[major] ?? 0) > minor);
  if (bugs.length === 0) return undefined;
  const newest = Math.max(...bugs.map(({ fixedIn }) => fixedIn[major] ?? 0));
  return { bugs, fixedIn: `${major}.${newest}` };
}

export function missingPgvectorFixes(version: string): MissingFixes | undefined {
  const bugs = PGVECTOR_BUGS.filter(({ fixedIn }) => isOlder(version, fixedIn));
  const newest = bugs.at(-1);
  return newest === undefined ? undefined : { bugs, fixedIn: newest.fixedIn };
}

/** Compares versions number by number, so that 0.10 is newer than 0.9. */
export function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}
