import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { observeBoth, type Attack } from './attack.ts';
import { CONTEXT_ATTACKS } from './attacks/context.ts';
import { ORACLE_ATTACKS } from './attacks/oracles.ts';
import { routineAttacks } from './attacks/routines.ts';
import { SERVER_ATTACKS } from './attacks/server.ts';
import { SHADOW_ATTACKS } from './attacks/shadows.ts';
import { STATEMENT_ATTACKS } from './attacks/statements.ts';
import { MARKER, OTHER, twoWorlds } from './worlds.ts';

const database = testDatabase();

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('SQL in one tenant’s transaction', () => {
  const worlds = twoWorlds(database);

  /** Two worlds that differ in another tenant look the same, and what only it knows shows nowhere. */
  async function expectNothingOfOthers(tried: Attack): Promise<void> {
    const [alone, beside] = await observeBoth(worlds, tried);
    expect(beside).toEqual(alone);
    const answers = beside.filter((line) => !line.startsWith('> ')).join('\n');
    if (!tried.statements.some((statement) => statement.includes(MARKER)))
      expect(answers).not.toContain(MARKER);
  }

  it('has something to find: rows of another tenant in every table', async () => {
    const empty = await withSession(worlds.administrator, async (session) => {
      const { rows } = await session.query(TENANT_TABLES);
      const found: unknown[] = [];
      for (const { name } of rows) {
        const own = await session.query(`select from ${String(name)} where tenant_id = $1 limit 1`, [OTHER]);
        if (own.rows.length === 0) found.push(name);
      }
      return found;
    });
    expect(empty).toEqual([]);
  });

  it.each([...CONTEXT_ATTACKS])('learns nothing of another tenant from $name', expectNothingOfOthers);
  it.each([...SHADOW_ATTACKS])('learns nothing of another tenant from $name', expectNothingOfOthers);
  it.each([...STATEMENT_ATTACKS])('learns nothing of another tenant from $name', expectNothingOfOthers);
  it.each([...ORACLE_ATTACKS])('learns nothing of another tenant from $name', expectNothingOfOthers);
  it.each([...SERVER_ATTACKS])('learns nothing of another tenant from $name', expectNothingOfOthers);

  describe('that calls a function with whatever it likes', () => {
    let attacks: Attack[] = [];
    beforeAll(async () => {
      attacks = await routineAttacks(worlds.administrator);
    });

    it('learns nothing of another tenant', async () => {
      expect(attacks.length).toBeGreaterThan(20);
      for (const tried of attacks) await expectNothingOfOthers(tried);
    });
  });
});

const TENANT_TABLES = `
  select attrelid::regclass::text as name
  from pg_attribute
  join pg_class on pg_class.oid = attrelid
  where attname = 'tenant_id' and relkind in ('r', 'p') and relname <> 'tenant_maintenance'
    and relnamespace in ('public'::regnamespace, 'app'::regnamespace)
  order by name`;
