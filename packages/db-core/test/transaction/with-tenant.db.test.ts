import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantTransaction } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import {
  SystemTransaction,
  TenantTransaction as TenantTransactionClass,
} from '../../src/transaction/tenant-transaction.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
let manager: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  manager = applicationManager(database, { max: 2 });
  admin = await connect(database.url);
  // Deferred checks run at COMMIT.
  await admin.query(`
    create function refuse() returns trigger language plpgsql as $$
    begin
      raise exception using errcode = '23514', constraint = 'refused_at_commit', message = 'secret ' || new.name;
    end
    $$;
    create constraint trigger refuse_at_commit after insert on agent_profiles deferrable initially deferred
    for each row when (new.name = 'refused') execute function refuse();
  `);
});
afterAll(() => Promise.all([manager.shutdown(), admin.close()]));
beforeEach(() => admin.query('truncate agent_profiles cascade'));

const storedNames = async (): Promise<unknown[]> =>
  (await admin.query('select name from agent_profiles order by name')).rows.map((row) => row['name']);

describe('withTenant', () => {
  it('answers what the callback answers, and commits', async () => {
    expect(await manager.withTenant(acme, (tx) => insertAgent(tx, 'a').then(() => 42))).toBe(42);
    expect(await storedNames()).toEqual(['a']);
  });

  it('rolls back when the callback throws, and throws the same', async () => {
    const error = new RangeError('mine');
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      throw error;
    });
    await expect(run).rejects.toBe(error);
    expect(await storedNames()).toEqual([]);
  });

  it.each([undefined, null, 'text', 7, { code: 'CONNECTION_LOST' }])('throws %j as it is', async (thrown) => {
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- callers do throw such things
      throw thrown;
    });
    const outcome = await run.then(
      () => 'answered',
      (reason: unknown) => ({ reason }),
    );
    expect(outcome).toEqual({ reason: thrown });
    expect(await storedNames()).toEqual([]);
  });

  it('rolls back when the callback throws before its first await', async () => {
    const run = manager.withTenant(acme, () => {
      throw new RangeError('at once');
    });
    await expect(run).rejects.toThrow('at once');
    expect(manager.getStats()).toMatchObject({ waitingCount: 0 });
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });

  it("hands out a transaction that knows its tenant, and is told apart from the system's", async () => {
    await manager.withTenant({ ...acme, userId: 'ann' }, (tx) => {
      expect(tx.tenantId).toBe('acme');
      expect(tx.context).toEqual({ tenantId: 'acme', userId: 'ann' });
      expect(TenantTransactionClass.isOne(tx)).toBe(true);
      expect(SystemTransaction.isOne(tx)).toBe(false);
      expect(TenantTransactionClass.isOne(Object.create(tx))).toBe(false);
      return Promise.resolve();
    });
  });

  it('counts the rows that a statement changed', async () => {
    const changed = await manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      return sql`update agent_profiles set status = 'archived'`.execute(tx);
    });
    expect(changed.numAffectedRows).toBe(1n);
  });
});

describe('withTenant, when a statement fails', () => {
  it("throws COMMIT_ROLLED_BACK with the statement's error when the callback swallowed it", async () => {
    const error = await errorOf(
      manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'a');
        await insertAgent(tx, 'a').catch(() => undefined);
        return 'written';
      }),
    );
    expect(error).toMatchObject({ code: 'COMMIT_ROLLED_BACK', retryable: false });
    expect(error.cause).toMatchObject({ code: 'UNIQUE_VIOLATION' });
    expect(await storedNames()).toEqual([]);
  });

  it('refuses the statements that follow, and keeps the first error as the cause', async () => {
    const error = await errorOf(
      manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'a'.repeat(300)).catch(() => undefined);
        expect(await errorOf(agentNames(tx))).toMatchObject({
          code: 'QUERY_FAILED',
          details: { sqlState: '25P02' },
        });
      }),
    );
    expect(error.cause).toMatchObject({ details: { sqlState: '22001' } });
  });

  it('goes on after a savepoint, and writes what was not undone', async () => {
    await manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      await sql`savepoint before`.execute(tx);
      expect(await codeOf(insertAgent(tx, 'a'))).toBe('UNIQUE_VIOLATION');
      await sql`rollback to savepoint before`.execute(tx);
      await insertAgent(tx, 'b');
    });
    expect(await storedNames()).toEqual(['a', 'b']);
  });

  it('throws what a deferred constraint refuses at commit: nothing was written, and that is known', async () => {
    const error = await errorOf(manager.withTenant(acme, (tx) => insertAgent(tx, 'refused')));
    expect(error).toMatchObject({
      code: 'CHECK_VIOLATION',
      retryable: false,
      details: { sqlState: '23514', constraint: 'refused_at_commit' },
    });
    expect(error.message).not.toContain('secret');
    expect(await storedNames()).toEqual([]);
  });

  it('gives the connection back clean, whatever failed', async () => {
    const one = applicationManager(database, { max: 1 });
    const pid = await one.withTenant(acme, backendPid);
    await codeOf(one.withTenant(acme, (tx) => sql`select 1 / 0`.execute(tx)));
    await codeOf(one.withTenant(acme, (tx) => insertAgent(tx, 'refused')));
    await codeOf(one.withTenant(acme, (tx) => sql`select 1 / 0`.execute(tx).catch(() => undefined)));
    expect(await one.withTenant(acme, backendPid)).toBe(pid);
    await one.shutdown();
  });
});

describe('withTenant, when a parameter cannot be sent', () => {
  it('says so, is not retryable, and harms nobody else', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const error = await errorOf(
      manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'a');
        await sql`select ${circle}::jsonb`.execute(tx);
      }),
    );
    expect(error).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });
});

describe('withTenant, when the callback forgets to await', () => {
  it('waits for a statement that is on its way, and fails with it', async () => {
    let forgotten: Promise<unknown> = Promise.resolve();
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      forgotten = codeOf(sql`select pg_sleep(0.05), 1 / 0`.execute(tx));
      // Long enough to be sent.
      await new Promise(setImmediate);
    });
    expect(await codeOf(run)).toBe('COMMIT_ROLLED_BACK');
    expect(await forgotten).toBe('QUERY_FAILED');
    expect(await storedNames()).toEqual([]);
  });

  it('keeps what a statement on its way wrote', async () => {
    await manager.withTenant(acme, async (tx) => {
      void sql`select pg_sleep(0.05)`.execute(tx);
      void insertAgent(tx, 'late');
      await new Promise(setImmediate);
    });
    expect(await storedNames()).toEqual(['late']);
  });

  it.each(['commit', 'rollback'])('refuses a statement that comes after the %s', async (end) => {
    const kept: TenantTransaction[] = [];
    const run = manager.withTenant(acme, async (tx) => {
      kept.push(tx);
      await insertAgent(tx, 'a');
      if (end === 'rollback') throw new RangeError('enough');
    });
    if (end === 'rollback') await expect(run).rejects.toThrow(RangeError);
    else await run;
    for (const tx of kept) expect(await codeOf(insertAgent(tx, 'b'))).toBe('TRANSACTION_OVER');
    expect(kept).toHaveLength(1);
    expect(await storedNames()).toEqual(end === 'commit' ? ['a'] : []);
  });

  it('runs statements side by side in the order they were given, one by one', async () => {
    // node-postgres warns when it is handed a statement while it is busy, and soon will refuse it.
    const warnings: Error[] = [];
    const collect = (warning: Error): void => void warnings.push(warning);
    process.on('warning', collect);
    await manager.withTenant(acme, async (tx) => {
      await Promise.all(Array.from({ length: 20 }, (_, at) => insertAgent(tx, String(at).padStart(2, '0'))));
    });
    process.off('warning', collect);
    expect(warnings).toEqual([]);
    expect(await storedNames()).toHaveLength(20);
  });
});

describe('withTenant, when a statement ends the transaction', () => {
  it.each(['commit', 'rollback', 'abort', 'commit and chain'])(
    'refuses to go on after %s',
    async (statement) => {
      const error = await errorOf(
        manager.withTenant(acme, async (tx) => {
          await insertAgent(tx, 'a');
          await sql.raw(statement).execute(tx);
        }),
      );
      expect(error.code).toBe('TRANSACTION_OVER');
    },
  );

  it('does not call it a success when that was swallowed', async () => {
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      await sql`rollback`.execute(tx).catch(() => undefined);
      expect(await codeOf(insertAgent(tx, 'b'))).toBe('TRANSACTION_OVER');
      return 'written';
    });
    expect(await codeOf(run)).toBe('TRANSACTION_OVER');
    expect(await storedNames()).toEqual([]);
  });

  it('does not call it a success when that was not even awaited', async () => {
    let forgotten: Promise<unknown> = Promise.resolve();
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      forgotten = codeOf(sql`rollback`.execute(tx));
      // Long enough to be sent, too short to be answered.
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    });
    expect(await codeOf(run)).toBe('TRANSACTION_OVER');
    expect(await forgotten).toBe('TRANSACTION_OVER');
    expect(await storedNames()).toEqual([]);
  });

  it('refuses a transaction inside, and streams', async () => {
    await manager.withTenant(acme, async (tx) => {
      const inner = tx.transaction().execute((nested) => insertAgent(nested, 'a'));
      expect(await codeOf(inner)).toBe('NESTED_TRANSACTION');
      expect(await codeOf(tx.startTransaction().execute())).toBe('NESTED_TRANSACTION');
      const rows = sql`select 1`.compile(tx);
      const stream = tx.getExecutor().stream(rows, 1);
      expect(await codeOf(Promise.resolve(stream[Symbol.asyncIterator]().next()))).toBe('QUERY_FAILED');
    });
  });
});

describe('withTenant, with options', () => {
  it('refuses writes when it is read only', async () => {
    const run = manager.withTenant(acme, (tx) => insertAgent(tx, 'a'), { readOnly: true });
    expect(await errorOf(run)).toMatchObject({ code: 'QUERY_FAILED', details: { sqlState: '25006' } });
    expect(await manager.withTenant(acme, agentNames, { readOnly: true })).toEqual([]);
  });

  it('ends a statement that takes too long, by call and by configuration', async () => {
    const sleep = (tx: TenantTransaction): Promise<unknown> => sql`select pg_sleep(20)`.execute(tx);
    expect(await errorOf(manager.withTenant(acme, sleep, { statementTimeoutMs: 20 }))).toMatchObject({
      code: 'STATEMENT_CANCELLED',
      retryable: false,
    });
    const strict = applicationManager(database, { statementTimeoutMs: 20 });
    expect(await codeOf(strict.withTenant(acme, sleep))).toBe('STATEMENT_CANCELLED');
    const timeout = sql<{ timeout: string }>`select current_setting('statement_timeout') as timeout`;
    const { rows } = await strict.withTenant(acme, (tx) => timeout.execute(tx), { statementTimeoutMs: 0 });
    expect(rows).toEqual([{ timeout: '0' }]);
    await strict.shutdown();
    expect((await manager.withTenant(acme, (tx) => timeout.execute(tx))).rows).toEqual([{ timeout: '30s' }]);
  });

  it.each(['read committed', 'repeatable read', 'serializable'] as const)(
    'runs at %s',
    async (isolationLevel) => {
      const level = sql<{ level: string }>`
      select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as read_only
    `;
      for (const readOnly of [false, true]) {
        const { rows } = await manager.withTenant(acme, (tx) => level.execute(tx), {
          isolationLevel,
          readOnly,
        });
        expect(rows).toEqual([{ level: isolationLevel, read_only: readOnly ? 'on' : 'off' }]);
      }
    },
  );

  it('refuses a level that there is none of, and does not send it', async () => {
    const isolationLevel = 'serializable; drop table agent_profiles' as 'serializable';
    expect(await codeOf(manager.withTenant(acme, agentNames, { isolationLevel }))).toBe('INVALID_INPUT');
  });

  it.each([-1, 1.5, Number.NaN, Infinity, 86_400_001])(
    'refuses a time limit of %s',
    async (statementTimeoutMs) => {
      expect(await codeOf(manager.withTenant(acme, agentNames, { statementTimeoutMs }))).toBe(
        'INVALID_INPUT',
      );
    },
  );
});

describe('withTenant, inside a transaction', () => {
  it("refuses another tenant's, another user's and an operator's", async () => {
    await manager.withTenant({ ...acme, userId: 'ann' }, async () => {
      expect(await codeOf(manager.withTenant({ tenantId: 'globex' }, agentNames))).toBe('TENANT_SWITCH');
      expect(await codeOf(manager.withTenant({ ...acme, userId: 'bob' }, agentNames))).toBe('TENANT_SWITCH');
      expect(await codeOf(manager.withSystem('test', agentNames))).toBe('NESTED_TRANSACTION');
      expect(await codeOf(manager.shutdown())).toBe('NESTED_TRANSACTION');
    });
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });

  it('lets what outlives the transaction open its own', async () => {
    let later: Promise<string[]> | undefined;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    await manager.withTenant(acme, () => {
      later = gate.then(() => manager.withTenant({ tenantId: 'globex' }, agentNames));
      return Promise.resolve();
    });
    go();
    expect(await later).toEqual([]);
  });

  it('does not mind transactions side by side', async () => {
    await Promise.all([
      manager.withTenant(acme, (tx) => insertAgent(tx, 'a')),
      manager.withTenant(acme, agentNames),
    ]);
    await Promise.all(['acme', 'globex'].map((tenantId) => manager.withTenant({ tenantId }, agentNames)));
  });
});
