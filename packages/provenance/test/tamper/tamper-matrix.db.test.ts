import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf } from './document.ts';
import { columns } from './edited-columns.ts';
import { isFound, type Outcome, tryEverything, tryOut } from './matrix.ts';
import { type Refusal, tryRefusals } from './refusals.ts';
import { buildWorld, type World } from './world.ts';

const database = testDatabase();
const page = new URL('../../../../docs/reference/tamper-matrix.md', import.meta.url);

// PGlite has one login, and no roles to be refused anything.
describe.skipIf(database.kind === 'pglite')('a log that was tampered with', () => {
  let world: World;
  let outcomes: Record<string, Outcome[]>;
  let refusals: Refusal[];
  beforeAll(async () => {
    world = await buildWorld(database);
    outcomes = await tryEverything(world);
    refusals = await tryRefusals(world);
  });
  afterAll(() => world.manager.shutdown());

  it('is found out, where it was done, whatever was done', () => {
    const unfound = Object.values(outcomes)
      .flat()
      .filter((outcome) => !isFound(outcome));
    expect(unfound.map(({ tampering }) => tampering.what)).toEqual([]);
  });

  it('is not found when it was not', async () => {
    const { found } = await tryOut(world, {
      what: 'nothing',
      tamper: () => Promise.resolve(),
      at: [],
    });
    expect(found).toEqual({ log: [], kept: [], copies: [], proof: [], witness: [] });
  });

  it('is tampered with in every column that there is', async () => {
    const { rows } = await world.manager.withTenant({ tenantId: world.acme }, (tx) =>
      sql<{ name: string }>`
        select attname as name from pg_attribute
        where attrelid = 'caws_provenance_graph'::regclass and attnum > 0 and not attisdropped
      `.execute(tx),
    );
    expect(columns.toSorted()).toEqual(rows.map(({ name }) => name).sort());
  });

  it('is what the page says', () => {
    expect(readFileSync(page, 'utf8')).toBe(documentOf(outcomes, refusals));
  });
});
