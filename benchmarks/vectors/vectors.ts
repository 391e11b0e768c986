import { ConnectionPoolManager, configFromEnv } from '@agent-agency/db-core';
import { applicationManager, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { maintainVectorIndexes } from '@agent-agency/knowledge-graph';
import { defineBenchmark, type BenchContext } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave, type Rounds } from '../src/interleave.ts';
import { mapRecord } from '../src/map-record.ts';
import { seededRandom } from '../src/seeded-random.ts';
import { audit, classFigures, type TenantMark } from './audit.ts';
import { fill } from './data.ts';
import { MODELS, type Embedder, type ModelName } from './embeddings.ts';
import { Examiner, recallFigures } from './examiner.ts';
import { ask, type Question } from './questions.ts';
import { searches } from './searchers.ts';
import { zipfTenants, type Tenant } from './tenants.ts';

interface Plan extends Rounds {
  readonly vectors: number;
  readonly tenants: number;
  readonly models: readonly ModelName[];
  /** Questions a round. */
  readonly count: number;
  /** Questions that each tenant is asked at least, without a clock. */
  readonly audited: number;
  /** From how many vectors on a tenant gets a graph; where missing, as the package has it. */
  readonly buildFrom?: number;
  readonly aimedAtMs: number;
}

const SEED = 7;
const SCANNED_RECALL = 0.99;
const GRAPH_RECALL = 0.97;
const TIMES_SLOWER = 10;

export const vectors = defineBenchmark<Plan>({
  name: 'vectors',
  describe: 'how fast, and how well, a tenant finds the capabilities nearest to an embedding',
  defaultSize: 'small',
  plans: {
    tiny: {
      describe: '900 vectors of 6 tenants, 1 round of 20 questions',
      ...{ vectors: 900, tenants: 6, models: ['clustered'], buildFrom: 300 },
      ...{ rounds: 1, warmUpRounds: 0, count: 20, audited: 10, aimedAtMs: 2 },
    },
    small: {
      describe: '10,000 vectors of 20 tenants, 10 rounds of 200 questions; a minute',
      ...{ vectors: 10_000, tenants: 20, models: ['clustered', 'uniform'] },
      ...{ rounds: 10, warmUpRounds: 2, count: 200, audited: 50, aimedAtMs: 2 },
    },
    medium: {
      describe: '100,000 vectors of 100 tenants, 5 rounds of 200 questions',
      ...{ vectors: 100_000, tenants: 100, models: ['clustered', 'uniform'] },
      ...{ rounds: 5, warmUpRounds: 1, count: 200, audited: 50, aimedAtMs: 5 },
    },
    large: {
      describe: '1,000,000 vectors of 1,000 tenants, 3 rounds of 200 questions; 10 GB, twenty minutes',
      ...{ vectors: 1_000_000, tenants: 1000, models: ['clustered'] },
      ...{ rounds: 3, warmUpRounds: 1, count: 200, audited: 50, aimedAtMs: 15 },
    },
  },
  async run(context, plan) {
    const cases: Case[] = [];
    for (const model of plan.models) cases.push(await measure(context, model, plan));
    return cases;
  },
});

async function measure({ database, note }: BenchContext, model: ModelName, plan: Plan): Promise<Case> {
  const tenants = zipfTenants(model, plan.tenants, plan.vectors);
  const embedders = new Map<Tenant, Embedder>();
  const drawing = MODELS[model](SEED);
  for (const tenant of tenants) embedders.set(tenant, drawing(tenant.place));
  const embedderOf = (tenant: Tenant): Embedder => required(embedders.get(tenant));
  note(`${model}: ${plan.vectors} vectors of ${plan.tenants} tenants`);
  await fill({ database, tenants, embedderOf, note });
  note('building the graphs of large tenants');
  await buildGraphs(database, plan);

  const manager = applicationManager(database, { max: 1 });
  try {
    note('finding the true answers');
    const asked: Question[] = [];
    for (const tenant of tenants) {
      const count = Math.max(plan.audited, Math.ceil((plan.count * tenant.vectors) / plan.vectors));
      asked.push(...(await ask(manager, tenant, { embedder: embedderOf(tenant), count })));
    }
    const timed = drawByRows(asked, plan.count);
    const examiners = mapRecord(searches, (search) => new Examiner(manager, search, timed));
    note(`${plan.rounds} × ${plan.count} questions`);
    const times = await interleave(examiners, plan);
    note('asking every tenant');
    const marks = await audit(manager, asked);
    const { ours, ...baselines } = mapRecord(times, (time, name) => ({
      ...time,
      figures: recallFigures(examiners[name].marks),
    }));
    return compare({
      case: `${model}, ${plan.vectors} vectors`,
      ours: { ...ours, figures: { ...ours.figures, ...classFigures(marks) } },
      baselines,
      ratioOf: 'p95Ms',
      ratioTo: 'iterative',
      checks: {
        allRows: marks.every(({ isComplete }) => isComplete) && allRows(examiners.ours),
        ...(model === 'clustered' ? recallChecks(marks) : {}),
      },
      aims: {
        [`p95 below ${plan.aimedAtMs} ms`]: ours.p95Ms < plan.aimedAtMs,
        [`the index for all is ${TIMES_SLOWER} times slower`]:
          baselines.iterative.p95Ms >= TIMES_SLOWER * ours.p95Ms,
        'and finds less': baselines.iterative.figures.recallAt10 <= ours.figures.recallAt10,
      },
    });
  } finally {
    await manager.shutdown();
  }
}

async function buildGraphs(database: DatabaseUnderTest, { buildFrom }: Plan): Promise<void> {
  const operator = new ConnectionPoolManager();
  operator.initialize({
    ...configFromEnv({ DATABASE_URL: database.url }),
    ...{ allowPrivilegedRole: true, min: 0 },
  });
  try {
    await maintainVectorIndexes(operator, {
      reason: 'benchmark',
      ...(buildFrom === undefined ? {} : { buildFrom, samples: 5 }),
    });
  } finally {
    await operator.shutdown();
  }
}

/** As if every vector were asked about as often: a tenant with twice the vectors asks twice as much. */
function drawByRows(asked: readonly Question[], count: number): Question[] {
  const random = seededRandom(SEED);
  const byTenant = [...Map.groupBy(asked, ({ tenant }) => tenant)];
  const total = byTenant.reduce((sum, [{ vectors: own }]) => sum + own, 0);
  const next = new Map<Tenant, number>();
  return Array.from({ length: count }, () => {
    let left = random() * total;
    const [tenant, own] = required(byTenant.find(([{ vectors: size }]) => (left -= size) < 0) ?? byTenant[0]);
    const at = next.get(tenant) ?? 0;
    next.set(tenant, at + 1);
    return required(own[at % own.length]);
  });
}

function recallChecks(marks: readonly TenantMark[]): Record<string, boolean> {
  const reach = (isOne: (tenant: TenantMark) => boolean, least: number): boolean =>
    marks.filter(isOne).every(({ recall }) => recall >= least);
  return {
    [`everyScannedTenantRecall${SCANNED_RECALL}`]: reach(({ plan }) => plan !== 'graph', SCANNED_RECALL),
    [`everyGraphTenantRecall${GRAPH_RECALL}`]: reach(({ plan }) => plan === 'graph', GRAPH_RECALL),
  };
}

function allRows({ marks }: Examiner): boolean {
  return marks.every(({ completeness }) => completeness === 1);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('nothing to draw from');
  return value;
}
