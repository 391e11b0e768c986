import { migrateDown } from '@agent-agency/migrations';
import type { SqlSession } from '@agent-agency/testing';
import { BEFORE_TENANTS, FILLED, fingerprint } from './data.ts';
import type { LoadResult } from './load.ts';
import type { MigrationRun } from './migrate.ts';

/** What has to be true of a migrated database, and then of the same one led back to before tenants. */
export async function checksOf(
  session: SqlSession,
  filled: string,
  { run, load }: { readonly run: MigrationRun; readonly load: LoadResult },
): Promise<Record<string, boolean>> {
  const up = {
    rowsUnchanged: (await fingerprint(session)) === filled,
    allInDefaultTenant: await isAllOfDefaultTenant(session),
    noWrittenRowLost: await hasAll(session, load),
    nothingLeftUnchecked: await isEverythingValid(session),
    noStatementFailed: load.failures.length === 0,
    wholeOrNotAtAll: run.isAllOrNothing,
  };
  await migrateDown(session, { to: BEFORE_TENANTS });
  return {
    ...up,
    rowsUnchangedGoingDown: (await fingerprint(session)) === filled,
    noWrittenRowLostGoingDown: await hasAll(session, load),
  };
}

async function isAllOfDefaultTenant(session: SqlSession): Promise<boolean> {
  for (const table of Object.keys(FILLED)) {
    const { rows } = await session.query(
      `select bool_and(tenant_id = 'default-tenant') as is_so from ${table}`,
    );
    if (rows[0]?.['is_so'] !== true) return false;
  }
  return true;
}

/** Every agent and event that was acknowledged. */
async function hasAll(session: SqlSession, { agents, events }: LoadResult): Promise<boolean> {
  const { rows } = await session.query(
    `select
       (select count(*) from unnest($1::text[]) as load (id) where not exists (select from agent_profiles where agent_profiles.id = load.id)) as agents,
       (select count(*) from unnest($2::text[]) as load (id) where not exists (select from performance_events where integrity_hash = load.id))
         as events`,
    [agents, events],
  );
  return rows[0]?.['agents'] === '0' && rows[0]['events'] === '0';
}

async function isEverythingValid(session: SqlSession): Promise<boolean> {
  const { rows } = await session.query(`
    select not exists (select from pg_index where not indisvalid)
      and not exists (select from pg_constraint where not convalidated) as is_so`);
  return rows[0]?.['is_so'] === true;
}
