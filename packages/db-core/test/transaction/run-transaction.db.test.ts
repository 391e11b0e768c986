import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFromEnv, parseConfig } from '../../src/index.ts';
import type { GuardedClient } from '../../src/pool/guarded-client.ts';
import { PreparedPool } from '../../src/pool/prepared-pool.ts';
import { createTestTenants } from '../../src/testing.ts';
import { contextStatements } from '../../src/transaction/context-statement.ts';
import { runTransaction, type TransactionPlan } from '../../src/transaction/run-transaction.ts';
import { SystemTransaction } from '../../src/transaction/tenant-transaction.ts';
import { codeOf } from '../support/errors.ts';
import { signedContext } from '../support/signed-context.ts';

const database = testDatabase();
let pool: PreparedPool;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  const address = configFromEnv({ DATABASE_URL: database.urlFor('agent_agency_app') });
  pool = new PreparedPool(parseConfig({ ...address, min: 0, max: 1 }));
});
afterAll(() => pool.close(0));

const leftovers = `
  select
    nullif(current_setting('app.current_tenant', true), '') as tenant,
    nullif(current_setting('app.context_signature', true), '') as signature,
    app.current_tenant_id() as current,
    current_setting('statement_timeout') as timeout
`;

async function planAs(tenantId: string): Promise<TransactionPlan> {
  const { signature } = signedContext({ tenant: 'acme' });
  const settings = {
    statement_timeout: '4321',
    lock_timeout: '0',
    idle_in_transaction_session_timeout: '0',
    'app.current_tenant': tenantId,
    'app.current_user': '',
    'app.current_session': '',
    'app.context_signature': signature,
  };
  const context = contextStatements('tenant', settings, await pool.facts.get());
  const whose = { manager: pool, context: undefined, options: {} };
  return {
    preamble: [{ text: 'begin' }, ...context],
    telemetry: pool.telemetry,
    whose,
  };
}

describe('runTransaction', () => {
  it.each(['commit', 'rollback'])('leaves no setting on the connection, after %s', async (end) => {
    const plan = await planAs('acme');
    await pool.lend(async (client) => {
      const before = await client.query(leftovers);
      const inside = runTransaction(client, plan, async (scope) => {
        const { rows } = await sql.raw(leftovers).execute(new SystemTransaction(scope, 'test'));
        expect(rows).toMatchObject([{ current: 'acme', timeout: '4321ms' }]);
        if (end === 'rollback') throw new RangeError('enough');
      });
      if (end === 'rollback') await expect(inside).rejects.toThrow(RangeError);
      else await inside;
      expect((await client.query(leftovers)).rows).toEqual(before.rows);
      expect(before.rows).toMatchObject([{ tenant: null, signature: null, current: null }]);
      expect(client.isClean()).toBe(true);
    });
  });

  it("runs no statement when the database takes the context for nobody's", async () => {
    const plan = await planAs('globex');
    await pool.lend(async (client) => {
      const run = runTransaction(client, plan, (scope) =>
        sql`select 1 / 0`.execute(new SystemTransaction(scope, 'test')),
      );
      expect(await codeOf(run)).toBe('TENANT_UNSET');
      expect(client.isClean()).toBe(true);
    });
  });

  it('sends nothing for a transaction without statements', async () => {
    const plan = await planAs('globex');
    await pool.lend(async (client) => {
      const { result } = await runTransaction(client, plan, () => Promise.resolve('ran'));
      expect(result).toBe('ran');
      expect(client.isInTransaction()).toBe(false);
    });
  });

  it('lends a connection that takes no statements once it was given back', async () => {
    const kept: GuardedClient[] = [];
    await pool.lend(async (client) => {
      kept.push(client);
      await client.query('select');
    });
    const codes = await pool.lend(async () =>
      Promise.all(kept.map((client) => codeOf(client.query('select')))),
    );
    expect(codes).toEqual(['TRANSACTION_OVER']);
  });

  it('is clean after an error of the server, and after a value that was never sent', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    await pool.lend(async (client) => {
      expect(await codeOf(client.query('select 1 / 0'))).toBe('QUERY_FAILED');
      expect(client.isClean()).toBe(true);
      expect(await codeOf(client.query('select $1', [circle]))).toBe('INVALID_INPUT');
      expect(client.isClean()).toBe(true);
    });
    expect(pool.stats()).toMatchObject({ totalCount: 1, idleCount: 1 });
  });

  it('is not clean, outside a transaction, when the server says that it ends the connection', async () => {
    await pool.lend(async (client) => {
      const suicide = client.query('select pg_terminate_backend(pg_backend_pid())');
      expect(await codeOf(suicide)).toBe('CONNECTION_LOST');
      expect(client.isInTransaction()).toBe(false);
      expect(client.isClean()).toBe(false);
    });
  });

  it('is not clean, and so not lent on, as long as a transaction is open', async () => {
    await pool.lend(async (client) => {
      expect(client.isClean()).toBe(true);
      await client.query('begin');
      expect(client.isClean()).toBe(false);
    });
    expect(pool.stats()).toMatchObject({ totalCount: 0, idleCount: 0 });
  });
});
