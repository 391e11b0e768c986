import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { cutPage, isBehind, LatestFirstPlace, placeOf, type PlacedRow } from '../../src/index.ts';
import { useApplication } from '../../src/testing.ts';

const app = useApplication(testDatabase());
let tenant = '';
beforeAll(async () => (tenant = await app.newTenant()));

/** Instants of one microsecond, before and after 1970, each for two rows. */
const LIST = sql`(
  select timestamptz '1970-01-01' + (number / 2 - 3) * interval '1 microsecond' as ended_at, gen_random_uuid() as id
  from generate_series(0, 12) as number
)`;

describe('pages of a list, the latest first', () => {
  it('give every row once and in order, rows of one instant and rows before 1970 too', async () => {
    const { all, paged } = await app.inTenant(tenant, async (tx) => {
      await sql`create temporary table list on commit drop as ${LIST}`.execute(tx);
      const all = await sql<{ id: string }>`select id from list order by ended_at desc, id desc`.execute(tx);
      const paged: string[] = [];
      for (let after: string | undefined, more = true; more; more = after !== undefined) {
        const found = await sql<PlacedRow>`
          select ${placeOf(sql`ended_at`)} from list
          where ${isBehind(sql`ended_at`, after)}
          order by ended_at desc, id desc
          limit ${3 + 1}
        `.execute(tx);
        const page = cutPage(found.rows, 3);
        paged.push(...page.rows.map(({ row_id }) => row_id));
        after = LatestFirstPlace.optional().parse(page.next);
      }
      return { all: all.rows.map(({ id }) => id), paged };
    });
    expect(all).toHaveLength(13);
    expect(paged).toEqual(all);
  });

  it.each([
    '',
    '1',
    `1.${'-'.repeat(36)}`,
    "1.' or true",
    '1e3.00000000-0000-0000-0000-000000000000',
    `${'9'.repeat(19)}.00000000-0000-0000-0000-000000000000`,
  ])('do not begin behind %j', (after) => {
    expect(LatestFirstPlace.safeParse(after).success).toBe(false);
  });
});
