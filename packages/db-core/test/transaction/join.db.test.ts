import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withTransaction, type ConnectionPoolManager, type TenantTransaction } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { placeOf } from '../support/place.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
let manager: ConnectionPoolManager;
let operators: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
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

const join = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> => manager.withTenant(acme, work);

/** Long enough for a statement that is not awaited to be sent. */
const aMoment = (): Promise<void> => new Promise(setImmediate);

const SPOILT = sql`select 1 / 0`;

describe('withTenant, inside a transaction of the same tenant', () => {
  it('is part of it: the same connection, the same transaction, one commit', async () => {
    const places = await join(async (tx) => {
      const outer = await placeOf(tx);
      await insertAgent(tx, 'outer');
      const inner = await join(async (nested) => {
        expect(await agentNames(nested)).toEqual(['outer']);
        await insertAgent(nested, 'inner');
        return placeOf(nested);
      });
      expect(await storedNames()).toEqual([]);
      return [outer, inner, await placeOf(tx)];
    });
    expect(places).toEqual([places[0], places[0], places[0]]);
    expect(await storedNames()).toEqual(['inner', 'outer']);
  });

  it('undoes only itself when it fails, and the outer one goes on', async () => {
    const mine = new RangeError('mine');
    await join(async (tx) => {
      await insertAgent(tx, 'before');
      const inner = join(async (nested) => {
        await insertAgent(nested, 'inner');
        throw mine;
      });
      await expect(inner).rejects.toBe(mine);
      expect(await agentNames(tx)).toEqual(['before']);
      await insertAgent(tx, 'after');
    });
    expect(await storedNames()).toEqual(['after', 'before']);
  });

  it('undoes only itself when a statement of it fails', async () => {
    await join(async (tx) => {
      await insertAgent(tx, 'a');
      expect(await codeOf(join((nested) => insertAgent(nested, 'a')))).toBe('UNIQUE_VIOLATION');
      await insertAgent(tx, 'b');
    });
    expect(await storedNames()).toEqual(['a', 'b']);
  });

  it('fails with COMMIT_ROLLED_BACK when it caught the error of a statement, and only it is undone', async () => {
    await join(async (tx) => {
      await insertAgent(tx, 'outer');
      const error = await errorOf(
        join(async (nested) => {
          await insertAgent(nested, 'inner');
          await SPOILT.execute(nested).catch(() => undefined);
          return 'written';
        }),
      );
      expect(error).toMatchObject({ code: 'COMMIT_ROLLED_BACK', retryable: false });
      expect(error.cause).toMatchObject({ code: 'QUERY_FAILED', details: { sqlState: '22012' } });
    });
    expect(await storedNames()).toEqual(['outer']);
  });

  it('succeeds when it has undone the failure itself', async () => {
    await join((tx) =>
      withTransaction(tx, async (nested) => {
        await insertAgent(nested, 'a');
        await sql`savepoint mine`.execute(nested);
        expect(await codeOf(SPOILT.execute(nested))).toBe('QUERY_FAILED');
        await sql`rollback to savepoint mine`.execute(nested);
        await insertAgent(nested, 'b');
      }),
    );
    expect(await storedNames()).toEqual(['a', 'b']);
  });

  it('is undone with the outer one, although it succeeded', async () => {
    const run = join(async (tx) => {
      await insertAgent(tx, 'outer');
      await join((nested) => insertAgent(nested, 'inner'));
      throw new RangeError('too late');
    });
    await expect(run).rejects.toThrow(RangeError);
    expect(await storedNames()).toEqual([]);
  });

  it('goes as deep as one likes: each level undoes what is inside of it, and no more', async () => {
    await join(async (one) => {
      await insertAgent(one, '1');
      const second = join(async (two) => {
        await insertAgent(two, '2');
        await join(async (three) => {
          await insertAgent(three, '3');
          expect(await agentNames(three)).toEqual(['1', '2', '3']);
        });
        const failing = join(async (three) => {
          await insertAgent(three, '3-failing');
          throw new RangeError('innermost');
        });
        await expect(failing).rejects.toThrow('innermost');
        expect(await agentNames(two)).toEqual(['1', '2', '3']);
        throw new RangeError('middle');
      });
      await expect(second).rejects.toThrow('middle');
      await join(async (two) => {
        await join((three) => insertAgent(three, '3-again'));
        await insertAgent(two, '2-again');
      });
    });
    expect(await storedNames()).toEqual(['1', '2-again', '3-again']);
  });

  it('runs two that begin at once one after the other, so that one does not undo the other', async () => {
    const order: string[] = [];
    await join(async (tx) => {
      const first = join(async (nested) => {
        order.push('first begins');
        await insertAgent(nested, 'first');
        await aMoment();
        order.push('first ends');
        throw new RangeError('first');
      });
      const second = join(async (nested) => {
        order.push('second begins');
        await insertAgent(nested, 'second');
        order.push('second ends');
      });
      const outcomes = await Promise.allSettled([first, second]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
      expect(await agentNames(tx)).toEqual(['second']);
    });
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(await storedNames()).toEqual(['second']);
  });

  it('does nothing at the server when it has no statements, whether it fails or not', async () => {
    await join(async (tx) => {
      const outer = await placeOf(tx);
      await join(() => Promise.resolve());
      await expect(join(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
      expect(await placeOf(tx)).toEqual(outer);
      await insertAgent(tx, 'outer');
    });
    expect(await storedNames()).toEqual(['outer']);
  });

  it('begins the outer one when that has not sent anything yet', async () => {
    await join(async () => {
      const inner = join(async (nested) => {
        await insertAgent(nested, 'undone');
        throw new RangeError('mine');
      });
      await expect(inner).rejects.toThrow('mine');
      await join((nested) => insertAgent(nested, 'kept'));
    });
    expect(await storedNames()).toEqual(['kept']);
  });

  it('owns the statements that it did not await, and their errors', async () => {
    await join(async (tx) => {
      await insertAgent(tx, 'outer');
      let forgotten: Promise<unknown> = Promise.resolve();
      const failing = join(async (nested) => {
        await insertAgent(nested, 'inner');
        forgotten = codeOf(SPOILT.execute(nested));
        await aMoment();
      });
      const error = await errorOf(failing);
      expect(error.code).toBe('COMMIT_ROLLED_BACK');
      expect(error.cause).toMatchObject({ details: { sqlState: '22012' } });
      expect(await forgotten).toBe('QUERY_FAILED');
      const undone = join(async (nested) => {
        void insertAgent(nested, 'late');
        await aMoment();
        throw new RangeError('mine');
      });
      await expect(undone).rejects.toThrow('mine');
      expect(await agentNames(tx)).toEqual(['outer']);
    });
    expect(await storedNames()).toEqual(['outer']);
  });

  it('refuses its statements once it has ended', async () => {
    await join(async (tx) => {
      const kept = await join(async (nested) => {
        await insertAgent(nested, 'inner');
        return { nested };
      });
      expect(await codeOf(insertAgent(kept.nested, 'late'))).toBe('TRANSACTION_OVER');
      expect(await codeOf(kept.nested.nest(agentNames))).toBe('TRANSACTION_OVER');
      await insertAgent(tx, 'outer');
    });
    expect(await storedNames()).toEqual(['inner', 'outer']);
  });

  it('has the context of the outer one, also what it did not ask for', async () => {
    await manager.withTenant({ ...acme, userId: 'ann', sessionId: 's-1' }, () =>
      join(async (nested) => {
        const { rows } = await sql<{
          user: string;
        }>`select current_setting('app.current_user') as user`.execute(nested);
        expect(rows).toEqual([{ user: 'ann' }]);
        expect(nested.context).toEqual({ tenantId: 'acme', userId: 'ann', sessionId: 's-1' });
      }),
    );
  });

  it('ends the whole transaction when a statement of it does', async () => {
    const run = join(async (tx) => {
      await insertAgent(tx, 'outer');
      const inner = join(async (nested) => {
        await sql`rollback`.execute(nested).catch(() => undefined);
      });
      expect(await codeOf(inner)).toBe('TRANSACTION_OVER');
      expect(await codeOf(insertAgent(tx, 'late'))).toBe('TRANSACTION_OVER');
    });
    expect(await codeOf(run)).toBe('TRANSACTION_OVER');
    expect(await storedNames()).toEqual([]);
  });
});

describe('withTransaction', () => {
  it('is a part of a tenant transaction that can fail by itself', async () => {
    await join(async (tx) => {
      const failing = withTransaction(tx, async (inner) => {
        expect(inner.tenantId).toBe('acme');
        await insertAgent(inner, 'undone');
        throw new RangeError('mine');
      });
      await expect(failing).rejects.toThrow('mine');
      await manager.withTransaction(tx, (inner) => insertAgent(inner, 'kept'));
    });
    expect(await storedNames()).toEqual(['kept']);
  });

  it("is a part of an operator's transaction, too", async () => {
    const create = (id: string): ReturnType<typeof sql> => sql`select create_tenant(${id}, 'tests', ${id})`;
    await operators.withSystem('test', async (tx) => {
      const failing = withTransaction(tx, async (inner) => {
        expect(inner.reason).toBe('test');
        await create('undone').execute(inner);
        throw new RangeError('mine');
      });
      await expect(failing).rejects.toThrow('mine');
      await withTransaction(tx, (inner) => create('kept').execute(inner));
    });
    const { rows } = await admin.query(`select id from tenants where id in ('undone', 'kept')`);
    expect(rows).toEqual([{ id: 'kept' }]);
  });

  it('refuses a transaction that is over', async () => {
    const { tx } = await join((open) => Promise.resolve({ tx: open }));
    expect(await codeOf(withTransaction(tx, agentNames))).toBe('TRANSACTION_OVER');
  });
});
