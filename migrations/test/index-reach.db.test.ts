import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { conditionsOf, type Index, readIndexes } from '../scripts/catalogue/indexes.ts';
import { makeOwnViews } from '../scripts/catalogue/own-objects.ts';

const database = testDatabase();
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.url);
  await makeOwnViews(session);
});
afterAll(() => session.close());

/** The columns in the index's condition when the application asks for an equality on every column of it. */
async function plannedConditions({ table, name, keys, predicate }: Index): Promise<string[]> {
  const columns = keys.map(({ column, collation, text }) =>
    column === null ? text : `"${column}"${collation === null ? '' : ` collate ${collation}`}`,
  );
  const where = columns.map((column, at) => `${column} = $${at + 1}`);
  await session.query('begin');
  try {
    // The planner sees no other index of the table, and does not read all of it if there is another way.
    await session.query(
      `update pg_index set indisvalid = false where indrelid = '${table}'::regclass and indexrelid <> '${name}'::regclass`,
    );
    await session.query('set local enable_seqscan = off; set local enable_bitmapscan = off');
    await session.query('set local role agent_agency_app');
    const { rows } = await session.query(
      `explain (generic_plan, costs off) select 1 from ${table}
       where ${[...where, ...(predicate === null ? [] : [predicate])].join(' and ')}`,
    );
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    const condition = (/Index Cond: (.*)/.exec(plan)?.[1] ?? '').replaceAll('"', '');
    const isPlanned = (column: string): boolean =>
      [`(${column} =`, `(${column})::`].some((beginning) => condition.includes(beginning));
    return keys.map(({ column, text }) => column ?? text).filter(isPlanned);
  } finally {
    await session.query('rollback');
  }
}

it('the documentation says what the planner does for the application, of every btree index', async () => {
  const { rows } = await session.query(
    `select full_name from own_relation where relkind in ('r', 'p') and has_table_privilege('agent_agency_app', oid, 'select')`,
  );
  const readable = new Set(rows.map((row) => row['full_name']));
  const indexes = (await readIndexes(session)).filter(
    ({ table, method }) => method === 'btree' && readable.has(table),
  );
  const planned = new Map<string, string[]>();
  for (const index of indexes) planned.set(index.name, await plannedConditions(index));
  expect(Object.fromEntries(planned)).toEqual(
    Object.fromEntries(indexes.map((index) => [index.name, conditionsOf(index)])),
  );
  expect(indexes.length).toBeGreaterThan(50);
});
