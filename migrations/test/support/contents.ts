import type { SqlSession } from '@agent-agency/testing';
import { queryValue } from './rows.ts';

/** Tables that 007 gives tenants, at whatever version the database is. */
export async function tablesOf(session: SqlSession): Promise<string[]> {
  const { rows } = await session.query(`
    select relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname !~ '^(tenants|tenant_.*|__migrations__)$'
    order by name`);
  return rows.map(({ name }) => String(name));
}

/** Every row of every table (or of some), as text, but for its tenant: most have none before 007. */
export async function contentsOf(
  session: SqlSession,
  tables?: Iterable<string>,
): Promise<Map<string, unknown>> {
  const contents = new Map<string, unknown>();
  for (const table of tables ?? (await tablesOf(session))) {
    const row = `(to_jsonb(t) - 'tenant_id')`;
    contents.set(
      table,
      await queryValue(session, `select jsonb_agg(${row} order by ${row}::text)::text from ${table} as t`),
    );
  }
  return contents;
}

/** Whose the rows are, in all tables together. */
export async function ownersIn(session: SqlSession): Promise<unknown[]> {
  const tables = await tablesOf(session);
  const owners = tables.map((table) => `select tenant_id from ${table}`).join(' union ');
  return (await session.query(owners)).rows.map(({ tenant_id: owner }) => owner);
}
