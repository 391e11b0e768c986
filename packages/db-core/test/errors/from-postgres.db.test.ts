import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantTransaction } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { backendPid, insertAgent } from '../support/agents.ts';
import { backends, until } from '../support/backends.ts';
import { errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const secret = 'hunter2';
let manager: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  manager = applicationManager(database);
  admin = await connect(database.url);
  await admin.query(`
    create function public.leave_tenant_unset() returns void language plpgsql as $$
    begin
      perform set_config('app.context_signature', '', true);
      perform app.require_tenant_id();
    end
    $$;
    grant execute on function public.leave_tenant_unset() to agent_agency_app;
  `);
});
afterAll(() => Promise.all([manager.shutdown(), admin.close()]));
beforeEach(async () => {
  await admin.query('truncate agent_profiles cascade');
  for (const name of ['a', 'b', secret]) await manager.withTenant(acme, (tx) => insertAgent(tx, name));
});

const failing = (statement: string): ReturnType<typeof errorOf> =>
  errorOf(manager.withTenant(acme, (tx) => sql.raw(statement).execute(tx)));

const insert = (columns: string, values: string): string =>
  `insert into agent_profiles (${columns}) values (${values})`;

describe('fromServer, through withTenant', () => {
  it.each([
    [
      'UNIQUE_VIOLATION',
      insert('id, name, model_family', `'${secret}', 'x', 'test'`),
      { sqlState: '23505', constraint: 'agent_profiles_pkey', table: 'agent_profiles' },
    ],
    [
      'UNIQUE_VIOLATION',
      insert('id, name, model_family', `'x', '${secret}', 'test'`),
      { sqlState: '23505', constraint: 'unique_agent_name', table: 'agent_profiles' },
    ],
    [
      'FOREIGN_KEY_VIOLATION',
      `insert into agent_capabilities_graph (agent_id, capability_name, canonical_name, confidence, extraction_confidence)
       values ('${secret}-missing', 'x', 'x', 0.9, 0.9)`,
      { sqlState: '23503', constraint: 'agent_capabilities_graph_agent_id_fkey' },
    ],
    [
      'CHECK_VIOLATION',
      insert('id, name, model_family, status', `'x', 'x', 'test', '${secret}'`),
      { sqlState: '23514', constraint: 'agent_profiles_status_check' },
    ],
    [
      'NOT_NULL_VIOLATION',
      insert('id, name', `'${secret}-2', '${secret}-2'`),
      { sqlState: '23502', table: 'agent_profiles', column: 'model_family' },
    ],
    [
      'PERMISSION_DENIED',
      insert('tenant_id, id, name, model_family', `'globex', 'x', '${secret}-2', 'test'`),
      { sqlState: '42501' },
    ],
    ['PERMISSION_DENIED', `select '${secret}' from app.context_keys`, { sqlState: '42501' }],
    ['TENANT_UNSET', 'select public.leave_tenant_unset()', { sqlState: 'AATNU' }],
    ['QUERY_FAILED', `select '${secret}'::uuid`, { sqlState: '22P02' }],
    ['QUERY_FAILED', `select '${secret}'::int`, { sqlState: '22P02' }],
    [
      'QUERY_FAILED',
      insert('id, name, model_family', `'x', 'x', repeat('${secret}', 20)`),
      { sqlState: '22001' },
    ],
    ['QUERY_FAILED', `select from '${secret}'`, { sqlState: '42601' }],
    ['QUERY_FAILED', `do $$ begin raise exception '${secret}'; end $$`, { sqlState: 'P0001' }],
  ])("says %s without a row's value", async (code, statement, details) => {
    const error = await failing(statement);
    expect(error).toMatchObject({ code, retryable: false, details });
    expect(error.message).not.toContain(secret);
    expect(JSON.stringify(error.details)).not.toContain(secret);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('names the constraint, or the thing that is missing, in the message', async () => {
    const again = await failing(insert('id, name, model_family', `'a', 'x', 'test'`));
    expect(again.message).toMatch(/^agent_profiles_pkey: /);
    expect((await failing('select * from no_such_table')).message).toContain('no_such_table');
    expect((await failing('select * from no_such_table')).message).toContain('42P01');
  });

  it('does not leak what a parameter holds', async () => {
    const error = await errorOf(manager.withTenant(acme, (tx) => sql`select ${secret}::uuid`.execute(tx)));
    expect(error).toMatchObject({ code: 'QUERY_FAILED', details: { sqlState: '22P02' } });
    expect(error.message).not.toContain(secret);
  });

  it("takes an error of on delete restrict, of whichever version, for a foreign key's", async () => {
    const error = await failing(
      `do $$ begin raise exception using errcode = '23001', constraint = 'c'; end $$`,
    );
    expect(error).toMatchObject({ code: 'FOREIGN_KEY_VIOLATION', details: { constraint: 'c' } });
  });
});

describe('fromServer, for transactions that meet', () => {
  const archive = (tx: TenantTransaction, name: string): Promise<unknown> =>
    sql`update agent_profiles set status = 'archived' where name = ${name}`.execute(tx);
  const isWaiting = async (pid: number): Promise<boolean> =>
    (await backends(admin, `pid = $1 and wait_event_type = 'Lock'`, [pid])).length === 1;

  it('throws DEADLOCK, retryable, to one of two that wait for each other', async () => {
    const met = Promise.withResolvers<undefined>();
    let arrived = 0;
    const crossing = (first: string, second: string): Promise<unknown> =>
      manager.withTenant(acme, async (tx) => {
        await archive(tx, first);
        arrived += 1;
        if (arrived === 2) met.resolve(undefined);
        await met.promise;
        await archive(tx, second);
      });
    const outcomes = await Promise.allSettled([crossing('a', 'b'), crossing('b', 'a')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(rejected?.reason).toMatchObject({
      code: 'DEADLOCK',
      retryable: true,
      details: { sqlState: '40P01' },
    });
  });

  it('throws SERIALIZATION_FAILURE, retryable, to the slower one', async () => {
    const other = applicationManager(database);
    const slower = manager.withTenant(
      acme,
      async (tx) => {
        await backendPid(tx);
        await other.withTenant(acme, (faster) => archive(faster, 'a'));
        await archive(tx, 'a');
      },
      { isolationLevel: 'repeatable read' },
    );
    expect(await errorOf(slower)).toMatchObject({ code: 'SERIALIZATION_FAILURE', retryable: true });
    await other.shutdown();
  });

  it('throws LOCK_TIMEOUT, retryable, and STATEMENT_CANCELLED to who waits', async () => {
    await manager.withTenant(acme, async (holder) => {
      await archive(holder, 'a');
      const other = applicationManager(database);
      const impatient = other.withTenant(acme, async (tx) => {
        await sql`set local lock_timeout = 20`.execute(tx);
        await archive(tx, 'a');
      });
      expect(await errorOf(impatient)).toMatchObject({ code: 'LOCK_TIMEOUT', retryable: true });
      let pid = 0;
      const cancelled = errorOf(
        other.withTenant(acme, async (tx) => {
          pid = await backendPid(tx);
          await archive(tx, 'a');
        }),
      );
      await until(async () => pid !== 0 && isWaiting(pid));
      await admin.query('select pg_cancel_backend($1)', [pid]);
      expect(await cancelled).toMatchObject({ code: 'STATEMENT_CANCELLED', retryable: false });
      await other.shutdown();
    });
  });

  it('throws CONNECTION_LOST when the server ends a transaction that idles too long', async () => {
    const idling = manager.withTenant(acme, async (tx) => {
      const pid = await backendPid(tx);
      await sql`set local idle_in_transaction_session_timeout = 20`.execute(tx);
      await until(async () => (await backends(admin, 'pid = $1', [pid])).length === 0);
      await sql`select 1`.execute(tx);
    });
    expect(await errorOf(idling)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
  });
});
