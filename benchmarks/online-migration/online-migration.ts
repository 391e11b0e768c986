import { withSession } from '@agent-agency/testing';
import { defineBenchmark } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave, type Rounds } from '../src/interleave.ts';
import { mapRecord } from '../src/map-record.ts';
import { seededRandom } from '../src/seeded-random.ts';
import type { Measured } from '../src/statistics.ts';
import { fill, fingerprint, type Amount } from './data.ts';
import { migrate, migrateKilled } from './migrate.ts';
import { Migrating, type Stage } from './migrating.ts';
import { withoutCompanions } from './without-companions.ts';

interface Plan extends Amount, Rounds {
  readonly kills: number;
  /** The runner lives for at most so long before it is killed. */
  readonly longestLifeMs: number;
}

const AIM_MS = 2000;

export const onlineMigration = defineBenchmark<Plan>({
  name: 'online-migration',
  describe: 'the longest wait of a statement while a full database is migrated from 005 to the head',
  defaultSize: 'small',
  plans: {
    tiny: {
      describe: '2 thousand agents, 2 thousand events in each of two tables, 1 kill',
      ...{ rounds: 1, warmUpRounds: 0, agents: 2000, events: 2000, kills: 1, longestLifeMs: 400 },
    },
    small: {
      describe: '3 rounds with 10 thousand agents, 100 thousand events in each of two tables, 10 kills',
      ...{ rounds: 3, warmUpRounds: 0, agents: 10_000, events: 100_000, kills: 10, longestLifeMs: 2000 },
    },
    large: {
      describe: '100 thousand agents, 1 million events in each of two tables, 20 kills',
      ...{ rounds: 1, warmUpRounds: 0, agents: 100_000, events: 1_000_000, kills: 20, longestLifeMs: 4000 },
    },
  },
  async run({ database: { url }, note }, plan) {
    note('filling the database');
    const filled = await withSession(url, async (session) => {
      await fill(session, plan);
      return fingerprint(session);
    });
    const contenders = contendersOf({ url, agents: plan.agents, filled, note }, plan);
    const { ours, withoutCompanion, killed } = await interleave(contenders, plan);
    return [
      compare({
        case: 'up to the head',
        ...{ ours, baselines: { withoutCompanion }, ratioOf: 'longestMs', ratioTo: 'withoutCompanion' },
        checks: bothOf(contenders.ours.checks, contenders.withoutCompanion.checks),
        aims: aimsOf(ours),
      }),
      compare({
        case: 'killed on the way',
        ...{ ours: killed, baselines: { notKilled: ours }, ratioOf: 'longestMs', ratioTo: 'notKilled' },
        checks: contenders.killed.checks,
        aims: aimsOf(killed),
      }),
    ];
  },
});

function contendersOf(stage: Stage, { kills, longestLifeMs: longestMs }: Plan) {
  const random = seededRandom(7);
  return {
    ours: new Migrating('ours', stage, (url) => migrate(url)),
    withoutCompanion: new Migrating('withoutCompanion', stage, (url) =>
      withoutCompanions((directory) => migrate(url, { directory })),
    ),
    killed: new Migrating('killed', stage, (url) => migrateKilled(url, { kills, longestMs, random })),
  };
}

/** In the worst round. */
function aimsOf({ spread }: Measured): Case['aims'] {
  const [, longestMs = Infinity] = spread['longestMs'] ?? [];
  return { 'no statement waits for more than 2 s': longestMs <= AIM_MS };
}

function bothOf(checks: Case['checks'], others: Case['checks']): Case['checks'] {
  return mapRecord(checks, (holds, name) => holds && others[name] === true);
}
