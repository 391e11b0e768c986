/** A bug of PostgreSQL by which rows come out that policies hide. */
export interface KnownLeak {
  readonly reference: string;
  readonly summary: string;
  /** The first minor version with the fix. */
  readonly fixedIn: string;
}

interface Leak {
  readonly reference: string;
  readonly summary: string;
  /** By major version, the first minor version with the fix. */
  readonly fixedIn: Readonly<Record<number, number>>;
}

/** From PostgreSQL 15 on. @see https://www.postgresql.org/support/security/ */
const LEAKS: readonly Leak[] = [
  {
    reference: 'CVE-2023-2455',
    fixedIn: { 15: 3 },
    summary: 'an inlined function keeps the policies of the role that planned it',
  },
  {
    reference: 'CVE-2023-39418',
    fixedIn: { 15: 4 },
    summary: 'MERGE does not ask the policies for UPDATE and SELECT',
  },
  {
    reference: 'CVE-2024-10976',
    fixedIn: { 15: 9, 16: 5, 17: 1 },
    summary: 'a reused plan can apply the policies of another role below subqueries, WITH and views',
  },
  {
    reference: 'CVE-2024-10978',
    fixedIn: { 15: 9, 16: 5, 17: 1 },
    summary: 'SET ROLE can be reset to the wrong role, which then sees other rows',
  },
  {
    reference: 'CVE-2025-8713',
    fixedIn: { 15: 14, 16: 10, 17: 6 },
    summary: 'statistics show samples of rows that policies hide, in partitioned tables and below views',
  },
  {
    reference: 'CVE-2026-14666',
    fixedIn: { 16: 15, 17: 11, 18: 6 },
    summary: 'cached plans keep the policies of a role that has been taken away',
  },
];

/** @param version As `server_version_num` says it: 170006 is 17.6. */
export function missingRlsFixes(version: number): KnownLeak[] {
  const major = Math.floor(version / 10_000);
  const minor = version % 10_000;
  return LEAKS.flatMap(({ reference, summary, fixedIn }) => {
    const first = fixedIn[major];
    return first === undefined || first <= minor
      ? []
      : [{ reference, summary, fixedIn: `${major}.${first}` }];
  });
}
