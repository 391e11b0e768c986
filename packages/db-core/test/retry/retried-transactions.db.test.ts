import { connect, startProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantTransaction, TransactionOptions } from '../../src/index.ts';
import type { PoolEvents } from '../../src/events/pool-events.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { terminate } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { Sdk } from '../telemetry/sdk.ts';
import { withoutPooler } from '../support/without-pooler.ts';

const database = testDatabase();
const direct = withoutPooler(database);
const acme = { tenantId: 'acme' };
let admin: SqlSession;
let manager: ConnectionPoolManager;
let retries: PoolEvents['retried'][];

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  admin = await connect(database.url);
  // A deadlock is looked for only then, and not every second.
  await admin.query(
    `do $$ begin execute format('alter database %I set deadlock_timeout = %L', current_database(), '50ms'); end $$`,
  );
});
afterAll(() => admin.close());
beforeEach(async () => {
  await admin.query('truncate agent_profiles cascade');
  manager = applicationManager(direct);
  retries = [];
  manager.on('retried', (retry) => retries.push(retry));
});
afterEach(() => manager.shutdown());

/** Two callers that meet at a point of their first run, and count how often they are run. */
class Pair {
  #arrived = 0;
  readonly #both = gate();
  runs = 0;

  async meet(): Promise<void> {
    this.#arrived += 1;
    if (this.#arrived === 2) this.#both.open();
    await this.#both.opened;
  }

  run(work: (tx: TenantTransaction) => Promise<void>, options: TransactionOptions): Promise<void> {
    return manager.withTenant(
      acme,
      (tx) => {
        this.runs += 1;
        return work(tx);
      },
      options,
    );
  }
}

/** Inserts into an empty table only: one after the other, the second would not. */
async function insertAlone(tx: TenantTransaction, pair: Pair, name: string): Promise<void> {
  const names = await agentNames(tx);
  await pair.meet();
  if (names.length === 0) await insertAgent(tx, name);
}

const rename = (tx: TenantTransaction, id: string, name: string): Promise<unknown> =>
  sql`update agent_profiles set name = ${name} where id = ${id}`.execute(tx);

describe('withTenant with attempts', () => {
  it('runs a serializable transaction again that another one has overtaken', async () => {
    const pair = new Pair();
    const options = { isolationLevel: 'serializable', attempts: 5 } as const;
    await Promise.all(['a', 'b'].map((name) => pair.run((tx) => insertAlone(tx, pair, name), options)));
    expect(await manager.withTenant(acme, agentNames)).toHaveLength(1);
    expect(pair.runs).toBe(3);
    expect(retries).toMatchObject([
      {
        attempt: 1,
        error: { code: 'SERIALIZATION_FAILURE', retryable: true, details: { sqlState: '40001' } },
      },
    ]);
    expect(retries[0]?.delayMs).toBeLessThan(20);
  });

  it('throws it when attempts is left out', async () => {
    const pair = new Pair();
    const outcomes = await Promise.allSettled(
      ['a', 'b'].map((name) =>
        pair.run((tx) => insertAlone(tx, pair, name), { isolationLevel: 'serializable' }),
      ),
    );
    const failed = outcomes.filter(({ status }) => status === 'rejected');
    expect(failed).toMatchObject([{ reason: { code: 'SERIALIZATION_FAILURE', retryable: true } }]);
    expect([pair.runs, retries]).toEqual([2, []]);
  });

  it('runs the victim of a deadlock again', async () => {
    await manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      await insertAgent(tx, 'b');
    });
    const pair = new Pair();
    const crossing = (name: string, [first, second]: [string, string]) =>
      pair.run(
        async (tx) => {
          await rename(tx, first, `${first}-${name}`);
          await pair.meet();
          await rename(tx, second, `${second}-${name}`);
        },
        { attempts: 5 },
      );
    await Promise.all([crossing('x', ['a', 'b']), crossing('y', ['b', 'a'])]);
    expect(pair.runs).toBe(3);
    expect(retries).toMatchObject([
      { attempt: 1, error: { code: 'DEADLOCK', details: { sqlState: '40P01' } } },
    ]);
    // Both happened as a whole, one after the other.
    const names = await manager.withTenant(acme, agentNames);
    expect([
      ['a-x', 'b-x'],
      ['a-y', 'b-y'],
    ]).toContainEqual(names);
  });

  it('runs again what did not get its lock in time', async () => {
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'a'));
    await admin.query('begin; lock table agent_profiles in access exclusive mode');
    const unlocked: Promise<unknown>[] = [];
    manager.on('retried', () => unlocked.push(admin.query('rollback')));
    const names = await manager.withTenant(acme, agentNames, { lockTimeoutMs: 20, attempts: 20 });
    await Promise.all(unlocked);
    expect(names).toEqual(['a']);
    expect(retries[0]).toMatchObject({ attempt: 1, error: { code: 'LOCK_TIMEOUT' } });
  });

  it('counts it in the metrics', async () => {
    const sdk = Sdk.register();
    const measured = applicationManager(direct);
    let runs = 0;
    await measured.withTenant(
      acme,
      async (tx) => {
        runs += 1;
        if (runs === 1) await raise('40P01').execute(tx);
      },
      { attempts: 2 },
    );
    const values = await sdk.values('agent_agency.db.transaction.retries');
    await measured.shutdown();
    await sdk.shutdown();
    expect(values).toMatchObject([{ attributes: { 'error.type': 'DEADLOCK' }, value: 1 }]);
  });

  it('throws the error of the last attempt', async () => {
    let runs = 0;
    const conflict = manager.withTenant(
      acme,
      async (tx) => {
        runs += 1;
        await raise('40001').execute(tx);
      },
      { attempts: 3 },
    );
    expect(await codeOf(conflict)).toBe('SERIALIZATION_FAILURE');
    expect(runs).toBe(3);
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});

const raise = (sqlState: string) =>
  sql`do ${sql.raw(`$$ begin raise exception using errcode = '${sqlState}', message = 'injected'; end $$`)}`;

describe('withTenant with attempts, where running it again is not safe or does not help', () => {
  /** How often it was run, and what it threw. */
  async function attempt(work: (tx: TenantTransaction) => Promise<unknown>): Promise<[number, string]> {
    let runs = 0;
    const error = await errorOf(
      manager.withTenant(
        acme,
        (tx) => {
          runs += 1;
          return work(tx);
        },
        { attempts: 5 },
      ),
    );
    return [runs, error.code];
  }

  it.each([
    ['23505', 'UNIQUE_VIOLATION'],
    ['23503', 'FOREIGN_KEY_VIOLATION'],
    ['57014', 'STATEMENT_CANCELLED'],
    ['42501', 'PERMISSION_DENIED'],
    ['08006', 'CONNECTION_LOST'],
    ['XX000', 'QUERY_FAILED'],
  ])('runs it once when the server says %s', async (sqlState, code) => {
    expect(await attempt((tx) => raise(sqlState).execute(tx))).toEqual([1, code]);
    expect(retries).toEqual([]);
  });

  it('runs it once when the connection is lost in the middle', async () => {
    const lost = await attempt(async (tx) => {
      await insertAgent(tx, 'a');
      await terminate(admin, [await backendPid(tx)]);
      await agentNames(tx);
    });
    expect(lost).toEqual([1, 'CONNECTION_LOST']);
    expect(retries).toEqual([]);
  });

  it('runs it once when nobody knows whether it was committed', async () => {
    const proxy = await startProxy(database.url);
    await manager.shutdown();
    manager = applicationManager({
      kind: database.kind,
      urlFor: (role) => proxy.through(database.directUrlFor(role)),
    });
    let runs = 0;
    const error = errorOf(
      manager.withTenant(
        acme,
        async (tx) => {
          runs += 1;
          await insertAgent(tx, 'a');
          proxy.silenceServer();
        },
        { attempts: 5 },
      ),
    );
    const written = async (): Promise<number> =>
      (await admin.query('select from agent_profiles')).rows.length;
    while ((await written()) === 0) await new Promise(setImmediate);
    proxy.cut();
    expect((await error).code).toBe('COMMIT_UNKNOWN');
    expect([runs, await written(), retries]).toEqual([1, 1, []]);
    await manager.shutdown();
    await proxy.close();
  });

  it("runs it once when the error is the callback's own, or was caught in it", async () => {
    let runs = 0;
    const own = manager.withTenant(
      acme,
      () => {
        runs += 1;
        return Promise.reject(new RangeError('mine'));
      },
      { attempts: 5 },
    );
    await expect(own).rejects.toThrow(RangeError);
    expect(runs).toBe(1);
    const caught = await attempt((tx) =>
      raise('40001')
        .execute(tx)
        .catch(() => undefined),
    );
    expect(caught).toEqual([1, 'COMMIT_ROLLED_BACK']);
  });
});

describe('withTenant with attempts, when nearly everything fails', () => {
  it('runs nothing again once the budget is spent, and does when successes have earned it', async () => {
    let runs = 0;
    const conflict = (): Promise<string> =>
      codeOf(
        manager.withTenant(
          acme,
          async (tx) => {
            runs += 1;
            await raise('40P01').execute(tx);
          },
          { attempts: 2 },
        ),
      );
    const codes = await Promise.all(Array.from({ length: 30 }, conflict));
    expect(new Set(codes)).toEqual(new Set(['DEADLOCK']));
    expect(runs).toBe(30 + 20);
    expect(retries).toHaveLength(20);
    await conflict();
    expect(runs).toBe(51);
    for (let at = 0; at < 11; at += 1) await manager.withTenant(acme, agentNames);
    await conflict();
    expect(runs).toBe(53);
  });
});
