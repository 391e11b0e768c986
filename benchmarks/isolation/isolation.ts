import { withSession } from '@agent-agency/testing';
import { defineBenchmark } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave, type Rounds } from '../src/interleave.ts';
import { createRows } from './data.ts';
import { Examiner, type Ask } from './examiner.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { openAccess, shared, sharedOpen, SHAPES, transaction, verify, type Shape } from './shapes.ts';

interface Plan extends Rounds {
  /** Statements a round. */
  readonly count: number;
}

/** One line of the report: who does what, against whom. */
interface Match {
  readonly name: string;
  readonly ours: readonly [Ask, Shape];
  readonly baseline: readonly [name: string, Ask, Shape];
  readonly isAimedAt: boolean;
  /** Before each of our rounds, and not timed. */
  readonly prepare?: () => Promise<unknown>;
}

const AIMED_AT_MS = 0.2;

export const isolation = defineBenchmark<Plan>({
  name: 'isolation',
  describe:
    'what row level security and the signed context cost a statement, against the same one without either',
  defaultSize: 'small',
  plans: {
    tiny: { describe: '1 round of 5 statements', rounds: 1, warmUpRounds: 0, count: 5 },
    small: { describe: '40 rounds of 50 statements', rounds: 40, warmUpRounds: 4, count: 50 },
    large: { describe: '100 rounds of 100 statements', rounds: 100, warmUpRounds: 4, count: 100 },
  },
  async run({ database, note }, plan) {
    await createRows(database);
    const sessions = openSessions(database);
    const logged = (): Promise<number> => entriesOf(database.url);
    const cases: Case[] = [];
    try {
      for (const match of matchesOf(sessions)) {
        note(`${match.name}: ${plan.rounds} × ${plan.count} statements`);
        cases.push(await play(match, plan, logged));
      }
    } finally {
      await sessions.close();
    }
    return cases;
  },
});

function matchesOf({ application, sharing, unbound, unboundTransaction, withTenant }: Sessions): Match[] {
  const open = (): Promise<unknown> => application(openAccess.text, []);
  return [
    ...SHAPES.map((shape): Match => ({
      name: shape.name,
      ours: [application, shape],
      baseline: ['unbound', unbound, shape],
      isAimedAt: true,
    })),
    {
      name: sharedOpen.name,
      ours: [sharing, sharedOpen],
      baseline: ['unbound', unbound, sharedOpen],
      isAimedAt: true,
      prepare: open,
    },
    {
      name: transaction.name,
      ours: [withTenant, transaction],
      baseline: ['unboundTransaction', unboundTransaction, transaction],
      isAimedAt: true,
    },
    {
      name: 'app.current_tenant_id()',
      ours: [application, verify.ours],
      baseline: ['setting', application, verify.baseline],
      isAimedAt: false,
    },
    {
      name: openAccess.name,
      ours: [application, openAccess],
      baseline: ['ownLookup', application, shared],
      isAimedAt: false,
    },
  ];
}

async function play(match: Match, plan: Plan, logged: () => Promise<number>): Promise<Case> {
  const [baselineName, baselineAsk, baselineShape] = match.baseline;
  const ours = new Examiner('ours', match.ours[0], { shape: match.ours[1], count: plan.count });
  const baseline = new Examiner('baseline', baselineAsk, { shape: baselineShape, count: plan.count });
  const before = await logged();
  let opened = 0;
  const prepared = {
    round: async () => {
      // A window is open for a minute.
      if (match.prepare !== undefined) {
        await match.prepare();
        opened += 1;
      }
      return ours.round();
    },
  };
  const times = await interleave({ ours: prepared, baseline }, plan);
  const entries = (await logged()) - before - opened;
  const expected = match.ours[1] === openAccess ? (plan.rounds + plan.warmUpRounds) * plan.count : 0;
  const moreMs = times.ours.p50Ms - times.baseline.p50Ms;
  const figures = { moreMs, moreP95Ms: times.ours.p95Ms - times.baseline.p95Ms };
  return compare({
    case: match.name,
    ours: { ...times.ours, figures },
    baselines: { [baselineName]: times.baseline },
    ratioOf: 'p50Ms',
    ratioTo: baselineName,
    checks: {
      rowsEqual: ours.isFaultless && baseline.isFaultless,
      loggedAsItShould: entries === expected,
    },
    aims: match.isAimedAt ? { [`p50 at most ${AIMED_AT_MS} ms more`]: moreMs <= AIMED_AT_MS } : {},
  });
}

/** How many entries all access logs have together. */
async function entriesOf(url: string): Promise<number> {
  const { rows } = await withSession(url, (session) =>
    session.query('select count(*)::int as entries from tenant_access_log'),
  );
  return Number(rows[0]?.['entries']);
}
