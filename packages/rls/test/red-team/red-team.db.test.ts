import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { attack, observeBoth, type Attack } from './attack.ts';
import { CONTEXT_ATTACKS } from './attacks/context.ts';
import { GRAPH_ATTACKS } from './attacks/graph.ts';
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
  it.each([...GRAPH_ATTACKS])('learns nothing of another tenant from $name', expectNothingOfOthers);
  it.each([...SERVER_ATTACKS])('learns nothing of another tenant from $name', expectNothingOfOthers);

  it.each(SILENCED)('cannot $what and leave no trace', async ({ statement, trace }) => {
    const marks = `select 'trace', ${trace}`;
    const silenced = `${statement} returning set_config('row_security', 'off', true)`;
    const [, seen] = await observeBoth(
      worlds,
      attack(statement, marks, silenced, 'set local row_security = on', marks),
    );
    const [before, after] = seen.filter((line) => line.startsWith('D trace'));
    const isRefused = seen.some((line) => line.startsWith('E ') && line.includes('C42501'));
    expect(before).toBeDefined();
    expect(isRefused || after !== before, seen.join('\n')).toBe(true);
  });

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

/**
 * What triggers write down. They let a restore pass, which has `row_security` off; that is anybody's setting, also behind the
 * rows of a statement and before its triggers.
 */
const SILENCED: readonly { readonly what: string; readonly statement: string; readonly trace: string }[] = [
  {
    what: 'open its rows',
    statement: `insert into tenant_sharing_rules (target_tenant_id, resource_types) values ('${OTHER}', '{agent_profiles}')`,
    trace: '(select count(*) from audit_log)',
  },
  {
    what: 'change how far it opens itself',
    statement: `update tenant_access_policies set access_level = 'federate'`,
    trace: '(select count(*) from audit_log)',
  },
  {
    what: 'relate agents',
    statement: `insert into agent_relationships (source_agent_id, target_agent_id, type, confidence) values ('agent 1', 'agent 2', 'REPLACES', 0.9)`,
    trace: '(select sum(undirected) from agent_degrees)',
  },
  {
    what: 'change what it believed',
    statement: 'update agent_relationships set confidence = 0.77',
    trace: '(select count(*) from agent_relationship_history)',
  },
  {
    what: 'drop what it believed',
    statement: 'delete from agent_relationships',
    trace: '(select count(*) from agent_relationship_history)',
  },
];

const TENANT_TABLES = `
  select attrelid::regclass::text as name
  from pg_attribute
  join pg_class on pg_class.oid = attrelid
  where attname = 'tenant_id' and relkind in ('r', 'p') and not relispartition and relname <> 'tenant_maintenance'
    and relnamespace in ('public'::regnamespace, 'app'::regnamespace)
  order by name`;
