import { randomBytes } from 'node:crypto';
import { isAbandoned, isOfThisHost, ownerMark } from './owner.ts';
import type { SqlSession } from './session.ts';
import { runUtility } from './utility-statement.ts';

const prefix = 'agent_agency_test_';

/** A name for a new test database that ties it to this process. */
export function newDatabaseName(): string {
  return `${prefix}${ownerMark()}_${randomBytes(3).toString('hex')}`;
}

/**
 * Drops the test databases of a shared server whose makers have died. What a process of another machine made is
 * dropped after a day, unless somebody is connected to it.
 */
export async function sweepDatabases(session: SqlSession): Promise<void> {
  const { rows } = await session.query(
    `select d.datname as name, exists (select from pg_stat_activity a where a.datid = d.oid) as used
       from pg_database d
      where starts_with(d.datname, $1) and pg_has_role(d.datdba, 'usage')`,
    [prefix],
  );
  for (const { name, used } of rows) {
    if (typeof name !== 'string' || !isAbandoned(name)) continue;
    if (used === true && !isOfThisHost(name)) continue;
    await runUtility(session, 'drop database if exists %I with (force)', [name]);
  }
}
