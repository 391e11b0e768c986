import { connect, startProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { backends, until } from '../support/backends.ts';
import { codeOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { Ledger, Writers } from './ledger.ts';
import { applicationStates, expectSoundAndClose, REST } from './soundness.ts';
import { acme, emptyTables, globex, openSubject, routeTo, TENANTS, type Subject } from './subject.ts';

const database = testDatabase();
let admin: SqlSession;
let subject: Subject;
let ledger: Ledger;

beforeAll(async () => {
  await createTestTenants(database, ...TENANTS);
  admin = await connect(database.url);
});
afterAll(() => admin.close());
beforeEach(async () => {
  await emptyTables(database.url);
  ledger = new Ledger();
});
afterEach(async () => {
  // The pool of the test is gone, with all that was its; the next one has to find everything in order.
  await vi.waitFor(async () => {
    const states = await applicationStates(admin);
    // A pooler keeps its sessions, but clean.
    expect(database.pooler === undefined ? states : states.filter((state) => state !== 'idle')).toEqual([]);
  }, REST);
  subject = openSubject(routeTo(database), { max: 8 });
  await expectSoundAndClose(subject);
});

async function openUnderLoad(): Promise<Writers> {
  subject = openSubject(routeTo(database), { max: 8 });
  const writers = new Writers({ manager: subject.manager, ledger });
  await writers.untilEachCommits(2);
  return writers;
}

const sleep = sql`select pg_sleep(60)`;
const isSleeping = async (): Promise<boolean> => (await backends(admin, `wait_event = 'PgSleep'`)).length > 0;

describe.skipIf(database.kind === 'pglite')('fault: the pool is shut down under load', () => {
  it('throws SHUTTING_DOWN for who comes later, and NOT_INITIALIZED when it is over; serves whoever ran or waited, loses no committed row, has no refused one, leaves no session', async () => {
    const writers = await openUnderLoad();
    await until(() => subject.manager.getStats().waitingCount > 0);
    await subject.manager.shutdown();
    await until(() => ledger.count('NOT_INITIALIZED') > 0);
    await writers.stop();
    await ledger.expectTrue(database.url);
    expect(ledger.codes()).toEqual(['NOT_INITIALIZED', 'SHUTTING_DOWN']);
  });

  it('throws SHUTTING_DOWN for what still runs at the deadline; writes nothing of it, has the server stop it, loses no committed row, has no refused one', async () => {
    const writers = await openUnderLoad();
    const hanging = codeOf(
      subject.manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'hanging');
        await sleep.execute(tx);
      }),
    );
    await until(isSleeping);
    await subject.manager.shutdown({ timeoutMs: 200 });
    expect(await hanging).toBe('SHUTTING_DOWN');
    await writers.stop();
    await ledger.expectTrue(database.url);
    expect(['COMMIT_UNKNOWN', 'NOT_INITIALIZED', 'SHUTTING_DOWN']).toEqual(
      expect.arrayContaining(ledger.codes()),
    );
    const { rows } = await admin.query(`select from agent_profiles where name = 'hanging'`);
    expect(rows).toEqual([]);
  });
});

describe.skipIf(database.kind === 'pglite')('fault: the pool is shut down while a client is leaked', () => {
  it('throws SHUTTING_DOWN from its late release; ends at the deadline, and writes nothing of it', async () => {
    subject = openSubject(routeTo(database), { max: 1 });
    const leaked = await subject.manager.getClientWithTenantContext('acme');
    await leaked.query(`insert into agent_profiles (id, name, model_family) values ('a', 'a', 'test')`);
    await subject.manager.shutdown({ timeoutMs: 50 });
    expect(await codeOf(leaked.release())).toBe('SHUTTING_DOWN');
    expect((await admin.query('select from agent_profiles')).rows).toEqual([]);
  });
});

describe.skipIf(database.kind === 'pglite')(
  'fault: the pool is shut down while the network is cut without FIN',
  () => {
    it('throws SHUTTING_DOWN for who runs and who waits; ends all the same, and writes nothing', async () => {
      const route = routeTo(database);
      const proxy = await startProxy(route.applicationUrl);
      subject = openSubject({ ...route, applicationUrl: proxy.through(route.applicationUrl) }, { max: 1 });
      const { manager } = subject;
      const began = gate();
      const isCut = gate();
      const running = codeOf(
        manager.withTenant(acme, async (tx) => {
          await insertAgent(tx, 'hanging');
          began.open();
          await isCut.opened;
          await agentNames(tx);
        }),
      );
      await began.opened;
      const waiting = codeOf(manager.withTenant(globex, agentNames));
      proxy.freeze();
      isCut.open();
      await manager.shutdown({ timeoutMs: 100 });
      expect([await running, await waiting]).toEqual(['SHUTTING_DOWN', 'SHUTTING_DOWN']);
      proxy.thaw();
      await proxy.close();
      expect((await admin.query('select from agent_profiles')).rows).toEqual([]);
    });
  },
);
