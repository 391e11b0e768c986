import { startPgBouncer, type PgBouncer } from '@agent-agency/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Ledger, Writers } from './ledger.ts';
import { hasNoServerOfItsOwn, startOwnServer, type OwnServer } from './own-server.ts';
import { expectSoundAndClose } from './soundness.ts';
import { openSubject, type Subject } from './subject.ts';

const max = 8;
let own: OwnServer;
let pooler: PgBouncer;
let subject: Subject;
let ledger: Ledger;

beforeAll(async () => {
  own = await startOwnServer();
  // Its own 15 s would be the longest wait of these tests.
  pooler = await startPgBouncer({ server: own.server.url, settings: { server_login_retry: '0.2' } });
});
afterAll(async () => {
  await pooler.stop();
  await own.server.stop();
});
beforeEach(() => {
  ledger = new Ledger();
  subject = openSubject(
    { ...own, applicationUrl: pooler.urlFor(own.applicationUrl), isPooled: true },
    { max },
  );
});
afterEach(async () => {
  // After a test that failed in the middle.
  await own.server.start();
  await expectSoundAndClose(subject);
});

describe.skipIf(hasNoServerOfItsOwn)(
  'fault: the server behind PgBouncer is killed (kill -9) under load, and starts again',
  () => {
    it('throws CONNECTION_LOST or COMMIT_UNKNOWN, and UNREACHABLE or CIRCUIT_OPEN until it is back; loses no committed row, has no refused one, recovers by itself', async () => {
      const writers = new Writers({ manager: subject.manager, ledger });
      await writers.untilEachCommits(3);
      await own.server.crash();
      await own.server.start();
      await writers.untilEachCommits(3);
      await writers.stop();
      await ledger.expectTrue(own.adminUrl);
      expect(['CIRCUIT_OPEN', 'COMMIT_UNKNOWN', 'CONNECTION_LOST', 'UNREACHABLE']).toEqual(
        expect.arrayContaining(ledger.codes()),
      );
      expect(ledger.codes()).not.toEqual([]);
    });
  },
);
