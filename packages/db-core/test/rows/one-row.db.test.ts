import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { findOne, getOne, type TenantTransaction } from '../../src/index.ts';
import { useApplication } from '../../src/testing.ts';
import { insertAgent } from '../support/agents.ts';
import { errorOf } from '../support/errors.ts';

const app = useApplication(testDatabase());
let tenant = '';

interface AgentName {
  readonly name: string;
}

beforeAll(async () => {
  tenant = await app.newTenant();
  await app.inTenant(tenant, async (tx) => {
    for (const name of ['Ada', 'Brin', 'Brian']) await insertAgent(tx, name);
  });
});

/** The transaction with the types of a table: db-core itself has none. */
function withAgents(tx: TenantTransaction) {
  return tx.$extendTables<{ agent_profiles: AgentName }>();
}

/** Agents whose name is like a pattern: the answer of raw SQL, an object that has the rows. */
function namesLike(tx: TenantTransaction, pattern: string): Promise<{ rows: AgentName[] }> {
  return sql<AgentName>`select name from agent_profiles where name like ${pattern}`.execute(tx);
}

/** The rows themselves, as Kysely's builders answer. */
function bareNamesLike(tx: TenantTransaction, pattern: string): Promise<AgentName[]> {
  return withAgents(tx).selectFrom('agent_profiles').select('name').where('name', 'like', pattern).execute();
}

describe.each([
  ['rows', bareNamesLike],
  ['an object that has the rows', namesLike],
])('of %s', (_, names) => {
  const get = (pattern: string) =>
    app.inTenant(tenant, (tx) => getOne(names(tx, pattern), 'agent of that name'));
  const find = (pattern: string) =>
    app.inTenant(tenant, (tx) => findOne(names(tx, pattern), 'agent of that name'));

  describe('getOne', () => {
    it('is the only row', async () => {
      expect(await get('Ada')).toEqual({ name: 'Ada' });
    });

    it('refuses no row', async () => {
      const error = await errorOf(get('Charles'));
      expect(error).toMatchObject({ code: 'NOT_FOUND', retryable: false });
      expect(error.message).toMatch(/^there is no agent of that name that may be seen here: /);
    });

    it('refuses more than one row, and quotes none', async () => {
      const error = await errorOf(get('Bri%'));
      expect(error).toMatchObject({ code: 'NOT_UNIQUE', retryable: false, details: { found: 2 } });
      expect(error.message).toMatch(/^there is more than one agent of that name: /);
      expect(error.message).not.toContain('Bri');
    });
  });

  describe('findOne', () => {
    it('is the only row, or undefined', async () => {
      expect(await find('Ada')).toEqual({ name: 'Ada' });
      expect(await find('Charles')).toBeUndefined();
    });

    it('refuses more than one row', async () => {
      expect(await errorOf(find('Bri%'))).toMatchObject({ code: 'NOT_UNIQUE', details: { found: 2 } });
    });
  });
});

describe('getOne', () => {
  const rename = (pattern: string) =>
    app.inTenant(tenant, (tx) =>
      getOne(
        sql<AgentName>`
          update agent_profiles set name = name || '!' where name like ${pattern} returning name
        `.execute(tx),
        'agent of that name',
      ),
    );

  it('undoes a change of more than one row', async () => {
    expect(await errorOf(rename('Bri%'))).toMatchObject({ code: 'NOT_UNIQUE' });
    expect(await errorOf(rename('Charles'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await rename('Ada')).toEqual({ name: 'Ada!' });
    const { rows } = await app.inTenant(tenant, (tx) => namesLike(tx, '%!'));
    expect(rows).toEqual([{ name: 'Ada!' }]);
  });

  it("passes on the statement's own error", async () => {
    const failing = app.inTenant(tenant, (tx) => getOne(sql`select 1 / 0`.execute(tx), 'number'));
    expect(await errorOf(failing)).toMatchObject({ code: 'QUERY_FAILED', details: { sqlState: '22012' } });
  });
});

describe('types', () => {
  it('infer the row, and refuse a count of changes in its place', () => {
    /** Typed only, never run. */
    async function typed(tx: TenantTransaction): Promise<void> {
      expectTypeOf(await getOne(bareNamesLike(tx, ''), 'agent')).toEqualTypeOf<AgentName>();
      expectTypeOf(await findOne(namesLike(tx, ''), 'agent')).toEqualTypeOf<AgentName | undefined>();
      expectTypeOf(await getOne(sql`select`.execute(tx), 'thing')).toEqualTypeOf<unknown>();
      const change = withAgents(tx).updateTable('agent_profiles').set({ name: '' });
      expectTypeOf(await getOne(change.returning('name').execute(), 'agent')).toEqualTypeOf<{
        name: string;
      }>();
      // @ts-expect-error -- without `returning` there is a count, whether a row was changed or not
      await getOne(change.execute(), 'agent');
      // @ts-expect-error -- the same
      await findOne(withAgents(tx).deleteFrom('agent_profiles').execute(), 'agent');
    }
    expect(typed).toBeTypeOf('function');
  });
});
