import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { checksOf } from '../../pool/checks.ts';
import { Examiner } from '../../pool/examiner.ts';
import { openLenders } from '../../pool/lenders.ts';
import { pool } from '../../pool/pool.ts';
import { mapRecord } from '../../src/map-record.ts';
import { createTenantAgents } from '../../src/tenant-agents.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('pool', { timeout: 120_000 }, () => {
  it('measures crowds and neighbours on all three pools', async () => {
    const cases = await runTiniest(pool, database);
    expect(cases.map((done) => done.case)).toEqual([
      '100 callers',
      '500 callers',
      '400 noisy callers, 100 quiet',
    ]);
    for (const { baselines } of cases) expect(Object.keys(baselines)).toEqual(['pgPool', 'postgresJs']);
    const figures = ['quietP50Ms', 'quietP95Ms', 'noisyP95Ms', 'noisyToQuiet'];
    expect(Object.keys(cases[2]?.ours.figures ?? {})).toEqual(figures);
  });
});

describe.skipIf(database.kind === 'pglite')('checksOf', () => {
  it('notices a connection that is left in a transaction, and a pool without connections', async () => {
    await createTenantAgents(database, ['acme'], ['a']);
    const { manager, lenders } = openLenders(database);
    const examiners = mapRecord(lenders, (lender) => new Examiner(lender));
    const checks = () => checksOf(database.url, manager, examiners);
    const right = {
      everyAnswerRight: true,
      noCallerLost: true,
      noneLeftInTransaction: true,
      withinMaximum: true,
      countersRight: true,
    };
    expect(await checks()).toEqual({ ...right, withinMaximum: false });
    for (const examiner of Object.values(examiners)) await examiner.ask('acme', 'a');
    expect(await checks()).toEqual(right);

    const forgotten = await connect(database.urlFor('agent_agency_app'));
    await forgotten.query('begin');
    expect(await checks()).toEqual({ ...right, noneLeftInTransaction: false });
    await forgotten.close();

    await examiners.pgPool.ask('acme', 'nobody');
    expect(await checks()).toEqual({ ...right, everyAnswerRight: false });
    for (const lender of Object.values(lenders)) await lender.close();
  });
});
