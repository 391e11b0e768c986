import type { TenantTransaction } from '@agent-agency/db-core';
import { applicationManager } from '@agent-agency/db-core/testing';
import { findShortestPath, traverse } from '@agent-agency/knowledge-graph';
import { withSession } from '@agent-agency/testing';
import { defineBenchmark } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave, type Contender, type Rounds } from '../src/interleave.ts';
import { seededRandom } from '../src/seeded-random.ts';
import { findPathRecursively, walkRecursively, type WalkRow } from './baseline.ts';
import { agentId, growGraph, storeGraphs, TENANT } from './data.ts';
import { Examiner } from './examiner.ts';
import { GraphInMemory, type Reached } from './truth.ts';

interface Plan extends Rounds {
  readonly agents: number;
  /** Questions a round. */
  readonly count: number;
  /** Hops of the paths that are looked for: the baseline enumerates all paths of as many. */
  readonly pathHops: number;
  /** What 95 % of walks of three hops should take at most. */
  readonly aimMs?: number;
}

interface Walk {
  readonly from: string;
  readonly maxHops: number;
  readonly expected: ReadonlyMap<number, Reached>;
}

interface Search {
  readonly from: string;
  readonly to: string;
  readonly maxHops: number;
  readonly expected: Reached;
}

type InTenant = <T>(work: (tx: TenantTransaction) => Promise<T>) => Promise<T>;

/** A budget that no walk here uses up. */
const UNBOUNDED = { nodes: 1_000_000, edges: 10_000_000, ms: 3_600_000 };
const NO_HURRY = { ms: UNBOUNDED.ms };

export const graph = defineBenchmark<Plan>({
  name: 'graph',
  describe: 'walks of one to three hops and shortest paths, against a recursive query',
  defaultSize: 'small',
  plans: {
    tiny: { describe: '50 agents', agents: 50, rounds: 1, warmUpRounds: 0, count: 3, pathHops: 3 },
    small: {
      ...{ describe: '1,000 agents', agents: 1000, rounds: 5, warmUpRounds: 2, count: 40, pathHops: 4 },
      aimMs: 10,
    },
    medium: {
      ...{ describe: '10,000 agents', agents: 10_000, rounds: 3, warmUpRounds: 1, count: 20, pathHops: 3 },
      aimMs: 50,
    },
    large: {
      ...{ describe: '100,000 agents', agents: 100_000, rounds: 3, warmUpRounds: 1, count: 12, pathHops: 3 },
      aimMs: 200,
    },
  },
  async run({ database, note }, plan) {
    const edges = growGraph(plan.agents, 1);
    note(`${plan.agents} agents with ${edges.length} relationships`);
    await storeGraphs(database, plan.agents, edges);
    const ageInstalled = await isAgeInstalled(database.url);
    if (!ageInstalled) note('Apache AGE is not installed: not compared');
    const truth = new GraphInMemory(plan.agents, edges);
    const manager = applicationManager(database, { max: 1 });
    const inTenant: InTenant = (work) => manager.withTenant({ tenantId: TENANT }, work);
    const cases: Case[] = [];
    try {
      for (const one of casesOf(truth, plan)) {
        note(one.name);
        const measured = await one.measure(inTenant, plan);
        const figures = { ...measured.ours.figures, apacheAgeInstalled: Number(ageInstalled) };
        cases.push({ ...measured, ours: { ...measured.ours, figures } });
      }
    } finally {
      await manager.shutdown();
    }
    return cases;
  },
});

interface GraphCase {
  readonly name: string;
  measure(inTenant: InTenant, plan: Plan): Promise<Case>;
}

function casesOf(truth: GraphInMemory, plan: Plan): GraphCase[] {
  const random = seededRandom(3);
  const anyone = (): number => Math.floor(random() * plan.agents);
  const walksFrom = (start: () => number, maxHops: number, count: number): Walk[] =>
    Array.from({ length: count }, () => {
      const from = start();
      return { from: agentId(from), maxHops, expected: truth.reach(from, maxHops) };
    });
  const hub = truth.hub();
  return [
    ...[1, 2, 3].map((hops) => walkCase(`${hops} hops`, walksFrom(anyone, hops, plan.count))),
    walkCase(
      '3 hops from the largest hub',
      walksFrom(() => hub, 3, 2),
    ),
    boundedCase('3 hops, budget as by default', walksFrom(anyone, 3, plan.count)),
    pathCase(
      'shortest path',
      Array.from({ length: plan.count }, () => aSearch(truth, { anyone, random, plan })),
    ),
  ];
}

/** From anyone to anyone of those within the hops. */
function aSearch(
  truth: GraphInMemory,
  {
    anyone,
    random,
    plan,
  }: { readonly anyone: () => number; readonly random: () => number; readonly plan: Plan },
): Search {
  const from = anyone();
  const reached = [...truth.reach(from, plan.pathHops)];
  const [to, expected] = reached[Math.floor(random() * reached.length)] ?? [from, { hops: 0, confidence: 1 }];
  return { from: agentId(from), to: agentId(to), maxHops: plan.pathHops, expected };
}

function walkCase(name: string, walks: readonly Walk[]): GraphCase {
  return {
    name,
    measure: async (inTenant, plan) => {
      const measured = await play(name, plan, {
        ours: new Examiner(
          walks,
          ({ from, maxHops }) => inTenant((tx) => traverse(tx, { from, maxHops, budget: UNBOUNDED })),
          (walk, { nodes }) => isWhole(walk, nodes),
        ),
        recursiveQuery: new Examiner(walks, (walk) => inTenant((tx) => walkRecursively(tx, walk)), isWhole),
      });
      const { aimMs } = plan;
      return {
        ...withReached(measured, walks),
        aims:
          name === '3 hops' && aimMs !== undefined
            ? { [`p95 below ${aimMs} ms`]: measured.ours.p95Ms < aimMs }
            : {},
      };
    },
  };
}

/** The baseline knows no budget: it answers with everything. */
function boundedCase(name: string, walks: readonly Walk[]): GraphCase {
  return {
    name,
    measure: async (inTenant, plan) =>
      withReached(
        await play(name, plan, {
          ours: new Examiner(
            walks,
            ({ from, maxHops }) => inTenant((tx) => traverse(tx, { from, maxHops, budget: NO_HURRY })),
            (walk, { nodes, truncated }) =>
              truncated === undefined ? isWhole(walk, nodes) : isPart(walk, nodes),
          ),
          recursiveQuery: new Examiner(walks, (walk) => inTenant((tx) => walkRecursively(tx, walk)), isWhole),
        }),
        walks,
      ),
  };
}

function pathCase(name: string, searches: readonly Search[]): GraphCase {
  return {
    name,
    measure: (inTenant, plan) =>
      play(name, plan, {
        ours: new Examiner(
          searches,
          ({ from, to, maxHops }) =>
            inTenant((tx) => findShortestPath(tx, { from, to, maxHops, budget: UNBOUNDED })),
          ({ expected }, { path }) => isSame(expected, path),
        ),
        recursiveQuery: new Examiner(
          searches,
          (search) => inTenant((tx) => findPathRecursively(tx, search)),
          ({ expected }, found) => isSame(expected, found),
        ),
      }),
  };
}

interface Examined extends Contender {
  readonly isFaultless: boolean;
}

async function play(
  name: string,
  rounds: Rounds,
  contenders: { readonly ours: Examined; readonly recursiveQuery: Examined },
): Promise<Case> {
  const { ours, recursiveQuery } = await interleave({ ...contenders }, rounds);
  return compare({
    case: name,
    ours,
    baselines: { recursiveQuery },
    ratioOf: 'p50Ms',
    ratioTo: 'recursiveQuery',
    checks: { rowsEqual: contenders.ours.isFaultless && contenders.recursiveQuery.isFaultless },
  });
}

function withReached(measured: Case, walks: readonly Walk[]): Case {
  const agentsReached = walks.reduce((sum, { expected }) => sum + expected.size, 0) / walks.length;
  return { ...measured, ours: { ...measured.ours, figures: { agentsReached } } };
}

function isWhole(walk: Walk, rows: readonly WalkRow[]): boolean {
  return rows.length === walk.expected.size && isPart(walk, rows);
}

function isPart({ expected }: Walk, rows: readonly WalkRow[]): boolean {
  return rows.every((row) => isSame(expected.get(Number(row.agentId.slice('agent-'.length))), row));
}

/** Products of the same numbers in another order differ in their last digits. */
function isSame(expected: Reached | undefined, found: Reached | undefined): boolean {
  return (
    expected !== undefined &&
    expected.hops === found?.hops &&
    Math.abs(expected.confidence - found.confidence) < 1e-9
  );
}

async function isAgeInstalled(url: string): Promise<boolean> {
  const { rows } = await withSession(url, (session) =>
    session.query(`select from pg_available_extensions where name = 'age'`),
  );
  return rows.length > 0;
}
