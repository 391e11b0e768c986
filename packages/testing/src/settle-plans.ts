import { setTimeout } from 'node:timers/promises';
import { TestingError } from './errors.ts';
import type { SqlSession } from './session.ts';

const PAUSE_MS = 50;

/**
 * Vacuums and analyzes a database until the planner knows that all rows are visible to everybody, and keeps autovacuum
 * away from then on: for tests of plans, which would otherwise be others now and then. The planner takes an index without
 * its table only where it believes that; any transaction of that moment keeps a vacuum from seeing it, autovacuum's too.
 *
 * **Runs** in the schema `public`, as the administrator, outside a transaction.
 *
 * @throws {TestingError} `DATABASE_BUSY` when somebody's transaction lasts longer than `patienceMs`.
 */
export async function settlePlans(session: SqlSession, patienceMs = 20_000): Promise<void> {
  await session.query(WITHOUT_AUTOVACUUM);
  for (const deadline = Date.now() + patienceMs; ;) {
    await session.query('vacuum (analyze)');
    const { rows } = await session.query(UNSEEN);
    if (rows[0]?.['tables'] === 0) return;
    if (Date.now() > deadline)
      throw new TestingError(
        'DATABASE_BUSY',
        'a transaction keeps vacuum from seeing all rows: end it first',
      );
    await setTimeout(PAUSE_MS);
  }
}

const WITHOUT_AUTOVACUUM = `
  do $$
  declare
    v_table regclass;
  begin
    for v_table in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
      execute format('alter table %s set (autovacuum_enabled = false)', v_table);
    end loop;
  end
  $$`;

const UNSEEN = `
  select count(*)::integer as tables from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'r' and relallvisible < relpages`;
