import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantClient } from '../src/index.ts';
import { applicationManager, createTestTenants } from '../src/testing.ts';
import { agentNames, insertAgent } from './support/agents.ts';
import { backends, terminate } from './support/backends.ts';
import { codeOf, errorOf } from './support/errors.ts';
import { PLACE, type Place } from './support/place.ts';

const database = testDatabase();
const INSERT = `insert into agent_profiles (id, name, model_family) values ($1, $1, 'test')`;
const NAMES = 'select name from agent_profiles order by name';
const CONTEXT = `
  select
    app.current_tenant_id() as tenant,
    current_setting('app.current_user') as user,
    current_setting('app.current_session') as session
`;
let manager: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  // One connection: a client that is not given back, or not clean, would be noticed by the next.
  manager = applicationManager(database, { max: 1, connectionTimeoutMs: 5000 });
  admin = await connect(database.url);
  await admin.query(`
    create function refuse() returns trigger language plpgsql as $$
    begin
      raise exception using errcode = '23514', constraint = 'refused_at_commit', message = 'refused';
    end
    $$;
    create constraint trigger refuse_at_commit after insert on agent_profiles deferrable initially deferred
    for each row when (new.name = 'refused') execute function refuse();
  `);
});
afterAll(() => Promise.all([manager.shutdown(), admin.close()]));
beforeEach(() => admin.query('truncate agent_profiles cascade'));

const open = (tenantId = 'acme'): Promise<TenantClient> => manager.getClientWithTenantContext(tenantId);

const stored = async (): Promise<unknown[]> => (await admin.query(NAMES)).rows.map((row) => row['name']);

describe('getClientWithTenantContext', () => {
  it('lends a connection inside one transaction, whose rows others see once it is released', async () => {
    const client = await open();
    const places = [await client.query<Place>(PLACE)];
    await client.query(INSERT, ['a']);
    places.push(await client.query<Place>(PLACE));
    expect((await client.query(NAMES)).rows).toEqual([{ name: 'a' }]);
    expect(places[1]?.rows).toEqual(places[0]?.rows);
    expect(await stored()).toEqual([]);
    await client.release();
    expect(await stored()).toEqual(['a']);
  });

  it('sets the whole context', async () => {
    const client = await manager.getClientWithTenantContext('acme', { userId: 'Zoë', sessionId: 's-1' });
    expect((await client.query(CONTEXT)).rows).toEqual([{ tenant: 'acme', user: 'Zoë', session: 's-1' }]);
    await client.release();
    const next = await open('globex');
    expect((await next.query(CONTEXT)).rows).toEqual([{ tenant: 'globex', user: '', session: '' }]);
    await next.release();
  });

  it('counts the rows of a query and of a change', async () => {
    const client = await open();
    expect(await client.query(INSERT, ['a'])).toEqual({ rows: [], rowCount: 1 });
    expect(await client.query(NAMES)).toEqual({ rows: [{ name: 'a' }], rowCount: 1 });
    const update = `update agent_profiles set status = 'archived' where name = $1 returning name`;
    expect(await client.query(update, ['a'])).toEqual({ rows: [{ name: 'a' }], rowCount: 1 });
    expect(await client.query('delete from agent_profiles where name = $1', ['b'])).toEqual({
      rows: [],
      rowCount: 0,
    });
    expect(await client.query('set local work_mem = 65536')).toEqual({ rows: [], rowCount: 0 });
    await client.release();
  });

  it('takes one statement at a time, with parameters or without', async () => {
    for (const params of [undefined, []]) {
      const client = await open();
      expect(await errorOf(client.query('select 1; commit', params))).toMatchObject({
        details: { sqlState: '42601' },
      });
      await client.release(true);
    }
  });

  it('refuses a bad context', async () => {
    expect(await codeOf(open(''))).toBe('INVALID_INPUT');
    const error = await errorOf(manager.getClientWithTenantContext('acme', { userId: '\n' }));
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('throws what a checkout throws', async () => {
    const hasty = applicationManager(database, { max: 1, connectionTimeoutMs: 50 });
    const held = await hasty.getClientWithTenantContext('acme');
    expect(await codeOf(hasty.getClientWithTenantContext('acme'))).toBe('ACQUIRE_TIMEOUT');
    await held.release();
    await (await hasty.getClientWithTenantContext('acme')).release();
    await hasty.shutdown();
  });
});

describe('TenantClient.release', () => {
  it.each([new RangeError('mine'), true, 'text', 0])(
    'rolls back with %s, and does not throw it',
    async (reason) => {
      const client = await open();
      await client.query(INSERT, ['a']);
      await client.release(reason);
      expect(await stored()).toEqual([]);
      expect(await manager.withTenant({ tenantId: 'globex' }, agentNames)).toEqual([]);
    },
  );

  it.each([undefined, null, false])('commits with %s', async (nothing) => {
    const client = await open();
    await client.query(INSERT, ['a']);
    await client.release(nothing);
    expect(await stored()).toEqual(['a']);
  });

  it('costs nothing when there were no statements', async () => {
    await (await open()).release();
    await (await open()).release(true);
    expect(manager.getStats()).toMatchObject({ idleCount: 1 });
  });

  it('throws TRANSACTION_OVER the second time, and leaves the next borrower alone', async () => {
    const client = await open();
    await client.query(INSERT, ['a']);
    await client.release();
    await manager.withTenant({ tenantId: 'globex' }, async (tx) => {
      await insertAgent(tx, 'b');
      expect(await codeOf(client.release())).toBe('TRANSACTION_OVER');
      expect(await codeOf(client.release(true))).toBe('TRANSACTION_OVER');
      expect(await codeOf(client.query(NAMES))).toBe('TRANSACTION_OVER');
      expect(await agentNames(tx)).toEqual(['b']);
    });
    expect(await stored()).toEqual(['a', 'b']);
  });

  it('refuses a statement from the moment it is called, not when it is done', async () => {
    const client = await open();
    await client.query(INSERT, ['a']);
    const releasing = client.release();
    const late = await errorOf(client.query(INSERT, ['b']));
    expect(late).toMatchObject({ code: 'TRANSACTION_OVER', message: 'this client was released already' });
    await releasing;
    expect(await stored()).toEqual(['a']);
  });

  it('throws what the commit throws: then nothing was written', async () => {
    const client = await open();
    await client.query(INSERT, ['refused']);
    expect(await errorOf(client.release())).toMatchObject({
      code: 'CHECK_VIOLATION',
      details: { constraint: 'refused_at_commit' },
    });
    expect(await stored()).toEqual([]);
  });

  it('throws COMMIT_ROLLED_BACK when the error of a statement was caught before', async () => {
    const client = await open();
    await client.query(INSERT, ['a']);
    expect(await codeOf(client.query(INSERT, ['a']))).toBe('UNIQUE_VIOLATION');
    const error = await errorOf(client.release());
    expect(error.code).toBe('COMMIT_ROLLED_BACK');
    expect(error.cause).toMatchObject({ code: 'UNIQUE_VIOLATION' });
    expect(await stored()).toEqual([]);
  });

  it('throws TRANSACTION_OVER when a statement ended the transaction', async () => {
    const client = await open();
    await client.query(INSERT, ['a']);
    expect(await codeOf(client.query('rollback'))).toBe('TRANSACTION_OVER');
    expect(await codeOf(client.query(INSERT, ['b']))).toBe('TRANSACTION_OVER');
    expect(await codeOf(client.release())).toBe('TRANSACTION_OVER');
    expect(await stored()).toEqual([]);
  });

  it('throws CONNECTION_LOST when the connection broke meanwhile, and not when it is to roll back', async () => {
    const lose = async (): Promise<TenantClient> => {
      const client = await open();
      await client.query(INSERT, ['a']);
      await terminate(admin, await backends(admin, `usename = 'agent_agency_app'`));
      await new Promise(setImmediate);
      return client;
    };
    expect(await codeOf((await lose()).release())).toBe('CONNECTION_LOST');
    await (await lose()).release(new Error('mine'));
    expect(await stored()).toEqual([]);
    expect(await manager.withTenant({ tenantId: 'acme' }, agentNames)).toEqual([]);
  });

  it('keeps what a statement wrote that was not awaited', async () => {
    const client = await open();
    const writing = client.query(INSERT, ['a']);
    await new Promise(setImmediate);
    await client.release();
    await writing;
    expect(await stored()).toEqual(['a']);
  });

  it('is what a shutdown waits for', async () => {
    const other = applicationManager(database, { max: 1 });
    const client = await other.getClientWithTenantContext('acme');
    await client.query(INSERT, ['a']);
    const closing = other.shutdown();
    await client.query(INSERT, ['b']);
    await client.release();
    await closing;
    expect(await stored()).toEqual(['a', 'b']);
  });

  it('throws SHUTTING_DOWN when the shutdown did not wait any longer', async () => {
    const other = applicationManager(database, { max: 1 });
    const client = await other.getClientWithTenantContext('acme');
    await client.query(INSERT, ['a']);
    await other.shutdown({ timeoutMs: 20 });
    expect(await codeOf(client.query(NAMES))).toBe('SHUTTING_DOWN');
    expect(await codeOf(client.release())).toBe('SHUTTING_DOWN');
    expect(await stored()).toEqual([]);
  });
});

describe('queryWithTenantContext', () => {
  const query = (
    sql: string,
    params?: readonly unknown[],
    tenantId = 'acme',
  ): ReturnType<TenantClient['query']> => manager.queryWithTenantContext(tenantId, sql, params);

  it('answers the rows and their number, of a query and of a change, which is committed', async () => {
    expect(await query(INSERT, ['a'])).toEqual({ rows: [], rowCount: 1 });
    expect(await query(INSERT, ['b'])).toEqual({ rows: [], rowCount: 1 });
    expect(await stored()).toEqual(['a', 'b']);
    expect(await query(NAMES)).toEqual({ rows: [{ name: 'a' }, { name: 'b' }], rowCount: 2 });
    expect(await query(`update agent_profiles set status = 'archived' returning name`)).toMatchObject({
      rowCount: 2,
    });
    expect(await query('delete from agent_profiles where name = $1', ['c'])).toEqual({
      rows: [],
      rowCount: 0,
    });
  });

  it.each(['', '-- nothing'])('answers nothing to %j, which has no statement', async (sql) => {
    expect(await query(sql)).toEqual({ rows: [], rowCount: 0 });
    expect((await query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('sets the whole context', async () => {
    const context = { userId: 'Zoë', sessionId: 's-1' };
    const { rows } = await manager.queryWithTenantContext('acme', CONTEXT, [], context);
    expect(rows).toEqual([{ tenant: 'acme', user: 'Zoë', session: 's-1' }]);
    expect((await query(CONTEXT, [], 'globex')).rows).toEqual([{ tenant: 'globex', user: '', session: '' }]);
  });

  it("shows and changes one tenant's rows only", async () => {
    await query(INSERT, ['theirs'], 'globex');
    await query(INSERT, ['ours']);
    expect((await query(NAMES)).rows).toEqual([{ name: 'ours' }]);
    expect(await query('delete from agent_profiles')).toMatchObject({ rowCount: 1 });
    const foreign = `insert into agent_profiles (tenant_id, id, name, model_family) values ('globex', 'x', 'x', 'test')`;
    expect(await codeOf(query(foreign))).toBe('PERMISSION_DENIED');
    expect(await stored()).toEqual(['theirs']);
  });

  it("throws the statement's error, writes nothing, and keeps the connection", async () => {
    const { opened } = manager.getStats();
    await query(INSERT, ['a']);
    expect(await errorOf(query(INSERT, ['a']))).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { sqlState: '23505' },
    });
    expect(await codeOf(query('select 1 / 0'))).toBe('QUERY_FAILED');
    expect(await errorOf(query('select 1; select 2'))).toMatchObject({ details: { sqlState: '42601' } });
    expect(await stored()).toEqual(['a']);
    expect(manager.getStats()).toMatchObject({ opened: Math.max(opened, 1), idleCount: 1 });
  });

  it('throws what a deferred constraint refuses at its commit', async () => {
    const { opened } = manager.getStats();
    expect(await codeOf(query(INSERT, ['refused']))).toBe('CHECK_VIOLATION');
    expect(await stored()).toEqual([]);
    expect((await query(NAMES)).rows).toEqual([]);
    expect(manager.getStats().opened).toBe(opened);
  });

  it.each(['commit', 'rollback', 'end', 'abort', 'commit and chain', 'rollback and chain'])(
    'throws TRANSACTION_OVER for %s, and leaves nobody the context',
    async (statement) => {
      expect(await codeOf(query(statement))).toBe('TRANSACTION_OVER');
      const leftovers = `
        select nullif(current_setting('app.current_tenant', true), '') as tenant, app.current_tenant_id() as current
      `;
      expect((await manager.getPool().query(leftovers)).rows).toEqual([{ tenant: null, current: null }]);
      expect((await query(CONTEXT, [], 'globex')).rows).toMatchObject([{ tenant: 'globex' }]);
    },
  );

  it.each(['begin', 'savepoint s', 'set transaction read write'])(
    'does no harm with %s',
    async (statement) => {
      await query(statement).catch(() => undefined);
      await query(INSERT, ['a'], 'globex');
      expect((await query(NAMES)).rows).toEqual([]);
      expect((await query(NAMES, [], 'globex')).rows).toEqual([{ name: 'a' }]);
    },
  );

  it('refuses a bad tenant and a parameter that cannot be sent', async () => {
    expect(await codeOf(query('select', [], ' '))).toBe('INVALID_INPUT');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(await codeOf(query('select $1::jsonb', [circle]))).toBe('INVALID_INPUT');
    expect((await query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
