import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  withTransaction,
  type ConnectionPoolManager,
  type TenantTransaction,
  type TransactionOptions,
} from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { placeOf } from '../support/place.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };
let manager: ConnectionPoolManager;
let operators: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  // One connection: what does not join would wait for itself.
  manager = applicationManager(database, { max: 1, connectionTimeoutMs: 5000 });
  operators = applicationManager(
    { kind: database.kind, urlFor: () => database.url },
    { allowPrivilegedRole: true, max: 1 },
  );
  admin = await connect(database.url);
});
afterAll(() => Promise.all([manager.shutdown(), operators.shutdown(), admin.close()]));
beforeEach(() => admin.query('truncate agent_profiles cascade'));

const storedNames = async (): Promise<unknown[]> =>
  (await admin.query('select name from agent_profiles order by name')).rows.map((row) => row['name']);

const join = <T>(work: (tx: TenantTransaction) => Promise<T>, options?: TransactionOptions): Promise<T> =>
  manager.withTenant(acme, work, options);

describe('withTenant, with an inner transaction that is not awaited', () => {
  it('fails and writes nothing, since it would commit the inner one by half', async () => {
    const { opened, open } = gate();
    let inner: Promise<unknown> = Promise.resolve();
    const run = join(async (tx) => {
      await insertAgent(tx, 'outer');
      const begun = gate();
      inner = codeOf(
        join(async (nested) => {
          await insertAgent(nested, 'inner');
          begun.open();
          await opened;
          await insertAgent(nested, 'late');
        }),
      );
      await begun.opened;
    });
    expect(await codeOf(run)).toBe('NESTED_TRANSACTION');
    open();
    expect(await inner).toBe('TRANSACTION_OVER');
    expect(await storedNames()).toEqual([]);
  });

  it('fails also when the inner one still waits for its turn', async () => {
    let inner: Promise<unknown> = Promise.resolve();
    const run = join(async (tx) => {
      await insertAgent(tx, 'outer');
      inner = join((nested) => insertAgent(nested, 'inner')).catch(() => 'refused');
    });
    expect(await codeOf(run)).toBe('NESTED_TRANSACTION');
    expect(await inner).toBe('refused');
    expect(await storedNames()).toEqual([]);
  });

  it("lets it touch neither the connection's next borrower nor their transaction", async () => {
    await manager.withTenant(globex, (tx) => insertAgent(tx, 'secret'));
    const { opened, open } = gate();
    const seen: unknown[] = [];
    let inner: Promise<unknown> = Promise.resolve();
    const run = join(async () => {
      const begun = gate();
      inner = join(async (nested) => {
        await agentNames(nested);
        begun.open();
        await opened;
        seen.push(await agentNames(nested).catch(() => 'refused'));
        seen.push(await insertAgent(nested, 'stray').catch(() => 'refused'));
      }).catch(() => undefined);
      await begun.opened;
      throw new RangeError('the outer one gives up');
    });
    await expect(run).rejects.toThrow('gives up');
    await manager.withTenant(globex, async (tx) => {
      await insertAgent(tx, 'other');
      open();
      await inner;
      expect(await agentNames(tx)).toEqual(['other', 'secret']);
    });
    expect(seen).toEqual(['refused', 'refused']);
    expect(await storedNames()).toEqual(['other', 'secret']);
  });
});

describe('the outer transaction, while an inner one is open', () => {
  it('takes no statements, and sends none', async () => {
    await join(async (tx) => {
      await withTransaction(tx, async (inner) => {
        await insertAgent(inner, 'inner');
        expect(await codeOf(insertAgent(tx, 'outer'))).toBe('NESTED_TRANSACTION');
        expect(await agentNames(inner)).toEqual(['inner']);
      });
      await insertAgent(tx, 'outer');
    });
    expect(await storedNames()).toEqual(['inner', 'outer']);
  });

  it('takes none either before the inner one has sent anything', async () => {
    await join((tx) =>
      join(async (inner) => {
        expect(await codeOf(insertAgent(tx, 'outer'))).toBe('NESTED_TRANSACTION');
        await insertAgent(inner, 'inner');
      }),
    );
    expect(await storedNames()).toEqual(['inner']);
  });

  it('is not nested again inside of it, which would wait for itself', async () => {
    await join(async (tx) => {
      await withTransaction(tx, async (inner) => {
        expect(await codeOf(withTransaction(tx, agentNames))).toBe('NESTED_TRANSACTION');
        await withTransaction(inner, async () => {
          expect(await codeOf(withTransaction(tx, agentNames))).toBe('NESTED_TRANSACTION');
          expect(await codeOf(withTransaction(inner, agentNames))).toBe('NESTED_TRANSACTION');
        });
        await insertAgent(inner, 'inner');
      });
    });
    expect(await storedNames()).toEqual(['inner']);
  });
});

describe('withTenant, inside a transaction that is not its own', () => {
  it("refuses another tenant's, another user's and another session's", async () => {
    await manager.withTenant({ ...acme, userId: 'ann', sessionId: 's-1' }, async (tx) => {
      await insertAgent(tx, 'a');
      for (const other of [
        globex,
        { ...acme, userId: 'bob' },
        { ...acme, userId: 'ann', sessionId: 's-2' },
      ]) {
        expect(await codeOf(manager.withTenant(other, agentNames))).toBe('TENANT_SWITCH');
        expect(await codeOf(manager.read(other, agentNames))).toBe('TENANT_SWITCH');
      }
      expect(await agentNames(tx)).toEqual(['a']);
    });
    await join(async () => {
      expect(await codeOf(manager.withTenant({ ...acme, userId: 'ann' }, agentNames))).toBe('TENANT_SWITCH');
    });
  });

  it("refuses an operator's inside a tenant's, and a tenant's inside an operator's", async () => {
    await operators.withTenant(acme, async (tx) => {
      expect(await codeOf(operators.withSystem('test', agentNames))).toBe('NESTED_TRANSACTION');
      await insertAgent(tx, 'a');
    });
    await operators.withSystem('test', async () => {
      expect(await codeOf(operators.withTenant(acme, agentNames))).toBe('NESTED_TRANSACTION');
    });
    expect(await storedNames()).toEqual(['a']);
  });

  it.each<TransactionOptions>([
    { readOnly: true },
    { isolationLevel: 'serializable' },
    { statementTimeoutMs: 1 },
    { lockTimeoutMs: 1 },
    { idleInTransactionTimeoutMs: 1 },
  ])('refuses %j, which the outer one does not have', async (options) => {
    await join(async (tx) => {
      const error = await errorOf(join(agentNames, options));
      expect(error.code).toBe('INVALID_INPUT');
      expect(error.message).toContain(String(Object.keys(options)[0]));
      await insertAgent(tx, 'outer');
    });
    expect(await storedNames()).toEqual(['outer']);
  });

  it('refuses to write inside a transaction that is read only, whatever it asks for', async () => {
    await manager.read(acme, async () => {
      expect(await codeOf(join(agentNames, { readOnly: false }))).toBe('INVALID_INPUT');
      const write = await errorOf(join((inner) => insertAgent(inner, 'a')));
      expect(write).toMatchObject({ code: 'QUERY_FAILED', details: { sqlState: '25006' } });
    });
  });

  it('accepts the options that the outer one has, asked for or not', async () => {
    const options = { readOnly: true, isolationLevel: 'serializable', lockTimeoutMs: 7 } as const;
    expect(await join(() => join(agentNames, options), options)).toEqual([]);
    const defaults = {
      readOnly: false,
      isolationLevel: 'read committed',
      statementTimeoutMs: 30_000,
    } as const;
    expect(await join(() => join(agentNames, defaults))).toEqual([]);
    expect(await join(() => join(agentNames), options)).toEqual([]);
  });
});

describe('other ways to a connection, inside a transaction', () => {
  it('refuses them: they would not be part of it, or wait for it for ever', async () => {
    await join(async (tx) => {
      for (const use of [
        () => manager.queryWithTenantContext('acme', 'select'),
        () => manager.getPool().query('select'),
        () => manager.getClientWithTenantContext('acme'),
        () => manager.write(acme, agentNames),
        () => manager.diagnose(),
        () => manager.shutdown(),
      ]) {
        expect(await codeOf(use())).toBe('NESTED_TRANSACTION');
        await withTransaction(tx, async () => {
          expect(await codeOf(use())).toBe('NESTED_TRANSACTION');
        });
      }
      await insertAgent(tx, 'outer');
    });
    expect(await storedNames()).toEqual(['outer']);
  });

  it('lets what outlives the transaction open its own, also out of an inner one', async () => {
    const { opened, open } = gate();
    const later: Promise<unknown>[] = [];
    const first = await join(async (tx) => {
      await join(() => {
        later.push(opened.then(() => manager.withTenant(globex, placeOf)));
        return Promise.resolve();
      });
      later.push(opened.then(() => manager.queryWithTenantContext('globex', 'select')));
      return placeOf(tx);
    });
    open();
    const [place] = await Promise.all(later);
    expect(place).not.toMatchObject({ xid: first.xid });
  });

  it('lets another manager have its own transaction, which does not hide the outer one', async () => {
    // The other has a pool of its own, so neither keeps a connection from the other; max is 1.
    const other = applicationManager(database, { max: 1 });
    const run = join(async (tx) => {
      const outer = await placeOf(tx);
      await insertAgent(tx, 'outer');
      await other.withTenant(globex, async (elsewhere) => {
        expect(await placeOf(elsewhere)).not.toEqual(outer);
        await insertAgent(elsewhere, 'elsewhere');
        expect(await join(placeOf)).toEqual(outer);
        expect(await codeOf(manager.withTenant(globex, agentNames))).toBe('TENANT_SWITCH');
        await withTransaction(tx, async (inner) => {
          expect(await other.withTenant(globex, agentNames)).toEqual(['elsewhere']);
          expect(await codeOf(withTransaction(tx, agentNames))).toBe('NESTED_TRANSACTION');
          await insertAgent(inner, 'inner');
        });
      });
      expect(await storedNames()).toEqual(['elsewhere']);
      throw new RangeError('enough');
    });
    await expect(run).rejects.toThrow('enough');
    expect(await storedNames()).toEqual(['elsewhere']);
    await other.shutdown();
  });
});
