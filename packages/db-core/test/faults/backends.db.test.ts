import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestTenants } from '../../src/testing.ts';
import { applicationBackends, until } from '../support/backends.ts';
import { Ledger, Writers } from './ledger.ts';
import { expectSoundAndClose } from './soundness.ts';
import { openSubject, routeTo, TENANTS, type Subject } from './subject.ts';

const database = testDatabase();
let admin: SqlSession;
let subject: Subject;

beforeAll(async () => {
  await createTestTenants(database, ...TENANTS);
  admin = await connect(database.url);
});
afterAll(() => admin.close());
afterEach(() => expectSoundAndClose(subject));

describe.skipIf(database.kind === 'pglite')(
  'fault: backends are ended (pg_terminate_backend) under load',
  () => {
    it('throws CONNECTION_LOST or COMMIT_UNKNOWN; loses no committed row, has no refused one, leaves at most one unknown a backend, recovers by itself', async () => {
      const ledger = new Ledger();
      subject = openSubject(routeTo(database), { max: 8, min: 2 });
      const writers = new Writers({ manager: subject.manager, ledger });
      await writers.untilEachCommits();
      let ended = 0;
      for (let round = 0; round < 20; round += 1) {
        await until(async () => (await applicationBackends(admin)).length > 1);
        // Half of them, in the middle of whatever they do.
        const victims = (await applicationBackends(admin)).filter((_, at) => at % 2 === 0);
        await admin.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [victims]);
        ended += victims.length;
        await writers.untilEachCommits();
      }
      await writers.stop();
      await ledger.expectTrue(database.url);
      expect(['COMMIT_UNKNOWN', 'CONNECTION_LOST']).toEqual(expect.arrayContaining(ledger.codes()));
      expect(ledger.codes()).not.toEqual([]);
      expect(ledger.count('COMMIT_UNKNOWN')).toBeLessThanOrEqual(ended);
    });
  },
);
