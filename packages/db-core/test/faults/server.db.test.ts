import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentNames, insertAgent } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { Ledger, Writers } from './ledger.ts';
import { hasNoServerOfItsOwn, startOwnServer, type OwnServer } from './own-server.ts';
import { expectSoundAndClose } from './soundness.ts';
import { acme, emptyTables, globex, openSubject, type Subject } from './subject.ts';

const max = 8;
let own: OwnServer;
let subject: Subject;
let ledger: Ledger;

beforeAll(async () => {
  own = await startOwnServer();
});
afterAll(() => own.server.stop());
beforeEach(async () => {
  await emptyTables(own.adminUrl);
  ledger = new Ledger();
});
afterEach(async () => {
  // After a test that failed in the middle.
  await own.server.start();
  await expectSoundAndClose(subject);
});

/** A pool with callers that write all the time, once they do. */
async function openUnderLoad(): Promise<Writers> {
  subject = openSubject(own, { max, min: 2 });
  const writers = new Writers({ manager: subject.manager, ledger });
  await writers.untilEachCommits(3);
  return writers;
}

/** What was reported is what is there, and of few transactions it is not known: one a connection at most. */
async function expectLedgerTrue(): Promise<void> {
  await ledger.expectTrue(own.adminUrl);
  expect(ledger.count('COMMIT_UNKNOWN')).toBeLessThanOrEqual(max);
}

const LOST = ['CIRCUIT_OPEN', 'COMMIT_UNKNOWN', 'CONNECTION_LOST', 'UNREACHABLE'];

describe.skipIf(hasNoServerOfItsOwn)(
  'fault: the server is killed (kill -9) under load, and starts again',
  () => {
    it('throws CONNECTION_LOST or COMMIT_UNKNOWN, and UNREACHABLE or CIRCUIT_OPEN until it is back; loses no committed row, has no refused one, leaves at most one unknown a connection, recovers by itself', async () => {
      const writers = await openUnderLoad();
      await own.server.crash();
      await until(() => ledger.count('CIRCUIT_OPEN') > 0);
      expect(await subject.manager.healthCheck()).toBe(false);
      await own.server.start();
      await writers.untilEachCommits(3);
      await writers.stop();
      await expectLedgerTrue();
      expect(LOST).toEqual(expect.arrayContaining(ledger.codes()));
      expect(await subject.manager.healthCheck()).toBe(true);
    });
  },
);

describe.skipIf(hasNoServerOfItsOwn)('fault: an administrator restarts the server under load', () => {
  it('throws CONNECTION_LOST or COMMIT_UNKNOWN, and UNREACHABLE or CIRCUIT_OPEN until it is back; loses no committed row, has no refused one, leaves at most one unknown a connection, recovers by itself', async () => {
    const writers = await openUnderLoad();
    await own.server.restart();
    await writers.untilEachCommits(3);
    await writers.stop();
    await expectLedgerTrue();
    expect(LOST).toEqual(expect.arrayContaining(ledger.codes()));
    expect(ledger.codes()).not.toEqual([]);
  });
});

describe.skipIf(hasNoServerOfItsOwn)('fault: the server hangs (SIGSTOP) under load, and goes on', () => {
  it('throws ABORTED at the AbortSignal, ACQUIRE_TIMEOUT or UNREACHABLE at the deadline, COMMIT_UNKNOWN while committing; loses no committed row, has no refused one, recovers by itself', async () => {
    subject = openSubject(own, { max, connectionTimeoutMs: 500 });
    const options = () => ({ signal: AbortSignal.timeout(300) });
    const writers = new Writers({ manager: subject.manager, ledger, options });
    await writers.untilEachCommits(3);
    await own.server.suspend();
    await until(() => ledger.count('ABORTED') > 0);
    await until(() => ledger.count('ACQUIRE_TIMEOUT') + ledger.count('UNREACHABLE') > 0);
    own.server.resume();
    await writers.untilEachCommits(3);
    await writers.stop();
    await expectLedgerTrue();
    expect(['ABORTED', 'ACQUIRE_TIMEOUT', ...LOST]).toEqual(expect.arrayContaining(ledger.codes()));
  });

  it('answers the health check with false in its time, and has a caller without a limit wait; answers it when the server goes on', async () => {
    subject = openSubject(own, { max });
    const { manager } = subject;
    const began = gate();
    const hanging = gate();
    const patient = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'patient');
      began.open();
      await hanging.opened;
      return agentNames(tx);
    });
    await began.opened;
    await own.server.suspend();
    hanging.open();
    expect(await manager.healthCheck(100)).toBe(false);
    expect(await manager.getHealth({ timeoutMs: 100 })).toMatchObject({
      healthy: false,
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'PROBE_TIMED_OUT' })]) as unknown,
    });
    own.server.resume();
    expect(await patient).toEqual(['patient']);
    expect(await manager.withTenant(acme, agentNames)).toEqual(['patient']);
    expect(await manager.withTenant(globex, agentNames)).toEqual([]);
  });
});

describe.skipIf(hasNoServerOfItsOwn)('fault: the server is not there when the pool is set up', () => {
  it('throws UNREACHABLE, then CIRCUIT_OPEN; works by itself when the server is there, and opens its min connections', async () => {
    await own.server.crash();
    subject = openSubject(own, { max, min: 3 });
    const { manager } = subject;
    let error = await errorOf(manager.withTenant(acme, agentNames));
    while (error.code !== 'CIRCUIT_OPEN') {
      expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
      error = await errorOf(manager.withTenant(acme, agentNames));
    }
    expect(error.cause).toMatchObject({ code: 'UNREACHABLE', details: { errno: 'ECONNREFUSED' } });
    expect(await manager.healthCheck()).toBe(false);
    await own.server.start();
    await until(() => manager.healthCheck());
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
    await until(() => manager.getStats().idleCount === 3);
  });
});
