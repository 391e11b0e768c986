import type { SqlSession } from '@agent-agency/testing';

/** Columns by name, as JSON writes them; bytes as `\x` and hex digits. */
export type Row = Readonly<Record<string, unknown>>;

/** Inserts rows with the same columns, in one statement. */
export async function insertRows(session: SqlSession, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await session.query(
    `insert into ${table} (${columns})
     select ${columns} from jsonb_populate_recordset(null::${table}, $1::text::jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** The columns of the only row. */
export async function queryOne(
  session: SqlSession,
  text: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>> {
  const { rows } = await session.query(text, values);
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows instead of one: ${text}`);
  return row;
}

/** The only value of the only row. */
export async function queryValue(
  session: SqlSession,
  text: string,
  values: readonly unknown[] = [],
): Promise<unknown> {
  const cells = Object.values(await queryOne(session, text, values));
  if (cells.length !== 1) throw new Error(`${cells.length} columns instead of one: ${text}`);
  return cells[0];
}

/** Creates tenants as an operator does; `session` is the administrator's. */
export async function createTenants(session: SqlSession, ...ids: readonly string[]): Promise<void> {
  await session.query(`select create_tenant(id, 'tests', id) from unnest($1::text[]) as id`, [ids]);
}
