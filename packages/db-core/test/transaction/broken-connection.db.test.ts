import { connect, startProxy, type PostgresProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { backends, terminate, until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };
let admin: SqlSession;
let proxy: PostgresProxy;
let manager: ConnectionPoolManager;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  admin = await connect(database.url);
  await admin.query(`
    create function dawdle() returns trigger language plpgsql as $$
    begin
      perform pg_sleep(60);
      return null;
    end
    $$;
    create constraint trigger dawdle_at_commit after insert on agent_profiles deferrable initially deferred
    for each row when (new.name = 'slow') execute function dawdle();
    create function refuse() returns trigger language plpgsql as $$
    begin
      raise exception using errcode = '23514', message = 'refused';
    end
    $$;
    create constraint trigger refuse_at_commit after insert on agent_profiles deferrable initially deferred
    for each row when (new.name = 'refused') execute function refuse();
  `);
});
afterAll(() => admin.close());
beforeEach(async () => {
  await admin.query('truncate agent_profiles cascade');
  proxy = await startProxy(database.url);
  const url = database.urlFor('agent_agency_app');
  manager = applicationManager({ kind: database.kind, urlFor: () => proxy.through(url) }, { max: 2 });
  return async () => {
    await manager.shutdown();
    await proxy.close();
  };
});

describe('withTenant, when the server ends the connection', () => {
  it('throws CONNECTION_LOST, writes nothing, and the next borrower gets another connection', async () => {
    let pid = 0;
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      pid = await backendPid(tx);
      await terminate(admin, [pid]);
      await agentNames(tx);
    });
    expect(await errorOf(run)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(await manager.withTenant(globex, backendPid)).not.toBe(pid);
    expect(await manager.withTenant(globex, agentNames)).toEqual([]);
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });

  it('throws it also when the server could still say why', async () => {
    const run = manager.withTenant(acme, async (tx) => {
      const pid = await backendPid(tx);
      const sleep = errorOf(sql`select pg_sleep(60)`.execute(tx));
      await until(
        async () => (await backends(admin, `pid = $1 and wait_event = 'PgSleep'`, [pid])).length === 1,
      );
      await terminate(admin, [pid]);
      throw await sleep;
    });
    expect(await errorOf(run)).toMatchObject({
      code: 'CONNECTION_LOST',
      retryable: true,
      details: { sqlState: '57P01' },
    });
    expect(manager.getStats()).toMatchObject({ totalCount: 0 });
  });

  it('leaves transactions on other connections alone', async () => {
    await manager.withTenant(globex, (tx) => insertAgent(tx, 'survivor'));
    const victim = codeOf(
      manager.withTenant(acme, async (tx) => {
        await terminate(admin, [await backendPid(tx)]);
        await agentNames(tx);
      }),
    );
    const other = manager.withTenant(globex, async (tx) => {
      const pid = await backendPid(tx);
      expect(await victim).toBe('CONNECTION_LOST');
      expect(await backendPid(tx)).toBe(pid);
      return agentNames(tx);
    });
    expect(await other).toEqual(['survivor']);
  });

  it("throws the callback's own error, although the rollback fails too", async () => {
    const error = new RangeError('mine');
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      await terminate(admin, [await backendPid(tx)]);
      throw error;
    });
    await expect(run).rejects.toBe(error);
    expect(manager.getStats()).toMatchObject({ totalCount: 0, idleCount: 0 });
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });

  it('throws CONNECTION_LOST and not COMMIT_UNKNOWN when it was lost before COMMIT', async () => {
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      await terminate(admin, [await backendPid(tx)]);
      await agentNames(tx).catch(() => undefined);
      return 'written';
    });
    expect(await errorOf(run)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });
});

describe('withTenant, when the network fails', () => {
  it('does not give the connection back, and its transaction ends', async () => {
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      proxy.cut();
      await agentNames(tx);
    });
    expect(await errorOf(run)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(manager.getStats()).toMatchObject({ totalCount: 0, idleCount: 0 });
    // The row's lock would still be held if the transaction were open.
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'a'));
    expect(await manager.withTenant(globex, agentNames)).toEqual([]);
  });

  it('does not give it back either when the callback ignored the failure', async () => {
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      proxy.cut();
      await agentNames(tx).catch(() => undefined);
      throw new RangeError('something else');
    });
    await expect(run).rejects.toThrow(RangeError);
    expect(manager.getStats()).toMatchObject({ totalCount: 0 });
  });
});

describe('withTenant, when the connection breaks while committing', () => {
  const committing = (pid: number): Promise<number[]> =>
    backends(admin, `pid = $1 and query = 'commit'`, [pid]);

  it('throws COMMIT_UNKNOWN, never retryable, when the backend ends', async () => {
    let pid = 0;
    const run = errorOf(
      manager.withTenant(acme, async (tx) => {
        pid = await backendPid(tx);
        await insertAgent(tx, 'slow');
      }),
    );
    await until(async () => pid !== 0 && (await committing(pid)).length === 1);
    await terminate(admin, [pid]);
    expect(await run).toMatchObject({ code: 'COMMIT_UNKNOWN', retryable: false });
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });

  it('throws COMMIT_UNKNOWN when the answer got lost, and it had happened', async () => {
    const run = errorOf(
      manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'a');
        proxy.silenceServer();
      }),
    );
    const written = `select from agent_profiles where name = 'a'`;
    await until(async () => (await admin.query(written)).rows.length === 1);
    proxy.cut();
    expect(await run).toMatchObject({ code: 'COMMIT_UNKNOWN', retryable: false });
    expect(manager.getStats()).toMatchObject({ totalCount: 0 });
    expect(await manager.withTenant(acme, agentNames)).toEqual(['a']);
  });
});

describe('withTenant, after every connection was ended', () => {
  it('goes on with new ones, and nothing is thrown beside', async () => {
    const pids = await Promise.all([
      manager.withTenant(acme, backendPid),
      manager.withTenant(globex, backendPid),
    ]);
    expect(manager.getStats()).toMatchObject({ idleCount: 2 });
    await terminate(admin, pids);
    await until(() => manager.getStats().totalCount === 0);
    expect(pids).not.toContain(await manager.withTenant(acme, backendPid));
  });

  it('goes on after the network cut idle connections', async () => {
    await manager.withTenant(acme, agentNames);
    proxy.cut();
    await until(() => manager.getStats().totalCount === 0);
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });
});

describe('withTenant, when the network is slow', () => {
  it('lends a connection on after a refused commit, as soon as the server says that it is ready', async () => {
    const pid = await manager.withTenant(acme, backendPid);
    proxy.delayReadiness();
    expect(await codeOf(manager.withTenant(acme, (tx) => insertAgent(tx, 'refused')))).toBe(
      'CHECK_VIOLATION',
    );
    expect(await codeOf(manager.withTenant(acme, (tx) => sql`select 1 / 0`.execute(tx)))).toBe(
      'QUERY_FAILED',
    );
    expect(await manager.withTenant(globex, backendPid)).toBe(pid);
    expect(manager.getStats()).toMatchObject({ totalCount: 1 });
  });
});
