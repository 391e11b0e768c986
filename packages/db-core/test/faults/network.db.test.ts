import { connect, startProxy, type PostgresProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseConfigInput } from '../../src/index.ts';
import { createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { Ledger, Writers } from './ledger.ts';
import { applicationStates, expectSoundAndClose } from './soundness.ts';
import {
  acme,
  closeSubject,
  emptyTables,
  globex,
  openSubject,
  routeTo,
  TENANTS,
  type Subject,
} from './subject.ts';

const database = testDatabase();
const max = 8;
let admin: SqlSession;
let proxy: PostgresProxy;
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
  proxy = await startProxy(routeTo(database).applicationUrl);
});
afterEach(async () => {
  // After a test that failed in the middle.
  proxy.thaw();
  await proxy.accept();
  try {
    await expectSoundAndClose(subject);
  } finally {
    await proxy.close();
  }
});

function open(overrides: Partial<DatabaseConfigInput> = {}): void {
  const route = routeTo(database);
  subject = openSubject(
    { ...route, applicationUrl: proxy.through(route.applicationUrl) },
    { max, ...overrides },
  );
}

const LOST = ['CIRCUIT_OPEN', 'COMMIT_UNKNOWN', 'CONNECTION_LOST', 'UNREACHABLE'];

describe.skipIf(database.kind === 'pglite')('fault: the network is cut without FIN, and comes back', () => {
  it('throws ABORTED at the AbortSignal, ACQUIRE_TIMEOUT or UNREACHABLE at the deadline, COMMIT_UNKNOWN while committing; loses no committed row, has no refused one, recovers by itself', async () => {
    open({ connectionTimeoutMs: 500 });
    const options = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(300) });
    const writers = new Writers({ manager: subject.manager, ledger, options });
    await writers.untilEachCommits(3);
    proxy.freeze();
    await until(() => ledger.count('ABORTED') > 0);
    await until(() => ledger.count('ACQUIRE_TIMEOUT') + ledger.count('UNREACHABLE') > 0);
    proxy.thaw();
    await writers.untilEachCommits(3);
    await writers.stop();
    await ledger.expectTrue(database.url);
    expect(['ABORTED', 'ACQUIRE_TIMEOUT', ...LOST]).toEqual(expect.arrayContaining(ledger.codes()));
  });

  it('answers the health check with false in its time, and has a caller without a limit wait; answers it when the network is back', async () => {
    open();
    const { manager } = subject;
    const began = gate();
    const isCut = gate();
    const patient = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'patient');
      began.open();
      await isCut.opened;
      return agentNames(tx);
    });
    await began.opened;
    proxy.freeze();
    isCut.open();
    expect(await manager.healthCheck(100)).toBe(false);
    expect(await manager.getHealth({ timeoutMs: 100 })).toMatchObject({ healthy: false });
    expect(await codeOf(manager.withTenant(globex, agentNames, { acquireTimeoutMs: 100 }))).toBe(
      'UNREACHABLE',
    );
    proxy.thaw();
    expect(await patient).toEqual(['patient']);
    expect(await manager.healthCheck()).toBe(true);
  });

  it('throws ABORTED at the AbortSignal; has the server end the transaction after idleInTransactionTimeoutMs, so that its locks are free before the network is back', async () => {
    open({ idleInTransactionTimeoutMs: 300 });
    const controller = new AbortController();
    const isCut = gate();
    const began = gate();
    const hanging = subject.manager.withTenant(
      acme,
      async (tx) => {
        await insertAgent(tx, 'contested');
        began.open();
        await isCut.opened;
        await agentNames(tx);
      },
      { signal: controller.signal },
    );
    await began.opened;
    proxy.freeze();
    isCut.open();
    controller.abort();
    expect(await codeOf(hanging)).toBe('ABORTED');
    expect(await applicationStates(admin)).toContain('idle in transaction');
    // From another machine, whose network works: the same row, which has to wait for the first one's end.
    const elsewhere = openSubject(routeTo(database), { max: 1 });
    await elsewhere.manager.withTenant(acme, (tx) => insertAgent(tx, 'contested'));
    await closeSubject(elsewhere);
    proxy.thaw();
    expect(await subject.manager.withTenant(acme, agentNames)).toEqual(['contested']);
  });
});

describe.skipIf(database.kind === 'pglite')(
  'fault: the network is cut without FIN, and its connections are reset',
  () => {
    it('throws CONNECTION_LOST, and UNREACHABLE or CIRCUIT_OPEN until it is back; writes nothing of the transaction, recovers by itself', async () => {
      open();
      const { manager } = subject;
      const began = gate();
      const isCut = gate();
      const hanging = manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'lost');
        began.open();
        await isCut.opened;
        await agentNames(tx);
      });
      await began.opened;
      proxy.freeze();
      isCut.open();
      proxy.refuse();
      const answered = errorOf(hanging);
      await until(async () => !(await applicationStates(admin)).includes('active'));
      proxy.cut();
      proxy.thaw();
      expect(await answered).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
      expect(['CIRCUIT_OPEN', 'UNREACHABLE']).toContain(await codeOf(manager.withTenant(acme, agentNames)));
      await proxy.accept();
      await until(() => manager.healthCheck());
      expect(await manager.withTenant(acme, agentNames)).toEqual([]);
    });
  },
);

describe.skipIf(database.kind === 'pglite')(
  "fault: the network loses the server's answers under load",
  () => {
    it('throws COMMIT_UNKNOWN or CONNECTION_LOST when the connections end; loses no committed row, has no refused one', async () => {
      open();
      const writers = new Writers({ manager: subject.manager, ledger });
      await writers.untilEachCommits(3);
      proxy.silenceServer();
      // All that was sent has happened, and nobody was told.
      await until(async () => (await applicationStates(admin)).every((state) => state !== 'active'));
      proxy.cut();
      await writers.untilEachCommits(3);
      await writers.stop();
      await ledger.expectTrue(database.url);
      expect(ledger.count('COMMIT_UNKNOWN')).toBeGreaterThan(0);
      expect(LOST).toEqual(expect.arrayContaining(ledger.codes()));
    });

    it('throws COMMIT_UNKNOWN when the AbortSignal fires while it commits; has written what it could not report', async () => {
      open();
      const controller = new AbortController();
      const written = subject.manager.withTenant(
        acme,
        async (tx) => {
          await insertAgent(tx, 'written');
          proxy.silenceServer();
        },
        { signal: controller.signal },
      );
      const code = codeOf(written);
      const there = `select from agent_profiles where name = 'written'`;
      await until(async () => (await admin.query(there)).rows.length === 1);
      controller.abort();
      expect(await code).toBe('COMMIT_UNKNOWN');
      expect(await subject.manager.withTenant(acme, agentNames)).toEqual(['written']);
    });
  },
);

describe.skipIf(database.kind === 'pglite')('fault: the network resets every connection under load', () => {
  it('throws CONNECTION_LOST or COMMIT_UNKNOWN, and UNREACHABLE while it connects; loses no committed row, has no refused one, leaves at most one unknown a connection', async () => {
    open();
    const writers = new Writers({ manager: subject.manager, ledger });
    const resets = 10;
    for (let reset = 0; reset < resets; reset += 1) {
      await writers.untilEachCommits();
      proxy.cut();
    }
    await writers.untilEachCommits();
    await writers.stop();
    await ledger.expectTrue(database.url);
    expect(LOST).toEqual(expect.arrayContaining(ledger.codes()));
    expect(ledger.codes()).not.toEqual([]);
    expect(ledger.count('COMMIT_UNKNOWN')).toBeLessThanOrEqual(max * resets);
  });
});
