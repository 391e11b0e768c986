import type { DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { startProxy, type PostgresProxy } from '@agent-agency/testing';
import { defineBenchmark } from '../src/benchmark.ts';
import type { Case } from '../src/case.ts';
import { interleave, type Rounds } from '../src/interleave.ts';
import { mapRecord } from '../src/map-record.ts';
import { drawn, seededRandom } from '../src/seeded-random.ts';
import { openAskers } from './askers.ts';
import { casesOf } from './cases.ts';
import { Examination } from './examination.ts';
import { createRows, IDS, STATEMENTS, type Statement } from './statements.ts';

interface Plan extends Rounds {
  /** Statements a round, without added latency. */
  readonly direct: number;
  /** Statements a round, with it. */
  readonly delayed: number;
}

/** One statement, asked in every way. */
interface Setting extends Rounds {
  readonly statement: Statement;
  /** What the network adds to a round trip. */
  readonly addedMs: number;
  readonly count: number;
}

const ADDED_MS = 2;
const SEED = 1;

export const tenantOverhead = defineBenchmark<Plan>({
  name: 'tenant-overhead',
  describe:
    'what a tenant transaction of one statement costs, against a bare query and against writing it by hand',
  defaultSize: 'small',
  plans: {
    tiny: { describe: '1 round of 5 statements', rounds: 1, warmUpRounds: 0, direct: 5, delayed: 5 },
    small: {
      describe: '40 rounds of 50 statements, of 10 with added latency',
      ...{ rounds: 40, warmUpRounds: 4, direct: 50, delayed: 10 },
    },
    large: {
      describe: '100 rounds of 100 statements, of 20 with added latency',
      ...{ rounds: 100, warmUpRounds: 4, direct: 100, delayed: 20 },
    },
  },
  async run({ database, note }, { rounds, warmUpRounds, direct, delayed }) {
    await createRows(database);
    const cases: Case[] = [];
    for (const statement of STATEMENTS) {
      for (const addedMs of [0, ADDED_MS]) {
        const count = addedMs === 0 ? direct : delayed;
        note(`${statement.name}, ${addedMs} ms added: ${rounds} × ${count} statements`);
        cases.push(...(await measure(database, { statement, addedMs, count, rounds, warmUpRounds })));
      }
    }
    return cases;
  },
});

/** Straight to the server, or through a proxy that adds the latency. */
async function measure(database: DatabaseUnderTest, setting: Setting): Promise<Case[]> {
  const url = database.urlFor('agent_agency_app');
  if (setting.addedMs === 0) return measureAt(url, database, setting);
  const proxy = await startProxy(url, { latencyMs: setting.addedMs / 2 });
  try {
    return await measureAt(proxy.through(url), database, { ...setting, proxy });
  } finally {
    await proxy.close();
  }
}

async function measureAt(
  url: string,
  database: DatabaseUnderTest,
  setting: Setting & { readonly proxy?: PostgresProxy },
): Promise<Case[]> {
  const askers = openAskers(database, url);
  try {
    const ids = drawn(IDS, setting.count, seededRandom(SEED));
    const examinations = mapRecord(askers, (asker) => new Examination(asker, setting.statement, ids));
    for (const examination of Object.values(examinations)) await examination.begin(setting.proxy);
    const times = await interleave(examinations, setting);
    return casesOf(`${setting.statement.name}, ${setting.addedMs} ms added`, examinations, times);
  } finally {
    for (const asker of Object.values(askers)) await asker.close();
  }
}
