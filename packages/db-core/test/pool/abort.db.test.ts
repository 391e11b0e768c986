import { getEventListeners } from 'node:events';
import { connect, startProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configFromEnv, parseConfig, type ConnectionPoolManager } from '../../src/index.ts';
import { PreparedPool } from '../../src/pool/prepared-pool.ts';
import { parseTenantContext } from '../../src/tenant/tenant-context.ts';
import { applicationManager, createTestTenants, TEST_CONTEXT_KEY } from '../../src/testing.ts';
import { Transactor } from '../../src/transaction/transactor.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { applicationBackends, backends, until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { withoutPooler } from '../support/without-pooler.ts';

const database = testDatabase();
const direct = withoutPooler(database);
const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };
const reason = new RangeError('the user has left');
let admin: SqlSession;
let manager: ConnectionPoolManager;
/** A second pool: what sends a transaction of one statement takes no signal in the manager yet. */
let transactor: Transactor;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  admin = await connect(database.url);
  await admin.query(`
    create function dawdle() returns trigger language plpgsql as $$
    begin
      if new.name = 'stuck' then perform pg_sleep(60); end if;
      perform pg_advisory_xact_lock(1);
      return null;
    end
    $$;
    create constraint trigger dawdle_at_commit after insert on agent_profiles deferrable initially deferred
    for each row when (new.name in ('held up', 'stuck')) execute function dawdle();
  `);
});
afterAll(() => admin.close());
beforeEach(async () => {
  await admin.query('truncate agent_profiles cascade');
  manager = applicationManager(direct, { max: 1, maxPerTenant: 1 });
  await manager.withTenant(acme, agentNames);
  const address = configFromEnv({ DATABASE_URL: database.directUrlFor('agent_agency_app') });
  const config = parseConfig({ ...address, contextKey: TEST_CONTEXT_KEY, min: 0, max: 1 });
  transactor = new Transactor({}, new PreparedPool(config));
});
afterEach(async () => {
  await manager.shutdown();
  await transactor.pool.close(0);
});

function single(text: string, signal: AbortSignal): Promise<unknown> {
  const order = { options: { signal }, taker: new Error('test') };
  return transactor.single(parseTenantContext(acme), order, { text, values: [] });
}

const insertionOf = (name: string): string =>
  `insert into agent_profiles (id, name, model_family) values ('${name}', '${name}', 'test')`;
const sleep = sql`select pg_sleep(60)`;
const sleeping = (): Promise<number[]> => backends(admin, `wait_event = 'PgSleep'`);
const isSleeping = async (): Promise<boolean> => (await sleeping()).length > 0;
const isAwake = async (): Promise<boolean> => (await sleeping()).length === 0;

/** What nothing may leave behind: a backend that works on, a transaction that stays open, a row. */
async function expectNothingLeft(): Promise<void> {
  await until(isAwake);
  await until(async () => (await backends(admin, `state like 'idle in transaction%'`)).length === 0);
  expect((await admin.query('select from agent_profiles')).rows).toEqual([]);
  expect(await manager.withTenant(globex, agentNames)).toEqual([]);
  expect(manager.getStats()).toMatchObject({ totalCount: 1, idleCount: 1, waitingCount: 0 });
}

describe('withTenant, aborted before it has a connection', () => {
  it('throws ABORTED without asking for one when it was aborted before', async () => {
    const { acquire } = manager.getStats();
    const called = gate();
    const run = manager.withTenant(
      acme,
      () => {
        called.open();
        return Promise.reject(new Error('it was run'));
      },
      { signal: AbortSignal.abort(reason) },
    );
    expect(await errorOf(run)).toMatchObject({ code: 'ABORTED', retryable: false, cause: reason });
    expect(manager.getStats().acquire.count).toBe(acquire.count);
  });

  it('throws ABORTED while it waits in the queue, and whoever is behind moves up', async () => {
    const end = gate();
    const holder = manager.withTenant(acme, () => end.opened);
    const controller = new AbortController();
    const waiting = errorOf(manager.withTenant(globex, agentNames, { signal: controller.signal }));
    const behind = manager.withTenant(globex, agentNames);
    await until(() => manager.getStats().waitingCount === 2);
    controller.abort(reason);
    expect(await waiting).toMatchObject({ code: 'ABORTED', cause: reason });
    expect(manager.getStats().waitingCount).toBe(1);
    end.open();
    await holder;
    expect(await behind).toEqual([]);
    await expectNothingLeft();
  });

  it('throws ABORTED while the server does not answer, and what it began for others goes on', async () => {
    const proxy = await startProxy(database.url);
    const url = proxy.through(database.directUrlFor('agent_agency_app'));
    const fresh = applicationManager({ kind: database.kind, urlFor: () => url });
    try {
      proxy.freeze();
      const patient = fresh.withTenant(acme, agentNames);
      const hasty = fresh.withTenant(acme, agentNames, { signal: AbortSignal.timeout(20) });
      expect(await codeOf(hasty)).toBe('ABORTED');
      const brief = fresh.withTenant(acme, agentNames, { acquireTimeoutMs: 20 });
      expect(await codeOf(brief)).toBe('UNREACHABLE');
      proxy.thaw();
      expect(await patient).toEqual([]);
    } finally {
      await fresh.shutdown();
      await proxy.close();
    }
  });

  it('throws ABORTED in the moment in which the connection comes, and does not run the work', async () => {
    const controller = new AbortController();
    const off = manager.on('acquired', () => controller.abort(reason));
    let runs = 0;
    const work = (): Promise<number> => Promise.resolve((runs += 1));
    expect(await codeOf(manager.withTenant(acme, work, { signal: controller.signal }))).toBe('ABORTED');
    off();
    expect(runs).toBe(0);
    await expectNothingLeft();
  });

  it('leaves no listener on a signal that many calls share', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await manager.withTenant(acme, agentNames, { signal });
    await codeOf(manager.withTenant(acme, (tx) => sql`select 1 / 0`.execute(tx), { signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    controller.abort();
    await expectNothingLeft();
  });
});

describe('withTenant, aborted in the middle', () => {
  it('throws ABORTED at once while a statement runs, and the server stops it', async () => {
    const controller = new AbortController();
    let pid = 0;
    const after = gate();
    const run = manager.withTenant(
      acme,
      async (tx) => {
        pid = await backendPid(tx);
        await insertAgent(tx, 'a');
        await sleep.execute(tx).finally(after.open);
      },
      { signal: controller.signal },
    );
    await until(isSleeping);
    controller.abort(reason);
    const error = await errorOf(run);
    expect(error).toMatchObject({ code: 'ABORTED', retryable: false, cause: reason });
    // Not a word of the statement: it was not awaited.
    await after.opened.catch(() => undefined);
    await until(async () => !(await applicationBackends(admin)).includes(pid));
    expect(await manager.withTenant(globex, backendPid)).not.toBe(pid);
    await expectNothingLeft();
  });

  it('throws ABORTED between two statements, and from every later one', async () => {
    const controller = new AbortController();
    const first = gate();
    const go = gate();
    const later = Promise.withResolvers<string[]>();
    let pid = 0;
    const run = manager.withTenant(
      acme,
      async (tx) => {
        await insertAgent(tx, 'a');
        pid = await backendPid(tx);
        first.open();
        await go.opened;
        // It has not noticed.
        const codes = [await codeOf(agentNames(tx)), await codeOf(insertAgent(tx, 'b'))];
        later.resolve(codes);
      },
      { signal: controller.signal },
    );
    await first.opened;
    controller.abort(reason);
    expect(await errorOf(run)).toMatchObject({ code: 'ABORTED', cause: reason });
    await expectNothingLeft();
    expect(await manager.withTenant(globex, backendPid)).not.toBe(pid);
    go.open();
    expect(await later.promise).toEqual(['ABORTED', 'ABORTED']);
    await expectNothingLeft();
  });

  it('throws ABORTED at once when the network is gone, and closes the connection without it', async () => {
    const proxy = await startProxy(database.url);
    const urlFor = (role: string): string => proxy.through(database.directUrlFor(role));
    const remote = applicationManager({ kind: database.kind, urlFor }, { max: 1 });
    const controller = new AbortController();
    const frozen = gate();
    const run = remote.withTenant(
      acme,
      async (tx) => {
        await agentNames(tx);
        proxy.freeze();
        frozen.open();
        await agentNames(tx);
      },
      { signal: controller.signal },
    );
    await frozen.opened;
    controller.abort(reason);
    expect(await errorOf(run)).toMatchObject({ code: 'ABORTED', cause: reason });
    await until(() => remote.getStats().closed === 1);
    proxy.cut();
    proxy.thaw();
    expect(await remote.withTenant(acme, agentNames)).toEqual([]);
    await remote.shutdown();
    await proxy.close();
  });

  it('does not run again what was aborted, however many attempts there are', async () => {
    const controller = new AbortController();
    let runs = 0;
    const run = manager.withTenant(
      acme,
      async (tx) => {
        runs += 1;
        await sleep.execute(tx);
      },
      { signal: controller.signal, attempts: 5 },
    );
    await until(isSleeping);
    controller.abort(reason);
    expect(await codeOf(run)).toBe('ABORTED');
    await expectNothingLeft();
    expect(runs).toBe(1);
  });

  it('disturbs nobody when the abort comes after the end', async () => {
    const controller = new AbortController();
    const pid = await manager.withTenant(acme, backendPid, { signal: controller.signal });
    controller.abort(reason);
    expect(await manager.withTenant(globex, backendPid)).toBe(pid);
  });
});

describe('withTenant, aborted while it commits', () => {
  it('succeeds when the commit does', async () => {
    const controller = new AbortController();
    await admin.query('select pg_advisory_lock(1)');
    const run = manager.withTenant(
      acme,
      async (tx) => {
        await insertAgent(tx, 'held up');
        return 'written';
      },
      { signal: controller.signal },
    );
    await until(async () => (await backends(admin, `wait_event = 'advisory'`)).length > 0);
    controller.abort(reason);
    await admin.query('select pg_advisory_unlock(1)');
    expect(await run).toBe('written');
    expect(await manager.withTenant(acme, agentNames)).toEqual(['held up']);
  });

  it('throws COMMIT_UNKNOWN when the commit does not end', async () => {
    const controller = new AbortController();
    const run = manager.withTenant(acme, (tx) => insertAgent(tx, 'stuck'), { signal: controller.signal });
    await until(isSleeping);
    controller.abort(reason);
    expect(await errorOf(run)).toMatchObject({ code: 'COMMIT_UNKNOWN', retryable: false });
    const [pid] = await sleeping();
    await admin.query('select pg_terminate_backend($1)', [pid ?? 0]);
    await expectNothingLeft();
  });
});

describe('Transactor.single, aborted', () => {
  it('throws ABORTED when the statement was stopped, and writes nothing', async () => {
    const controller = new AbortController();
    const run = single(
      `with pause as materialized (select pg_sleep(60))
       insert into agent_profiles (id, name, model_family) select 'a', 'a', 'test' from pause`,
      controller.signal,
    );
    await until(isSleeping);
    controller.abort(reason);
    expect(await errorOf(run)).toMatchObject({ code: 'ABORTED', cause: reason });
    await expectNothingLeft();
    expect(transactor.pool.stats()).toMatchObject({ totalCount: 0 });
  });

  it('throws ABORTED when the commit was stopped, and writes nothing', async () => {
    const controller = new AbortController();
    const run = single(insertionOf('stuck'), controller.signal);
    await until(isSleeping);
    controller.abort(reason);
    expect(await errorOf(run)).toMatchObject({ code: 'ABORTED', cause: reason });
    await expectNothingLeft();
  });
});

describe('an abort, whenever it comes', () => {
  /** Aborts after so many turns of the event loop. */
  async function abortAfter(turns: number, controller: AbortController): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    controller.abort(reason);
  }

  /** Aborts later and later, until it comes too late; then what callers were told has to be what is in the table. */
  async function compare(insert: (name: string, signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const told: [string, string][] = [];
    for (let turns = 0, successes = 0; successes < 20; turns += 1 + Math.floor(turns / 25)) {
      const name = `agent-${String(turns)}`;
      const controller = new AbortController();
      const aborted = abortAfter(turns, controller);
      const outcome = await insert(name, controller.signal).then(
        () => 'written',
        (error: unknown) => (error as { code: string }).code,
      );
      told.push([name, outcome]);
      if (outcome === 'written') successes += 1;
      await aborted;
    }
    await until(async () => (await backends(admin, `state <> 'idle'`)).length === 0);
    const { rows } = await admin.query('select name from agent_profiles');
    const written = new Set(rows.map((row) => row['name']));
    for (const [name, outcome] of told) {
      expect(['ABORTED', 'COMMIT_UNKNOWN', 'written']).toContain(outcome);
      if (outcome !== 'COMMIT_UNKNOWN')
        expect([name, written.has(name)]).toEqual([name, outcome === 'written']);
    }
  }

  it('is never ABORTED with a row, nor a success without, in withTenant', async () => {
    await compare((name, signal) => manager.withTenant(acme, (tx) => insertAgent(tx, name), { signal }));
  });

  it('is never ABORTED with a row, nor a success without, in Transactor.single', async () => {
    await compare((name, signal) => single(insertionOf(name), signal));
  });
});
