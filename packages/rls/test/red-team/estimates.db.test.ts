import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, MARKER, OWN, twoWorlds } from './worlds.ts';

const database = testDatabase();
/** As long as {@link MARKER}, and in no row. */
const UNKNOWN = 'aa1-what-nobody-knows';

/** Conditions that rows of the other tenant meet, and the same that no row meets. */
const PAIRS: readonly (readonly [of: string, table: string, met: string, unmet: string])[] = [
  ['text', 'task_queue', `description = '${MARKER}'`, `description = '${UNKNOWN}'`],
  ['a bound of texts', 'task_queue', `description <= '${MARKER}'`, `description <= '${UNKNOWN}'`],
  [
    'texts in between',
    'task_queue',
    `description > 'xq7' and description < 'xq8'`,
    `description > 'aa1' and description < 'aa2'`,
  ],
  [
    'the beginning of a text',
    'task_queue',
    `starts_with(description, 'xq7')`,
    `starts_with(description, 'aa1')`,
  ],
  ['a name', 'task_queue', `task_type = 'research'`, `task_type = 'unheardof'`],
  ['a number', 'task_queue', 'priority = 5', 'priority = 7'],
  ['a bound of numbers', 'task_queue', 'priority <= 5', 'priority <= 4'],
  ['what is missing', 'search_results', 'content_hash is null', `content_hash = 'x'`],
  ['a word', 'search_results', `search_vector @@ 'xq7'`, `search_vector @@ 'aa1'`],
  ['an identifier', 'agent_profiles', `id > 'many'`, `id > 'zz'`],
  [
    'a digest that an index is over',
    'entity_chunk_mappings',
    `md5(mention_text) = md5('${MARKER}')`,
    `md5(mention_text) = md5('${UNKNOWN}')`,
  ],
];

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('what the planner expects', () => {
  const worlds = twoWorlds(database);
  let attacker: SqlSession;
  beforeAll(async () => {
    attacker = await connect(worlds.withOther);
    await attacker.query('begin');
    for (const [name, value] of Object.entries(contextOf(OWN)))
      await attacker.query('select set_config($1, $2, true)', [name, value]);
  });
  afterAll(() => attacker.close());

  async function rowsOf(query: string): Promise<number> {
    const { rows } = await attacker.query(`explain (format json) ${query}`);
    const [{ 'QUERY PLAN': plan } = {}] = rows as { 'QUERY PLAN'?: [{ Plan: { 'Plan Rows': number } }] }[];
    return plan?.[0].Plan['Plan Rows'] ?? Number.NaN;
  }

  it.each(PAIRS)(
    'is the same of %s that another tenant has and of one that nobody has',
    async (_, table, met, unmet) => {
      const expected = async (condition: string): Promise<number> =>
        rowsOf(`select from ${table} where ${condition}`);
      expect(await expected(met)).toBe(await expected(unmet));
    },
  );

  it('does not tell how many different values a column has', async () => {
    const groups = (column: string): Promise<number> => rowsOf(`select from task_queue group by ${column}`);
    expect(await groups('description')).toBe(await groups('task_type'));
  });
});
