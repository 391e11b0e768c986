import { startProxy, withSession, type PostgresProxy, type Recording } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantTransaction } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { codeOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const SELECT = 'select name from agent_profiles order by name';
let proxy: PostgresProxy;
let manager: ConnectionPoolManager;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  await withSession(database.url, (admin) =>
    admin.query(`
      create function refuse() returns trigger language plpgsql as $$
      begin
        raise exception using errcode = '23514', message = 'refused';
      end
      $$;
      create constraint trigger refuse_at_commit after insert on agent_profiles deferrable initially deferred
      for each row when (new.name = 'refused') execute function refuse();
    `),
  );
  proxy = await startProxy(database.url);
});
afterAll(() => proxy.close());
beforeEach(async () => {
  const urlFor = (role: string): string => proxy.through(database.directUrlFor(role));
  manager = applicationManager({ kind: database.kind, urlFor }, { max: 1 });
  // What is found out once is done.
  await manager.withTenant(acme, agentNames);
  await manager.getPool().query('select');
  return () => manager.shutdown();
});

/** Records what `use` says. Every flight ends in one Sync, so whatever waits for an answer is seen waiting. */
async function record(use: () => Promise<unknown>): Promise<Recording> {
  const recording = proxy.record();
  await use();
  recording.stop();
  return recording;
}

/** What begins a transaction besides `begin`, to remove what the connection's last borrower may have left behind. */
const TIDYING: ReadonlySet<string> = new Set(['reset', 'deallocate', 'discard', 'close', 'unlisten']);

/** The SQL that the client sent, by flight, without tidying and context. */
function sent({ conversations }: Recording): string[][] {
  return conversations.flatMap((conversation) =>
    conversation
      .flights()
      .filter(({ from }) => from === 'client')
      .map(({ messages }) =>
        messages
          .flatMap(({ text }) =>
            text === undefined || text.includes('set_config(') ? [] : [text.split(' ')[0] ?? ''],
          )
          .filter((word) => !TIDYING.has(word)),
      ),
  );
}

const one = (tx: TenantTransaction): Promise<unknown> => sql.raw(SELECT).execute(tx);

describe('withTenant, on the wire', () => {
  it('takes two round trips for one statement: begin, context and statement at once, then commit', async () => {
    const recording = await record(() => manager.withTenant(acme, one));
    expect(recording.roundTrips()).toBe(2);
    expect(sent(recording)).toEqual([['begin', 'select'], ['commit']]);
  });

  it('takes one more for each further statement', async () => {
    const recording = await record(() => manager.withTenant(acme, (tx) => one(tx).then(() => one(tx))));
    expect(recording.roundTrips()).toBe(3);
    expect(sent(recording)).toEqual([['begin', 'select'], ['select'], ['commit']]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['answers', () => manager.withTenant(acme, () => Promise.resolve('nothing'))],
    [
      'throws',
      () => manager.withTenant(acme, () => Promise.reject(new Error('mine'))).catch(() => undefined),
    ],
    ['nests nothing', () => manager.withTenant(acme, (tx) => tx.nest(() => Promise.resolve()))],
  ])('says nothing when its work has no statements and %s', async (_, use) => {
    const recording = await record(use);
    expect(recording.messages).toEqual([]);
  });

  it('takes two round trips when its work throws', async () => {
    const recording = await record(() =>
      codeOf(manager.withTenant(acme, (tx) => sql`select 1 / 0`.execute(tx))),
    );
    expect(recording.roundTrips()).toBe(2);
    expect(sent(recording)).toEqual([['begin', 'select'], ['rollback']]);
  });

  it('takes two round trips when its commit is refused, and keeps the connection', async () => {
    const recording = await record(() =>
      codeOf(manager.withTenant(acme, (tx) => insertAgent(tx, 'refused'))),
    );
    expect(recording.roundTrips()).toBe(2);
    expect(sent(recording)).toEqual([['begin', 'insert'], ['commit']]);
    expect(manager.getStats()).toMatchObject({ idleCount: 1, closed: 0 });
  });

  it('takes one more for an inner transaction, whose savepoint travels with its first statement', async () => {
    const recording = await record(() => manager.withTenant(acme, (tx) => tx.nest(one)));
    expect(recording.roundTrips()).toBe(3);
    expect(sent(recording)).toEqual([['begin', 'savepoint', 'select'], ['release'], ['commit']]);
  });

  it('undoes an inner transaction in one round trip', async () => {
    const recording = await record(() =>
      manager.withTenant(acme, async (tx) => {
        await one(tx);
        const inner = tx.nest(async (nested) => {
          await codeOf(sql`select 1 / 0`.execute(nested));
          throw new RangeError('mine');
        });
        await expect(inner).rejects.toThrow('mine');
      }),
    );
    expect(recording.roundTrips()).toBe(4);
    expect(sent(recording)).toEqual([
      ['begin', 'select'],
      ['savepoint', 'select'],
      ['rollback', 'release'],
      ['commit'],
    ]);
  });

  it('says nothing for a statement that it refuses', async () => {
    const recording = await record(() =>
      manager.withTenant(acme, (tx) =>
        tx.nest(async (inner) => {
          await one(inner);
          await codeOf(insertAgent(tx, 'outer'));
        }),
      ),
    );
    expect(sent(recording).flat()).not.toContain('insert');
    expect(recording.roundTrips()).toBe(3);
  });
});

describe('the others, on the wire', () => {
  it('queryWithTenantContext takes one round trip, begin and commit included', async () => {
    const recording = await record(() => manager.queryWithTenantContext('acme', SELECT));
    expect(recording.roundTrips()).toBe(1);
    expect(sent(recording)).toEqual([['begin', 'select', 'commit']]);
  });

  it('queryWithTenantContext takes a second one when the statement fails', async () => {
    const recording = await record(() => codeOf(manager.queryWithTenantContext('acme', 'select 1 / 0')));
    expect(recording.roundTrips()).toBe(2);
    expect(manager.getStats()).toMatchObject({ idleCount: 1 });
  });

  it('getPool().query takes one round trip', async () => {
    const recording = await record(() => manager.getPool().query(SELECT));
    expect(recording.roundTrips()).toBe(1);
    expect(sent(recording)).toEqual([['begin', 'select', 'commit']]);
  });

  it('getClientWithTenantContext takes as many as withTenant', async () => {
    const recording = await record(async () => {
      const client = await manager.getClientWithTenantContext('acme');
      await client.query(SELECT);
      await client.release();
    });
    expect(recording.roundTrips()).toBe(2);
  });

  it('write gets its token with the answer to its commit', async () => {
    const recording = await record(() =>
      manager.write(acme, async (tx) => {
        await one(tx);
      }),
    );
    expect(recording.roundTrips()).toBe(2);
    expect(sent(recording)).toEqual([
      ['begin', 'select'],
      ['commit', 'select'],
    ]);
  });

  it('withSystem is written down in one round trip before', async () => {
    const urlFor = (): string => proxy.through(database.url);
    const operators = applicationManager(
      { kind: database.kind, urlFor },
      { allowPrivilegedRole: true, max: 1 },
    );
    await operators.withSystem('warm up', agentNames);
    const recording = await record(() =>
      operators.withSystem('test', (tx) => {
        return sql.raw(SELECT).execute(tx);
      }),
    );
    await operators.shutdown();
    expect(recording.roundTrips()).toBe(3);
    expect(sent(recording)).toEqual([['begin', 'set', 'insert', 'commit'], ['begin', 'select'], ['commit']]);
  });
});

describe('the context statements, on the wire', () => {
  // SQL on the session could make a name stand for another statement, which would read the next signature.
  it('and every other never go by a name', async () => {
    const { messages } = await record(async () => {
      await manager.withTenant(acme, one);
      await manager.withTenant({ ...acme, userId: 'ann' }, one, { statementTimeoutMs: 7000 });
      await manager.queryWithTenantContext('acme', SELECT);
    });
    const names = messages.flatMap(({ statement }) => statement ?? []);
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names)).toEqual(new Set(['']));
  });

  it('and every other carries no value in its text, whoever it came from', async () => {
    proxy.cut();
    await manager.healthCheck();
    const context = { tenantId: 'acme', userId: "o'hara; commit", sessionId: 'session-7' };
    const recording = await record(async () => {
      await manager.withTenant(context, async (tx) => {
        await insertAgent(tx, "ada'; drop table agent_profiles; --");
        await tx.nest((inner) => insertAgent(inner, 'inner-value'));
      });
      await manager.queryWithTenantContext('acme', 'select $1::text', ['loose-value'], context);
    });
    const texts = recording.messages.flatMap(({ text }) => text ?? []);
    expect(texts.length).toBeGreaterThan(6);
    for (const value of [
      'acme',
      "o'hara",
      'session-7',
      'drop table',
      'inner-value',
      'loose-value',
      'test.',
    ]) {
      expect(texts.filter((text) => text.includes(value))).toEqual([]);
    }
  });
});
