import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantTransaction } from '../../src/index.ts';
import { createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { backends, until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { expectSoundAndClose } from './soundness.ts';
import { acme, emptyTables, globex, openSubject, routeTo, TENANTS, type Subject } from './subject.ts';

const database = testDatabase();
let admin: SqlSession;
let subject: Subject;

beforeAll(async () => {
  await createTestTenants(database, ...TENANTS);
  admin = await connect(database.url);
  await admin.query(`
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
  await emptyTables(database.url);
  subject = openSubject(routeTo(database), { max: 4, maxPerTenant: 4 });
});
afterEach(() => expectSoundAndClose(subject));

/** The connection goes back to the pool clean, so that nobody has to open another. */
async function expectReused(): Promise<void> {
  await until(() => subject.manager.getStats().activeConnections === 0);
  expect(subject.manager.getStats().closed).toBe(0);
}

const names = (): Promise<string[]> => subject.manager.withTenant(acme, agentNames);
const rename = (tx: TenantTransaction, from: string, to: string): Promise<unknown> =>
  sql`update agent_profiles set name = ${to} where id = ${from}`.execute(tx);

/** Holds a row's lock until `end`. Answers when it has it. */
async function holdRow(id: string, end: Promise<void>): Promise<{ holder: Promise<void> }> {
  const has = gate();
  const holder = subject.manager.withTenant(acme, async (tx) => {
    await rename(tx, id, 'held');
    has.open();
    await end;
  });
  await has.opened;
  return { holder };
}

describe.skipIf(database.kind === 'pglite')(
  'fault: a statement runs into its timeout in the middle of a transaction',
  () => {
    it("throws STATEMENT_CANCELLED; writes nothing of the transaction, lends the connection on with the next borrower's own timeout", async () => {
      const run = subject.manager.withTenant(
        acme,
        async (tx) => {
          await insertAgent(tx, 'before');
          await sql`select pg_sleep(60)`.execute(tx);
        },
        { statementTimeoutMs: 50 },
      );
      expect(await errorOf(run)).toMatchObject({ code: 'STATEMENT_CANCELLED', retryable: false });
      expect(await names()).toEqual([]);
      await subject.manager.withTenant(globex, (tx) => sql`select pg_sleep(0.1)`.execute(tx));
      await expectReused();
    });
  },
);

describe.skipIf(database.kind === 'pglite')('fault: a lock does not become free in time', () => {
  it('throws LOCK_TIMEOUT; writes nothing of the transaction, and whoever holds the lock goes on', async () => {
    await subject.manager.withTenant(acme, (tx) => insertAgent(tx, 'row'));
    const end = gate();
    const { holder } = await holdRow('row', end.opened);
    const run = subject.manager.withTenant(
      acme,
      async (tx) => {
        await insertAgent(tx, 'beside');
        await rename(tx, 'row', 'mine');
      },
      { lockTimeoutMs: 50 },
    );
    expect(await errorOf(run)).toMatchObject({ code: 'LOCK_TIMEOUT', retryable: true });
    end.open();
    await holder;
    expect(await names()).toEqual(['held']);
    await expectReused();
  });

  it('throws nothing when it has attempts; runs it again, and writes it once', async () => {
    await subject.manager.withTenant(acme, (tx) => insertAgent(tx, 'row'));
    const end = gate();
    const { holder } = await holdRow('row', end.opened);
    let runs = 0;
    const run = subject.manager.withTenant(
      acme,
      async (tx) => {
        runs += 1;
        if (runs === 2) end.open();
        await insertAgent(tx, 'beside');
        await rename(tx, 'row', 'mine');
      },
      { lockTimeoutMs: 50, attempts: 20 },
    );
    await Promise.all([run, holder]);
    expect(runs).toBeGreaterThan(1);
    expect(await names()).toEqual(['beside', 'mine']);
    await expectReused();
  });
});

describe.skipIf(database.kind === 'pglite')('fault: a transaction idles for longer than it may', () => {
  it('throws CONNECTION_LOST at the next statement; writes nothing of the transaction, and its locks are free', async () => {
    await subject.manager.withTenant(acme, (tx) => insertAgent(tx, 'row'));
    const run = subject.manager.withTenant(
      acme,
      async (tx) => {
        await rename(tx, 'row', 'idle');
        await until(async () => (await backends(admin, `state = 'idle in transaction'`)).length === 0);
        await agentNames(tx);
      },
      { idleInTransactionTimeoutMs: 50 },
    );
    expect(await errorOf(run)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(await names()).toEqual(['row']);
    await subject.manager.withTenant(acme, (tx) => rename(tx, 'row', 'free'), { lockTimeoutMs: 1000 });
  });
});

describe.skipIf(database.kind === 'pglite')("fault: a failed statement's error is swallowed", () => {
  it('throws COMMIT_ROLLED_BACK with the first error as its cause; writes nothing of the transaction, lends the connection on', async () => {
    const run = subject.manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'before');
      await insertAgent(tx, 'before').catch(() => undefined);
      await insertAgent(tx, 'after').catch(() => undefined);
      return 'done';
    });
    expect(await errorOf(run)).toMatchObject({
      code: 'COMMIT_ROLLED_BACK',
      cause: { code: 'UNIQUE_VIOLATION' },
    });
    expect(await names()).toEqual([]);
    await expectReused();
  });
});

describe.skipIf(database.kind === 'pglite')(
  "fault: a caller's SQL changes the session's time zone for good",
  () => {
    it('throws nothing; does not lend that connection on', async () => {
      const { manager } = subject;
      const show = (tx: TenantTransaction): Promise<unknown> =>
        sql`show timezone`.execute(tx).then(({ rows }) => rows);
      const before = await manager.withTenant(acme, show);
      await manager.withTenant(acme, (tx) => sql`set timezone = 'Pacific/Kiritimati'`.execute(tx));
      await until(() => manager.getStats().closed === 1);
      expect(await manager.withTenant(globex, show)).toEqual(before);
    });
  },
);

describe.skipIf(database.kind === 'pglite')('fault: two transactions wait for each other', () => {
  /** Both lock a row, and then want the other's. */
  async function deadlock(attempts: number): Promise<PromiseSettledResult<void>[]> {
    const { manager } = subject;
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'left'));
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'right'));
    let locked = 0;
    const bothHaveOne = gate();
    const cross = (first: string, second: string): Promise<void> =>
      manager.withTenant(
        acme,
        async (tx) => {
          await rename(tx, first, `${first}-first`);
          locked += 1;
          if (locked === 2) bothHaveOne.open();
          await bothHaveOne.opened;
          await rename(tx, second, `${second}-second`);
        },
        { attempts },
      );
    return Promise.allSettled([cross('left', 'right'), cross('right', 'left')]);
  }

  it('throws DEADLOCK for one of them; writes the other, and nothing of the first', async () => {
    const outcomes = await deadlock(1);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed).toMatchObject([{ reason: { code: 'DEADLOCK', retryable: true } }]);
    const isLeftFirst = outcomes[0]?.status === 'fulfilled';
    expect(await names()).toEqual(
      isLeftFirst ? ['left-first', 'right-second'] : ['left-second', 'right-first'],
    );
    await expectReused();
  });

  it('throws nothing when they have attempts; writes both, one after the other', async () => {
    const outcomes = await deadlock(5);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect([
      ['left-first', 'right-second'],
      ['left-second', 'right-first'],
    ]).toContainEqual(await names());
    await expectReused();
  });
});

describe.skipIf(database.kind === 'pglite')('fault: COMMIT fails (a deferred constraint)', () => {
  it('throws CHECK_VIOLATION, whichever way it was written; writes nothing of the transaction, lends the connection on', async () => {
    const { manager } = subject;
    expect(
      await codeOf(
        manager.withTenant(acme, async (tx) => {
          await insertAgent(tx, 'beside');
          await insertAgent(tx, 'refused');
        }),
      ),
    ).toBe('CHECK_VIOLATION');
    const insertion = `insert into agent_profiles (id, name, model_family) values ('a', 'refused', 'test')`;
    expect(await codeOf(manager.queryWithTenantContext('acme', insertion))).toBe('CHECK_VIOLATION');
    const client = await manager.getClientWithTenantContext('acme');
    await client.query(insertion);
    expect(await codeOf(client.release())).toBe('CHECK_VIOLATION');
    expect(await names()).toEqual([]);
    await expectReused();
  });
});
