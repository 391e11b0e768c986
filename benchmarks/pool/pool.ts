import { defineBenchmark } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave, type Rounds } from '../src/interleave.ts';
import { mapRecord } from '../src/map-record.ts';
import type { Round } from '../src/statistics.ts';
import { createTenantAgents } from '../src/tenant-agents.ts';
import { checksOf } from './checks.ts';
import { Examiner } from './examiner.ts';
import { openLenders } from './lenders.ts';
import { IDS, runCrowd, runNeighbours } from './load.ts';

interface Plan extends Rounds {
  /** Transactions a round, of all callers together. */
  readonly transactions: number;
  /** Of a round with a noisy tenant. */
  readonly durationMs: number;
}

interface Load {
  readonly name: string;
  readonly ratioOf: string;
  run(examiner: Examiner): Promise<Round>;
}

const TENANT_IDS = Array.from({ length: 20 }, (_, at) => `tenant-${at}`);
const NOISY = { tenantId: 'noisy', callers: 400 };
const QUIET = { tenantId: 'quiet', callers: 100, longestPauseMs: 1000 };

export const pool = defineBenchmark<Plan>({
  name: 'pool',
  describe: 'tenant transactions of many callers on 19 connections, against pg-pool and postgres.js',
  defaultSize: 'small',
  plans: {
    tiny: {
      describe: '1 round of 500 transactions',
      ...{ rounds: 1, warmUpRounds: 0, transactions: 500, durationMs: 300 },
    },
    small: {
      describe: '7 rounds of 2000 transactions, and of 1.5 s',
      ...{ rounds: 7, warmUpRounds: 1, transactions: 2000, durationMs: 1500 },
    },
    large: {
      describe: '15 rounds of 10000 transactions, and of 5 s',
      ...{ rounds: 15, warmUpRounds: 1, transactions: 10_000, durationMs: 5000 },
    },
  },
  async run({ database, note }, plan) {
    await createTenantAgents(database, [...TENANT_IDS, NOISY.tenantId, QUIET.tenantId], IDS);
    const { manager, lenders } = openLenders(database);
    try {
      const cases: Case[] = [];
      for (const load of loadsOf(plan)) {
        note(load.name);
        const examiners = mapRecord(lenders, (lender) => new Examiner(lender));
        const { ours, ...baselines } = await interleave(
          mapRecord(examiners, (examiner) => ({ round: () => load.run(examiner) })),
          plan,
        );
        for (const [name, { firstError }] of Object.entries(examiners)) {
          if (firstError !== undefined) note(`${name} lost callers, the first by: ${firstError}`);
        }
        const checks = await checksOf(database.url, manager, examiners);
        const { name, ratioOf } = load;
        cases.push(compare({ case: name, ours, baselines, ratioOf, ratioTo: 'pgPool', checks }));
      }
      return cases;
    } finally {
      for (const lender of Object.values(lenders)) await lender.close();
    }
  },
});

function loadsOf({ transactions, durationMs }: Plan): Load[] {
  const crowd = (callers: number): Load => ({
    name: `${callers} callers`,
    ratioOf: 'perSecond',
    run: (examiner) => runCrowd(examiner, { tenantIds: TENANT_IDS, callers, each: transactions / callers }),
  });
  return [
    crowd(100),
    crowd(500),
    {
      name: `${NOISY.callers} noisy callers, ${QUIET.callers} quiet`,
      ratioOf: 'quietP95Ms',
      run: (examiner) => runNeighbours(examiner, { noisy: NOISY, quiet: QUIET, durationMs }),
    },
  ];
}
